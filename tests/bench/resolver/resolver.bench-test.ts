/**
 * The resolver beside zc.buildout's own `annotate` and the Python language server's resolver, in one run.
 *
 * WEBRUNNER_SLAPOS: a SlapOS checkout to measure as well as the generated tree. WEBRUNNER_ENGINE: an engine's directory,
 * for `annotate`. WEBRUNNER_PEER: a virtual environment with zc.buildout.languageserver. What is not given is left out.
 * Prints one JSON object for each tree; times in ms, of whole processes in seconds of processor time.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GeneratedTree, generateTree } from "./generated-tree";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
const { WEBRUNNER_SLAPOS, WEBRUNNER_ENGINE, WEBRUNNER_PEER } = process.env;
const SLAPOS: GeneratedTree = {
  top: "software/lamp-template/software.cfg",
  stack: "stack/slapos.cfg",
  leaf: "component/defaults.cfg",
  small: "component/babeld/buildout.cfg",
};

let directory: string;
let measure: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "resolver-bench-"));
  measure = join(directory, "measure.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("measure.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { "@": PROJECT },
    outfile: measure,
  });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function runJson(command: string, args: readonly string[]): Record<string, unknown> {
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(`${command}: ${result.stderr}`);
  return JSON.parse(result.stdout) as Record<string, unknown>;
}

test("generated tree", () => measureTree("generated", join(directory, "tree"), generateTree(join(directory, "tree"))));
if (WEBRUNNER_SLAPOS !== undefined) test("SlapOS", () => measureTree("SlapOS", WEBRUNNER_SLAPOS, SLAPOS));

function measureTree(name: string, root: string, { top, stack, leaf, small }: GeneratedTree): void {
  const ours = runJson(process.execPath, ["--expose-gc", measure, root, top, stack, leaf]);
  const peer =
    WEBRUNNER_PEER === undefined
      ? undefined
      : runJson(join(WEBRUNNER_PEER, "bin/python"), [
          fileURLToPath(new URL("peer.py", import.meta.url)),
          root,
          top,
          stack,
          leaf,
        ]);
  const whole = wholeProcess(root, small);
  console.log(JSON.stringify({ tree: name, load: loadavg()[0], ours, peer, whole }, undefined, 1));
  expect(ours.profiles).toBeGreaterThan(700);
}

/** Processor seconds of whole processes: our command and upstream's on a profile that upstream finishes. */
function wholeProcess(root: string, profile: string): Record<string, number> {
  const processorTime = (rounds: number, command: string, args: readonly string[]): number => {
    const times = Array.from({ length: rounds }, () => {
      const script = 'TIMEFORMAT="%U %S"; time "$@" > /dev/null';
      const result = spawnSync("bash", ["-c", script, "bash", command, ...args], { cwd: directory, encoding: "utf8" });
      expect(result.status).toBe(0);
      const [user, system] = result.stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
      return user! + system!;
    });
    return times.sort((a, b) => a - b)[rounds >> 1]!;
  };
  const command = join(PROJECT, "dist/webrunner.js");
  const annotate = ["profile", "annotate", join(root, profile), "--json", "--dialect", "upstream"];
  const result: Record<string, number> = { ours: processorTime(5, process.execPath, [command, ...annotate]) };
  if (WEBRUNNER_ENGINE === undefined) return result;
  const options = [`buildout:directory=${directory}`, "-U", "-c", join(root, profile), "annotate"];
  const upstream = processorTime(1, join(WEBRUNNER_ENGINE, "venv/bin/buildout"), options);
  return { ...result, upstream, ratio: upstream / result.ours! };
}
