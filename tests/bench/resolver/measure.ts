/**
 * Times the resolver in one process of its own. Arguments: root, top, stack, leaf. Prints one JSON object; times in ms.
 *
 * "resolve" gives every section and option with its provenance; "values" also substitutes every option.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ProfileAnalysis, type Resolution } from "@/lib/buildout";
import { findProfileFiles } from "@/server/cli/profile/profile-tree";
import { keepHeapCompact } from "@/server/platform/compact-heap";
import { createProfileFiles } from "@/server/platform/profile-files";

const [root, top, stack, leaf] = process.argv.slice(2) as [string, string, string, string];
const path = (name: string): string => join(root, name);

function touchAll(resolution: Resolution): number {
  let size = 0;
  const { substitution } = resolution;
  for (const section of substitution.sectionNames())
    for (const option of substitution.optionNames(section)) {
      const value = substitution.value(section, option);
      if (typeof value === "string") size += value.length;
    }
  return size;
}

function time(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

const openAnalysis = (): ProfileAnalysis => new ProfileAnalysis({ source: createProfileFiles() });

let analysis = openAnalysis();
const firstResolve = time(() => analysis.resolve(path(top)));
const firstValues = firstResolve + time(() => touchAll(analysis.resolve(path(top))));
const cold = Array.from({ length: 9 }, () => {
  analysis = openAnalysis();
  const resolve = time(() => analysis.resolve(path(top)));
  return [resolve, resolve + time(() => touchAll(analysis.resolve(path(top))))] as const;
});

function afterEdit(name: string): { resolve: number; values: number } {
  const text = readFileSync(path(name), "utf8");
  const rounds = Array.from({ length: 25 }, (_, i) => {
    const edited = `${text}\n# edit ${i}\n[edited]\nvalue = ${i}\n`;
    const resolve = time(() => {
      analysis.update(path(name), edited);
      analysis.resolve(path(top));
    });
    return [resolve, resolve + time(() => touchAll(analysis.resolve(path(top))))] as const;
  });
  analysis.update(path(name), undefined);
  return { resolve: median(rounds.map(([one]) => one)), values: median(rounds.map(([, all]) => all)) };
}

const edits = { top: afterEdit(top), stack: afterEdit(stack), leaf: afterEdit(leaf) };
const resolution = analysis.resolve(path(top));
const shape = {
  files: resolution.files.length,
  edges: resolution.configuration.graph.nodes.reduce((sum, node) => sum + node.children.length, 0),
  sections: resolution.sectionNames().length,
  options: resolution.sectionNames().reduce((sum, name) => sum + resolution.configuration.sections.get(name)!.size, 0),
};

keepHeapCompact();
globalThis.gc?.();
const before = process.memoryUsage().rss;
const all = findProfileFiles(root);
analysis = openAnalysis();
const lintAll = time(() => {
  analysis.load(all);
  for (const one of all) analysis.resolve(one).diagnostics;
});
const reverse = median(Array.from({ length: 25 }, () => time(() => analysis.impact(path(leaf)))));
const readers = median(Array.from({ length: 25 }, () => time(() => analysis.readers("buildout", "directory"))));
globalThis.gc?.();
const { rss, heapUsed } = process.memoryUsage();

console.log(
  JSON.stringify({
    shape,
    first: { resolve: firstResolve, values: firstValues },
    cold: { resolve: median(cold.map(([one]) => one)), values: median(cold.map(([, everything]) => everything)) },
    edits,
    profiles: all.length,
    lintAll,
    impact: reverse,
    readers,
    memory: { rssMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20, beforeMb: before / 2 ** 20 },
  }),
);
