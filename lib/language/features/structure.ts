/** Symbols, folding and selection: the shape of one document. */
import type { TextRange } from "@/lib/base/text-range";
import type { Analysis } from "../analysis/analysis";
import type { DocumentSymbolAnswer, FoldingAnswer } from "../answers";
import { cursorAt } from "../document/cursor";
import { type ProfileDocument, valueLines } from "../document/profile-document";
import { HOLE, hasHole } from "../document/template-mask";

const MAX_DETAIL = 120;

function written(document: ProfileDocument, name: string, range: TextRange): string {
  return hasHole(name) || name.includes("\ue001") ? document.text.slice(range.start, range.end) : name;
}

export function symbolsOf(analysis: Analysis, document: ProfileDocument): DocumentSymbolAnswer[] {
  const view = document.levels === "text" ? undefined : analysis.view(document.path);
  return document.sections.map((section) => ({
    name: written(document, section.name, section.nameRange),
    detail: section.dynamic ? "" : (view?.recipe(section.name) ?? "").replaceAll(HOLE, ""),
    kind: "section",
    range: { start: section.start, end: Math.max(section.end, section.headerEnd) },
    selection: section.nameRange,
    children: section.options.map((option) => {
      const lines = valueLines(document, option).map((line) => document.text.slice(line.start, line.end));
      return {
        name: written(document, option.name, option.key) + (option.operator === "=" ? "" : ` ${option.operator[0]}`),
        detail: lines.join(" ").slice(0, MAX_DETAIL),
        kind: "option" as const,
        range: { start: option.start, end: option.end },
        selection: option.key,
        children: [],
      };
    }),
  }));
}

export function foldingOf(document: ProfileDocument): FoldingAnswer[] {
  const { lineIndex } = document;
  const lineOf = (offset: number): number => lineIndex.toPosition(offset).line;
  const ranges: FoldingAnswer[] = [];
  const add = (start: number, end: number, kind?: FoldingAnswer["kind"]): void => {
    const startLine = lineOf(start);
    const endLine = lineOf(end);
    if (endLine > startLine) ranges.push({ startLine, endLine, kind });
  };
  for (const section of document.sections) {
    add(section.start, Math.max(section.end, section.headerEnd));
    for (const option of section.options) add(option.start, option.end);
  }
  for (const block of document.jinjaBlocks) add(block.start, Math.max(block.end - 1, block.start));
  for (const tag of document.jinja) if (tag.kind === "comment") add(tag.start, tag.end, "comment");
  if (document.levels !== "text") {
    const lines = document.masked.split("\n");
    for (let line = 0; line < lines.length; line++) {
      if (!/^[#;]/.test(lines[line]!)) continue;
      const first = line;
      while (line + 1 < lines.length && /^[#;]/.test(lines[line + 1]!)) line++;
      if (line > first) ranges.push({ startLine: first, endLine: line, kind: "comment" });
    }
  }
  return ranges.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

/** Ranges around an offset, the smallest first. */
export function selectionAt(document: ProfileDocument, offset: number): TextRange[] {
  const { text } = document;
  const ranges: TextRange[] = [];
  const add = (range: TextRange | undefined): void => {
    if (!range || range.start > offset || range.end < offset) return;
    const last = ranges.at(-1);
    if (last && (last.start < range.start || last.end > range.end)) return;
    if (last && last.start === range.start && last.end === range.end) return;
    ranges.push({ start: range.start, end: range.end });
  };
  const cursor = cursorAt(document, offset);
  if (cursor.kind === "reference") {
    const { reference } = cursor;
    add(cursor.part === "option" ? reference.option : reference.section);
    add({ start: reference.innerStart, end: reference.innerEnd });
    add(reference);
  }
  let start = offset;
  while (start > 0 && /\S/.test(text[start - 1]!)) start--;
  let end = offset;
  while (end < text.length && /\S/.test(text[end]!)) end++;
  if (end > start) add({ start, end });
  const tag = document.jinja.find((candidate) => candidate.start <= offset && offset <= candidate.end);
  add(tag);
  const option = document.optionAt(offset);
  if (option) {
    if (offset <= option.key.end) add(option.key);
    add(valueLines(document, option).find((line) => line.start <= offset && offset <= line.end));
    add(option.value);
    add({ start: option.start, end: option.end });
  }
  const section = document.sectionAt(offset);
  if (section) {
    if (offset <= section.headerEnd) {
      add(section.nameRange);
      add({ start: section.start, end: section.headerEnd });
    }
    add({ start: section.start, end: section.end });
  }
  add({ start: 0, end: text.length });
  return ranges;
}
