import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebrunnerError } from "@/lib/base/errors";
import { runSchema } from "@/lib/protocol";
import { findCommandProcess } from "@/server/platform/durable-processes";
import type { RunPlan } from "@/server/runs/run-launcher";
import { until } from "../until";
import { createShellRuns, isEnd, type ShellRuns } from "./shell-runs";

let opened: ShellRuns[] = [];
function open(options?: Parameters<typeof createShellRuns>[0]): ShellRuns {
  const runs = createShellRuns(options);
  opened.push(runs);
  return runs;
}
afterEach(async () => {
  for (const runs of opened) await runs.dispose();
  opened = [];
});

const software = (profile: string) => ({ kind: "software" as const, profile });
const folderOf = (runs: ShellRuns, id: string): string => join(runs.root, "sample", "runs", id);

describe("a run", () => {
  it("ends with the engine's code, its log and its progress", async () => {
    const runs = open();
    const { id, state } = await runs.keeper.start("sample", software("echo Installing a.; echo Updating b.; exit 0"));
    expect(state).toBe("queued");
    const end = await runs.untilEnd(id);
    expect(end).toMatchObject({ state: "succeeded", code: 0, part: "b", partsDone: 2, kind: "software" });
    expect(end.logSizeBytes).toBe("Installing a.\nUpdating b.\n".length);
    expect(Date.parse(end.finishedAt!)).toBeGreaterThanOrEqual(Date.parse(end.startedAt!));
    expect(runs.readLog(id)).toBe("Installing a.\nUpdating b.\n");
    expect(runSchema.parse(end)).toEqual(end);
    expect(runs.told.map((run) => run.state).filter((word) => word === "succeeded")).toHaveLength(1);
  });

  it("fails with the engine's error line, without the machine's paths", async () => {
    const runs = open();
    const { id } = await runs.keeper.start(
      "sample",
      software('echo "While:"; echo "  Installing a."; echo "Error: No file $PWD/sample/x.cfg"; exit 1'),
    );
    expect(await runs.untilEnd(id)).toMatchObject({ state: "failed", code: 1, error: "No file sample/x.cfg" });
  });

  it("says that there was nothing to do", async () => {
    const runs = open();
    const { id } = await runs.keeper.start("sample", software("echo 'webrunner: Nothing to do: complete'"));
    expect(await runs.untilEnd(id)).toMatchObject({ state: "succeeded", nothingToDo: true });
  });

  it("tells how far the clone has come that it needs, until its command begins", async () => {
    const prepare: RunPlan["prepare"] = async (_signal, onCloning) => {
      onCloning?.({ phase: "connecting", done: 0 });
      onCloning?.({ phase: "receiving", done: 1, total: 9, receivedBytes: 100 });
      onCloning?.({ phase: "receiving", done: 2, total: 9 });
      onCloning?.({ phase: "checking-out", done: 3, total: 3 });
    };
    const runs = open({ plan: { prepare } });
    const { id } = await runs.keeper.start("sample", software("true"));
    const end = await runs.untilEnd(id);
    expect(end.cloning).toBeUndefined();
    const told = runs.told.flatMap(({ state, cloning }) => (cloning ? [[state, cloning.phase, cloning.done]] : []));
    expect(told).toEqual([
      ["queued", "connecting", 0],
      ["queued", "receiving", 1],
      ["queued", "checking-out", 3],
    ]);
    expect(runs.told.find(({ state }) => state === "running")?.cloning).toBeUndefined();
  });

  it("fails visibly when what it needs does not start", async () => {
    const prepare = async (): Promise<void> => {
      throw new WebrunnerError("engine/failed", { message: "slapproxy did not start.", hint: "Look at its log." });
    };
    const runs = open({ plan: { prepare } });
    const { id } = await runs.keeper.start("sample", software("true"));
    expect(await runs.untilEnd(id)).toMatchObject({
      state: "failed",
      error: "slapproxy did not start. Look at its log.",
    });
    expect((await runs.keeper.start("sample", software("true"))).id).not.toBe(id);
  });

  it("tells its progress at most five times a second", async () => {
    const runs = open();
    const { id } = await runs.keeper.start(
      "sample",
      software("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo line $i; sleep 0.05; done"),
    );
    const end = await runs.untilEnd(id);
    const seconds = (Date.parse(end.finishedAt!) - Date.parse(end.startedAt!)) / 1000;
    expect(runs.told.length).toBeLessThanOrEqual(5 * seconds + 5);
    expect(runs.told.length).toBeGreaterThan(3);
  });
});

