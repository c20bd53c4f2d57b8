/**
 * Generated sets of profiles resolve as the real zc.buildout says.
 *
 * WEBRUNNER_ENGINE is an engine's directory, whose Python has zc.buildout; without it only the generator is tested.
 * WEBRUNNER_ROUNDS is how many sets are tried (default 150), WEBRUNNER_SEED the seed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { annotationText, createEngineFacts, ProfileAnalysis } from "@/lib/buildout";
import {
  type Annotation,
  compareAnnotations,
  readAnnotation,
} from "@/tests/conformance/buildout/annotation-comparison";
import { profileSet } from "./profile-sets";

const ORACLE = fileURLToPath(new URL("oracle.py", import.meta.url));
const engine = process.env.WEBRUNNER_ENGINE;
const python = engine === undefined ? undefined : join(engine, "venv/bin/python");
const rounds = Number(process.env.WEBRUNNER_ROUNDS ?? 150);
const seed = Number(process.env.WEBRUNNER_SEED ?? 20_261_123);

function findSitePackages(program: string): string {
  const library = join(dirname(dirname(program)), "lib");
  const version = readdirSync(library).find((name) => name.startsWith("python3"));
  return join(library, version ?? "python3", "site-packages");
}

function resolveHere(files: Record<string, string>): Annotation {
  const analysis = new ProfileAnalysis({
    source: {
      read: (path) => files[path.slice("/profiles/".length)] ?? { problem: "missing", message: `There is no ${path}.` },
      exists: () => false,
    },
    dialect: "upstream",
    facts: createEngineFacts(),
  });
  return readAnnotation(annotationText(analysis.resolve(`/profiles/${Object.keys(files)[0]}`)), "/profiles");
}

test("generated sets of profiles resolve", () => {
  fc.assert(
    fc.property(profileSet, (files) => {
      const { error, files: read } = resolveHere(files);
      expect(error !== null || read.length > 0).toBe(true);
    }),
    { numRuns: 100, seed },
  );
});

if (python !== undefined && existsSync(python))
  test("generated sets of profiles resolve as the real buildout says", { timeout: 300_000 }, () => {
    const sets = fc.sample(profileSet, { numRuns: rounds, seed });
    // Without `site` the engine's own layer is not loaded: this is zc.buildout as it was released.
    const oracle = spawnSync(python, ["-S", ORACLE], {
      env: { ...process.env, PYTHONPATH: findSitePackages(python) },
      input: JSON.stringify(sets),
      maxBuffer: 1 << 30,
      encoding: "utf8",
    });
    expect(oracle.stderr).toBe("");
    const expectations = JSON.parse(oracle.stdout) as Annotation[];
    const differing = sets.flatMap((files, i) => {
      const { files: _, ...actual } = resolveHere(files);
      const expected = { ...expectations[i]!, files: [] };
      delete actual.macros;
      const differences = compareAnnotations(expected, { ...actual, files: [] });
      return differences.length === 0 ? [] : [{ files, differences }];
    });
    expect(differing.slice(0, 3)).toEqual([]);
  });
