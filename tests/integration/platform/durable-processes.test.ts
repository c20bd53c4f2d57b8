import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createDurableProcesses,
  type DurableProcesses,
  type DurableRecord,
  findCommandProcess,
} from "@/server/platform/durable-processes";
import { findProcess, listProcesses, readBootId } from "@/server/platform/process-table";
import { until } from "../until";

let root: string;
let processes: DurableProcesses;
let count = 0;
const started: DurableRecord[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "webrunner-durable-"));
  const user = userInfo();
  processes = createDurableProcesses({
    uid: user.uid,
    gid: user.gid,
    name: user.username,
    home: root,
    switched: false,
  });
});

afterEach(async () => {
  for (const record of started.splice(0)) await processes.stop(record, { graceMs: 0 });
  rmSync(root, { recursive: true, force: true });
});

async function start(script: string, onExit?: () => void): Promise<DurableRecord> {
  const record = { id: `test-${process.pid}-${++count}`, directory: join(root, String(count)) };
  mkdirSync(record.directory);
  started.push(record);
  await processes.start({ ...record, argv: ["sh", "-c", script], workingDirectory: root }, onExit);
  return record;
}

const exited = async (record: DurableRecord): Promise<number> =>
  until(async () => {
    const state = await processes.readState(record);
    return state.kind === "exited" ? { code: state.code } : undefined;
  }).then(({ code }) => code);
const readLog = (record: DurableRecord): string => readFileSync(join(record.directory, "log"), "utf8");

describe("durable processes", () => {
  it("keeps output and exit code", async () => {
    const record = await start("echo out; echo err >&2; exit 3");
    expect(await exited(record)).toBe(3);
    expect(readLog(record)).toBe("out\nerr\n");
  });

  it("tells the exit at once while the server lives", async () => {
    let heard = false;
    const record = await start("true", () => {
      heard = true;
    });
    await until(() => heard);
    expect((await processes.readState(record)).kind).toBe("exited");
  });

  it("keeps the code of a command that is not there", async () => {
    const record = { id: `absent-${process.pid}`, directory: join(root, "absent") };
    mkdirSync(record.directory);
    await processes.start({ ...record, argv: ["/nowhere/command"], workingDirectory: root });
    expect(await exited(record)).toBe(127);
  });

  it("gives the command an allow-list of the environment and a group of its own", async () => {
    process.env.WEBRUNNER_TEST_SECRET = "canary";
    try {
      const record = await start("env; cut -d' ' -f5,6 /proc/$$/stat; echo $$");
      await exited(record);
      const log = readLog(record);
      expect(log).not.toContain("canary");
      expect(log).toContain(`WEBRUNNER_RUN=${record.id}`);
      const [ids, pid] = log.trim().split("\n").slice(-2);
      expect(ids).toBe(`${pid} ${pid}`);
    } finally {
      delete process.env.WEBRUNNER_TEST_SECRET;
    }
  });

  it("ends the whole group and writes down the end", async () => {
    const record = await start("sleep 300 & sleep 300 & echo ready; wait");
    await until(() => readLog(record) === "ready\n");
    const leader = await until(() => findCommandProcess(record.directory));
    expect(await processes.stop(record)).toBe(true);
    expect(await exited(record)).toBe(128 + 15);
    expect((await listProcesses()).filter(({ group }) => group === leader.pid)).toEqual([]);
  });

  it("adds nothing of its own to the log", async () => {
    const record = await start("echo ready; exec sleep 300");
    await until(() => readLog(record) === "ready\n");
    await processes.stop(record);
    expect(await exited(record)).toBe(128 + 15);
    expect(readLog(record)).toBe("ready\n");
  });

  it("kills what ignores the request", async () => {
    const record = await start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
    await until(() => readLog(record) === "ready\n");
    await processes.stop(record, { graceMs: 300 });
    expect(await exited(record)).toBe(128 + 9);
  });

  it("ends a child that has left the group", async () => {
    const record = await start("setsid sh -c 'echo $$; exec sleep 300' & wait $!; echo never");
    const pid = Number(await until(() => readLog(record).trim()));
    expect((await findProcess(pid))?.session).toBe(pid);
    await processes.stop(record);
    expect([undefined, "Z"]).toContain((await findProcess(pid))?.state);
  });

  it("ends what is left when wrapper and leader are long gone", async () => {
    const record = await start("setsid sleep 300 & echo $!");
    await exited(record);
    const pid = Number(readLog(record).trim());
    expect(["S", "R", "D"]).toContain((await findProcess(pid))?.state);
    expect(await processes.stop(record)).toBe(true);
    expect([undefined, "Z"]).toContain((await findProcess(pid))?.state);
    expect(await processes.stop(record)).toBe(false);
  });

  it("spares what it is told to, with all below", async () => {
    const record = await start("setsid sh -c 'sleep 300; : daemon' & echo $!; wait");
    const pid = Number(await until(() => readLog(record).trim()));
    await until(async () => (await listProcesses()).some(({ parent }) => parent === pid));
    await processes.stop(record, { spare: (commandLine) => commandLine.at(-1) === "sleep 300; : daemon" });
    expect(["S", "R", "D"]).toContain((await findProcess(pid))?.state);
    expect((await listProcesses()).some(({ parent }) => parent === pid)).toBe(true);
    await processes.stop(record);
    expect([undefined, "Z"]).toContain((await findProcess(pid))?.state);
  });

  it("is gone when the wrapper was killed", async () => {
    const record = await start("echo ready; sleep 300");
    await until(() => readLog(record) === "ready\n");
    const wrapper = JSON.parse(readFileSync(join(record.directory, "process.json"), "utf8"));
    process.kill(wrapper.pid, "SIGKILL");
    await until(async () => (await processes.readState(record)).kind === "gone");
    expect(await findCommandProcess(record.directory)).toBeDefined();
    await processes.stop(record);
    expect(await findCommandProcess(record.directory)).toBeUndefined();
  });

  it("never signals a stranger that has got the same id (FT19)", async () => {
    const stranger = spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
    try {
      const directory = join(root, "stale");
      mkdirSync(directory);
      const boot = await readBootId();
      const start = (await findProcess(stranger.pid!))!.start;
      for (const [written, writtenBoot] of [
        [String(Number(start) - 1), boot],
        [start, "of-another-boot"],
      ]) {
        const text = JSON.stringify({ pid: stranger.pid, start: written, boot: writtenBoot });
        writeFileSync(join(directory, "process.json"), text);
        writeFileSync(join(directory, "group.json"), text);
        const record = { id: "stale", directory };
        expect((await processes.readState(record)).kind).toBe("gone");
        expect(await processes.stop(record)).toBe(false);
        expect(["S", "R", "D"]).toContain((await findProcess(stranger.pid!))?.state);
      }
    } finally {
      stranger.kill("SIGKILL");
    }
  });
});
