/** Words about repositories that several views say. */
import { count } from "@/lib/base/count";
import type { ClientApp } from "@/lib/client/app";
import { GIT_VIEW } from "@/lib/client/git";
import type { GitOutcome } from "@/lib/protocol/git";

export const toShortId = (id: string): string => id.slice(0, 8);

/** `main`, `origin/main`, `v1.0` of a full reference name. */
export const toRefName = (ref: string): string => ref.replace(/^refs\/(heads|remotes|tags)\//, "");

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `3 minutes ago`; the full date is said in a tooltip. */
export function describeAge(at: string, nowMs = Date.now()): string {
  const passed = Math.max(0, nowMs - Date.parse(at));
  const say = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return say(Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return say(Math.floor(passed / HOUR), "hour");
  if (passed < 31 * DAY) return say(Math.floor(passed / DAY), "day");
  if (passed < 365 * DAY) return say(Math.floor(passed / (30.4 * DAY)), "month");
  return say(Math.floor(passed / (365.25 * DAY)), "year");
}

export const describeDate = (at: string): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Says what came out of a merge, a pick or a stash; conflicts lead to the view that resolves them. */
export function tellOutcome(app: ClientApp, outcome: GitOutcome, done: string): void {
  if (outcome.result === "conflicts") {
    app.layout.showSideView(GIT_VIEW);
    app.notices.show({
      kind: "warning",
      title: `Conflicts in ${count(outcome.conflicts.length, "file")}`,
      detail: "Resolve them in Source Control, then continue; Abort goes back to before.",
    });
  } else {
    const title = outcome.result === "up-to-date" ? "Nothing to do: it is all here already" : done;
    app.notices.show({ kind: "success", title });
  }
}
