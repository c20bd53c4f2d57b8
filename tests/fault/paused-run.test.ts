/** A paused run through everything that may befall it: a new server, stubborn children, an id that is used again. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findCommandProcess } from "@/server/platform/durable-processes";
import { findProcess } from "@/server/platform/process-table";
import { toBusyLimit } from "../integration/busy-limit";
import { createShellRuns, type ShellRuns } from "../integration/runs/shell-runs";
import { until } from "../integration/until";

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

const COUNTING = "n=0; while [ $n -lt 2000 ]; do echo $n; n=$((n+1)); sleep 0.01; done";
/** Stopped, or in the kernel until a child goes on that is stopped while it begins. */
const HELD = ["T", "D"];
const folderOf = (runs: ShellRuns, id: string): string => join(runs.root, "sample", "runs", id);

async function startCounting(runs: ShellRuns, script = COUNTING): Promise<string> {
  const { id } = await runs.keeper.start("sample", { kind: "software", profile: script });
  const hasBegun = () => existsSync(join(folderOf(runs, id), "log")) && runs.readLog(id).includes("5\n");
  await until(hasBegun, { what: "some lines" });
  return id;
}

async function startPaused(runs: ShellRuns, script: string): Promise<string> {
  const id = await startCounting(runs, script);
  expect(await runs.keeper.pause(id)).toMatchObject({ state: "running", paused: true });
  return id;
}

describe("a paused run", () => {
  it("is still paused for the next server, which can let it go on", { timeout: 30_000 }, async () => {
    const first = open();
    const id = await startPaused(first, COUNTING);
    const size = first.readLog(id).length;
    first.forget();
    const second = open({ root: first.root });
    await second.keeper.adopt(["sample"]);
    expect(second.keeper.get(id)).toMatchObject({ state: "running", paused: true });
    expect(HELD).toContain((await findCommandProcess(folderOf(second, id)))!.state);
    expect(second.readLog(id).length).toBe(size);
    expect((await second.keeper.resume(id)).paused).toBeUndefined();
    await until(() => second.readLog(id).length > size, { what: "more lines" });
  });

  it("goes on with the next server when the last one ended while it let it go on", { timeout: 30_000 }, async () => {
    const first = open();
    const id = await startPaused(first, COUNTING);
    const size = first.readLog(id).length;
    first.forget();
    // Written down, but not done yet.
    rmSync(join(folderOf(first, id), "pause.json"));
    const second = open({ root: first.root });
    await second.keeper.adopt(["sample"]);
    expect(second.keeper.get(id).paused).toBeUndefined();
    await until(() => second.readLog(id).length > size, { what: "more lines" });
  });

  it("is stopped within 10 s, with children that left its group and ignore every request (FT20)", {
    timeout: 30_000,
  }, async () => {
    const runs = open();
    const stubborn = "trap '' TERM HUP INT; while :; do sleep 0.2; done";
    const id = await startPaused(runs, `setsid sh -c "echo \\$\\$ > away; ${stubborn}" & ${COUNTING}`);
    const away = Number(readFileSync(join(runs.root, "away"), "utf8"));
    expect(HELD).toContain((await findProcess(away))!.state);
    const limitMs = toBusyLimit(10_000);
    const begin = Date.now();
    await runs.keeper.stop(id);
    expect(await runs.untilEnd(id, 20_000)).toMatchObject({ state: "cancelled" });
    expect(Date.now() - begin).toBeLessThanOrEqual(limitMs);
    expect([undefined, "Z"]).toContain((await findProcess(away))?.state);
  });

  it("whose process id another process has now is not held, and not let go on (FT19)", {
    timeout: 30_000,
  }, async () => {
    const runs = open();
    const other = open();
    const stranger = await startCounting(other);
    const id = await startCounting(runs);
    const { pid } = (await findCommandProcess(folderOf(other, stranger)))!;
    const record = { pid, start: "1", boot: "another" };
    writeFileSync(join(folderOf(runs, id), "group.json"), JSON.stringify(record));
    await runs.keeper.pause(id);
    expect((await findProcess(pid))!.state).not.toBe("T");
    // The run's own processes carry its mark, and are held all the same.
    const size = runs.readLog(id).length;
    const before = other.readLog(stranger).length;
    await until(() => other.readLog(stranger).length > before + 200, { what: "the stranger going on" });
    expect(runs.readLog(id).length).toBe(size);
  });
});
