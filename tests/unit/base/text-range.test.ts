import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyTextEdits, createLineIndex } from "@/lib/base/text-range";

describe("line index", () => {
  it("counts line ends as editors do", () => {
    const index = createLineIndex("a\nbb\r\nccc\rd");
    expect(index.lineCount).toBe(4);
    expect(index.toPosition(5)).toEqual({ line: 1, column: 3 });
    expect(index.toPosition(6)).toEqual({ line: 2, column: 0 });
    expect(index.toOffset({ line: 3, column: 0 })).toBe(10);
  });

  it("clamps a column to the end of its line, before the line break", () => {
    const index = createLineIndex("one\r\ntwo");
    expect(index.toOffset({ line: 0, column: 99 })).toBe(3);
    expect(index.toOffset({ line: 9, column: 0 })).toBe(8);
  });

  it("gives back every offset outside line breaks", () => {
    const texts = fc.array(fc.constantFrom("a", "é", "\n", "\r", "\r\n", "😀")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(texts, (text) => {
        const index = createLineIndex(text);
        for (let offset = 0; offset <= text.length; offset++) {
          const before = text.charCodeAt(offset - 1);
          if (offset > 0 && before === 13 && text.charCodeAt(offset) === 10) continue;
          expect(index.toOffset(index.toPosition(offset))).toBe(offset);
        }
      }),
    );
  });
});

describe("text edits", () => {
  it("applies all at once, in any order", () => {
    const edits = [
      { range: { start: 4, end: 7 }, newText: "2" },
      { range: { start: 0, end: 3 }, newText: "1" },
    ];
    expect(applyTextEdits("one two", edits)).toBe("1 2");
  });

  it("keeps the order of inserts at one place", () => {
    const insert = (newText: string) => ({ range: { start: 1, end: 1 }, newText });
    expect(applyTextEdits("ad", [insert("b"), insert("c")])).toBe("abcd");
  });

  it("refuses edits that overlap", () => {
    const edits = [
      { range: { start: 0, end: 2 }, newText: "" },
      { range: { start: 1, end: 3 }, newText: "" },
    ];
    expect(() => applyTextEdits("abc", edits)).toThrow(RangeError);
  });
});
