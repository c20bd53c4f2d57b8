/**
 * Edits that change one option of a profile and leave every other byte alone.
 *
 * They follow the file: its line ends, the spaces it puts around `=`, the indent of its continuation lines.
 */
import type { TextEdit } from "@/lib/base/text-range";
import type { HeaderNode, OptionNode, ProfileSyntax } from "./syntax";

export interface OptionChange {
  readonly section: string;
  readonly option: string;
  /** Lines are separated by `\n`; undefined removes the option. */
  readonly value: string | undefined;
}

interface SectionPlace {
  readonly header: HeaderNode;
  readonly options: readonly OptionNode[];
  /** Where a further option of the section goes. */
  readonly end: number;
}

function findSections(syntax: ProfileSyntax, name: string): SectionPlace[] {
  const places: { header: HeaderNode; options: OptionNode[]; end: number }[] = [];
  let current: (typeof places)[number] | undefined;
  for (const node of syntax.nodes) {
    if (node.kind === "header") {
      current = node.name === name && !node.expression ? { header: node, options: [], end: node.end } : undefined;
      if (current !== undefined) places.push(current);
    } else if (node.kind === "option" && current !== undefined) {
      current.options.push(node);
      current.end = node.end;
    }
  }
  return places;
}

function lineEndOf(text: string): string {
  const at = text.indexOf("\n");
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}

function indentOf(text: string, node: OptionNode | undefined): string {
  for (let i = 0; node?.lines !== undefined && i < node.lines.length; i += 2) {
    const indent = /^[ \t]+(?=\S)/.exec(text.slice(node.lines[i], node.lines[i + 1]));
    if (indent !== null) return indent[0];
  }
  return "  ";
}

function valueText(value: string, indent: string, lineEnd: string): string {
  const [first = "", ...rest] = value.split("\n");
  return [first, ...rest.map((line) => (line === "" ? "" : indent + line))].join(lineEnd);
}

/** Several lines go below the option, so that buildout keeps their own indent; one line stands beside the `=`. */
function asBlock(value: string): string {
  return value.includes("\n") && !value.startsWith("\n") ? `\n${value}` : value;
}

/** No edits if the file says so already. */
export function changeOption(syntax: ProfileSyntax, { section, option, value }: OptionChange): TextEdit[] {
  const { text } = syntax;
  const lineEnd = lineEndOf(text);
  const places = findSections(syntax, section);
  const existing = places.flatMap((place) => place.options).filter((node) => node.key === option);
  const last = existing.at(-1);
  if (value === undefined)
    return existing.map((node) => ({ range: { start: node.start, end: node.end }, newText: "" }));
  if (last !== undefined) {
    const newText = valueText(asBlock(value), indentOf(text, last), lineEnd);
    if (text.slice(last.valueStart, last.valueEnd) === newText) return [];
    return [{ range: { start: last.valueStart, end: last.valueEnd }, newText }];
  }
  const written = valueText(asBlock(value), "  ", lineEnd);
  const line = `${option} =${written === "" || written.startsWith(lineEnd) ? "" : " "}${written}${lineEnd}`;
  const place = places.at(-1);
  const at = place?.end ?? text.length;
  const gap = at > 0 && !/[\r\n]$/.test(text.slice(0, at)) ? lineEnd : "";
  const head = place === undefined ? `${gap}${text === "" ? "" : lineEnd}[${section}]${lineEnd}` : gap;
  return [{ range: { start: at, end: at }, newText: head + line }];
}
