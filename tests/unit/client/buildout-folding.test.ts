import { expect, test } from "vitest";
import { findFoldedLines } from "@/lib/client/monaco/buildout-folding";

function check(text: string, expected: string[]): void {
  expect(findFoldedLines(text.split("\n")).map(({ start, end }) => `${start}-${end}`)).toEqual(expected);
}

test("a section folds to its last line with text", () => {
  check("[a]\nb = 1\n\n[c]\nd = 2\n", ["1-2", "4-5"]);
});
test("a value of several lines folds inside its section", () => {
  check("[a]\nb =\n  1\n  2\nc = 3", ["1-5", "2-4"]);
});
test("a comment above a header is not of the section before it", () => {
  check("[a]\nb = 1\n# about c\n[c]\nd = 2", ["1-2", "4-5"]);
});
test("what has nothing below it does not fold", () => {
  check("[a]\n[b]\n", []);
  check("", []);
});
