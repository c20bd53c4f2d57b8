/**
 * What fetching downloads before a run saves, and costs: a build with 40 downloads behind a server with 200 ms latency
 * and 2 MB/s a connection, through our server with and without the preflight, beside the engine by hand; and a build
 * without downloads, with and without it. Prints one JSON object each.
 */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunInfo } from "@/lib/protocol";
import { provisionEngine } from "../../integration/engine-python/engine-harness";
import { startEngineServer } from "../../integration/runs/engine-server";
import { createFileServer, type FileServer, md5Of } from "../../integration/runs/file-server";
import { writePrintingProfile } from "../../integration/runs/printing-profile";
import { callApi, makeDataDirectory, type ServerProcess } from "../../integration/server-harness";
import { until } from "../../integration/until";
import { timeByHand, toWorkspacePath } from "./by-hand";

const FILES = 40;
const FILE_BYTES = 1_000_000;
const ROUNDS = 3;
const EMPTY_ROUNDS = 4;
const BUILD_SECONDS = 10;

let data: string;
let server: ServerProcess;
let web: FileServer;
beforeAll(async () => {
  provisionEngine();
  data = await makeDataDirectory();
  web = await createFileServer({ latencyMs: 200, bytesPerSecond: 2_000_000 });
  server = await startEngineServer(data);
});
afterAll(async () => {
  server?.child.kill("SIGTERM");
  await server?.exited;
  await web?.close();
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** New files in each round, so that nothing is kept of them. */
async function writeDownloads(name: string): Promise<string> {
  const sections: string[] = [];
  for (let index = 0; index < FILES; index++) {
    const body = randomBytes(FILE_BYTES);
    const path = `/${name}-${index}`;
    web.files.set(path, { body });
    sections.push(
      `[p${index}]\nrecipe = slapos.recipe.build:download\nurl = ${web.url}${path}\nmd5sum = ${md5Of(body)}\n`,
    );
  }
  const profile = await writePrintingProfile(data, name, ["true"]);
  const parts = sections.map((_, index) => `p${index}`).join(" ");
  await writeFile(toWorkspacePath(data, profile), `[buildout]\nparts = ${parts}\n${sections.join("")}`);
  return profile;
}

async function timeThrough(profile: string, preflight: boolean): Promise<number> {
  const begin = performance.now();
  const body = { kind: "buildout", profile, preflight };
  const { body: started } = await callApi<RunInfo>(server.url, "POST", "/projects/sample/runs", body);
  const get = async (): Promise<RunInfo> => (await callApi<RunInfo>(server.url, "GET", `/runs/${started.id}`)).body;
  await until(async () => (await get()).finishedAt !== undefined, { timeoutMs: 180_000, everyMs: 25, what: "the end" });
  const ms = performance.now() - begin;
  expect(await get()).toMatchObject({ state: "succeeded" });
  return ms;
}

test("downloads fetched before the run halve the time of a build that waits for them", async () => {
  const times = { byHandMs: [] as number[], withoutMs: [] as number[], withMs: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const profile = await writeDownloads(`by-hand-${round}`);
    times.byHandMs.push(await timeByHand(toWorkspacePath(data, profile)));
    times.withoutMs.push(await timeThrough(await writeDownloads(`without-${round}`), false));
    const begun = web.asked.length;
    times.withMs.push(await timeThrough(await writeDownloads(`with-${round}`), true));
    expect(web.asked.length - begun).toBe(FILES);
  }
  const ratio = median(times.withMs) / median(times.byHandMs);
  const rounded = Object.entries(times).map(([name, values]) => [name, values.map(Math.round)]);
  console.log(JSON.stringify({ ...Object.fromEntries(rounded), ratio, peak: web.peak(), load: loadavg()[0] }));
  expect(ratio).toBeLessThanOrEqual(0.5);
});

test("a build without downloads is as fast as without the preflight", async () => {
  const program = ["/bin/sh", "-c", `sleep ${BUILD_SECONDS}`];
  const times = { withoutMs: [] as number[], withMs: [] as number[] };
  for (let round = 0; round < EMPTY_ROUNDS; round++) {
    // Each comes first in turn: a machine that others use gets slower and faster by the minute.
    for (const preflight of round % 2 === 0 ? [false, true] : [true, false]) {
      const profile = await writePrintingProfile(data, `empty-${round}-${preflight}`, program);
      (preflight ? times.withMs : times.withoutMs).push(await timeThrough(profile, preflight));
    }
  }
  const ratio = Math.min(...times.withMs) / Math.min(...times.withoutMs);
  const rounded = Object.entries(times).map(([name, values]) => [name, values.map(Math.round)]);
  console.log(JSON.stringify({ ...Object.fromEntries(rounded), ratio, load: loadavg()[0] }));
  expect(ratio).toBeLessThanOrEqual(1.03);
});
