import { expect, test } from "vitest";
import { groupHits, replaceMatches } from "@/lib/client/replacements";
import type { SearchHit } from "@/lib/protocol/files";

const hit = (line: number, text: string, ...matches: SearchHit["matches"]): SearchHit => ({
  path: "a.cfg",
  line,
  column: matches[0]?.column ?? 1,
  text,
  textColumn: 1,
  matches,
});

test("every match of a line is replaced, line ends stay as they are", () => {
  const found = [
    hit(1, "a b a", { column: 1, length: 1, replacement: "long" }, { column: 5, length: 1, replacement: "" }),
    hit(3, "a", { column: 1, length: 1, replacement: "$1" }),
  ];
  expect(replaceMatches("a b a\r\nkept\r\na", found)).toBe("long b \r\nkept\r\n$1");
});

test("a match in the middle of a long line is found by its place in the line", () => {
  const text = `${"x".repeat(900)}needle${"y".repeat(900)}`;
  const found = { ...hit(1, text.slice(650, 1150), { column: 901, length: 6, replacement: "pin" }), textColumn: 651 };
  expect(replaceMatches(text, [found])).toBe(text.replace("needle", "pin"));
});

test.each([
  ["the line is another by now", "b b a"],
  ["the line is gone", ""],
])("nothing is changed when %s", (_, text) => {
  expect(replaceMatches(text, [hit(1, "a b a", { column: 1, length: 1, replacement: "z" })])).toBeUndefined();
});

test("nothing is changed without a replacement", () => {
  expect(replaceMatches("a", [hit(1, "a", { column: 1, length: 1 })])).toBeUndefined();
});

test("a file counts its matches, not its lines", () => {
  const found = groupHits([hit(1, "aa", { column: 1, length: 1 }, { column: 2, length: 1 }), hit(2, "a")]);
  expect(found).toMatchObject([{ path: "a.cfg", count: 3 }]);
});
