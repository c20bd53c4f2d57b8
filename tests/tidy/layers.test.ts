import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { readSourceFiles, type SourceFile } from "./source-files";

/**
 * Arrows only point down. A layer is a path prefix; the longest that fits a file is its layer. `may` are prefixes of
 * the project, `packages` the npm packages and Node modules that it may import (`*` is any).
 */
interface Layer {
  readonly prefix: string;
  readonly may: readonly string[];
  readonly packages: readonly (string | RegExp)[];
}

const LAYERS: readonly Layer[] = [
  { prefix: "lib/base/", may: [], packages: [] },
  { prefix: "lib/buildout/", may: ["lib/base/"], packages: [] },
  { prefix: "lib/logs/", may: ["lib/base/"], packages: [] },
  { prefix: "lib/slapos/", may: ["lib/base/", "lib/buildout/", "lib/logs/"], packages: ["@cfworker/json-schema"] },
  { prefix: "lib/git/", may: ["lib/base/"], packages: ["diff", "node-diff3", "ignore"] },
  { prefix: "lib/language/", may: ["lib/base/", "lib/buildout/", "lib/slapos/"], packages: [] },
  {
    prefix: "lib/gestures/",
    may: ["lib/base/", "lib/buildout/", "lib/slapos/", "lib/language/"],
    packages: [],
  },
  { prefix: "lib/protocol/", may: ["lib/base/"], packages: ["zod"] },
  {
    prefix: "lib/client/",
    may: ["lib/base/", "lib/logs/", "lib/git/", "lib/protocol/"],
    packages: [
      /^zustand/,
      "zod",
      "socket.io-client",
      /^monaco-editor/,
      "webrunner-monaco",
      // Its types alone.
      "vscode-languageserver-protocol",
    ],
  },
  { prefix: "components/", may: ["lib/base/", "lib/logs/", "lib/client/", "lib/protocol/"], packages: [/^(?!node:)/] },
  { prefix: "app/", may: ["components/", "lib/client/"], packages: [/^(?!node:)/] },
  { prefix: "server/platform/", may: ["lib/base/", "lib/buildout/", "lib/language/"], packages: [/./] },
  {
    prefix: "server/http/",
    may: ["lib/base/", "lib/protocol/", "lib/git/", "lib/logs/", "lib/slapos/", "server/"],
    packages: [/./],
  },
  { prefix: "server/realtime/", may: ["lib/base/", "lib/protocol/", "server/"], packages: [/./] },
  { prefix: "server/cli/", may: ["lib/", "server/platform/", "server/lsp/"], packages: [/./] },
];

/** A feature of the server: what it may import of the server is the platform and itself. */
const FEATURES = [
  "access",
  "engine",
  "gestures",
  "git",
  "instance",
  "language",
  "lsp",
  "doctor",
  "plan",
  "recipes",
  "run-all",
  "runs",
  "supervisor",
  "terminal",
  "tutorial",
  "workspace",
];

/** The protocol server is the outer face of the language feature. */
const BELOW: Readonly<Record<string, readonly string[]>> = { lsp: ["server/language/"] };

