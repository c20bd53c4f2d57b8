/** The timeline of runs on the real engine: while one goes on, after it, against another, from history. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunInfo, RunPlanInfo, RunTimeline } from "@/lib/protocol";
import { until } from "../until";
import { createRealRuns, type RealRuns } from "./real-runs";
import { readTimeline, TRACED_PROFILE, toTracedProfile, webrunner } from "./traced-runs";

/** Long enough for two of the samples that are taken each second, and for a second of a processor that others use too. */
const BUSY = ["end = time.time() + 2.5", "while time.time() < end or time.process_time() < 1: sum(range(10000))"];
const WRITES = [
  "with open(os.path.join(location, 'data'), 'wb') as file:",
  "  file.write(b'x' * 8000000)",
  "  file.flush()",
  "  os.fsync(file.fileno())",
];
const request = { kind: "buildout" as const, profile: TRACED_PROFILE };

let runs: RealRuns;
let first: RunInfo;
let second: RunInfo;
beforeAll(async () => {
  runs = await createRealRuns();
  await runs.writeFile(
    TRACED_PROFILE,
    toTracedProfile({ busy: BUSY, writes: [...WRITES, "time.sleep(0.3)"], last: ["print('last of all')"] }),
  );
});
afterAll(() => runs.dispose());

const partsOf = ({ parts }: RunTimeline) => parts.filter(({ kind }) => kind === "part");
const durationOf = ({ startedAt, finishedAt }: RunTimeline) => Date.parse(finishedAt!) - Date.parse(startedAt!);
const sumOf = ({ parts }: RunTimeline) => parts.reduce((sum, { durationMs }) => sum + durationMs, 0);

