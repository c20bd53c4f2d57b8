/**
 * A2.1: how much stands behind a release, counted from the shell. The tree that is made here has SlapOS's size; the
 * numbers of SlapOS itself are those of the checkout that WEBRUNNER_SLAPOS names (f878e13d27). How long it takes is
 * measured by `npm run bench -- tests/bench/resolver`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { generateTree } from "../../bench/resolver/generated-tree";
import { projectRoot } from "../../tidy/source-files";

const { WEBRUNNER_SLAPOS } = process.env;
const root = mkdtempSync(join(tmpdir(), "wr-tree-"));
afterAll(() => rmSync(root, { recursive: true }));

interface Tree {
  readonly files: readonly { readonly path: string; readonly extends: readonly string[] }[];
  readonly problems: readonly unknown[];
}

function count(directory: string, profile: string) {
  const words = [join(projectRoot, "dist/webrunner.js"), "profile", "tree", profile, "--json"];
  const { files, problems } = JSON.parse(
    execFileSync(process.execPath, words, { cwd: directory, encoding: "utf8", maxBuffer: 1 << 26 }),
  ) as Tree;
  return {
    files: new Set(files.map(({ path }) => path)).size,
    edges: files.reduce((sum, one) => sum + one.extends.length, 0),
    problems: problems.length,
  };
}

describe("profile tree", () => {
  it("A2.1: counts each of hundreds of files once, and every edge between them", () => {
    const { top } = generateTree(root);
    expect(count(root, top)).toEqual({ files: 267, edges: 1_027, problems: 0 });
  });

  if (WEBRUNNER_SLAPOS !== undefined)
    it("A2.1: counts 264 files and 995 edges below lamp-template", () => {
      const profile = "software/lamp-template/software.cfg";
      expect(count(WEBRUNNER_SLAPOS, profile)).toEqual({ files: 264, edges: 995, problems: 0 });
    });
});