describe("one at a time", () => {
  it("makes one run of 20 clicks (FT17)", async () => {
    const runs = open();
    const clicks = await Promise.allSettled(
      Array.from({ length: 20 }, () => runs.keeper.start("sample", software("sleep 0.5"))),
    );
    const ids = new Set(clicks.map((click) => (click.status === "fulfilled" ? click.value.id : click.reason.data.run)));
    expect(ids.size).toBe(1);
    expect(runs.keeper.list("sample")).toHaveLength(1);
    const [id] = ids;
    await expect(runs.keeper.start("sample", software("sleep 0.5"))).rejects.toMatchObject({
      code: "run/busy",
      data: { run: id },
    });
    await runs.untilEnd(id);
    expect((await runs.keeper.start("sample", software("true"))).id).not.toBe(id);
  });

  it("keeps software and instance apart, but not from another project or plain buildout", async () => {
    const runs = open();
    const first = await runs.keeper.start("sample", software("sleep 5"));
    await expect(runs.keeper.start("sample", { kind: "instance", profile: "true" })).rejects.toMatchObject({
      code: "run/busy",
      data: { run: first.id },
    });
    const other = await runs.keeper.start("other", software("true"));
    const plain = await runs.keeper.start("sample", { kind: "buildout", profile: "true" });
    await runs.untilEnd(other.id);
    await runs.untilEnd(plain.id);
  });

  it("is free again after a refusal", async () => {
    let refusal: Error | undefined = new WebrunnerError("run/refused", { message: "no such profile" });
    const runs = open({ refuse: () => refusal });
    await expect(runs.keeper.start("sample", software("x"))).rejects.toMatchObject({ code: "run/refused" });
    refusal = undefined;
    await runs.untilEnd((await runs.keeper.start("sample", software("true"))).id);
    expect(runs.keeper.list("sample")).toHaveLength(1);
  });
});