describe("the timeline of a run", () => {
  it("shows the part at work and those to come, of as many as planned", async () => {
    const { id } = await runs.start(request);
    const live = await until(
      async () => {
        const timeline = await readTimeline(runs, id);
        return partsOf(timeline).some(({ state }) => state === "running") ? timeline : undefined;
      },
      { timeoutMs: 60_000, everyMs: 50, what: "a part at work" },
    );
    expect(partsOf(live).map(({ key, state }) => [key, state])).toEqual([
      ["busy", "running"],
      ["writes", "queued"],
      ["last", "queued"],
    ]);
    expect(live).toMatchObject({ state: "running", partsDone: 0, partsTotal: 3, historyRuns: 0 });
    expect(live.remainingMs).toBeUndefined();
    first = await runs.untilEnd(id);
    expect(first.state).toBe("succeeded");
  });

  it("has bars that fill the run's time, and says what was slow", async () => {
    const timeline = await readTimeline(runs, first.id);
    expect(partsOf(timeline).map(({ key, state }) => [key, state])).toEqual([
      ["busy", "done"],
      ["writes", "done"],
      ["last", "done"],
    ]);
    // The goal is ± 2 s; the spans are made to fit exactly.
    expect(Math.abs(sumOf(timeline) - durationOf(timeline))).toBeLessThan(5);
    const busy = partsOf(timeline)[0]!;
    expect(busy.durationMs).toBeGreaterThan(1_200);
    expect(timeline.slowest[0]).toBe("busy");
    expect(timeline).toMatchObject({ partsDone: 3, partsTotal: 3 });
  });

  it("knows which lines of the log are a part's", async () => {
    const timeline = await readTimeline(runs, first.id);
    const span = partsOf(timeline)[2]!.spans[0]!;
    const log = Buffer.from(await runs.readLog(first.id));
    const text = log.subarray(span.logStart, span.logEnd).toString();
    expect(text).toMatch(/^Installing last\.\n/);
    expect(text).toContain("last of all");
    const line = await runs.server.api<{ offset: number; line: number; at: string }>(
      "GET",
      `/runs/${first.id}/log/line?part=last`,
    );
    expect(line.body).toMatchObject({ offset: span.logStart, line: span.line });
    expect(Math.abs(Date.parse(line.body.at) - Date.parse(span.startedAt))).toBeLessThan(2_000);
  });

  it("says what the run used of the processor, the memory and the disk", async () => {
    const { usage } = await readTimeline(runs, first.id);
    expect(usage.samples.length).toBeGreaterThan(1);
    const times = [first.startedAt!, ...usage.samples.map(({ at }) => at)].map(Date.parse);
    const usedSeconds = usage.samples.reduce(
      (sum, { cpu }, at) => sum + (cpu * (times[at + 1]! - times[at]!)) / 1000,
      0,
    );
    expect(usedSeconds).toBeGreaterThan(0.5);
    expect(Math.max(...usage.samples.map(({ residentBytes }) => residentBytes))).toBeGreaterThan(10_000_000);
  });

  it("plans the next run's time from this one", async () => {
    await runs.writeFile(
      TRACED_PROFILE,
      toTracedProfile({
        busy: ["time.sleep(0.2)"],
        writes: [...WRITES, "time.sleep(0.3)"],
        last: ["print('last of all')"],
      }),
    );
    const plan = await runs.server.api<RunPlanInfo>(
      "GET",
      `/projects/sample/plan?kind=buildout&profile=${TRACED_PROFILE}`,
    );
    // `busy` is installed again, the others are updated, which none was before.
    const busy = partsOf(await readTimeline(runs, first.id))[0]!;
    expect(plan.body.estimate).toMatchObject({ runs: 1, unknownParts: 0 });
    expect(plan.body.estimate!.durationMs).toBeGreaterThanOrEqual(Math.floor(busy.durationMs));
  });

  it("compares with the last run that succeeded, part by part", async () => {
    second = await runs.run(request);
    const timeline = await readTimeline(runs, second.id);
    expect(timeline.since).toBe(first.id);
    const [busy, writes] = ["busy", "writes"].map((key) => partsOf(timeline).find((part) => part.key === key)!);
    expect(busy!.beforeMs! - busy!.durationMs).toBeGreaterThan(500);
    expect(busy!.expectedMs).toBe(busy!.beforeMs);
    expect(writes).toMatchObject({ state: "done", action: "updating" });
    expect((await readTimeline(runs, first.id, second.id)).since).toBe(second.id);
  });

  it("is the same after the server was started again", async () => {
    const before = await readTimeline(runs, second.id);
    await runs.restart();
    const after = await readTimeline(runs, second.id);
    expect({ ...after, at: "" }).toEqual({ ...before, at: "" });
  });

  it("says which part failed and which were not begun for it", async () => {
    await runs.writeFile(
      TRACED_PROFILE,
      toTracedProfile({ busy: ["time.sleep(0.2)"], broken: ["raise ValueError('no')"], after: ["pass"] }),
    );
    const failed = await runs.run(request);
    const timeline = await readTimeline(runs, failed.id);
    expect(partsOf(timeline).map(({ key, state, blockedBy }) => [key, state, blockedBy])).toEqual([
      ["last", "done", undefined],
      ["writes", "done", undefined],
      ["busy", "done", undefined],
      ["broken", "failed", undefined],
      ["after", "blocked", "broken"],
    ]);
    expect(Math.abs(sumOf(timeline) - durationOf(timeline))).toBeLessThan(5);
    const text = await webrunner(runs, "run", "timeline", failed.id);
    expect(text).toMatch(/broken\s+FAILED/);
    expect(text).toMatch(/after\s+blocked\s+by broken/);
    expect(JSON.parse(await webrunner(runs, "run", "timeline", failed.id, "--json"))).toMatchObject({ run: failed.id });
  });

  it("says what a failed part blocks while the others go on", async () => {
    await runs.writeFile(
      TRACED_PROFILE,
      toTracedProfile({ wrong: ["raise ValueError('no')"], needs: ["print('${wrong:location}')"], free: ["pass"] }),
    );
    const failed = await runs.run({ ...request, keepGoing: true });
    const timeline = await readTimeline(runs, failed.id);
    const states = partsOf(timeline).map(({ key, state, blockedBy }) => [key, state, blockedBy]);
    expect(states.filter(([key]) => ["wrong", "needs", "free"].includes(key as string))).toEqual([
      ["wrong", "failed", undefined],
      ["needs", "blocked", "wrong"],
      ["free", "done", undefined],
    ]);
  });
});
