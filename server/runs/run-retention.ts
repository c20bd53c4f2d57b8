/**
 * Which runs need not be kept: by age and by size, as the user has set it.
 *
 * Promises: a run that goes on is kept, the newest one, and of every profile and kind the last one that succeeded,
 * whatever the limits are; by size the oldest go first. What is removed is removed whole.
 */
import type { RunInfo } from "@/lib/protocol";

export interface RetentionLimits {
  readonly keepDays: number | null;
  readonly keepBytes: number | null;
}

export interface SizedRun {
  readonly run: RunInfo;
  readonly sizeBytes: number;
}

const DAY_MS = 86_400_000;

/** Newest first in, oldest first out. */
export function pickExpired(runs: readonly SizedRun[], limits: RetentionLimits, nowMs: number): RunInfo[] {
  const green = new Set<string>();
  const removable = runs.filter(({ run }, index) => {
    if (index === 0 && run.state !== "succeeded") return false;
    if (run.state === "queued" || run.state === "running") return false;
    if (run.state !== "succeeded") return true;
    const key = `${run.kind} ${run.profile} ${run.instance ?? ""}`;
    if (green.has(key)) return true;
    green.add(key);
    return false;
  });
  const expired = new Set<string>();
  if (limits.keepDays !== null) {
    for (const { run } of removable) {
      const endedMs = Date.parse(run.finishedAt ?? run.createdAt);
      if (nowMs - endedMs > limits.keepDays * DAY_MS) expired.add(run.id);
    }
  }
  if (limits.keepBytes !== null) {
    let total = runs.reduce((sum, { run, sizeBytes }) => sum + (expired.has(run.id) ? 0 : sizeBytes), 0);
    for (const { run, sizeBytes } of [...removable].reverse()) {
      if (total <= limits.keepBytes) break;
      if (expired.has(run.id)) continue;
      expired.add(run.id);
      total -= sizeBytes;
    }
  }
  return removable
    .map(({ run }) => run)
    .filter(({ id }) => expired.has(id))
    .reverse();
}
