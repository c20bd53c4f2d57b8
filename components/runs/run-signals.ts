/**
 * What shows a run beside the page itself: the title and the icon of the browser's tab, and a notification of the
 * browser when a run ends that nobody looks at.
 *
 * An end stays in the title until the page is looked at; that the last run failed, until the next one. Two tabs notify once: a notification has the run's name.
 */
import type { ClientApp } from "@/lib/client/app";
import { describeRun, toReleaseName } from "@/lib/client/run-words";
import { findCurrentRun, isGoingOn } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";

const TITLE = "webrunner";
const MARKS = { running: "●", good: "✔", bad: "✗", warn: "■" } as const;
type Mark = keyof typeof MARKS;
/** The same as the theme's, which a picture of its own cannot ask for; seen on light and dark tab bars. */
const COLOURS: Readonly<Record<Mark, string>> = {
  running: "#2f6fbe",
  good: "#2e9e57",
  bad: "#d0433f",
  warn: "#b87a00",
};

/** Gives back what undoes it. */
export function attachRunSignals(app: ClientApp): () => void {
  const { runs } = app.runControl;
  let ended: RunInfo | undefined;

  const draw = (): void => {
    const current = findCurrentRun(runs.state.getState());
    const going = current && isGoingOn(current) ? current : undefined;
    const shown = going ?? ended;
    const last = shown ?? (current?.state === "failed" ? current : undefined);
    const mark = going ? "running" : last && toMark(last);
    document.title = mark ? `${MARKS[mark]} ${shown ? `${describe(shown)} – ` : ""}${TITLE}` : TITLE;
    setIcon(mark);
  };
  const seen = (): void => {
    if (document.visibilityState !== "visible") return;
    ended = undefined;
    draw();
  };
  const finished = runs.finished.on((run) => {
    if (document.visibilityState === "visible") return;
    ended = run;
    draw();
    if (app.runNotifications.state.getState().status === "on") notify(app, run);
  });
  const unsubscribe = runs.state.subscribe(draw);
  document.addEventListener("visibilitychange", seen);
  draw();
  return () => {
    finished.dispose();
    unsubscribe();
    document.removeEventListener("visibilitychange", seen);
  };
}

/** "hello-web: installing gmp", "hello-web is built" */
function describe(run: RunInfo): string {
  const words = describeRun(run);
  if (!isGoingOn(run)) return words.ended;
  return `${run.instance ?? toReleaseName(run.profile)}: ${run.part === undefined ? words.state.toLowerCase() : run.part}`;
}

function toMark(run: RunInfo): Mark {
  const { tone } = describeRun(run);
  return tone === "good" || tone === "bad" || tone === "warn" ? tone : "running";
}

function notify(app: ClientApp, run: RunInfo): void {
  const words = describeRun(run);
  const notification = new Notification(words.ended, {
    body: run.error ?? run.reason ?? words.detail,
    tag: run.id,
    icon: "/icon.svg",
  });
  notification.onclick = () => {
    window.focus();
    app.runControl.showRun(run.id);
    notification.close();
  };
}

function setIcon(mark: Mark | undefined): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  const href = mark === undefined ? "/icon.svg" : toIcon(COLOURS[mark]);
  if (link.getAttribute("href") !== href) link.setAttribute("href", href);
}

/** The logo with a dot at its corner. */
function toIcon(colour: string): string {
  const svg = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">',
    '<rect x="2" y="14" width="9" height="8" rx="2" fill="#2f6fbe" opacity=".6"/>',
    '<rect x="2" y="3" width="9" height="8" rx="2" fill="#2f6fbe"/>',
    '<path d="M14 6.2v11.6a1 1 0 0 0 1.53.85l7-5.8a1 1 0 0 0 0-1.7l-7-5.8A1 1 0 0 0 14 6.2Z" fill="#5aa7f7"/>',
    `<circle cx="18" cy="18" r="5.5" fill="${colour}" stroke="#fff" stroke-width="1.5"/></svg>`,
  ].join("");
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
