/** Small edits of profiles that leave every other byte alone. */
import type { TextEdit } from "@/lib/base/text-range";
import { baseNameOf, directoryOf } from "@/lib/buildout";
import {
  type DocumentOption,
  type DocumentSection,
  type ProfileDocument,
  valueWords,
} from "../document/profile-document";

export function lineEndOf(document: ProfileDocument): string {
  return document.text.includes("\r\n") ? "\r\n" : "\n";
}

export function removeOption(option: DocumentOption): TextEdit {
  return { range: { start: option.node.start, end: option.node.end }, newText: "" };
}

/** New lines after the last option of a section. */
export function addLines(document: ProfileDocument, section: DocumentSection, lines: readonly string[]): TextEdit {
  const lineEnd = lineEndOf(document);
  const at = Math.max(section.end, section.headerEnd);
  return { range: { start: at, end: at }, newText: lines.map((line) => lineEnd + line).join("") };
}

export function appendSection(document: ProfileDocument, name: string, lines: readonly string[]): TextEdit {
  const lineEnd = lineEndOf(document);
  const { text } = document;
  const gap =
    text === "" ? "" : text.endsWith(lineEnd + lineEnd) ? "" : text.endsWith("\n") ? lineEnd : lineEnd + lineEnd;
  const newText = gap + [`[${name}]`, ...lines].map((line) => line + lineEnd).join("");
  return { range: { start: text.length, end: text.length }, newText };
}

export function relativePath(from: string, to: string): string {
  const here = directoryOf(from).split("/").filter(Boolean);
  const there = directoryOf(to).split("/").filter(Boolean);
  let shared = 0;
  while (shared < here.length && shared < there.length && here[shared] === there[shared]) shared++;
  return [...here.slice(shared).map(() => ".."), ...there.slice(shared), baseNameOf(to)].join("/");
}

/** One more profile to extend, at the end of the list that decides. */
export function addExtends(document: ProfileDocument, target: string): TextEdit {
  const lineEnd = lineEndOf(document);
  const name = relativePath(document.path, target);
  const buildout = document.sectionsNamed("buildout");
  const option = buildout.flatMap((section) => section.options).findLast((candidate) => candidate.name === "extends");
  if (option) {
    const words = valueWords(document, option);
    const last = words.at(-1);
    const multiLine = option.node.lines !== undefined && option.node.firstLine === "";
    if (!last) return { range: { start: option.end, end: option.end }, newText: `${lineEnd}  ${name}` };
    const lineStart = document.text.lastIndexOf("\n", last.start - 1) + 1;
    const indent = multiLine ? /^\s*/.exec(document.text.slice(lineStart, last.start))![0] : "  ";
    if (multiLine) return { range: { start: last.end, end: last.end }, newText: lineEnd + indent + name };
    const all = [...words.map((word) => word.text), name].map((word) => `${lineEnd}${indent}${word}`).join("");
    const equals = document.text.indexOf("=", option.key.end) + 1;
    return { range: { start: equals, end: option.end }, newText: all };
  }
  const section = buildout[0];
  if (section) {
    return {
      range: { start: section.headerEnd, end: section.headerEnd },
      newText: `${lineEnd}extends =${lineEnd}  ${name}`,
    };
  }
  return {
    range: { start: 0, end: 0 },
    newText: `[buildout]${lineEnd}extends =${lineEnd}  ${name}${lineEnd}${lineEnd}`,
  };
}
