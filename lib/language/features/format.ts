/**
 * Formatting: spaces around `=`, one blank line between sections, an even indent, no trailing white space.
 *
 * Only white space that means nothing to Buildout changes: not inside values of several lines beyond an indent that all
 * their lines share, not in comments, not in templates' tags. Formatting twice is formatting once.
 */
import type { TextEdit, TextRange } from "@/lib/base/text-range";
import type { DocumentOption, ProfileDocument } from "../document/profile-document";
import { hasHole } from "../document/template-mask";

const INDENT = "  ";
const MEANINGFUL_INDENT = new Set(["init", "install", "update", "inline", "initialization", "script"]);

export function formatDocument(document: ProfileDocument, range?: TextRange): TextEdit[] {
  if (document.levels === "text") return [];
  const edits: TextEdit[] = [];
  const inRange = (start: number, end: number): boolean => !range || (start < range.end && end > range.start);
  const replace = (start: number, end: number, newText: string): void => {
    const old = document.text.slice(start, end);
    // What a template's tag puts there is not white space.
    if (old.replace(/\s/g, "") !== newText.replace(/\s/g, "")) return;
    if (old !== newText && inRange(start, Math.max(end, start + 1))) {
      edits.push({ range: { start, end }, newText });
    }
  };
  for (const section of document.sections) {
    for (const option of section.options) formatOption(document, option, replace);
    formatGap(document, section.start, replace);
  }
  formatTrailing(document, replace);
  return edits
    .sort((a, b) => a.range.start - b.range.start)
    .filter((edit, index, all) => {
      const before = all[index - 1];
      return !before || before.range.end <= edit.range.start;
    });
}

type Replace = (start: number, end: number, newText: string) => void;

function formatOption(document: ProfileDocument, option: DocumentOption, replace: Replace): void {
  const { text } = document;
  const equals = text.indexOf("=", option.key.end);
  if (equals < 0 || hasHole(option.name)) return;
  const { node } = option;
  const isMacro = option.name === "<";
  const sign = option.operator === "=" ? "=" : option.operator;
  const lineEnd = /\r|\n|$/.exec(text.slice(equals))!.index + equals;
  const hasFirst = node.firstLine !== "";
  const valueStart = hasFirst ? node.valueStart : lineEnd;
  if (node.key !== "<part-dependencies>") {
    const before = isMacro ? "" : " ";
    replace(option.key.end, valueStart, `${before}${sign}${hasFirst ? " " : ""}`);
  }
  if (!node.lines || MEANINGFUL_INDENT.has(option.name)) return;
  const lines: { start: number; content: number; indent: number }[] = [];
  for (let i = 0; i < node.lines.length; i += 2) {
    const line = text.slice(node.lines[i], node.lines[i + 1]);
    const content = line.length - line.trimStart().length;
    if (line.trim() === "" || document.masked.slice(node.lines[i], node.lines[i + 1]).trim() === "") continue;
    lines.push({ start: node.lines[i]!, content: node.lines[i]! + content, indent: content });
    if (line.slice(0, content).includes("\t")) return;
  }
  const shared = Math.min(...lines.map((line) => line.indent));
  if (!Number.isFinite(shared) || shared === 0) return;
  if (lines.some((line) => line.indent !== shared)) return;
  for (const line of lines) replace(line.start, line.content, INDENT);
}

/** One blank line before a section; comments right above it stay with it. */
function formatGap(document: ProfileDocument, start: number, replace: Replace): void {
  const { text, masked } = document;
  let at = start;
  for (;;) {
    const lineStart = masked.lastIndexOf("\n", at - 2) + 1;
    if (at === 0 || !/^[#;]/.test(masked.slice(lineStart, at))) break;
    at = lineStart;
  }
  const before = /(?:\r\n|\n)(?:[ \t]*(?:\r\n|\n))*$/.exec(text.slice(0, at));
  if (!before || at === 0) return;
  const lineEnd = before[0].includes("\r\n") ? "\r\n" : "\n";
  const first = before.index === 0;
  const from = before.index;
  if (document.jinja.some((tag) => tag.start < at && tag.end > from)) return;
  replace(from, at, first ? "" : lineEnd + lineEnd);
}

/** Spaces at the ends of lines outside values whose lines keep them, and blank lines at the end. */
function formatTrailing(document: ProfileDocument, replace: Replace): void {
  const { text } = document;
  for (const match of text.matchAll(/[ \t]+(?=\r?\n|$)/g)) {
    const start = match.index;
    const option = document.optionAt(start);
    const equals = option ? text.indexOf("=", option.key.end) : -1;
    if (option && start <= equals + 1) continue;
    replace(start, start + match[0].length, "");
  }
  const tail = /(?:[ \t]*(?:\r\n|\n)){2,}$/.exec(text);
  if (tail && tail.index > 0) replace(tail.index, text.length, tail[0].includes("\r\n") ? "\r\n" : "\n");
}
