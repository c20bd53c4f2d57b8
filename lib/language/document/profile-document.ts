/**
 * One text as the language service sees it: sections, options, values and references, each with its range.
 *
 * A view on the syntax tree of `lib/buildout`, made once for a text and never changed. Ranges are offsets of the real
 * text, also when the tree was made from a masked template.
 */
import type { LineIndex, TextRange } from "@/lib/base/text-range";
import { createLineIndex } from "@/lib/base/text-range";
import type { HeaderNode, OptionNode, StrayNode } from "@/lib/buildout/syntax";
import { type ProfileSyntax, parseSyntax } from "@/lib/buildout/syntax";
import { findJinjaBlocks, type JinjaBlock, type JinjaTag, scanJinjaTags } from "./jinja-syntax";
import { type ReferenceText, scanReferences } from "./reference-scan";
import { hasHole, isTemplateName, type TemplateMask, withoutGaps } from "./template-mask";

/** How the `${}` of a text are read. */
export type DocumentLevels = "profile" | "jinja" | "two-level" | "text";

export interface ValueLine extends TextRange {
  /** Real text without the white space around it. */
  readonly text: string;
}

export interface DocumentOption {
  readonly name: string;
  readonly operator: "=" | "+=" | "-=";
  readonly node: OptionNode;
  readonly section: DocumentSection | undefined;
  readonly start: number;
  /** End of the last line, before its line end. */
  readonly end: number;
  readonly key: TextRange;
  readonly value: TextRange;
  readonly dynamic: boolean;
  /** Inside a Jinja block: may be absent from the rendered text. */
  readonly conditional: boolean;
}

export interface DocumentSection {
  readonly name: string;
  readonly header: HeaderNode;
  readonly nameRange: TextRange;
  readonly start: number;
  /** End of the header line, before its line end. */
  readonly headerEnd: number;
  /** End of the last option. */
  readonly end: number;
  readonly options: DocumentOption[];
  readonly dynamic: boolean;
  readonly conditional: boolean;
}

export interface ProfileDocument {
  readonly path: string;
  readonly text: string;
  /** What the syntax tree was made from. */
  readonly masked: string;
  readonly levels: DocumentLevels;
  readonly syntax: ProfileSyntax;
  readonly lineIndex: LineIndex;
  readonly sections: readonly DocumentSection[];
  readonly orphans: readonly DocumentOption[];
  readonly strays: readonly StrayNode[];
  readonly jinja: readonly JinjaTag[];
  readonly jinjaBlocks: readonly JinjaBlock[];
  readonly freeText: readonly TextRange[];
  /** All references of the real text outside comments, in order. */
  readonly references: readonly ReferenceText[];
  sectionsNamed(name: string): readonly DocumentSection[];
  sectionAt(offset: number): DocumentSection | undefined;
  optionAt(offset: number): DocumentOption | undefined;
  referenceAt(offset: number): ReferenceText | undefined;
  isComment(offset: number): boolean;
}

interface Building extends DocumentSection {
  end: number;
}

function lineEndBefore(text: string, end: number): number {
  let at = end;
  while (at > 0 && (text.charCodeAt(at - 1) === 10 || text.charCodeAt(at - 1) === 13)) at--;
  return at;
}

