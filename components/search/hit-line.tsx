"use client";
import type { SearchHit } from "@/lib/protocol/files";

/** Letters before the first match that are shown; the row is narrow, the match shall be seen. */
const CONTEXT_LETTERS = 10;

/** One found line with its matches marked, and what takes their place. */
export function HitLine({ hit, replaces }: { readonly hit: SearchHit; readonly replaces: boolean }) {
  const indent = hit.text.length - hit.text.trimStart().length;
  const first = (hit.matches[0]?.column ?? hit.column) - hit.textColumn;
  const from = first - indent > CONTEXT_LETTERS ? first - CONTEXT_LETTERS : Math.min(indent, first);
  const pieces: {
    readonly text: string;
    readonly at: number;
    readonly replacement?: string;
    readonly isMatch: boolean;
  }[] = [];
  let at = from;
  for (const { column, length, replacement } of hit.matches) {
    const start = column - hit.textColumn;
    pieces.push({ text: hit.text.slice(at, start), at, isMatch: false });
    pieces.push({ text: hit.text.slice(start, start + length), at: start + 0.5, replacement, isMatch: true });
    at = start + length;
  }
  pieces.push({ text: hit.text.slice(at), at: at + 0.25, isMatch: false });
  return (
    <span className="min-w-0 truncate font-mono" title={hit.text.trim()}>
      <span className="mr-1.5 text-faint">{hit.line}</span>
      {from > indent && <span className="text-faint">…</span>}
      {pieces.map((piece) => {
        if (!piece.isMatch) return <span key={piece.at}>{piece.text}</span>;
        if (!replaces || piece.replacement === undefined) {
          return (
            <mark key={piece.at} className="rounded-[2px] bg-warn/30 text-text">
              {piece.text}
            </mark>
          );
        }
        return (
          <span key={piece.at}>
            <del className="rounded-[2px] bg-bad/20">{piece.text}</del>
            <ins className="rounded-[2px] bg-good/25 no-underline">{piece.replacement}</ins>
          </span>
        );
      })}
    </span>
  );
}
