/**
 * Our git work beside native git's in the same run, on a repository of real size. What is timed and how: `measure.ts`.
 *
 * The best round of ours is held against the best round of native git's: what a round takes in which nobody else had the
 * processor. The medians, and the ratio of processor times, are printed beside it.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeRepository } from "./generated-repository";
import type { BenchRow, MemoryRow } from "./measure";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
const MEMORY_GOAL_MB = 150;
/** The goals of the repository's size; blame, pages and an index without cached trees have none of their own: 2 as well. */
const GOALS: Readonly<Record<string, number>> = {
  "status cold": 2,
  "status after one edit": 1,
  "status, index without cached trees": 2,
  "log, first 100": 2,
  "log, first 100, cold": 2,
  "log, next 200 of 10,000 and on": 2,
  "history of one file, 20": 2,
  "diff of one file": 2,
  "stage + commit": 3,
  "branch switch, 500 files": 3,
  "push of one commit over http": 2,
  "blame of one file": 2,
};

let directory: string;
const rows = new Map<string, BenchRow>();
const memories: MemoryRow[] = [];

beforeAll(async () => {
  const made = await makeRepository();
  directory = mkdtempSync(join(tmpdir(), "webrunner-bench-git-run-"));
  const measure = join(directory, "measure.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("measure.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { "@": PROJECT.replace(/\/$/, "") },
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    outfile: measure,
    logLevel: "warning",
  });
  const child = spawn(process.execPath, [measure, made, join(directory, "place")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const row = JSON.parse(line) as BenchRow | MemoryRow;
    if ("memory" in row) memories.push(row);
    else rows.set(row.name, row);
    process.stdout.write(`${"memory" in row ? formatMemory(row) : formatRow(row)}\n`);
  }
  expect(await ended).toBe(0);
}, 1_800_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const best = (times: readonly number[]): number => Math.min(...times);
const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

function formatRow({ name, ours, native, oursCpuMs, nativeCpuMs, load }: BenchRow): string {
  const pair = (mine: number, other: number): string =>
    `${mine.toFixed(1)} / ${other.toFixed(1)} = ${(mine / other).toFixed(2)}`.padEnd(26);
  return [
    name.padEnd(35),
    `best ${pair(best(ours), best(native))}`,
    `median ${pair(median(ours), median(native))}`,
    `processor ${pair(oursCpuMs, nativeCpuMs)}`,
    `goal ${GOALS[name]}, load ${load.toFixed(1)}`,
  ].join(" ");
}

function formatMemory({ memory, residentMb, peakMb }: MemoryRow): string {
  return `memory ${memory}: ${residentMb.toFixed(0)} MB resident, ${peakMb.toFixed(0)} MB at its peak`;
}

describe("git beside native git", () => {
  it.each(Object.entries(GOALS))("%s: at most %d times its time", (name, goal) => {
    const row = rows.get(name)!;
    expect(best(row.ours) / best(row.native), formatRow(row)).toBeLessThanOrEqual(goal);
  });

  it("keeps within its memory", () => {
    expect(memories.length).toBeGreaterThan(0);
    for (const row of memories) expect(row.residentMb, formatMemory(row)).toBeLessThanOrEqual(MEMORY_GOAL_MB);
  });
});
