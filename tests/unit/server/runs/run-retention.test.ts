import { expect, it } from "vitest";
import type { RunInfo } from "@/lib/protocol";
import { pickExpired, type SizedRun } from "@/server/runs/run-retention";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-28T12:00:00Z");

/** `id state age size`, newest first. */
function runs(...lines: readonly string[]): SizedRun[] {
  return lines.map((line) => {
    const [id, state, age, size, profile = "a"] = line.split(" ");
    const finishedAt = new Date(NOW - Number(age) * DAY).toISOString();
    const run = { id, state, kind: "software", profile, createdAt: finishedAt, finishedAt } as RunInfo;
    return { run, sizeBytes: Number(size) };
  });
}
const pick = (all: SizedRun[], keepDays: number | null, keepBytes: number | null) =>
  pickExpired(all, { keepDays, keepBytes }, NOW).map(({ id }) => id);

it("removes what is too old, and never the last that succeeded", () => {
  const all = runs("e failed 0 1", "d failed 40 1", "c succeeded 50 1", "b succeeded 60 1", "a failed 70 1");
  expect(pick(all, 30, null)).toEqual(["a", "b", "d"]);
});

it("keeps the last green one of every profile", () => {
  expect(pick(runs("c failed 0 1", "b succeeded 50 1 x", "a succeeded 60 1 y"), 30, null)).toEqual([]);
});

it("removes the oldest until it fits", () => {
  const all = runs("d failed 1 40", "c failed 2 40", "b succeeded 3 40", "a failed 4 40");
  expect(pick(all, null, 130)).toEqual(["a"]);
  expect(pick(all, null, 100)).toEqual(["a", "c"]);
  expect(pick(all, null, 1)).toEqual(["a", "c"]);
});

it("never removes what goes on, nor the newest", () => {
  expect(pick(runs("b running 99 1", "a queued 99 1"), 1, 0)).toEqual([]);
  expect(pick(runs("a failed 99 1"), 1, 0)).toEqual([]);
});

it("removes nothing without limits", () => {
  expect(pick(runs("b failed 999 1", "a failed 999 1"), null, null)).toEqual([]);
});
