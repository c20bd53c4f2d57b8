/**
 * Matches of a search, replaced in a text.
 *
 * Invariant: only what the search saw is changed. A match whose place holds another text by then changes nothing at all.
 */
import type { SearchHit } from "@/lib/protocol/files";

/** Undefined when the text is not the one that was searched, or a match has no replacement. */
export function replaceMatches(text: string, hits: readonly SearchHit[]): string | undefined {
  const lines = text.split("\n");
  for (const hit of hits) {
    const line = lines[hit.line - 1];
    if (line === undefined) return undefined;
    if (!line.startsWith(hit.text, hit.textColumn - 1)) return undefined;
    let rest = line;
    for (const { column, length, replacement } of [...hit.matches].sort((a, b) => b.column - a.column)) {
      if (replacement === undefined) return undefined;
      rest = rest.slice(0, column - 1) + replacement + rest.slice(column - 1 + length);
    }
    lines[hit.line - 1] = rest;
  }
  return lines.join("\n");
}

export interface FileHits {
  readonly path: string;
  readonly hits: readonly SearchHit[];
  readonly count: number;
}

/** Hits in the order of their files; `count` is of matches, a line may have several. */
export function groupHits(hits: readonly SearchHit[]): FileHits[] {
  const files = new Map<string, SearchHit[]>();
  for (const hit of hits) {
    const known = files.get(hit.path);
    if (known) known.push(hit);
    else files.set(hit.path, [hit]);
  }
  return [...files].map(([path, own]) => ({ path, hits: own, count: countMatches(own) }));
}

export function countMatches(hits: readonly SearchHit[]): number {
  return hits.reduce((sum, { matches }) => sum + Math.max(1, matches.length), 0);
}
