import fc from "fast-check";
import { expect, it } from "vitest";
import { createLineSplitter, LINE_LIMIT_BYTES } from "@/lib/logs/line-splitter";

function split(pieces: readonly Uint8Array[]): { offset: number; number: number; text: string }[] {
  const splitter = createLineSplitter();
  const lines: { offset: number; number: number; text: string }[] = [];
  for (const piece of pieces)
    splitter.push(piece, ({ offset, number, bytes }) =>
      lines.push({ offset, number, text: Buffer.from(bytes).toString("latin1") }),
    );
  expect(splitter.position).toBe(pieces.reduce((sum, { length }) => sum + length, 0));
  expect(splitter.lines).toBe(lines.length);
  return lines;
}

it("tells each complete line with its place", () => {
  expect(split([Buffer.from("a\n\nbc\nrest")])).toEqual([
    { offset: 0, number: 0, text: "a" },
    { offset: 2, number: 1, text: "" },
    { offset: 3, number: 2, text: "bc" },
  ]);
});

it("tells the same wherever the bytes are cut", () => {
  const text = fc.array(fc.constantFrom("a", "bc\n", "\n", "x".repeat(LINE_LIMIT_BYTES), "é"), { maxLength: 20 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(200), { maxLength: 8 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(""));
      const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((from, index) => bytes.subarray(from, [...at, bytes.length][index]));
      expect(split(pieces)).toEqual(split([bytes]));
    }),
  );
});

it("does not keep a line that nothing can be told of", () => {
  const lines = split([Buffer.from("x".repeat(LINE_LIMIT_BYTES)), Buffer.from("y\nz\n")]);
  expect(lines.map(({ text, offset }) => [text, offset])).toEqual([
    ["", 0],
    ["z", LINE_LIMIT_BYTES + 2],
  ]);
});
