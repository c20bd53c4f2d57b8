import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createKeptAnalyses } from "@/server/platform/kept-analyses";

const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
});

function makeTree(texts: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), "wr-kept-"));
  made.push(root);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(texts)) write(path, text);
  return { root, write, top: join(root, "top.cfg") };
}

describe("a kept analysis", () => {
  it("is the same one while the files are, and reads anew what another program changed", () => {
    const { root, write, top } = makeTree({
      "top.cfg": "[buildout]\nextends = base.cfg\n",
      "base.cfg": "[a]\nb = 1\n",
    });
    const analyses = createKeptAnalyses();
    const first = analyses.open(root);
    expect(first.resolve(top).option("a", "b")?.raw).toBe("1");
    expect(analyses.open(root)).toBe(first);
    write("base.cfg", "[a]\nb = 2\n");
    expect(analyses.open(root).resolve(top).option("a", "b")?.raw).toBe("2");
  });

  it("sees a file that comes to be, also one that was extended only if it is there", () => {
    const { root, write, top } = makeTree({
      "top.cfg": "[buildout]\nextends = base.cfg\noptional-extends = more.cfg\n",
    });
    const analyses = createKeptAnalyses();
    expect(analyses.open(root).resolve(top).loads).toBe(false);
    write("base.cfg", "[a]\nb = 1\n");
    expect(analyses.open(root).resolve(top).option("a", "b")?.raw).toBe("1");
    write("more.cfg", "[a]\nb = 2\n");
    expect(analyses.open(root).resolve(top).option("a", "b")?.raw).toBe("2");
  });

  it("reads no file outside of its folder", () => {
    const { root, write } = makeTree({ "secret.cfg": "[a]\nb = 1\n" });
    write("inside/top.cfg", "[buildout]\nextends = ../secret.cfg\n");
    const inside = join(root, "inside");
    expect(createKeptAnalyses().open(inside).resolve(join(inside, "top.cfg")).loads).toBe(false);
  });
});
