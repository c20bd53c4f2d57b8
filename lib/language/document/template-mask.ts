/**
 * A template made readable as a profile: a text of the same length in which what the template engine will replace is a
 * hole, so that every offset means the same in both.
 *
 * Holes are characters of Unicode's private use area, which Buildout takes as parts of a name or value: a name with a
 * hole is a pattern. Statements and comments become blanks. Of a two-level template (`$${own}` beside `${outer}`) the
 * outer references are holes and the own ones lose a dollar.
 *
 * Invariant: same length, same line ends.
 */
import type { TextRange } from "@/lib/base/text-range";
import { type JinjaTag, scanJinjaTags } from "./jinja-syntax";

const TEMPLATE_NAME = /\.(?:in|jinja2?|j2|tmpl|template)$|\.cfg\.[^/]*$/;

/** By its name, a file that something else is made of. */
export function isTemplateName(path: string): boolean {
  return TEMPLATE_NAME.test(path.slice(path.lastIndexOf("/") + 1));
}

/** Stands for text that only rendering knows. */
export const HOLE = "\ue000";
/** Stands for nothing: the place of a statement beside other text. */
export const GAP = "\ue001";

export interface TemplateMask {
  readonly text: string;
  readonly tags: readonly JinjaTag[];
  /** Whole lines, perhaps sections, come from these: expressions alone at the start of a line, other templates' texts. */
  readonly freeText: readonly TextRange[];
}

export interface MaskOptions {
  readonly jinja: boolean;
  /** `${a:b}` is replaced when the template is rendered, `$${a:b}` is left for the result. */
  readonly twoLevel: boolean;
}

function fill(text: string, char: string): string {
  return text.replace(/[^\r\n]/g, char);
}

/** Statements in whose place another template's text stands. */
const OUTPUTS_LINES: ReadonlySet<string> = new Set(["include", "extends", "call"]);

const BLANK_BEFORE = /(^|[\r\n])[ \t]*$/;

function maskJinja(text: string, tags: readonly JinjaTag[], freeText: TextRange[]): string {
  let result = "";
  let from = 0;
  for (const tag of tags) {
    result += text.slice(from, tag.start);
    const lineStart = text.lastIndexOf("\n", tag.start - 1) + 1;
    const lineEndAt = text.indexOf("\n", tag.end);
    const after = text.slice(tag.end, lineEndAt < 0 ? text.length : lineEndAt);
    const before = text.slice(lineStart, tag.start);
    const alone = BLANK_BEFORE.test(before === "" ? "\n" : `\n${before}`) && /^\s*(?:\{[#%].*[#%]\}\s*)?$/.test(after);
    let char = " ";
    if (tag.kind === "statement" && OUTPUTS_LINES.has(tag.keyword)) freeText.push({ start: tag.start, end: tag.end });
    if (tag.kind === "expression") {
      if (alone && before === "") freeText.push({ start: tag.start, end: tag.end });
      else char = HOLE;
    } else if (before === "" && !alone && /^[^\s]/.test(after)) char = GAP;
    else if (before.startsWith("[") && !before.includes("]")) char = HOLE;
    result += fill(text.slice(tag.start, tag.end), char);
    from = tag.end;
  }
  return result + text.slice(from);
}

const ANY_REFERENCE = /\$\$\{|\$\{[^}\r\n]*\}?/g;

function maskOuterReferences(text: string): string {
  return text.replace(ANY_REFERENCE, (found) => (found === "$${" ? `${GAP}\${` : fill(found, HOLE)));
}

export function maskTemplate(text: string, options: MaskOptions): TemplateMask {
  const freeText: TextRange[] = [];
  const tags = options.jinja ? scanJinjaTags(text) : [];
  let masked = tags.length > 0 ? maskJinja(text, tags, freeText) : text;
  if (options.twoLevel) masked = maskOuterReferences(masked);
  return { text: masked, tags, freeText };
}

export function hasHole(text: string): boolean {
  return text.includes(HOLE);
}

export function withoutGaps(text: string): string {
  return text.includes(GAP) ? text.replaceAll(GAP, "") : text;
}

/** For people: what only rendering tells is `…`, whatever it was masked with. */
export function toReadable(text: string): string {
  return withoutGaps(text).replace(/[\ue000\ue100-\uf8ff]+/g, "…");
}

/** A test for names that a pattern, a name with holes, may turn out to be. */
export function holePattern(name: string): RegExp {
  const parts = withoutGaps(name)
    .split(new RegExp(`${HOLE}+`))
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
