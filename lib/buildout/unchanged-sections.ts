/**
 * What stays of a large profile when its text changes: the syntax and the values of the sections before and behind the
 * change, so that a key costs what its section costs.
 *
 * Invariant: the result is equal to reading the new text from its beginning.
 */
import { type OptionMap, OptionValue } from "./option-value";
import type { Profile, ProfileSection } from "./profile";
import {
  createSyntax,
  type HeaderNode,
  type OptionNode,
  type ProfileSyntax,
  parseLines,
  type SyntaxNode,
} from "./syntax";

/** Compared at once: long enough to be one comparison of memory, short enough to find the place of a change. */
const BLOCK_LENGTH = 4096;

export interface ChangedSyntax {
  readonly syntax: ProfileSyntax;
  /** How many nodes at the beginning are those of the syntax before. */
  readonly leading: number;
  /** How many nodes at the end differ from those before in nothing but their place. */
  readonly trailing: number;
}

function sharedStart(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let at = 0;
  while (at + BLOCK_LENGTH <= limit && a.slice(at, at + BLOCK_LENGTH) === b.slice(at, at + BLOCK_LENGTH))
    at += BLOCK_LENGTH;
  while (at < limit && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** Of at most `limit` characters. */
function sharedEnd(a: string, b: string, limit: number): number {
  let length = 0;
  const same = (count: number): boolean =>
    a.slice(a.length - length - count, a.length - length) === b.slice(b.length - length - count, b.length - length);
  while (length + BLOCK_LENGTH <= limit && same(BLOCK_LENGTH)) length += BLOCK_LENGTH;
  while (length < limit && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length++;
  return length;
}

/** Parses a text again of which another is known: from the header before the first change to the one behind the last. */
export function parseChangedSyntax(before: ProfileSyntax, text: string): ChangedSyntax {
  const old = before.text;
  const start = sharedStart(old, text);
  const end = sharedEnd(old, text, Math.min(old.length, text.length) - start);
  const known = before.nodes;
  let leading = known.length;
  while (leading > 0 && !(known[leading]?.kind === "header" && known[leading]!.start < start)) leading--;
  // The end of the line before it must be the same as well, or it may be in the middle of a line.
  let from = leading + 1;
  while (from < known.length && !(known[from]!.kind === "header" && known[from]!.start > old.length - end)) from++;
  const trailing = Math.max(known.length - from, 0);

  const distance = text.length - old.length;
  const nodes = known.slice(0, leading);
  const textEnd = trailing > 0 ? known[from]!.start + distance : text.length;
  parseLines(text, leading > 0 ? known[leading]!.start : 0, textEnd, nodes);
  for (let i = known.length - trailing; i < known.length; i++)
    nodes.push(distance === 0 ? known[i]! : moved(known[i]!, distance));
  return { syntax: createSyntax(text, nodes), leading, trailing };
}

function moved(node: SyntaxNode, by: number): SyntaxNode {
  const start = node.start + by;
  const end = node.end + by;
  if (node.kind === "header") {
    const { expression } = node;
    return {
      kind: "header",
      start,
      end,
      name: node.name,
      nameStart: node.nameStart + by,
      nameEnd: node.nameEnd + by,
      expression,
      expressionStart: expression === undefined ? -1 : node.expressionStart + by,
      expressionEnd: expression === undefined ? -1 : node.expressionEnd + by,
      tail: node.tail,
    };
  }
  if (node.kind === "option") {
    return {
      kind: "option",
      start,
      end,
      key: node.key,
      keyStart: node.keyStart + by,
      keyEnd: node.keyEnd + by,
      name: node.name,
      operator: node.operator,
      firstLine: node.firstLine,
      valueStart: node.valueStart + by,
      valueEnd: node.valueEnd + by,
      lines: node.lines?.map((offset) => offset + by),
    };
  }
  return node.kind === "trivia" ? { kind: "trivia", start, end } : { ...node, start, end };
}

export interface UnchangedSection {
  readonly section: ProfileSection;
  /** Index of the first node behind the section. */
  readonly end: number;
  /** Puts the values where they belong in the new state of the file. */
  copyTo(options: Map<string, OptionValue>, profile: Profile): void;
}

/** The sections that a file had before a change of its text, where they can be used again. */
export class UnchangedSections {
  private readonly changedNames = new Set<string>();
  private readonly nodes: readonly SyntaxNode[];
  /** Index of the first node behind those that stayed at the beginning. */
  private readonly leadingEnd: number;
  /** Index of the first node of those that stayed at the end. */
  private readonly trailingStart: number;

  constructor(
    private readonly before: Profile,
    { syntax, leading, trailing }: ChangedSyntax,
  ) {
    this.nodes = syntax.nodes;
    this.leadingEnd = leading;
    this.trailingStart = syntax.nodes.length - trailing;
    for (const nodes of [
      syntax.nodes.slice(leading, this.trailingStart),
      before.syntax.nodes.slice(leading, before.syntax.nodes.length - trailing),
    ])
      for (const node of nodes) if (node.kind === "header") this.changedNames.add(node.name);
  }

  /** The section below the header, which is the node of that index; undefined where it must be read anew. */
  find(index: number, header: HeaderNode): UnchangedSection | undefined {
    if (index >= this.leadingEnd && index < this.trailingStart) return undefined;
    if (header.expression !== undefined || header.name === "buildout" || this.changedNames.has(header.name))
      return undefined;
    const section = this.before.sections.get(header.name);
    if (section?.headers.length !== 1) return undefined;
    const written = new Map<string, OptionNode>();
    let end = index + 1;
    for (; end < this.nodes.length; end++) {
      const node = this.nodes[end]!;
      if (node.kind === "header") break;
      if (node.kind === "stray") return undefined;
      if (node.kind === "option") {
        if (written.has(node.key)) return undefined;
        written.set(node.key, node);
      }
    }
    if (!isWrittenAs(section.options, written)) return undefined;
    return {
      section,
      end,
      copyTo(options, profile) {
        section.options.forEach((value, key) => {
          const definition = { profile, section: section.name, nodes: [written.get(key)!] };
          const copy = new OptionValue(value.value, value.operation, value.source, definition, undefined);
          copy.template = value.template;
          options.set(key, copy);
        });
      },
    };
  }
}

/** Whether each option is what one node says: none was put together from several, taken away or added. */
function isWrittenAs(options: OptionMap, written: ReadonlyMap<string, OptionNode>): boolean {
  if (options.size !== written.size) return false;
  for (const [key, value] of options) if (value.definition?.nodes.length !== 1 || !written.has(key)) return false;
  return true;
}
