import { describe, expect, test } from "vitest";
import { applyRun, createRunsStore, findCurrentRun } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";
import { settle } from "./log-fixture";

const run = (id: string, state: RunInfo["state"], more: Partial<RunInfo> = {}): RunInfo => ({
  id,
  project: "main",
  kind: "software",
  engine: "slapos",
  profile: "software/hello-web/software.cfg",
  state,
  createdAt: "2026-11-23T19:24:55.000Z",
  logSizeBytes: 0,
  ...more,
});

function open(listed: RunInfo[]) {
  let hear: (run: RunInfo) => void = () => undefined;
  let starts = 0;
  const answers: ((run: RunInfo) => void)[] = [];
  const runs = createRunsStore({
    api: {
      listRuns: async () => ({ runs: listed }),
      startRun: () => {
        starts++;
        return new Promise<RunInfo>((resolve) => answers.push(resolve));
      },
      stopRun: async ({ params }: { params: { run: string } }) => run(params.run, "cancelled"),
    } as never,
    connection: {
      on: (name: string, listener: (run: RunInfo) => void) => {
        if (name === "run:changed") hear = listener;
        return { dispose: () => undefined };
      },
    } as never,
  });
  runs.connect();
  const finished: string[] = [];
  runs.finished.on((info) => finished.push(`${info.id} ${info.state}`));
  return { runs, hear: (info: RunInfo) => hear(info), answers, finished, starts: () => starts };
}

describe("the runs", () => {
  test("are newest first", () => {
    const after = [run("1", "succeeded"), run("3", "running"), run("2", "failed")].reduce(applyRun, []);
    expect(after.map(({ id }) => id)).toEqual(["3", "2", "1"]);
  });
  test("of one second are in the order in which they were begun, whatever their ids", () => {
    const first = run("20261123-192455-zzzzzz", "failed", { createdAt: "2026-11-23T19:24:55.100Z" });
    const second = run("20261123-192455-aaaaaa", "failed", { createdAt: "2026-11-23T19:24:55.900Z" });
    expect([first, second].reduce(applyRun, [])).toEqual([second, first]);
  });
  test("stay ended when older news arrive late", () => {
    const after = applyRun([run("1", "failed", { error: "x" })], run("1", "running"));
    expect(after[0]).toMatchObject({ state: "failed", error: "x" });
  });
  test("tell an end once", async () => {
    const { runs, hear, finished } = open([run("1", "running"), run("0", "succeeded")]);
    await runs.load("main");
    hear(run("1", "running", { part: "gmp" }));
    hear(run("1", "failed"));
    hear(run("1", "failed"));
    hear(run("1", "running"));
    expect(finished).toEqual(["1 failed"]);
  });
  test("tell an end that came while the connection was away", async () => {
    const listed = [run("1", "running")];
    const { runs, finished } = open(listed);
    await runs.load("main");
    listed[0] = run("1", "succeeded");
    await runs.load("main");
    expect(finished).toEqual(["1 succeeded"]);
    expect(findCurrentRun(runs.state.getState())?.state).toBe("succeeded");
  });
  test("of another project are not shown", async () => {
    const { runs, hear } = open([]);
    await runs.load("main");
    hear(run("9", "running", { project: "other" }));
    expect(runs.state.getState().runs).toEqual([]);
  });
  test("asked for twenty times at once begin once", async () => {
    const { runs, answers, starts } = open([]);
    await runs.load("main");
    const request = { kind: "software", profile: "software/hello-web/software.cfg" } as const;
    const asked = Array.from({ length: 20 }, () => runs.start(request));
    expect(runs.state.getState().starting).toEqual(["software"]);
    answers[0]?.(run("1", "queued"));
    expect(new Set((await Promise.all(asked)).map(({ id }) => id))).toEqual(new Set(["1"]));
    await settle();
    expect([starts(), runs.state.getState().starting]).toEqual([1, []]);
    expect(runs.state.getState().selected).toBe("1");
  });
});