const importPattern =
  /(?:import|export)\s[^'"`;]*?from\s*["']([^"']+)["']|import\s*\(\s*["']([^"']+)["']\s*\)|import\s+["']([^"']+)["']/g;

function listImports(file: SourceFile): string[] {
  return [...file.text.matchAll(importPattern)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

/** The project path of an import, or undefined for a package. */
function toProjectPath(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  if (specifier.startsWith(".")) return posix.join(posix.dirname(file.path), specifier);
  return undefined;
}

function findViolations(file: SourceFile): string[] {
  const feature = FEATURES.find((name) => file.path.startsWith(`server/${name}/`));
  const layer: Layer | undefined = feature
    ? {
        prefix: `server/${feature}/`,
        may: ["lib/", "server/platform/", "server/settings", ...(BELOW[feature] ?? [])],
        packages: [/^(?!node:fs|node:child_process)/],
      }
    : LAYERS.find((candidate) => file.path.startsWith(candidate.prefix));
  if (!layer) return [];
  return listImports(file).flatMap((specifier) => {
    const target = toProjectPath(file, specifier);
    const complaint = `${file.path} imports ${specifier}`;
    if (target === undefined) {
      const allowed = layer.packages.some((rule) =>
        typeof rule === "string" ? rule === specifier : rule.test(specifier),
      );
      return allowed ? [] : [complaint];
    }
    const inside = target.startsWith(layer.prefix) || `${target}/` === layer.prefix;
    const below = layer.may.some((prefix) => target.startsWith(prefix) || `${target}/` === prefix);
    if (feature && target.startsWith("lib/client/")) return [complaint];
    return inside || below ? [] : [complaint];
  });
}

/** Files that this one runs before itself: what is imported for its types alone is not there any more by then. */
function listLoaded(file: SourceFile, known: ReadonlySet<string>): string[] {
  return [...file.text.matchAll(/^(?:import|export)\s(?!type\b)([^'"`;]*?)\sfrom\s*["']([^"']+)["']/gm)]
    .filter(([, names]) => !/^\{(?:\s*type\s[^,}]*,?)*\s*\}$/.test(names!))
    .flatMap(([, , specifier]) => {
      const target = toProjectPath(file, specifier!);
      const path = [".ts", ".tsx", "/index.ts", ""]
        .map((end) => target + end)
        .find((candidate) => known.has(candidate));
      return path === undefined ? [] : [path];
    });
}

/** Ways from a file back to itself, each said once. */
function findCircles(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const loads = new Map(files.map((file) => [file.path, listLoaded(file, known)]));
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, open: readonly string[]): void => {
    if (open.includes(path)) circles.push([...open.slice(open.indexOf(path)), path].join(" → "));
    if (open.includes(path) || done.has(path)) return;
    for (const next of loads.get(path) ?? []) visit(next, [...open, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}

describe("layers", () => {
  const files = readSourceFiles(/^(lib|components|app|server)\/.*\.(ts|tsx)$/);

  it("sees the source", () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it("points arrows down only", () => {
    expect(files.flatMap(findViolations)).toEqual([]);
  });

  it("catches an arrow that points up", () => {
    expect(findViolations({ path: "lib/base/x.ts", text: 'import { a } from "@/lib/buildout";' })).toHaveLength(1);
    expect(findViolations({ path: "lib/buildout/x.ts", text: 'import fs from "node:fs";' })).toHaveLength(1);
    expect(findViolations({ path: "server/runs/x.ts", text: 'import { b } from "../engine/b";' })).toHaveLength(1);
    expect(findViolations({ path: "components/a/x.tsx", text: 'import { c } from "@/server/runs/c";' })).toHaveLength(
      1,
    );
  });

  it("leads no file back to itself", () => {
    expect(findCircles(files)).toEqual([]);
  });

  it("catches a circle, of values only", () => {
    const a = { path: "lib/a.ts", text: 'import { b } from "./b";' };
    expect(findCircles([a, { path: "lib/b.ts", text: 'import { type A, a } from "@/lib/a";' }])).toEqual([
      "lib/a.ts → lib/b.ts → lib/a.ts",
    ]);
    expect(findCircles([a, { path: "lib/b.ts", text: 'import { type A } from "@/lib/a";' }])).toEqual([]);
    expect(findCircles([a, { path: "lib/b.ts", text: 'import type { A } from "@/lib/a";' }])).toEqual([]);
  });

  it("keeps I/O and clocks out of the pure libraries", () => {
    const forbidden =
      /\b(?:Date\.now|performance\.now|new Date\(\)|setTimeout|setInterval|fetch\(|localStorage|process\.(?:env|cwd|argv|exit|std|nextTick|platform)|document\.(?:create|query|get[A-Z]|body|cookie)|window\.(?:location|open|document|add))/;
    const pure = files.filter(({ path }) => /^lib\/(base|buildout|gestures|slapos|logs|language|git)\//.test(path));
    const guilty = pure.flatMap(({ path, text }) =>
      text
        .split("\n")
        .map((line, index) => ({ line: line.replace(/\/\/.*|^\s*\*.*/, ""), index }))
        .filter(({ line }) => forbidden.test(line))
        .map(({ index }) => `${path}:${index + 1}`),
    );
    expect(guilty).toEqual([]);
  });
});
