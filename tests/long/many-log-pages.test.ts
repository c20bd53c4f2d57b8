/** Fifty pages that follow a run of 10,000 lines a second for a minute (LD2); `tests/load` has a smaller one. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toBusyLimit } from "../integration/busy-limit";
import { endEngineProcesses } from "../integration/engine-processes";
import { startEngineServer } from "../integration/runs/engine-server";
import { makeDataDirectory, type ServerProcess } from "../integration/server-harness";
import { measureLoopDelay } from "../load/loop-delay";
import { followWithManyPages } from "../load/many-pages";

/** Of the server's loop, p99 on a quiet machine. */
const LOOP_DELAY_MS = 50;

let dataDirectory: string;
let server: ServerProcess;
beforeAll(async () => {
  dataDirectory = await makeDataDirectory();
  server = await startEngineServer(dataDirectory, measureLoopDelay(dataDirectory));
}, 180_000);
afterAll(async () => {
  server?.child.kill("SIGKILL");
  await server?.exited;
  await endEngineProcesses(dataDirectory);
  await rm(dataDirectory, { recursive: true, force: true });
});

it("reaches all of them without a gap, within 100 MB, and goes on answering (LD2)", { timeout: 600_000 }, async () => {
  const limitMs = toBusyLimit(LOOP_DELAY_MS);
  const seen = await followWithManyPages(server, dataDirectory, { pages: 50, linesPerSecond: 10_000, seconds: 60 });
  console.info(JSON.stringify({ ...seen, limitMs }));
  expect(seen.residentGrowthBytes).toBeLessThan(100 * 1024 * 1024);
  expect(seen.loopDelay.p99).toBeLessThan(limitMs);
  expect(seen.answerMs.median).toBeLessThan(250);
});
