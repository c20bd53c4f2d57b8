import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnsiStyle, advanceStyle, PLAIN_STYLE, parseAnsi, stripAnsi } from "@/lib/logs/ansi";
import { createStyleTrack } from "@/lib/logs/style-track";

function check(text: string, expected: [string, AnsiStyle?][]): void {
  expect(parseAnsi(text)).toEqual(expected.map(([part, style = {}]) => ({ text: part, style })));
}

describe("colours", () => {
  test("plain", () => check("make all", [["make all"]]));
  test("empty", () => check("", []));
  test("red, then off", () => check("\u001b[31mred\u001b[0m off", [["red", { foreground: 1 }], [" off"]]));
  test("short reset", () => check("\u001b[1mb\u001b[mx", [["b", { bold: true }], ["x"]]));
  test("bright and background", () => check("\u001b[92;41mx", [["x", { foreground: 10, background: 1 }]]));
  test("256 colours", () => check("\u001b[38;5;208mx", [["x", { foreground: "#ff8700" }]]));
  test("256 colours, grey", () => check("\u001b[48;5;232mx", [["x", { background: "#080808" }]]));
  test("24 bits", () => check("\u001b[38;2;1;2;255mx", [["x", { foreground: "#0102ff" }]]));
  test("24 bits with colons", () => check("\u001b[38:2:1:2:255mx", [["x", { foreground: "#0102ff" }]]));
  test("24 bits out of range", () => check("\u001b[38;2;1;2;256mx", [["x"]]));
  test("bold off keeps the colour", () =>
    check("\u001b[1;34ma\u001b[22mb", [
      ["a", { bold: true, foreground: 4 }],
      ["b", { foreground: 4 }],
    ]));
  test("equal style makes one span", () => check("\u001b[31ma\u001b[31mb", [["ab", { foreground: 1 }]]));
});

describe("what is not colour", () => {
  test("cursor moves are dropped", () => check("a\u001b[2K\u001b[1Gb", [["ab"]]));
  test("window titles are dropped", () => check("\u001b]0;title\u0007x", [["x"]]));
  test("hyperlinks leave their text", () =>
    check("\u001b]8;;javascript:alert(1)\u001b\\here\u001b]8;;\u001b\\", [["here"]]));
  test("an unfinished title hides nothing", () => check("\u001b]0;rest of the line", [["␛]0;rest of the line"]]));
  test("an unfinished colour is shown", () => check("x\u001b[31", [["x␛[31"]]));
  test("control characters are pictures", () => check("a\u0000\u0007\u007f\u009b", [["a␀␇␡<U+009B>"]]));
  test("text direction cannot be turned", () => check("a\u202eb", [["a<U+202E>b"]]));
  test("html stays text", () => check("<img src=x onerror=alert(1)>", [["<img src=x onerror=alert(1)>"]]));
  test("tab stays", () => check("a\tb", [["a\tb"]]));
});

test("no control character but tab reaches the page", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(stripAnsi(text)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
    }),
  );
});

test("text without control characters comes through unchanged", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(stripAnsi(text)).toBe(text);
    }),
  );
});

test("a row's last style is what the next begins with", () => {
  const texts = fc.array(fc.constantFrom("\u001b[31m", "\u001b[0m", "\u001b[1m", "x", "\u001b[2K", "\u001b]0;"));
  fc.assert(
    fc.property(texts, (parts) => {
      const spans = parseAnsi(`${parts.join("")}END`);
      expect(spans.at(-1)?.style).toEqual(advanceStyle(parts.join(""), PLAIN_STYLE));
    }),
  );
});

test("colours left on over line ends are found however the bytes are cut", () => {
  const parts = fc.array(fc.constantFrom("\u001b[31m", "\u001b[0m", "\u001b[1m", "x", "text\n", "\n", "\u001b[2K"), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(parts, fc.array(fc.nat(400)), (texts, cuts) => {
      const text = texts.join("");
      const track = createStyleTrack(0, 4096);
      const places = [...new Set([...cuts.filter((cut) => cut < text.length), text.length])].sort((a, b) => a - b);
      let from = 0;
      for (const to of places) {
        track.append(new TextEncoder().encode(text.slice(from, to)));
        from = to;
      }
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
        expect(track.styleAt(at + 1)).toEqual(advanceStyle(text.slice(0, at + 1), PLAIN_STYLE));
      }
    }),
  );
});
