/**
 * What is at an offset of a document: the question that every editor feature begins with.
 */
import type { TextRange } from "@/lib/base/text-range";
import type { JinjaTag } from "./jinja-syntax";
import type { DocumentOption, DocumentSection, ProfileDocument } from "./profile-document";
import type { ReferenceText } from "./reference-scan";

export type ValueRole = "parts" | "extends" | "macro" | "recipe" | "plain";

export type Cursor =
  | { readonly kind: "nothing" | "comment" }
  | {
      readonly kind: "reference";
      readonly reference: ReferenceText;
      readonly part: "section" | "option";
      readonly section: DocumentSection | undefined;
      readonly option: DocumentOption | undefined;
    }
  | { readonly kind: "header"; readonly section: DocumentSection }
  | {
      readonly kind: "key";
      readonly section: DocumentSection | undefined;
      /** Absent when a new line is being typed. */
      readonly option: DocumentOption | undefined;
      readonly word: TextRange;
    }
  | {
      readonly kind: "value";
      readonly section: DocumentSection | undefined;
      readonly option: DocumentOption;
      readonly role: ValueRole;
      /** The word at the cursor, empty between words. */
      readonly word: TextRange;
      /** The line at the cursor without the white space around it. */
      readonly line: TextRange;
    }
  | { readonly kind: "jinja"; readonly tag: JinjaTag; readonly word: TextRange };

export function roleOf(option: DocumentOption): ValueRole {
  if (option.name === "<") return "macro";
  if (option.name === "recipe") return "recipe";
  if (option.section?.name === "buildout") {
    if (option.name === "parts") return "parts";
    if (option.name === "extends") return "extends";
  }
  return "plain";
}

function lineBounds(text: string, offset: number): TextRange {
  let start = offset;
  while (start > 0 && text[start - 1] !== "\n" && text[start - 1] !== "\r") start--;
  let end = offset;
  while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end++;
  return { start, end };
}

function wordAt(text: string, offset: number, bounds: TextRange, isPart: (char: string) => boolean): TextRange {
  let start = offset;
  while (start > bounds.start && isPart(text[start - 1]!)) start--;
  let end = offset;
  while (end < bounds.end && isPart(text[end]!)) end++;
  return { start, end };
}

const notBlank = (char: string): boolean => char !== " " && char !== "\t";

/** The option whose value a blank or indented line at the offset would continue. */
function continuedOption(document: ProfileDocument, lineStart: number): DocumentOption | undefined {
  const section = document.sectionAt(lineStart);
  const candidates = section ? section.options : document.orphans;
  const option = candidates.findLast((candidate) => candidate.start < lineStart);
  if (!option) return undefined;
  const between = document.masked.slice(option.end, lineStart);
  return /^[^\S\n]*(?:\n(?:[#;][^\n]*|[^\S\n]*))*$/.test(between) ? option : undefined;
}

/**
 * The offset that a person means who asks what is here: on the dollar or brace of a reference, its section; in the
 * indent of a line of a value, its first word.
 */
export function meantOffset(document: ProfileDocument, offset: number): number {
  const reference = document.referenceAt(offset);
  if (reference && reference.start <= offset && offset < reference.innerStart) return reference.innerStart;
  const { text } = document;
  const { start, end } = lineBounds(text, offset);
  if (offset === end || text.slice(start, offset).trim() !== "" || notBlank(text[offset]!)) return offset;
  const first = start + text.slice(start, end).search(/\S/);
  return first > offset && document.optionAt(offset) ? meantOffset(document, first) : offset;
}

export function cursorAt(document: ProfileDocument, offset: number): Cursor {
  const { text, masked } = document;
  const tag = document.jinja.find((candidate) => candidate.start < offset && offset < candidate.end);
  const reference = document.referenceAt(offset);
  if (
    reference &&
    offset >= reference.innerStart &&
    offset <= reference.innerEnd &&
    !(tag && tag.start > reference.start)
  ) {
    const part = reference.option && offset >= reference.option.start ? "option" : "section";
    const section = document.sectionAt(offset);
    return { kind: "reference", reference, part, section, option: document.optionAt(offset) };
  }
  if (tag) {
    if (tag.kind === "comment") return { kind: "comment" };
    const word = wordAt(text, offset, { start: tag.innerStart, end: tag.innerEnd }, (char) => /\w/.test(char));
    return { kind: "jinja", tag, word };
  }
  if (document.levels === "text") return { kind: "nothing" };
  if (document.isComment(offset)) return { kind: "comment" };

  const bounds = lineBounds(text, offset);
  const section = document.sectionAt(offset);
  if (section && offset <= section.headerEnd) return { kind: "header", section };
  const first = masked[bounds.start];
  const option =
    document.optionAt(offset) ??
    ((first === " " || first === "\t") && offset > bounds.start ? continuedOption(document, bounds.start) : undefined);
  if (!option) {
    const word = wordAt(text, offset, bounds, notBlank);
    return { kind: "key", section, option: undefined, word };
  }
  const lineOfKey = lineBounds(text, option.start);
  if (offset >= lineOfKey.start && offset <= lineOfKey.end) {
    const equals = masked.indexOf("=", option.key.end);
    if (offset <= option.key.end) return { kind: "key", section, option, word: option.key };
    if (offset <= equals) return { kind: "nothing" };
  } else if (offset === bounds.start && (first === undefined || first === "\n" || first === "\r")) {
    return { kind: "key", section, option: undefined, word: { start: offset, end: offset } };
  }
  const from = bounds.start === lineOfKey.start ? masked.indexOf("=", option.key.end) + 1 : bounds.start;
  const word = wordAt(text, offset, { start: Math.min(from, offset), end: bounds.end }, notBlank);
  let start = from;
  let end = bounds.end;
  while (start < end && !notBlank(text[start]!)) start++;
  while (end > start && !notBlank(text[end - 1]!)) end--;
  const line = start <= end ? { start: Math.min(start, offset), end: Math.max(end, offset) } : word;
  return { kind: "value", section, option, role: roleOf(option), word, line };
}
