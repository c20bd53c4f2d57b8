/**
 * One row's text cut into the pieces that a view draws: where the colour changes, at the ends of links and of matches.
 *
 * Invariant: the segments' texts, in order, are the row's plain text.
 */
import { type AnsiStyle, parseAnsi } from "./ansi";
import { type FindPath, findLinks, type LogLink } from "./links";

export interface RowSegment {
  /** Offset in the row's plain text. */
  readonly start: number;
  readonly text: string;
  readonly style: AnsiStyle;
  readonly link?: LogLink;
  readonly isMatch: boolean;
}

/** More matches in one row are not marked one by one. */
const MATCHES_MAX = 200;

export function toSegments(
  text: string,
  style: AnsiStyle,
  options: { readonly findPath?: FindPath; readonly pattern?: RegExp } = {},
): RowSegment[] {
  const spans = parseAnsi(text, style);
  const plain = spans.map((span) => span.text).join("");
  const links = findLinks(plain, options.findPath);
  const matches = options.pattern ? findMatches(plain, options.pattern) : [];
  const segments: RowSegment[] = [];
  let at = 0;
  for (const span of spans) {
    const spanEnd = at + span.text.length;
    while (at < spanEnd) {
      const link = links.find(({ start, end }) => start <= at && at < end);
      const match = matches.find(({ start, end }) => start <= at && at < end);
      const end = Math.min(spanEnd, endOf(link, links, at), endOf(match, matches, at));
      segments.push({
        start: at,
        text: plain.slice(at, end),
        style: span.style,
        ...(link ? { link } : {}),
        isMatch: match !== undefined,
      });
      at = end;
    }
  }
  return segments;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the state "inside or outside of one of the spans" next changes. */
function endOf(inside: Span | undefined, spans: readonly Span[], at: number): number {
  if (inside) return inside.end;
  return spans.reduce(
    (nearest, { start }) => (start > at && start < nearest ? start : nearest),
    Number.POSITIVE_INFINITY,
  );
}

function findMatches(text: string, pattern: RegExp): Span[] {
  const found: Span[] = [];
  for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace("g", "")}g`))) {
    if (match[0] !== "") found.push({ start: match.index, end: match.index + match[0].length });
    if (found.length >= MATCHES_MAX) break;
  }
  return found;
}
