import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFoldedRows, findSection, type LogSection } from "@/lib/logs/folded-rows";
import { createLogWindow } from "@/lib/logs/log-window";

/** Ten lines of ten bytes each; `a` is lines 1-3, `b` 4-5, `c` 6-9. */
const TEXT = Array.from({ length: 10 }, (_, line) => `line ${line}...\n`).join("");
const SECTIONS: readonly LogSection[] = [
  { key: "a", start: 10, end: 40 },
  { key: "b", start: 40, end: 60 },
  { key: "c", start: 60, end: 100 },
];

function draw(folded: string, from = 0, to = 100): string[] {
  const window = createLogWindow({ start: from, firstLine: from / 10 });
  window.append(from, new TextEncoder().encode(TEXT.slice(from, to)));
  const rows = createFoldedRows(window, SECTIONS, ({ key }) => folded.includes(key));
  return Array.from({ length: rows.count }, (_, index) => {
    const row = rows.rowAt(index);
    expect(rows.indexOf(row)).toBe(index);
    const head = rows.headAt(row);
    return head ? `[${head.key}]` : String(window.getRow(row).line);
  });
}

describe("a folded log", () => {
  it("is all its rows when nothing is folded", () => {
    expect(draw("")).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });

  it("keeps the first line of what is folded", () => {
    expect(draw("b")).toEqual(["0", "1", "2", "3", "4", "6", "7", "8", "9"]);
    expect(draw("abc")).toEqual(["0", "1", "4", "6"]);
  });

  it("shows heads for what the window does not hold", () => {
    expect(draw("abc", 60, 100)).toEqual(["[a]", "[b]", "6"]);
    expect(draw("abc", 0, 20)).toEqual(["0", "1", "[b]", "[c]"]);
    expect(draw("ac", 40, 60)).toEqual(["[a]", "4", "5", "[c]"]);
  });

  it("shows the head of a part that begins before the window, and none of its rows", () => {
    expect(draw("a", 20, 60)).toEqual(["[a]", "4", "5"]);
    expect(draw("a", 20, 40)).toEqual(["[a]"]);
  });

  it("knows where a hidden row's head stands", () => {
    const window = createLogWindow();
    window.append(0, new TextEncoder().encode(TEXT));
    const rows = createFoldedRows(window, SECTIONS, ({ key }) => key === "a");
    expect(rows.indexOf(3)).toBe(1);
    expect(rows.indexOf(4)).toBe(2);
  });

  it("gives each place one row, in order, whatever is folded and held", () => {
    const tens = fc.integer({ min: 0, max: 10 }).map((ten) => ten * 10);
    fc.assert(
      fc.property(fc.subarray(["a", "b", "c"]), tens, tens, (folded, one, other) => {
        const drawn = draw(folded.join(""), Math.min(one, other), Math.max(one, other));
        expect(new Set(drawn).size).toBe(drawn.length);
      }),
    );
  });
});

it("finds the section of a byte", () => {
  expect(findSection(SECTIONS, 9)).toBeUndefined();
  expect(findSection(SECTIONS, 10)?.key).toBe("a");
  expect(findSection(SECTIONS, 59)?.key).toBe("b");
  expect(findSection(SECTIONS, 100)).toBeUndefined();
});