function lastIndexNotAfter(starts: readonly { readonly start: number }[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  let found = -1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (starts[middle]!.start <= offset) {
      found = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}

/** `known` is the syntax tree of the masked text, if there is one already. */
export function parseDocument(
  path: string,
  text: string,
  levels: DocumentLevels,
  mask?: TemplateMask,
  known?: ProfileSyntax,
): ProfileDocument {
  const masked = mask?.text ?? text;
  const syntax = known ?? parseSyntax(levels === "text" ? "" : masked);
  let tags = mask?.tags ?? (levels === "text" && isTemplateName(path) ? undefined : []);
  let blocks: readonly JinjaBlock[] | undefined;
  const findTags = (): readonly JinjaTag[] => {
    // `${#name}` of a shell is no comment.
    tags ??= scanJinjaTags(text).filter((tag) => tag.kind !== "comment" || text[tag.start - 1] !== "$");
    return tags;
  };
  const findBlocks = (): readonly JinjaBlock[] => {
    blocks ??= findTags().length > 0 ? findJinjaBlocks(text, findTags()) : [];
    return blocks;
  };
  const conditionalAt = (offset: number): boolean =>
    findBlocks().some((block) => block.keyword !== "macro" && block.start < offset && offset < block.end);

  const sections: Building[] = [];
  const orphans: DocumentOption[] = [];
  const strays: StrayNode[] = [];
  const options: DocumentOption[] = [];
  let current: Building | undefined;
  for (const node of syntax.nodes) {
    if (node.kind === "header") {
      const headerEnd = lineEndBefore(masked, node.end);
      current = {
        name: withoutGaps(node.name),
        header: node,
        nameRange: { start: node.nameStart, end: node.nameEnd },
        start: node.start,
        headerEnd,
        end: headerEnd,
        options: [],
        dynamic: hasHole(node.name),
        conditional: conditionalAt(node.start),
      };
      sections.push(current);
    } else if (node.kind === "option") {
      const option: DocumentOption = {
        name: withoutGaps(node.name),
        operator: node.operator,
        node,
        section: current,
        start: node.start,
        end: Math.max(node.valueEnd, node.keyEnd),
        key: { start: node.keyStart, end: node.keyEnd },
        value: { start: node.valueStart, end: node.valueEnd },
        dynamic: hasHole(node.name),
        conditional: conditionalAt(node.start),
      };
      options.push(option);
      if (current) {
        current.options.push(option);
        current.end = option.end;
      } else orphans.push(option);
    } else if (node.kind === "stray") strays.push(node);
  }

  let byName: Map<string, DocumentSection[]> | undefined;
  let references: ReferenceText[] | undefined;
  let lineIndex: LineIndex | undefined;

  const hasReturns = masked.includes("\r");
  const isComment = (offset: number): boolean => {
    if (levels === "text") return false;
    let lineStart = masked.lastIndexOf("\n", offset - 1) + 1;
    // Looked for only where there is one: otherwise each search would go back to the start of the text.
    if (hasReturns) lineStart = Math.max(lineStart, masked.lastIndexOf("\r", offset - 1) + 1);
    const first = masked.charCodeAt(lineStart);
    return (first === 35 || first === 59) && offset > lineStart;
  };

  const document: ProfileDocument = {
    path,
    text,
    masked,
    levels,
    syntax,
    get lineIndex() {
      lineIndex ??= createLineIndex(text);
      return lineIndex;
    },
    sections,
    orphans,
    strays,
    get jinja() {
      return findTags();
    },
    get jinjaBlocks() {
      return findBlocks();
    },
    freeText: mask?.freeText ?? [],
    get references() {
      references ??= scanReferences(text).filter(
        (reference) =>
          !isComment(reference.start) &&
          !(mask?.tags ?? []).some(
            (tag) => tag.kind === "comment" && tag.start < reference.start && reference.start < tag.end,
          ),
      );
      return references;
    },
    sectionsNamed(name) {
      if (!byName) {
        byName = new Map();
        for (const section of sections) {
          const list = byName.get(section.name);
          if (list) list.push(section);
          else byName.set(section.name, [section]);
        }
      }
      return byName.get(name) ?? [];
    },
    sectionAt(offset) {
      return sections[lastIndexNotAfter(sections, offset)];
    },
    optionAt(offset) {
      const option = options[lastIndexNotAfter(options, offset)];
      return option && offset <= option.node.end && offset <= lineEndBefore(masked, option.node.end)
        ? option
        : undefined;
    },
    referenceAt(offset) {
      const all = document.references;
      const candidate = all[lastIndexNotAfter(all, offset)];
      return candidate && offset <= candidate.end ? candidate : undefined;
    },
    isComment,
  };
  return document;
}

/** The lines of a value, without comments and blank lines. */
export function valueLines(document: ProfileDocument, option: DocumentOption): ValueLine[] {
  const { masked } = document;
  const lines: ValueLine[] = [];
  const push = (start: number, end: number): void => {
    let from = start;
    let to = end;
    while (from < to && /\s/.test(masked[from]!)) from++;
    while (to > from && /\s/.test(masked[to - 1]!)) to--;
    if (to > from) lines.push({ start: from, end: to, text: masked.slice(from, to) });
  };
  const { node } = option;
  push(node.valueStart, node.valueStart + node.firstLine.length);
  if (node.lines) for (let i = 0; i < node.lines.length; i += 2) push(node.lines[i]!, node.lines[i + 1]!);
  return lines;
}

/** The words of a value, as Buildout splits `parts` and `<`. */
export function valueWords(document: ProfileDocument, option: DocumentOption): ValueLine[] {
  const words: ValueLine[] = [];
  for (const line of valueLines(document, option)) {
    for (const match of line.text.matchAll(/\S+/g)) {
      const start = line.start + match.index;
      words.push({ start, end: start + match[0].length, text: match[0] });
    }
  }
  return words;
}
