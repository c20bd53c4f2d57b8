import { describe, expect, it } from "vitest";
import { findFailedRuns, listRunProblems } from "@/lib/client/run-problems";
import type { RunFailure } from "@/lib/protocol/explanations";
import type { RunInfo } from "@/lib/protocol/runs";

function run(number: number, state: RunInfo["state"], profile = "a/buildout.cfg"): RunInfo {
  const at = "2026-01-01T00:00:00.000Z";
  const ends = state === "running" ? {} : { finishedAt: at };
  return {
    id: `20260101-00000${number}-aaaaaa`,
    project: "sample",
    number,
    kind: "buildout",
    engine: "buildout",
    profile,
    state,
    createdAt: at,
    logSizeBytes: 1,
    ...ends,
  };
}

const failure: RunFailure = {
  phase: "installing",
  part: "gmp",
  kind: "compiler",
  message: "error: no",
  lines: [],
  logOffset: 0,
  place: { path: "a/buildout.cfg", line: 3, column: 2, endLine: 3, endColumn: 5 },
  isEdited: false,
  fixes: [],
};

describe("problems of runs", () => {
  it("are those of the newest run of each profile that has ended, unless it was stopped", () => {
    const runs = [run(6, "running"), run(5, "cancelled"), run(4, "failed"), run(3, "failed"), run(2, "failed", "b")];
    expect(findFailedRuns(runs).map(({ number }) => number)).toEqual([4, 2]);
    expect(findFailedRuns([run(7, "succeeded"), ...runs]).map(({ number }) => number)).toEqual([2]);
  });

  it("name the run and the place, and are stale when the text has changed", () => {
    const runs = [run(17, "failed")];
    const failures = new Map([[runs[0]!.id, failure]]);
    expect(listRunProblems(runs, failures, () => false)).toEqual([
      {
        path: "a/buildout.cfg",
        severity: "error",
        message: "gmp: error: no",
        source: "run #17",
        code: undefined,
        line: 3,
        column: 2,
        isStale: false,
      },
    ]);
    expect(listRunProblems(runs, failures, () => true)[0]!.isStale).toBe(true);
    expect(listRunProblems(runs, new Map([[runs[0]!.id, { ...failure, place: undefined }]]), () => false)).toEqual([]);
  });
});
