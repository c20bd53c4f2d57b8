import { describe, expect, it } from "vitest";
import { findFailedRuns, listRunProblems } from "@/lib/client/run-problems";
import type { RunFailure, RunWarning } from "@/lib/protocol/explanations";
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
  others: [],
};
const none = new Map<string, undefined>();

describe("problems of runs", () => {
  it("are those of the newest run of each profile that has ended, unless it was stopped", () => {
    const runs = [run(6, "running"), run(5, "cancelled"), run(4, "failed"), run(3, "failed"), run(2, "failed", "b")];
    expect(findFailedRuns(runs).map(({ number }) => number)).toEqual([4, 2]);
    expect(findFailedRuns([run(7, "succeeded"), ...runs]).map(({ number }) => number)).toEqual([2]);
  });

  it("name the run and the place, and are stale when the text has changed", () => {
    const runs = [run(17, "failed")];
    const failures = new Map([[runs[0]!.id, failure]]);
    expect(listRunProblems(runs, failures, none, () => false)).toEqual([
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
    expect(listRunProblems(runs, failures, none, () => true)[0]!.isStale).toBe(true);
    expect(
      listRunProblems(runs, new Map([[runs[0]!.id, { ...failure, place: undefined }]]), none, () => false),
    ).toEqual([]);
  });

  it("name all parts of a run that kept going", () => {
    const runs = [run(3, "failed")];
    const other = { ...failure, part: "zlib", place: { ...failure.place!, line: 9 } };
    const found = listRunProblems(runs, new Map([[runs[0]!.id, { ...failure, others: [other] }]]), none, () => false);
    expect(found.map(({ message, line }) => `${line} ${message}`)).toEqual(["3 gmp: error: no", "9 zlib: error: no"]);
  });

  it("are also warnings, of runs that succeeded too, with the number of the run that said them", () => {
    const runs = [run(5, "cancelled"), run(4, "succeeded"), run(3, "failed")];
    const warning: RunWarning = {
      run: runs[2]!.id,
      kind: "unused-options",
      message: "Section `a` contains unused option(s): 'comand'.",
      section: "a",
      logOffset: 0,
      place: { path: "a/buildout.cfg", line: 7, column: 1, endLine: 7, endColumn: 7 },
      isEdited: false,
      fixes: [],
    };
    const warnings = new Map([
      [runs[1]!.id, [warning]],
      [runs[2]!.id, [{ ...warning, place: undefined }]],
    ]);
    const list = (isChanged: boolean) => listRunProblems(runs, new Map(), warnings, () => isChanged);
    expect(list(false)).toMatchObject([{ severity: "warning", source: "run #3", line: 7, isStale: false }]);
    expect(list(true)).toMatchObject([{ isStale: true }]);
  });
});
