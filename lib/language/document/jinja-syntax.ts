/**
 * The Jinja2 tags of a text, as far as an editor needs them.
 *
 * Scanning never fails: a tag without an end stops at the end of its line, so that one slip does not hide the file.
 * Inside `{% raw %}` nothing is a tag. Strings inside a tag may contain its end mark.
 */
import type { TextRange } from "@/lib/base/text-range";

export type JinjaTagKind = "statement" | "expression" | "comment";

export interface JinjaTag extends TextRange {
  readonly kind: JinjaTagKind;
  readonly innerStart: number;
  readonly innerEnd: number;
  /** First word of a statement: `if`, `for`, `set` … */
  readonly keyword: string;
  readonly closed: boolean;
}

/** From a statement that opens to the one that ends it. */
export interface JinjaBlock extends TextRange {
  readonly keyword: string;
  readonly opening: JinjaTag;
  readonly innerStart: number;
  readonly innerEnd: number;
}

const OPENING: Readonly<Record<string, { kind: JinjaTagKind; end: string }>> = {
  "{%": { kind: "statement", end: "%}" },
  "{{": { kind: "expression", end: "}}" },
  "{#": { kind: "comment", end: "#}" },
};

/** Strings may go over lines; a quote without its fellow must not swallow the file. */
const MAX_STRING = 4_000;
const TAG_START = /\{[%{#]/g;
const BLOCKS = new Set(["if", "for", "macro", "call", "filter", "block", "with", "raw", "autoescape"]);

export function hasJinja(text: string): boolean {
  return text.includes("{%") || text.includes("{{") || text.includes("{#");
}

function findTagEnd(text: string, from: number, mark: string, isComment: boolean): number {
  if (isComment) return text.indexOf(mark, from);
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"' || char === "'") {
      let close = at + 1;
      const limit = Math.min(text.length, at + MAX_STRING);
      while (close < limit && text[close] !== char) close += text[close] === "\\" ? 2 : 1;
      if (text[close] === char) at = close;
    } else if (text.startsWith(mark, at)) {
      if (mark === "}}" && text[at + 2] === "}") continue;
      return at;
    } else if (char === "{" && text[at + 1] === "%") {
      return -1;
    }
  }
  return -1;
}

export function scanJinjaTags(text: string): JinjaTag[] {
  const tags: JinjaTag[] = [];
  if (!hasJinja(text)) return tags;
  TAG_START.lastIndex = 0;
  for (let match = TAG_START.exec(text); match; match = TAG_START.exec(text)) {
    const start = match.index;
    const { kind, end: mark } = OPENING[match[0]]!;
    const innerStart = start + 2;
    let innerEnd = findTagEnd(text, innerStart, mark, kind === "comment");
    const closed = innerEnd >= 0;
    if (!closed) {
      const line = text.indexOf("\n", innerStart);
      innerEnd = line < 0 ? text.length : line;
    }
    const end = closed ? innerEnd + 2 : innerEnd;
    const keyword = kind === "statement" ? (/^[-+]?\s*(\w+)/.exec(text.slice(innerStart, innerEnd))?.[1] ?? "") : "";
    tags.push({ kind, start, end, innerStart, innerEnd, keyword, closed });
    TAG_START.lastIndex = end;
    if (keyword === "raw") {
      const rawEnd = /\{%[-+]?\s*endraw/g;
      rawEnd.lastIndex = end;
      TAG_START.lastIndex = rawEnd.exec(text)?.index ?? text.length;
    }
  }
  return tags;
}

/** Blocks, inner ones after those around them; a block without an end reaches the end of the text. */
export function findJinjaBlocks(text: string, tags: readonly JinjaTag[]): JinjaBlock[] {
  const blocks: JinjaBlock[] = [];
  const open: JinjaTag[] = [];
  const close = (opening: JinjaTag, innerEnd: number, end: number): void => {
    blocks.push({
      keyword: opening.keyword,
      opening,
      start: opening.start,
      end,
      innerStart: opening.end,
      innerEnd,
    });
  };
  for (const tag of tags) {
    if (tag.kind !== "statement") continue;
    const inner = text.slice(tag.innerStart, tag.innerEnd);
    if (BLOCKS.has(tag.keyword) || (tag.keyword === "set" && !inner.includes("="))) open.push(tag);
    else if (tag.keyword.startsWith("end")) {
      const keyword = tag.keyword.slice(3);
      const at = open.findLastIndex((candidate) => candidate.keyword === keyword);
      if (at < 0) continue;
      for (const opening of open.splice(at).reverse()) close(opening, tag.start, tag.end);
    }
  }
  for (const opening of open.reverse()) close(opening, text.length, text.length);
  return blocks.sort((a, b) => a.start - b.start || b.end - a.end);
}

export interface JinjaName extends TextRange {
  readonly name: string;
}

export interface JinjaBinding extends JinjaName {
  readonly kind: "set" | "for" | "macro" | "parameter" | "import";
  /** Where the name is known. */
  readonly scope: TextRange;
  /** Literal that a `set` gives, when it is one. */
  readonly value?: string;
}

const IDENTIFIER = /[A-Za-z_]\w*/g;

function namesIn(text: string, start: number, end: number): JinjaName[] {
  const names: JinjaName[] = [];
  IDENTIFIER.lastIndex = start;
  for (let match = IDENTIFIER.exec(text); match && match.index < end; match = IDENTIFIER.exec(text)) {
    names.push({ name: match[0], start: match.index, end: match.index + match[0].length });
  }
  return names;
}

/** Names that the text itself gives values to. */
export function findJinjaBindings(
  text: string,
  tags: readonly JinjaTag[],
  blocks: readonly JinjaBlock[],
): JinjaBinding[] {
  const bindings: JinjaBinding[] = [];
  const blockOf = new Map(blocks.map((block) => [block.opening, block]));
  for (const tag of tags) {
    if (tag.kind !== "statement") continue;
    const inner = text.slice(tag.innerStart, tag.innerEnd);
    const body = tag.innerStart + (/^[-+]?\s*\w+\s*/.exec(inner)?.[0].length ?? 0);
    const rest = text.slice(body, tag.innerEnd);
    const scope: TextRange = { start: tag.end, end: text.length };
    if (tag.keyword === "set") {
      const equals = rest.indexOf("=");
      const value =
        equals < 0
          ? undefined
          : rest
              .slice(equals + 1)
              .replace(/[-+]?$/, "")
              .trim();
      for (const name of namesIn(text, body, equals < 0 ? tag.innerEnd : body + equals)) {
        bindings.push({ ...name, kind: "set", scope: { start: tag.start, end: text.length }, value });
      }
    } else if (tag.keyword === "for") {
      const inAt = rest.search(/\bin\b/);
      const block = blockOf.get(tag);
      const forScope = block ? { start: tag.start, end: block.end } : scope;
      for (const name of namesIn(text, body, inAt < 0 ? tag.innerEnd : body + inAt)) {
        bindings.push({
          ...name,
          kind: "for",
          scope: forScope,
          value: inAt < 0 ? undefined : rest.slice(inAt + 2).trim(),
        });
      }
    } else if (tag.keyword === "macro") {
      const [name, ...parameters] = namesIn(text, body, tag.innerEnd);
      if (!name) continue;
      bindings.push({ ...name, kind: "macro", scope: { start: 0, end: text.length } });
      const block = blockOf.get(tag);
      for (const parameter of parameters) {
        if (/^\s*[,)=]/.test(text.slice(parameter.end))) {
          bindings.push({ ...parameter, kind: "parameter", scope: block ?? scope });
        }
      }
    } else if (tag.keyword === "import" || tag.keyword === "from") {
      const match = /\b(?:as|import)\s+/g;
      match.lastIndex = 0;
      const last = [...rest.matchAll(match)].at(-1);
      if (!last) continue;
      for (const name of namesIn(text, body + last.index + last[0].length, tag.innerEnd)) {
        if (name.name !== "with" && name.name !== "context" && name.name !== "as") {
          bindings.push({ ...name, kind: "import", scope });
        }
      }
    }
  }
  return bindings;
}

const JINJA_WORDS = new Set(
  "if else elif for in not and or is set true false none True False None import from as with without context macro endmacro endif endfor do include call endcall filter endfilter block endblock raw endraw recursive ignore missing scoped loop".split(
    " ",
  ),
);

/** Names that an expression or statement reads, strings and attributes left out. */
export function findJinjaReads(text: string, tags: readonly JinjaTag[]): JinjaName[] {
  const reads: JinjaName[] = [];
  for (const tag of tags) {
    if (tag.kind === "comment") continue;
    const inner = text.slice(tag.innerStart, tag.innerEnd);
    const bare = inner.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (string) => " ".repeat(string.length));
    for (const match of bare.matchAll(/(?<![\w.|])(?:\b[A-Za-z_]\w*)/g)) {
      const name = match[0];
      const before = bare.slice(0, match.index).trimEnd();
      if (JINJA_WORDS.has(name) || before.endsWith(".") || before.endsWith("|")) continue;
      if (tag.kind === "statement" && match.index === bare.search(/\w/)) continue;
      if (/^\s*=(?!=)/.test(bare.slice(match.index + name.length)) && tag.kind === "expression") continue;
      const start = tag.innerStart + match.index;
      reads.push({ name, start, end: start + name.length });
    }
  }
  return reads;
}
