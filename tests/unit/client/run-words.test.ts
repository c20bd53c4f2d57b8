import { describe, expect, test } from "vitest";
import { describeBytes, describeDuration, describeRun, elapsedMs, toReleaseName } from "@/lib/client/run-words";
import type { RunInfo } from "@/lib/protocol/runs";

const run = (more: Partial<RunInfo>): RunInfo => ({
  id: "20261123-192455-k3f9q2",
  project: "main",
  kind: "software",
  engine: "slapos",
  profile: "software/hello-web/software.cfg",
  state: "succeeded",
  createdAt: "2026-11-23T19:24:55.000Z",
  logSizeBytes: 0,
  ...more,
});

describe("the end of a run is told as", () => {
  function check(more: Partial<RunInfo>, expected: string): void {
    const { ended, tone } = describeRun(run(more));
    expect(`${ended} (${tone})`).toBe(expected);
  }
  test("built", () => check({}, "hello-web is built (good)"));
  test("running", () => check({ kind: "instance", instance: "hello" }, "hello is running (good)"));
  test("nothing to do", () => check({ nothingToDo: true }, "Nothing to do (good)"));
  test("failed", () => check({ state: "failed", code: 1 }, "Run software failed: hello-web (bad)"));
  test("a promise not kept", () =>
    check({ kind: "instance", instance: "hello", state: "failed", code: 2 }, "A promise of hello is not kept (bad)"));
  test("stopped", () => check({ state: "cancelled" }, "Run software was stopped (warn)"));
  test("lost", () => check({ state: "lost" }, "Run software was lost (bad)"));
});

test("durations", () => {
  const told = [0, 400, 9_960, 12_300, 60_000, 185_000, 3_725_000].map(describeDuration);
  expect(told).toEqual(["0.0 s", "0.4 s", "10 s", "12 s", "1 min 00 s", "3 min 05 s", "1 h 02 min"]);
});
test("sizes", () => {
  expect([0, 1023, 1024, 1_500_000, 3e9].map(describeBytes)).toEqual(["0 B", "1023 B", "1.0 KB", "1.4 MB", "2.8 GB"]);
});
test("elapsed time ends with the run", () => {
  const ended = run({ startedAt: "2026-11-23T19:25:00.000Z", finishedAt: "2026-11-23T19:25:10.000Z" });
  expect(elapsedMs(ended, Date.parse("2026-11-24T00:00:00Z"))).toBe(10_000);
  expect(elapsedMs(run({}), Date.parse("2026-11-23T19:24:58Z"))).toBe(3_000);
});
test("a release is called by its folder", () => {
  expect(["software/hello-web/software.cfg", "buildout.cfg"].map(toReleaseName)).toEqual(["hello-web", "buildout.cfg"]);
});
