import fc from "fast-check";
import { expect, test } from "vitest";
import { applyTextEdits } from "@/lib/base/text-range";
import { hasMixedLineEnds, restoreLineEnds } from "@/lib/client/line-ends";
import { toMinimalEdit } from "@/lib/client/minimal-edit";

const toEditor = (text: string): string => text.replace(/\r\n|\r|\n/g, "\n");

test("a text with one line end is as the editor has it", () => {
  expect(restoreLineEnds("a\r\nb\r\n", "a\r\nx\r\n")).toBe("a\r\nx\r\n");
});

test("lines that were not touched keep their line end", () => {
  expect(restoreLineEnds("a\nb\r\nc\nd\r\n", "a\nB\nc\nd\n")).toBe("a\nB\nc\nd\r\n");
});

test("new lines get the usual line end", () => {
  expect(restoreLineEnds("a\r\nb\r\nc\n", "a\nnew\nb\nc\n")).toBe("a\r\nnew\r\nb\r\nc\n");
});

test("an unedited text comes back byte for byte", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "", "\n", "\r\n", "\r", "é")).map((parts) => parts.join("")),
      (text) => {
        if (!hasMixedLineEnds(text)) return;
        expect(restoreLineEnds(text, toEditor(text))).toBe(text);
      },
    ),
  );
});

test("an edited text keeps its lines, whatever their ends", () => {
  const texts = fc.array(fc.constantFrom("a", "b", "\n", "\r\n")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, texts, (original, edited) => {
      expect(toEditor(restoreLineEnds(original, toEditor(edited)))).toBe(toEditor(edited));
    }),
  );
});

test("a minimal edit makes one text of the other", () => {
  const texts = fc.array(fc.constantFrom("a", "b", "\n")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const edit = toMinimalEdit(before, after);
      expect(edit ? applyTextEdits(before, [edit]) : before).toBe(after);
    }),
  );
});
