import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listProjectFiles, projectRoot, readSourceFiles } from "./source-files";

const sources = readSourceFiles(/^(app|components|lib|server|scripts)\/.*\.(ts|tsx|mjs)$/);

describe("sizes", () => {
  it("keeps every source file under 800 lines", () => {
    const long = sources.filter(({ text }) => text.split("\n").length > 800).map(({ path }) => path);
    expect(long).toEqual([]);
  });
});

describe("names", () => {
  it("uses kebab-case file names and no drawers for everything", () => {
    const bad = sources
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^[a-z0-9.-]+$/.test(path.split("/").at(-1)!) ||
          /(^|\/)(utils?|helpers?|common|misc|manager)(\/|\.)/.test(path),
      );
    expect(bad).toEqual([]);
  });
});

/** What must not stand in the source (AC13 and the project's rules), each with its reason. */
const FORBIDDEN: readonly { readonly pattern: RegExp; readonly why: string; readonly where: RegExp }[] = [
  { pattern: /["']use server["']/, why: "server actions are a second door", where: /^(app|components)\// },
  {
    pattern: /dangerouslySetInnerHTML|\.innerHTML\s*=/,
    why: "text never becomes markup",
    where: /^(app|components|lib)\//,
  },
  { pattern: /cors:\s*["']\*["']|origin:\s*["']\*["']/, why: "origins are checked", where: /^server\// },
  { pattern: /\bexecSync\(|\bexec\(\s*[`"']|shell:\s*true/, why: "no shell strings", where: /^(server|scripts)\// },
  { pattern: /\beval\(|new Function\(/, why: "text is never executed", where: /./ },
  {
    pattern: /\bTODO\b|\bFIXME\b|\bXXX\b(?! functionnality)/,
    why: "an open question is NEEDSWORK with its argument",
    where: /./,
  },
  { pattern: /https?:\/\/(registry\.|pypi\.|files\.pythonhosted)/, why: "no host of a package registry", where: /./ },
  { pattern: /(?<![.\w])(?:fetch|io)\(/, why: "the page talks through lib/client", where: /^(app|components)\// },
];

describe("forbidden", () => {
  it("has none of the constructs that the rules exclude", () => {
    const guilty = sources.flatMap(({ path, text }) =>
      FORBIDDEN.filter(({ where }) => where.test(path)).flatMap(({ pattern, why }) =>
        text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${why}`] : [])),
      ),
    );
    expect(guilty).toEqual([]);
  });

  it("has no skipped and no focused test", () => {
    const tests = readSourceFiles(/^tests\/.*\.test\.ts$/);
    const skipped = new RegExp(`\\b(it|test|describe)\\.(${["skip", "only", "todo"].join("|")})\\b`);
    expect(tests.filter(({ text }) => skipped.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("keeps machine paths out", () => {
    const words = ["/work" + "/main", "/work" + "/shared", "/root" + "/", "shared/" + "conformance"];
    const texts = readSourceFiles(/\.(ts|tsx|mjs|json|md|py|sh|cfg|yml|in)$|^\.ci\//).filter(
      ({ path }) => path !== "package-lock.json",
    );
    const guilty = texts.flatMap(({ path, text }) =>
      words.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`),
    );
    expect(guilty).toEqual([]);
  });
});

describe("documents", () => {
  it("gives the reason of every dependency", () => {
    const manifest = JSON.parse(readFileSync(`${projectRoot}/package.json`, "utf8"));
    const reasons = readFileSync(`${projectRoot}/docs/dependencies.md`, "utf8");
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(names.filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
    const documented = [...reasons.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
    expect(documented.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("uses every dependency", () => {
    const manifest = JSON.parse(readFileSync(`${projectRoot}/package.json`, "utf8"));
    const texts = readSourceFiles(/\.(ts|tsx|mjs|css|json)$/).filter(
      ({ path }) => !/^package(-lock)?\.json$/.test(path),
    );
    const all = texts.map(({ text }) => text).join("\n");
    const peers = [
      "react-dom",
      "@types/node",
      "@types/react",
      "@types/react-dom",
      "tailwindcss",
      "typescript",
      "vitest",
    ];
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(names.filter((name) => !peers.includes(name) && !all.includes(name))).toEqual([]);
  });

  it("names in docs/architecture.md only files that are there", () => {
    const text = readFileSync(`${projectRoot}/docs/architecture.md`, "utf8");
    const files = new Set(listProjectFiles());
    const named = [...text.matchAll(/`((?:tests|lib|server|components|app|scripts|docs)\/[^`\s*{}]+)`/g)].map(
      (match) => match[1]!,
    );
    const known = (path: string): boolean =>
      files.has(path) || [...files].some((file) => file.startsWith(path.replace(/\/?$/, "/")));
    expect(named.filter((path) => !known(path))).toEqual([]);
  });
});
