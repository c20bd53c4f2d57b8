/** kill -9 of the server in the middle of a run (FT1, FT7). */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunInfo } from "@/lib/protocol";
import { endEngineProcesses } from "../integration/engine-processes";
import { openLogPage } from "../integration/log-page";
import { startEngineServer } from "../integration/runs/engine-server";
import { writePrintingProfile } from "../integration/runs/printing-profile";
import { createShellRuns, isEnd } from "../integration/runs/shell-runs";
import { callApi, makeDataDirectory } from "../integration/server-harness";
import { until } from "../integration/until";
import { projectRoot } from "../tidy/source-files";

const TIMEOUT_MS = 180_000;
const SCRIPT = 'i=0; while [ $i -lt 60 ]; do echo "Installing part-$i."; i=$((i + 1)); sleep 0.01; done; exit 7';
const REFERENCE = Array.from({ length: 60 }, (_, index) => `Installing part-${index}.\n`).join("");

let folder: string;
let keeperProcess: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "webrunner-kill-"));
  keeperProcess = join(folder, "keeper-process.mjs");
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ["tests/fault/keeper-process.ts"],
    outfile: keeperProcess,
    bundle: true,
    platform: "node",
    format: "esm",
    alias: { "@": projectRoot.replace(/\/$/, "") },
    logLevel: "warning",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a run in a server of its own and kills that, `afterMs` after it has said the word. */
async function killServer(root: string, word: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [keeperProcess, root, SCRIPT], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  await until(() => output.includes(word), { everyMs: 1, what: word });
  const killAt = performance.now() + afterMs;
  await until(() => performance.now() >= killAt, { everyMs: 1 });
  child.kill("SIGKILL");
  await ended;
}

describe("a run whose server is killed", () => {
  it("keeps its log, its exit code and one end, at 20 moments (FT1)", { timeout: TIMEOUT_MS }, async () => {
    const moments: (readonly [string, number])[] = [
      ...[0, 1, 2, 4, 8, 12].map((afterMs) => ["asked", afterMs] as const),
      ...[0, 2, 5].map((afterMs) => ["queued", afterMs] as const),
      ...[0, 5, 10, 30, 80, 150, 300, 500, 700, 900, 1_200].map((afterMs) => ["running", afterMs] as const),
    ];
    expect(moments).toHaveLength(20);
    const outcomes: string[] = [];
    for (const [index, [word, afterMs]] of moments.entries()) {
      const root = join(folder, String(index));
      await killServer(root, word, afterMs);
      const after = createShellRuns({ root });
      await after.keeper.adopt(["sample"]);
      const [run] = after.keeper.list("sample");
      // Killed before the request was written down, there is no run, and nothing that works for one.
      if (run === undefined) {
        expect(word).toBe("asked");
        await after.dispose();
        continue;
      }
      const end = await after.untilEnd(run.id, 30_000);
      const moment = `${afterMs} ms after ${word}`;
      outcomes.push(end.state);
      if (end.state === "lost") {
        expect(word, moment).not.toBe("running");
        expect(end.reason, moment).toContain("before the run began");
      } else {
        expect(end, moment).toMatchObject({ state: "failed", code: 7, partsDone: 60 });
        expect(after.readLog(run.id), moment).toBe(REFERENCE);
      }
      expect(after.told.filter(isEnd).length, moment).toBeLessThanOrEqual(1);
      const names = readdirSync(join(root, "sample/runs", run.id));
      expect(
        names.filter((name) => name === "end.json"),
        moment,
      ).toHaveLength(1);

      const again = createShellRuns({ root });
      await again.keeper.adopt(["sample"]);
      expect(again.keeper.get(run.id), moment).toEqual(end);
      expect(again.told, moment).toEqual([]);
      again.forget();
      await after.dispose();
    }
    expect(outcomes.filter((state) => state === "failed").length).toBeGreaterThanOrEqual(11);
  });

  it("goes on under the real server, and its page misses nothing and gets nothing twice (FT1, FT7)", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const dataDirectory = await makeDataDirectory();
    let server = await startEngineServer(dataDirectory);
    try {
      const go = join(dataDirectory, "projects/sample/workspace/go");
      const script = `i=0; while [ ! -e ${go} ]; do echo line $i; i=$((i + 1)); sleep 0.02; done`;
      const profile = await writePrintingProfile(dataDirectory, "slow", ["sh", "-c", script]);
      const body = { kind: "buildout", profile };
      const run = (await callApi<RunInfo>(server.url, "POST", "/projects/sample/runs", body)).body;
      const page = await openLogPage(server.url);
      await page.subscribe(run.id);
      for (let round = 0; round < 3; round++) {
        const before = page.sizeBytes;
        await until(() => page.sizeBytes > before + 200, { timeoutMs: 60_000 });
        server.child.kill("SIGKILL");
        await server.exited;
        server = await startEngineServer(dataDirectory);
        await page.reconnect(server.url);
        await page.subscribe(run.id);
        if (round === 1) {
          // Away for a while, with the server there.
          await page.reconnect();
          await page.subscribe(run.id);
        }
      }
      writeFileSync(go, "");
      await page.untilEnded(TIMEOUT_MS);
      const end = (await callApi<RunInfo>(server.url, "GET", `/runs/${run.id}`)).body;
      expect(end, page.text()).toMatchObject({ state: "succeeded", code: 0 });
      expect(page.misplaced).toEqual([]);
      expect(page.bytes().equals(readFileSync(join(dataDirectory, "projects/sample/runs", run.id, "log")))).toBe(true);
      const lines = page
        .text()
        .split("\n")
        .filter((line) => line.startsWith("line "));
      expect(lines.length).toBeGreaterThan(100);
      expect(lines).toEqual(lines.map((_, index) => `line ${index}`));
      await until(() => page.runs.some((told) => told.id === run.id && isEnd(told)), { what: "the end to be told" });
      expect(page.runs.filter((told) => told.id === run.id && isEnd(told))).toHaveLength(1);
      page.leave();
    } finally {
      server.child.kill("SIGKILL");
      await server.exited;
      await endEngineProcesses(dataDirectory);
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});
