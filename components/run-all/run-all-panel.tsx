"use client";
import { CircleCheck, CircleDashed, CircleMinus, CircleX, ExternalLink, Play, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { PREVIEW_TAB } from "@/components/instance/instance-actions";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeKeys } from "@/lib/client/keymap";
import { toReleaseName } from "@/lib/client/run-words";
import type { RunAllInfo, RunAllStep } from "@/lib/protocol/run-all";
import { runAll } from "./run-all-commands";

const TITLES: Readonly<Record<RunAllStep["id"], string>> = {
  check: "pyflakes",
  commit: "Commit",
  software: "Run software",
  instance: "Run instance",
  promises: "Promises",
  open: "Open service",
};
const STATES: Readonly<Record<RunAllStep["state"], string>> = {
  pending: "not yet",
  running: "running",
  done: "done",
  skipped: "skipped",
  failed: "failed",
  cancelled: "stopped",
};
const NEVER: readonly RunAllStep[] = (Object.keys(TITLES) as RunAllStep["id"][]).map((id) => ({
  id,
  state: "pending",
  problems: [],
}));

/** The steps from pyflakes to the open service, and where it stopped. */
export function RunAllPanel() {
  const app = useApp();
  const { runAll: store } = app.guide;
  const { value, error } = useValue(store.state);
  useValue(app.runControl.picked);
  useEffect(() => {
    const watch = store.watch();
    return () => watch.dispose();
  }, [store]);
  if (error !== undefined && !value) return <ErrorState error={error} onRetry={() => void store.reload()} />;
  return (
    <section
      aria-label="Run all"
      className="flex h-full min-h-0 flex-col text-xs"
      data-run-all={value?.state ?? "none"}
    >
      <Bar info={value} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too */}
      <ol className="min-h-0 flex-1 overflow-y-auto px-3 py-2" tabIndex={0} aria-label="Steps">
        {(value?.steps ?? NEVER).map((step) => (
          <Step key={step.id} step={step} info={value} />
        ))}
      </ol>
    </section>
  );
}

function Bar({ info }: { readonly info: RunAllInfo | undefined }) {
  const app = useApp();
  const [commits, setCommits] = useState(false);
  const [message, setMessage] = useState("");
  const goesOn = info?.state === "running";
  const release = app.runControl.findRelease();
  const start = () =>
    void runAll(app, commits ? message.trim() : undefined).catch((error: unknown) => app.showError(error));
  return (
    <form
      className="flex min-h-9 shrink-0 flex-wrap items-center gap-2 border-b px-3 py-1"
      onSubmit={(event) => {
        event.preventDefault();
        if (!goesOn) start();
      }}
    >
      <span className="font-medium">{toReleaseName(info?.request.profile ?? release?.profile ?? "No release")}</span>
      <span className="text-muted" role="status">
        {describe(info)}
      </span>
      <label className="ml-auto flex items-center gap-1.5">
        <input
          type="checkbox"
          checked={commits}
          disabled={goesOn}
          onChange={(event) => setCommits(event.target.checked)}
        />
        Commit first
      </label>
      {commits && (
        <input
          className="field h-6 w-56"
          aria-label="Message of the commit"
          placeholder="Message of the commit"
          value={message}
          disabled={goesOn}
          onChange={(event) => setMessage(event.target.value)}
        />
      )}
      {goesOn ? (
        <Button size="small" icon={<Square size={11} />} onClick={() => void app.commands.execute("run.stopAll")}>
          Stop
        </Button>
      ) : (
        <Button
          size="small"
          variant="primary"
          type="submit"
          icon={<Play size={11} />}
          disabled={!release || (commits && message.trim() === "")}
          data-tip={`${describeKeys("run.all") ?? ""}\nOpen files are saved first`}
        >
          Run all
        </Button>
      )}
    </form>
  );
}

function describe(info: RunAllInfo | undefined): string {
  if (!info) return "Check, build, deploy and open in one go; stops at the first red.";
  if (info.state === "running") return "Running";
  if (info.state === "succeeded") return "All green";
  if (info.state === "cancelled") return "Stopped";
  return info.code === 2 ? "A promise is not kept (exit code 2)" : `Failed (exit code ${info.code})`;
}

function Step({ step, info }: { readonly step: RunAllStep; readonly info: RunAllInfo | undefined }) {
  const app = useApp();
  const { id, state, summary, problems, run } = step;
  return (
    <li
      className="flex gap-2 py-1"
      data-step={id}
      data-step-state={state}
      aria-current={state === "running" ? "step" : undefined}
    >
      <span className="mt-px grid size-4 shrink-0 place-items-center" aria-hidden>
        <StepIcon state={state} />
      </span>
      <div className="min-w-0 flex-1">
        <span className="font-medium">{TITLES[id]}</span>
        <span className="sr-only">, {STATES[state]}</span>
        {summary && <span className={state === "failed" ? "ml-2 text-bad" : "ml-2 text-muted"}>{summary}</span>}
        {problems.length > 0 && (
          <ul className="mt-0.5">
            {problems.map(({ text, path, line, column }) => (
              <li key={`${path}:${line}:${column}:${text}`} className="text-muted">
                {path ? (
                  <button
                    type="button"
                    className="text-accent hover:underline"
                    onClick={() => app.editors.openFile({ path, ...(line && { line }), ...(column && { column }) })}
                  >
                    {path}:{line}
                  </button>
                ) : null}{" "}
                {text === summary ? "" : text}
              </li>
            ))}
          </ul>
        )}
      </div>
      {run && (
        <Button size="small" variant="ghost" onClick={() => app.runControl.showRun(run)}>
          Log
        </Button>
      )}
      {id === "open" && info?.service && info.instance && state === "done" && (
        <Button
          size="small"
          icon={<ExternalLink size={11} aria-hidden />}
          onClick={() => app.editors.openView(PREVIEW_TAB, info.instance!, `${info.instance} service`)}
        >
          Open
        </Button>
      )}
    </li>
  );
}

function StepIcon({ state }: { readonly state: RunAllStep["state"] }) {
  if (state === "running") return <Spinner size={13} />;
  if (state === "done") return <CircleCheck size={14} className="text-good" />;
  if (state === "skipped") return <CircleMinus size={14} className="text-faint" />;
  if (state === "pending") return <CircleDashed size={14} className="text-faint" />;
  return <CircleX size={14} className="text-bad" />;
}
