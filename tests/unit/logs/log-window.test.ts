import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLogWindow, type LogWindow } from "@/lib/logs/log-window";
import { ROW_MAX_BYTES } from "@/lib/logs/row-index";

const encoder = new TextEncoder();

function toWindow(text: string, cuts: readonly number[] = [], options: Parameters<typeof createLogWindow>[0] = {}) {
  const bytes = encoder.encode(text);
  const window = createLogWindow(options);
  const places = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    expect(window.append(from, bytes.subarray(from, to))).toBe(to === from ? "duplicate" : "added");
    from = to;
  }
  return window;
}

function rowsOf(window: LogWindow): ReturnType<LogWindow["getRow"]>[] {
  return Array.from({ length: window.endRow - window.firstRow }, (_, i) => window.getRow(window.firstRow + i));
}

function textsOf(window: LogWindow): string[] {
  return rowsOf(window).map((row) => row.text);
}

function checkRows(text: string, expected: string[], options: Parameters<typeof createLogWindow>[0] = {}): void {
  const bytes = encoder.encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const cuts = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => (i + 1) * size);
    expect(textsOf(toWindow(text, cuts, options))).toEqual(expected);
  }
}

/** Text as builds print it: lines, progress, colours, long lines, several scripts, and raw control characters. */
const logText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("\n", "\r\n", "\r", "\u001b[31m", "\u001b[0m", "\u001b[1;38;5;208m") },
      { weight: 4, arbitrary: fc.constantFrom("Installing part.", "é", "漢字", "🚀", " ", "\u001b]0;t\u0007", "50%") },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
      { weight: 1, arbitrary: fc.nat(3 * ROW_MAX_BYTES).map((size) => "x".repeat(size)) },
      { weight: 1, arbitrary: fc.nat(ROW_MAX_BYTES).map((size) => "é🚀".repeat(size)) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

describe("the rows of a log", () => {
  test("are its lines", () => checkRows("a\nb\n\nc", ["a", "b", "", "c"]));
  test("end with \\n or \\r\\n", () => checkRows("a\r\nb\r\n", ["a", "b"]));
  test("show what the last \\r wrote", () => checkRows("10%\r50%\r100%\ndone\n", ["100%", "done"]));
  test("show a progress that waits behind its \\r", () => checkRows("10%\r50%\r", ["50%"]));
  test("show every rewrite when asked", () =>
    checkRows("10%\r50%\r\nx\ry", ["10%", "50%", "x", "y"], { carriageReturns: "break" }));
  test("keep the line's number over the pieces of a long line", () => {
    const window = toWindow(`a\n${"x".repeat(2 * ROW_MAX_BYTES + 5)}\nb`);
    expect(rowsOf(window).map((row) => [row.line, row.continues, row.text.length])).toEqual([
      [0, false, 1],
      [1, false, ROW_MAX_BYTES],
      [1, true, ROW_MAX_BYTES],
      [1, true, 5],
      [2, false, 1],
    ]);
  });
  test("are not cut inside an escape sequence", () => {
    const window = toWindow(`${"x".repeat(ROW_MAX_BYTES - 3)}\u001b[38;2;10;20;30mred\n`);
    expect(textsOf(window)[1]).toBe("\u001b[38;2;10;20;30mred");
  });
  test("begin with the colour that was left on", () => {
    const window = toWindow("\u001b[31mred\nstill\u001b[0m\nplain\n", [3, 9]);
    expect(rowsOf(window).map((row) => row.style.foreground)).toEqual([undefined, 1, undefined]);
  });

  test("are exactly the bytes, however they arrive", () => {
    fc.assert(
      fc.property(logText, fc.array(fc.nat()), fc.constantFrom("overwrite", "break"), (text, cuts, mode) => {
        const options = { carriageReturns: mode } as const;
        const window = toWindow(text, cuts, options);
        const whole = toWindow(text, [], options);
        expect(rowsOf(window)).toEqual(rowsOf(whole));
        let at = 0;
        for (const row of rowsOf(window)) {
          expect(row.start).toBe(at);
          expect(row.end).toBeGreaterThan(at);
          at = row.end;
        }
        expect(at).toBe(encoder.encode(text).length);
      }),
    );
  });

  test("of a long line give its text when put together, no character broken", () => {
    fc.assert(
      fc.property(logText, fc.array(fc.nat()), (text, cuts) => {
        const plain = new TextDecoder().decode(encoder.encode(text.replaceAll("\r", ""))).replaceAll("\ufeff", "");
        const window = toWindow(plain, cuts);
        let joined = "";
        for (const row of rowsOf(window)) joined += (row.continues || row.row === 0 ? "" : "\n") + row.text;
        expect(joined).toBe(plain.replace(/\n$/, ""));
      }),
    );
  });
});

describe("a window on a log", () => {
  test("takes no byte twice and leaves no gap", () => {
    const deliveries = fc.array(fc.tuple(fc.nat(), fc.nat(5_000)), { maxLength: 40 });
    fc.assert(
      fc.property(logText, deliveries, (text, pieces) => {
        const bytes = encoder.encode(text);
        const window = createLogWindow();
        for (const [at, size] of pieces) {
          const offset = at % (bytes.length + 1);
          const before = window.end;
          const piece = bytes.subarray(offset, offset + size);
          const taken = window.append(offset, piece);
          if (offset > before) expect([taken, window.end]).toEqual(["gap", before]);
          else expect(window.end).toBe(Math.max(before, offset + piece.length));
        }
        window.append(window.end, bytes.subarray(window.end));
        expect(window.slice(0, bytes.length)).toEqual(bytes);
        expect(rowsOf(window)).toEqual(rowsOf(toWindow(text)));
      }),
    );
  });

  test("that was filled backwards has the same rows and line numbers", () => {
    const lines = fc.array(
      fc.string({ maxLength: 200 }).map((line) => line.replace(/[\r\n\u001b\ufeff]/g, "")),
      {
        minLength: 2,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(lines, fc.nat(), fc.integer({ min: 1, max: 700 }), (texts, at, step) => {
        const bytes = encoder.encode(`${texts.join("\n")}\n`);
        const window = createLogWindow({ start: 1 + (at % (bytes.length - 1)) });
        window.append(window.end, bytes.subarray(window.end));
        let size = step;
        for (let start = window.start; start > 0; start = window.start) {
          const from = Math.max(0, start - size);
          window.prepend(from, bytes.subarray(from, start));
          size = window.start === start ? size + step : step;
        }
        expect(textsOf(window)).toEqual(textsOf(toWindow(`${texts.join("\n")}\n`)));
        expect(rowsOf(window).map((row) => row.line)).toEqual(texts.map((_, line) => line));
        expect(window.knowsLines).toBe(true);
      }),
    );
  });

  test("keeps row numbers, lines and bytes when it drops its first rows", () => {
    const text = Array.from({ length: 5_000 }, (_, i) => `line ${i}`).join("\n");
    const window = toWindow(text);
    const last = window.getRow(4_999);
    window.dropFirst(10_000, 1_000_000);
    expect(window.start).toBeGreaterThan(0);
    expect(window.end - window.start).toBeGreaterThanOrEqual(10_000);
    expect(window.getRow(4_999)).toEqual(last);
    expect(window.getRow(window.firstRow).text).toBe(`line ${window.getRow(window.firstRow).line}`);
    expect(window.rowOfLine(4_500)).toBe(4_500);
  });

  test("goes on where its last rows were dropped", () => {
    const text = Array.from({ length: 5_000 }, (_, i) => `line ${i}`).join("\n");
    const bytes = encoder.encode(text);
    const window = toWindow(text);
    window.dropLast(10_000, 1_000_000);
    expect(window.end).toBeLessThan(bytes.length);
    window.append(window.end, bytes.subarray(window.end));
    expect(rowsOf(window)).toEqual(rowsOf(toWindow(text)));
  });

  test("shows every rewrite or only the last, as asked later", () => {
    const window = toWindow("a\n10%\r50%\nb\n");
    window.setCarriageReturns("break");
    expect(textsOf(window)).toEqual(["a", "10%", "50%", "b"]);
    window.setCarriageReturns("overwrite");
    expect(textsOf(window)).toEqual(["a", "50%", "b"]);
  });

  test("holds a million rewrites of one line in few rows", () => {
    const window = toWindow("progress 12345\r".repeat(1_000_000), [777_777]);
    expect(window.endRow).toBeLessThan(20);
    expect(window.getRow(window.endRow - 1).text).toBe("progress 12345");
  });

  test("copies lines in one piece and without escapes", () => {
    const window = toWindow(`\u001b[31ma\u001b[0m\n${"x".repeat(ROW_MAX_BYTES + 1)}\nb\n`);
    expect(window.copyText(0, window.endRow)).toBe(`a\n${"x".repeat(ROW_MAX_BYTES + 1)}\nb`);
  });

  test("learns its line numbers from a search of the whole file", () => {
    const bytes = encoder.encode("zero\none\ntwo\nthree\n");
    const window = createLogWindow({ start: 5 });
    window.append(5, bytes.subarray(5));
    expect([window.start, window.knowsLines]).toEqual([9, false]);
    window.learnLine(9, 2);
    expect(rowsOf(window).map((row) => [row.line, row.text])).toEqual([
      [2, "two"],
      [3, "three"],
    ]);
  });
});