describe("stop", () => {
  it("ends the run as cancelled, once", async () => {
    const runs = open();
    const { id } = await runs.keeper.start("sample", software("echo ready; sleep 300 & sleep 300"));
    await until(() => runs.keeper.get(id).logSizeBytes > 0);
    await Promise.all([runs.keeper.stop(id), runs.keeper.stop(id)]);
    expect(await runs.untilEnd(id)).toMatchObject({ state: "cancelled" });
    expect(runs.told.filter(isEnd)).toHaveLength(1);
    await expect(runs.keeper.stop(id)).rejects.toMatchObject({ code: "run/finished" });
  });

  it("also ends a run that was only just asked for", async () => {
    const runs = open();
    for (let round = 0; round < 5; round++) {
      const { id } = await runs.keeper.start("sample", software("sleep 300"));
      for (let turn = 0; turn < round * 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      await runs.keeper.stop(id);
      expect(await runs.untilEnd(id)).toMatchObject({ state: "cancelled" });
      expect(await findCommandProcess(folderOf(runs, id))).toBeUndefined();
    }
  });

  it("leaves nothing behind that would work in the same directory, after a natural end either", async () => {
    const runs = open();
    const { id } = await runs.keeper.start(
      "sample",
      software("setsid sh -c 'sleep 1; echo late >> late.txt' & sleep 0.2; exit 0"),
    );
    await runs.untilEnd(id);
    const after = await runs.keeper.start("sample", software("sleep 1.5"));
    await runs.untilEnd(after.id);
    expect(existsSync(join(runs.root, "late.txt"))).toBe(false);
  });
});

describe("after a restart of the server", () => {
  it("takes up a run that goes on", async () => {
    const before = open();
    const { id } = await before.keeper.start(
      "sample",
      software("echo Installing a.; sleep 1; echo Installing b.; exit 4"),
    );
    await until(() => before.keeper.get(id).part === "a");
    before.forget();
    const after = open({ root: before.root });
    await after.keeper.adopt(["sample"]);
    expect(after.keeper.get(id).state).toBe("running");
    await expect(after.keeper.start("sample", software("true"))).rejects.toMatchObject({ code: "run/busy" });
    expect(await after.untilEnd(id)).toMatchObject({ state: "failed", code: 4, partsDone: 2 });
    expect(after.told.filter(isEnd)).toHaveLength(1);
  });

  it("finishes a run that has ended in the meantime, once", async () => {
    const before = open();
    const { id } = await before.keeper.start("sample", software("echo Installing a.; sleep 0.3"));
    before.forget();
    await until(() => existsSync(join(folderOf(before, id), "exit.json")));
    const after = open({ root: before.root });
    await after.keeper.adopt(["sample"]);
    const end = after.keeper.get(id);
    expect(end).toMatchObject({ state: "succeeded", code: 0, part: "a" });
    const text = readFileSync(join(folderOf(after, id), "end.json"), "utf8");
    const third = open({ root: before.root });
    await third.keeper.adopt(["sample"]);
    expect(third.keeper.get(id)).toEqual(end);
    expect(third.told).toEqual([]);
    expect(readFileSync(join(folderOf(after, id), "end.json"), "utf8")).toBe(text);
  });

  it("calls a run lost whose wrapper was killed, and ends its orphans", async () => {
    const before = open();
    const { id } = await before.keeper.start("sample", software("echo Installing a.; sleep 300"));
    await until(() => before.keeper.get(id).part === "a");
    before.forget();
    process.kill(JSON.parse(readFileSync(join(folderOf(before, id), "process.json"), "utf8")).pid, "SIGKILL");
    await until(() => findCommandProcess(folderOf(before, id)));
    const after = open({ root: before.root });
    await after.keeper.adopt(["sample"]);
    expect(after.keeper.get(id)).toMatchObject({ state: "lost", part: "a" });
    expect(after.keeper.get(id).reason).toContain("left no exit code");
    expect(await findCommandProcess(folderOf(after, id))).toBeUndefined();
  });

  it("sees a stop through that the old server began", async () => {
    const before = open();
    const { id } = await before.keeper.start(
      "sample",
      software("trap '' TERM; echo ready; while :; do sleep 0.1; done"),
    );
    await until(() => before.keeper.get(id).logSizeBytes > 0);
    before.forget();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(folderOf(before, id), "cancel.json"), "{}");
    const after = open({ root: before.root });
    await after.keeper.adopt(["sample"]);
    expect(await after.untilEnd(id)).toMatchObject({ state: "cancelled" });
  });

  it("lists past runs, newest first, and passes over a broken record", async () => {
    const before = open();
    const first = await before.keeper.start("sample", software("exit 0"));
    await before.untilEnd(first.id);
    const second = await before.keeper.start("sample", software("exit 1"));
    await before.untilEnd(second.id);
    const { mkdirSync, writeFileSync } = await import("node:fs");
    mkdirSync(folderOf(before, "20200101-000000-aaaaaa"));
    writeFileSync(join(folderOf(before, "20200101-000000-aaaaaa"), "request.json"), "{broken");
    before.forget();
    const after = open({ root: before.root });
    await after.keeper.adopt(["sample"]);
    expect(after.keeper.list("sample").map(({ id }) => id)).toEqual([second.id, first.id]);
  });
});
