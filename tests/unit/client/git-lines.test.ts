import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findHunk, mapToBase, toLineHunks, toLineSelection, toMarkLine } from "@/lib/client/git-lines";
import { applySelection, diffTexts } from "@/lib/git/hunks";

const BASE = "1\n2\n3\n4\n5\n6\n";

describe("the lines that differ from a base", () => {
  const kinds = (text: string): string[] =>
    toLineHunks(BASE, text).map(
      (hunk) => `${hunk.kind} ${toMarkLine(hunk)}-${Math.max(hunk.newEnd - 1, toMarkLine(hunk))}`,
    );

  it("are added, modified, or gone below a line", () => {
    expect(kinds(BASE)).toEqual([]);
    expect(kinds("1\n2\n3\nnew\n4\n5\n6\n")).toEqual(["added 4-4"]);
    expect(kinds("1\ntwo\nthree\n4\n5\n6\n")).toEqual(["modified 2-3"]);
    expect(kinds("1\n2\n5\n6\n")).toEqual(["deleted 2-2"]);
    expect(kinds("3\n4\n5\n6\n")).toEqual(["deleted 1-1"]);
  });

  it("are found by a line of the text, also where lines are gone", () => {
    const hunks = toLineHunks(BASE, "one\n2\n5\n6\nnew\n");
    expect([1, 2, 3, 4, 5].map((line) => findHunk(hunks, line))).toEqual([0, 1, -1, -1, 2]);
  });

  it("leave every other line a line of the base", () => {
    const hunks = toLineHunks(BASE, "one\n2\n5\n6\nnew\n");
    expect(mapToBase(hunks, 5)).toEqual([undefined, 2, 5, 6, undefined]);
  });
});

describe("a choice of lines", () => {
  const stage = (text: string, from: number, to: number): string => {
    const { oldLines, newLines } = toLineSelection(toLineHunks(BASE, text), { from, to });
    const selection = { oldLines: new Set(oldLines), newLines: new Set(newLines) };
    return applySelection(diffTexts(BASE, text), selection, "selected");
  };

  it("takes with each new line the old one that it stands for", () => {
    expect(stage("1\ntwo\nthree\nfour\n5\n6\n", 3, 3)).toBe("1\n2\nthree\n4\n5\n6\n");
    expect(stage("1\ntwo\nmore\n3\n4\n5\n6\n", 2, 2)).toBe("1\ntwo\n3\n4\n5\n6\n");
  });

  it("takes lines that are gone when the line above them is chosen", () => {
    expect(stage("1\n2\n5\n6\n", 2, 2)).toBe("1\n2\n5\n6\n");
    expect(stage("1\n2\n5\n6\n", 3, 4)).toBe(BASE);
  });

  it("of all lines is the whole change, and of none is nothing, whatever the texts", () => {
    const line = fc.constantFrom("a\n", "b\n", "c\n", "d\n");
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const all = toLineSelection(toLineHunks(before, after));
        const selection = { oldLines: new Set(all.oldLines), newLines: new Set(all.newLines) };
        const none = { oldLines: new Set<number>(), newLines: new Set<number>() };
        const diff = diffTexts(before, after);
        expect(applySelection(diff, selection, "selected")).toBe(after);
        expect(applySelection(diff, selection, "unselected")).toBe(before);
        expect(applySelection(diff, none, "selected")).toBe(before);
      }),
    );
  });
});
