/** Logs under load and runs that are lost, on real runs and real sockets (LD1, LD2, LD3, FT7, FT15). */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOG_CHUNK_BYTES, LOG_CHUNKS_IN_FLIGHT, type RunInfo } from "@/lib/protocol";
import { toBusyLimit } from "../integration/busy-limit";
import { endEngineProcesses } from "../integration/engine-processes";
import { openLogPage } from "../integration/log-page";
import { startEngineServer } from "../integration/runs/engine-server";
import { writePrintingProfile } from "../integration/runs/printing-profile";
import { callApi, makeDataDirectory, type ServerProcess, TEST_TOKEN } from "../integration/server-harness";
import { until } from "../integration/until";
import { measureLoopDelay } from "./loop-delay";
import { followWithManyPages } from "./many-pages";

const TIMEOUT_MS = 180_000;
/** Of the server's loop, p99 on a quiet machine; twice the goal, which `tests/long` holds to, since this is run with others. */
const LOOP_DELAY_MS = 100;
let dataDirectory: string;
let server: ServerProcess;
beforeAll(async () => {
  dataDirectory = await makeDataDirectory();
  server = await startEngineServer(dataDirectory, measureLoopDelay(dataDirectory));
}, TIMEOUT_MS);
afterAll(async () => {
  server?.child.kill("SIGKILL");
  await server?.exited;
  await endEngineProcesses(dataDirectory);
  await rm(dataDirectory, { recursive: true, force: true });
});

const startRun = async (profile: string): Promise<RunInfo> => {
  const reply = await callApi<RunInfo>(server.url, "POST", "/projects/sample/runs", { kind: "buildout", profile });
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body;
};
const logOf = (id: string): string => join(dataDirectory, "projects/sample/runs", id, "log");

