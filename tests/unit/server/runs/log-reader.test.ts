import { describe, expect, it } from "vitest";
import { createMemoryFiles } from "@/server/platform/memory-files";
import { readLogBytes, searchLog } from "@/server/runs/log-reader";

async function search(log: string, text: string, regex = false) {
  const files = createMemoryFiles({ "/log": log });
  return searchLog(files, "/log", Buffer.byteLength(log), { text, regex });
}

describe("searching a log", () => {
  it("finds lines with their byte offset and number", async () => {
    const found = await search("é one\nTwo\nthree one\n", "one");
    expect(found).toEqual({
      matches: [
        { offset: 0, line: 0, text: "é one" },
        { offset: 11, line: 2, text: "three one" },
      ],
      truncated: false,
    });
  });

  it("takes upper and lower case alike, and plain text as it is", async () => {
    expect((await search("a.B[c\naxb\n", "A.b[C")).matches.map(({ line }) => line)).toEqual([0]);
  });

  it("takes regular expressions, and looks through colours", async () => {
    expect((await search("x\n\u001b[31mInstalling\u001b[0m a.\n", "^installing \\w\\.$", true)).matches).toEqual([
      { offset: 2, line: 1, text: "Installing a." },
    ]);
  });

  it("finds what stands across two pieces of the file", async () => {
    const filler = "x".repeat(256 * 1024 - 3);
    const { matches } = await search(`${"a\n".repeat(1)}${filler}needle\nlast needle`, "last needle");
    expect(matches).toEqual([{ offset: 2 + filler.length + 7, line: 2, text: "last needle" }]);
  });

  it("refuses what is no regular expression", async () => {
    await expect(search("a\n", "(", true)).rejects.toMatchObject({ code: "request/invalid" });
  });

  it("cuts a pattern off that would never end", async () => {
    const begin = Date.now();
    expect(await search(`${"a".repeat(40)}!\n`, "^(a+)+$", true)).toEqual({ matches: [], truncated: true });
    expect(Date.now() - begin).toBeLessThan(10_000);
  });

  it("says that there are more than it gives", async () => {
    const found = await search("hit\n".repeat(1_500), "hit");
    expect(found.matches).toHaveLength(1_000);
    expect(found.truncated).toBe(true);
  });
});

describe("reading a log", () => {
  it("gives a range in pieces", async () => {
    const log = "0123456789".repeat(60_000);
    const files = createMemoryFiles({ "/log": log });
    const pieces: Uint8Array[] = [];
    for await (const piece of readLogBytes(files, "/log", 5, log.length - 5)) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).toString()).toBe(log.slice(5, -5));
  });
});
