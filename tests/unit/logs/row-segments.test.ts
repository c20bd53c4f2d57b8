import fc from "fast-check";
import { expect, test } from "vitest";
import { PLAIN_STYLE, stripAnsi } from "@/lib/logs/ansi";
import { toSegments } from "@/lib/logs/row-segments";

function check(text: string, pattern: RegExp | undefined, ...expected: string[]): void {
  const segments = toSegments(text, PLAIN_STYLE, {
    pattern,
    findPath: (path) => (path === "a/b.cfg" ? path : undefined),
  });
  const shown = segments.map((segment) => {
    const marks = [segment.style.foreground, segment.link?.kind, segment.isMatch && "match"].filter(
      (mark) => mark !== undefined && mark !== false,
    );
    return [segment.text, ...marks].join("|");
  });
  expect(shown).toEqual(expected);
}

test("plain text is one segment", () => check("make all", undefined, "make all"));
test("colours, links and matches cut each other", () =>
  check(
    "see \u001b[31mhttp://x/error\u001b[0m and a/b.cfg:3 error",
    /error/i,
    "see ",
    "http://x/|1|web",
    "error|1|web|match",
    " and ",
    "a/b.cfg:3|place",
    " ",
    "error|match",
  ));
test("an empty match marks nothing", () => check("abc", /x*/, "abc"));

test("the segments are the row's plain text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom(/[a-f]+/u, /./u, undefined), (text, pattern) => {
      const joined = toSegments(text, PLAIN_STYLE, { pattern })
        .map((segment) => segment.text)
        .join("");
      expect(joined).toBe(stripAnsi(text));
    }),
  );
});
