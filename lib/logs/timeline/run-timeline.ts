/**
 * A run as rows over time: what was worked at from when to when, what is still to come, and how each ended.
 *
 * The engine takes up one thing after the other, so a step lasts until the next one begins. Invariant: the spans of all
 * rows, in order of their start, fill the time from the run's start to its end (or to now) without gap or overlap.
 */
import type { PartAction } from "../run-progress";
import type { RunStep } from "./step-reader";

export type TimedStep = RunStep & {
  readonly atMs: number;
  /** Nobody looked when it was written; the time lies between two that are known. */
  readonly estimated?: boolean;
};

export type TimelineRunState = "queued" | "running" | "succeeded" | "failed" | "cancelled" | "lost";

/**
 * `reused`: built before and shared. `blocked`: not begun since another part failed. `stopped`: it was at work when the
 * run was stopped. `skipped`: the run ended without it.
 */
export type TimelinePartState = "queued" | "running" | "done" | "reused" | "failed" | "stopped" | "blocked" | "skipped";

export interface TimelineSpan {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly action?: PartAction;
  readonly estimated?: boolean;
  /** Its part of the log. */
  readonly logStart: number;
  readonly logEnd: number;
  /** Zero-based first line, and how many. */
  readonly line: number;
  readonly lines: number;
}

export interface TimelineRow {
  /** Unique within the run. */
  readonly key: string;
  readonly kind: "part" | "phase";
  /** The part, or what the phase is called. */
  readonly name: string;
  readonly partition?: string;
  readonly state: TimelinePartState;
  /** The last one; of a part to come, what is planned. */
  readonly action?: PartAction;
  readonly blockedBy?: string;
  readonly durationMs: number;
  readonly spans: readonly TimelineSpan[];
}

export interface TimelineInput {
  readonly steps: readonly TimedStep[];
  readonly state: TimelineRunState;
  readonly startedMs?: number;
  readonly finishedMs?: number;
  readonly nowMs: number;
  readonly logBytes: number;
  readonly logLines: number;
  /** What the run was to do, in its order. */
  readonly planned: readonly { readonly part: string; readonly action: PartAction }[];
}

type Boundary = Extract<TimedStep, { kind: "part" | "phase" }>;
interface Draft {
  readonly key: string;
  readonly kind: "part" | "phase";
  readonly name: string;
  readonly partition?: string;
  action?: PartAction;
  readonly spans: TimelineSpan[];
}

export function toPartKey(part: string, partition?: string): string {
  return partition === undefined ? part : `${partition}/${part}`;
}

export function toTimeline(input: TimelineInput): TimelineRow[] {
  const { state, nowMs, steps } = input;
  if (input.startedMs === undefined) return toRowsToCome(input, new Set(), undefined);
  const startedMs = input.startedMs;
  const endMs = Math.max(startedMs, input.finishedMs ?? nowMs);
  const boundaries = steps.filter((step): step is Boundary => step.kind === "part" || step.kind === "phase");
  const marked = (kind: "reused" | "failed"): Set<string> =>
    new Set(steps.flatMap((step) => (step.kind === kind ? [toPartKey(step.part, step.partition)] : [])));
  const reused = marked("reused");
  const failed = marked("failed");
  const blocked = new Map(
    steps.flatMap((step) =>
      step.kind === "blocked" ? [[toPartKey(step.part, step.partition), step.by] as const] : [],
    ),
  );

  const drafts = new Map<string, Draft>();
  const first = boundaries[0];
  const beginning: Boundary = { kind: "phase", title: "Preparing", offset: 0, line: 0, atMs: startedMs };
  const all = [beginning, ...boundaries];
  // Times are of two clocks when the run was taken up by another server: they never go back.
  let from = startedMs;
  let current: Draft | undefined;
  all.forEach((step, index) => {
    const next = all[index + 1];
    const to = Math.min(endMs, Math.max(from, next?.atMs ?? endMs));
    const span: TimelineSpan = {
      startedMs: from,
      endedMs: to,
      ...(step.kind === "part" ? { action: step.action } : {}),
      ...(step.estimated || next?.estimated ? { estimated: true } : {}),
      logStart: step.offset,
      logEnd: next?.offset ?? Math.max(input.logBytes, step.offset),
      line: step.line,
      lines: Math.max(0, (next?.line ?? input.logLines) - step.line),
    };
    from = to;
    if (step === beginning && first && span.logEnd === 0 && span.endedMs === span.startedMs) return;
    const draft = getDraft(drafts, step, index);
    if (step.kind === "part") draft.action = step.action;
    draft.spans.push(span);
    current = draft;
  });

  // Without buildout's word which part it was, it is what was at work.
  if (state === "failed" && failed.size === 0 && current) failed.add((current as Draft).key);
  const rows = [...drafts.values()].map(
    (draft): TimelineRow => ({
      ...draft,
      ...(blocked.has(draft.key) && { blockedBy: blocked.get(draft.key)! }),
      state: blocked.has(draft.key) ? "blocked" : stateOf(draft, state, draft === current, failed, reused),
      durationMs: draft.spans.reduce((sum, span) => sum + span.endedMs - span.startedMs, 0),
    }),
  );
  const blocker = rows.find((row) => row.state === "failed")?.name;
  return [...rows, ...toRowsToCome(input, new Set(drafts.keys()), blocker)];
}

function getDraft(drafts: Map<string, Draft>, step: Boundary, index: number): Draft {
  const key = step.kind === "part" ? toPartKey(step.part, step.partition) : `phase ${index} ${step.title}`;
  const known = drafts.get(key);
  if (known) return known;
  const made: Draft = {
    key,
    kind: step.kind,
    name: step.kind === "part" ? step.part : step.title,
    ...(step.partition === undefined ? {} : { partition: step.partition }),
    spans: [],
  };
  drafts.set(key, made);
  return made;
}

function stateOf(
  { key, kind, action }: Draft,
  run: TimelineRunState,
  isCurrent: boolean,
  failed: ReadonlySet<string>,
  reused: ReadonlySet<string>,
): TimelinePartState {
  if (failed.has(key)) return "failed";
  if (isCurrent) {
    if (run === "running" || run === "queued") return "running";
    if (run === "cancelled" || run === "lost") return "stopped";
  }
  return kind === "part" && action === "installing" && reused.has(key) ? "reused" : "done";
}

function toRowsToCome(input: TimelineInput, begun: ReadonlySet<string>, blocker: string | undefined): TimelineRow[] {
  const { state, planned } = input;
  const isGoing = state === "queued" || state === "running";
  const rowState = isGoing ? "queued" : state === "failed" ? "blocked" : "skipped";
  const seen = new Set<string>();
  return planned.flatMap(({ part, action }): TimelineRow[] => {
    if (begun.has(part) || seen.has(part) || action === "uninstalling") return [];
    seen.add(part);
    return [
      {
        key: part,
        kind: "part",
        name: part,
        state: rowState,
        action,
        ...(rowState === "blocked" && blocker !== undefined ? { blockedBy: blocker } : {}),
        durationMs: 0,
        spans: [],
      },
    ];
  });
}
