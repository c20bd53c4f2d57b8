/** A run in words for a person: what it is, how it goes, how it ended; and the tone that goes with it. */
import type { RunInfo, RunKind, RunState } from "@/lib/protocol/runs";

export type Tone = "neutral" | "active" | "good" | "bad" | "warn";

export interface RunWords {
  /** "Run software" */
  readonly title: string;
  /** "Running", "Failed" */
  readonly state: string;
  /** "The software is built" */
  readonly ended: string;
  readonly detail: string;
  readonly tone: Tone;
}

const TITLES: Record<RunKind, string> = {
  software: "Run software",
  instance: "Run instance",
  buildout: "Run buildout",
  report: "Clean up",
  recipe: "Test recipe",
  verification: "Verify",
};
const STATES: Record<RunState, string> = {
  queued: "Waiting",
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Stopped",
  lost: "Lost",
};
const TONES: Record<RunState, Tone> = {
  queued: "active",
  running: "active",
  succeeded: "good",
  failed: "bad",
  cancelled: "warn",
  lost: "bad",
};
/** Exit code of slapgrid when partitions are up and a promise is not kept. */
const PROMISE_FAILED = 2;

export function describeRun(run: RunInfo): RunWords {
  const name = toReleaseName(run.profile);
  return {
    title: TITLES[run.kind],
    state: run.paused
      ? "Paused"
      : run.kind === "verification" && run.state === "queued"
        ? "Cloning"
        : run.nothingToDo && run.state === "succeeded"
          ? "Nothing to do"
          : STATES[run.state],
    ended: describeEnd(run, name),
    detail: run.nothingToDo
      ? `${name} is as its profile says; nothing changed since it was built.`
      : describeSource(run),
    tone: TONES[run.state],
  };
}

function describeEnd(run: RunInfo, name: string): string {
  if (run.state === "cancelled") return `${TITLES[run.kind]} was stopped`;
  if (run.state === "lost") return `${TITLES[run.kind]} was lost`;
  if (run.state === "failed") {
    if (run.code === PROMISE_FAILED) return `A promise of ${run.instance ?? name} is not kept`;
    if (run.kind === "recipe") return `The recipe of [${run.section}] failed`;
    return `${TITLES[run.kind]} failed: ${name}`;
  }
  if (run.nothingToDo) return "Nothing to do";
  if (run.kind === "instance") return `${run.instance ?? name} is running`;
  if (run.kind === "recipe") return `The recipe of [${run.section}] worked`;
  if (run.kind === "report") return "Cleaned up";
  if (run.kind === "verification") return `${name} is built from ${describePushed(run)}`;
  return `${name} is built`;
}

function describeSource(run: RunInfo): string {
  return run.verification ? `${run.profile} of ${describePushed(run)}` : run.profile;
}

/** `fork/main at 1a2b3c4d5e`: what a verification builds. */
function describePushed({ verification }: RunInfo): string {
  return verification
    ? `${verification.remote}/${verification.branch} at ${verification.commit.slice(0, 10)}`
    : "what was pushed";
}

/** `software/hello-web/software.cfg` is called `hello-web`; a profile at the root by its file name. */
export function toReleaseName(profile: string): string {
  const parts = profile.split("/");
  const suffix = profile.endsWith(".sandbox.cfg") ? " (sandbox)" : "";
  return parts.length > 1 ? parts[parts.length - 2]! + suffix : profile;
}

export function elapsedMs(run: RunInfo, nowMs: number): number {
  const from = Date.parse(run.startedAt ?? run.createdAt);
  const to = run.finishedAt === undefined ? nowMs : Date.parse(run.finishedAt);
  return Math.max(0, to - from);
}

/** `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export function describeDuration(durationMs: number): string {
  const seconds = durationMs / 1000;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : describeSeconds(Math.round(seconds) * 1000);
}

/** The same in whole seconds, for a clock that goes on. */
export function describeSeconds(durationMs: number): string {
  const whole = Math.floor(durationMs / 1000);
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

export function describeBytes(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} B`;
  const units = ["KB", "MB", "GB"];
  let value = sizeBytes / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