describe("the live log", () => {
  it(
    "shows the last of 50,000 lines within 2 s after the end of the run (LD1)",
    async () => {
      const profile = await writePrintingProfile(dataDirectory, "seq", ["seq", "0", "50000"]);
      const limitMs = toBusyLimit(2_000);
      let lastLineAt = 0;
      const page = await openLogPage(server.url, {
        onChunk: (seen) => {
          if (lastLineAt === 0 && seen.text().includes("\n50000\n")) lastLineAt = Date.now();
        },
      });
      const run = await startRun(profile);
      await page.subscribe(run.id);
      await page.untilEnded(TIMEOUT_MS);
      const end = page.runs.findLast(({ id }) => id === run.id)!;
      expect(end).toMatchObject({ state: "succeeded", logSizeBytes: page.sizeBytes });
      expect(lastLineAt - Date.parse(end.finishedAt!)).toBeLessThanOrEqual(limitMs);
      expect(page.misplaced).toEqual([]);
      expect(page.bytes().equals(readFileSync(logOf(run.id)))).toBe(true);
      const numbers = page
        .text()
        .split("\n")
        .filter((line) => /^\d+$/.test(line));
      expect(numbers).toEqual(Array.from({ length: 50_001 }, (_, index) => String(index)));
      page.leave();
    },
    TIMEOUT_MS,
  );

  it(
    "sends a page that does not read no more than its credit, and the others all (LD3)",
    async () => {
      const script = "yes 0123456789012345678901234567890123456789012345678901234567890123456789 | head -c 200000000";
      const profile = await writePrintingProfile(dataDirectory, "yes", ["sh", "-c", script]);
      const paused = await openLogPage(server.url, { acknowledges: false });
      const digest = createHash("sha256");
      const residentBefore = readResident(server.child.pid!);
      let residentMost = 0;
      const reading = await openDigestPage(server.url, (bytes) => {
        digest.update(bytes);
        residentMost = Math.max(residentMost, readResident(server.child.pid!));
      });
      const run = await startRun(profile);
      await Promise.all([paused.subscribe(run.id), reading.subscribe(run.id)]);
      await reading.untilEnded(TIMEOUT_MS);
      expect(reading.sizeBytes()).toBeGreaterThan(200_000_000);
      expect(digest.digest("hex")).toBe(await digestFile(logOf(run.id)));

      const credit = LOG_CHUNKS_IN_FLIGHT * LOG_CHUNK_BYTES;
      expect(paused.sizeBytes).toBeGreaterThan(0);
      expect(paused.sizeBytes).toBeLessThanOrEqual(credit);
      expect(residentMost - residentBefore).toBeLessThan(100 * 1024 * 1024);

      const before = paused.sizeBytes;
      paused.acknowledgeAll();
      await until(() => paused.sizeBytes > before);
      expect(paused.sizeBytes).toBeLessThanOrEqual(before + credit);
      expect(paused.misplaced).toEqual([]);
      paused.leave();
      reading.leave();
    },
    TIMEOUT_MS,
  );

  it(
    "reaches a dozen pages that follow one run, without a gap and within 100 MB (LD2)",
    async () => {
      const limitMs = toBusyLimit(LOOP_DELAY_MS);
      const seen = await followWithManyPages(server, dataDirectory, { pages: 12, linesPerSecond: 4_000, seconds: 4 });
      expect(seen.residentGrowthBytes).toBeLessThan(100 * 1024 * 1024);
      expect(seen.loopDelay.p99).toBeLessThan(limitMs);
    },
    TIMEOUT_MS,
  );

  it(
    "goes on where a page left that was away for minutes of output, without a gap and without a duplicate (FT7)",
    async () => {
      const gate = join(dataDirectory, "projects/sample/workspace/gate");
      // What a build says in ten minutes, while nobody of this page listens.
      const script = `seq 1 1000; while [ ! -e ${gate} ]; do sleep 0.05; done; seq 1001 400000; echo END`;
      const profile = await writePrintingProfile(dataDirectory, "away", ["sh", "-c", script]);
      const page = await openLogPage(server.url);
      const run = await startRun(profile);
      await page.subscribe(run.id);
      await until(() => page.text().includes("\n1000\n"), { timeoutMs: TIMEOUT_MS, what: "the first lines" });
      const held = page.sizeBytes;
      page.leave();
      writeFileSync(gate, "");
      await until(
        async () => (await callApi<RunInfo>(server.url, "GET", `/runs/${run.id}`)).body.finishedAt !== undefined,
        { timeoutMs: TIMEOUT_MS, what: "the end of the run" },
      );
      expect(page.sizeBytes).toBe(held);
      await page.reconnect();
      await page.subscribe(run.id);
      await page.untilEnded(TIMEOUT_MS);
      expect(page.misplaced).toEqual([]);
      expect(page.bytes().equals(readFileSync(logOf(run.id)))).toBe(true);
      page.leave();
    },
    TIMEOUT_MS,
  );

  it(
    "says within 5 s that a run was killed from outside (FT15)",
    async () => {
      const profile = await writePrintingProfile(dataDirectory, "killed", ["sh", "-c", "echo begun; sleep 600"]);
      const page = await openLogPage(server.url);
      const run = await startRun(profile);
      await page.subscribe(run.id);
      await until(() => page.text().includes("begun"), { timeoutMs: TIMEOUT_MS, what: "the run at work" });
      const folder = dirname(logOf(run.id));
      const pidOf = (name: string): number => JSON.parse(readFileSync(join(folder, name), "utf8")).pid;
      const [wrapper, command] = [pidOf("process.json"), pidOf("group.json")];
      const limitMs = toBusyLimit(5_000);
      const killedAt = Date.now();
      process.kill(wrapper, "SIGKILL");
      process.kill(-command, "SIGKILL");
      const told = await until(() => page.runs.find(({ id, state }) => id === run.id && state === "lost"), {
        timeoutMs: 30_000,
        what: "the loss to be told",
      });
      expect(Date.now() - killedAt).toBeLessThan(limitMs);
      expect(told.reason).toContain("killed");
      page.leave();
    },
    TIMEOUT_MS,
  );
});

/** A page that keeps no bytes. */
async function openDigestPage(
  url: string,
  onBytes: (bytes: Uint8Array) => void,
): Promise<{
  subscribe(run: string): Promise<unknown>;
  untilEnded(ms: number): Promise<void>;
  sizeBytes(): number;
  leave(): void;
}> {
  const socket = io(url, {
    transports: ["websocket"],
    forceNew: true,
    extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
  });
  let size = 0;
  let ended = false;
  socket.on("log:chunk", (chunk: { offset: number; bytes: Uint8Array }, acknowledge: () => void) => {
    expect(chunk.offset).toBe(size);
    size += chunk.bytes.length;
    onBytes(chunk.bytes);
    acknowledge();
  });
  socket.on("log:ended", () => {
    ended = true;
  });
  return {
    subscribe: (run) => socket.timeout(10_000).emitWithAck("log:subscribe", { run, offset: 0 }),
    untilEnded: async (timeoutMs) => void (await until(() => ended, { timeoutMs })),
    sizeBytes: () => size,
    leave: () => void socket.disconnect(),
  };
}

function readResident(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

async function digestFile(path: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(path)) digest.update(chunk);
  return digest.digest("hex");
}
