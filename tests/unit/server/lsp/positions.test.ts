import { describe, expect, it } from "vitest";
import { createLineIndex } from "@/lib/base/text-range";
import { createOpenDocuments } from "@/server/lsp/open-documents";
import { choosePositionEncoding, createPositionConverter, type PositionEncoding } from "@/server/lsp/positions";

const TEXT = "a = é😀${:b}\nb = 1\n";
const source = { text: TEXT, lineIndex: createLineIndex(TEXT) };

function check(encoding: PositionEncoding, offset: number, character: number): void {
  const positions = createPositionConverter(encoding);
  expect(positions.toPosition(source, offset)).toEqual({ line: 0, character });
  expect(positions.toOffset(source, { line: 0, character })).toBe(offset);
}

describe("positions", () => {
  const reference = TEXT.indexOf("$");
  it("counts UTF-16 units", () => check("utf-16", reference, 7));
  it("counts bytes", () => check("utf-8", reference, 10));
  it("counts code points", () => check("utf-32", reference, 6));
  it("clamps what is outside", () => {
    const positions = createPositionConverter("utf-16");
    expect(positions.toOffset(source, { line: 99, character: 0 })).toBe(TEXT.length);
    expect(positions.toOffset(source, { line: 1, character: 99 })).toBe(TEXT.length - 1);
  });
  it("takes UTF-16 where it is offered or nothing is", () => {
    expect(choosePositionEncoding(undefined)).toBe("utf-16");
    expect(choosePositionEncoding(["utf-8", "utf-16"])).toBe("utf-16");
    expect(choosePositionEncoding(["utf-8"])).toBe("utf-8");
  });
});

describe("open documents", () => {
  const documents = () => createOpenDocuments(() => createPositionConverter("utf-16"));
  const at = (line: number, character: number) => ({ line, character });

  it("applies changes one after the other", () => {
    const open = documents();
    open.open("/a", "file:///a", 1, "one\ntwo\n");
    const changed = open.change("/a", 2, [
      { range: { start: at(0, 0), end: at(0, 3) }, text: "1\n1" },
      { range: { start: at(2, 0), end: at(2, 3) }, text: "2" },
    ]);
    expect(changed?.text).toBe("1\n1\n2\n");
    expect(changed?.version).toBe(2);
  });

  it("takes a whole text and ignores documents that are not open", () => {
    const open = documents();
    open.open("/a", "file:///a", 1, "one");
    expect(open.change("/a", 2, [{ text: "two" }])?.text).toBe("two");
    expect(open.change("/b", 2, [{ text: "two" }])).toBeUndefined();
  });
});
