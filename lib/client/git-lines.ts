/**
 * Which lines of a text differ from a base, in the words of an editor: one-based lines of the text as it is now.
 * The server chooses lines by the same difference, so a hunk seen here is the hunk that is staged there.
 */
import { diffTexts } from "@/lib/git/hunks";
import type { GitSelection } from "@/lib/protocol/git";

export interface LineHunk {
  readonly kind: "added" | "modified" | "deleted";
  /** One-based, end exclusive; equal for lines that are on the other side only. */
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
}

/** Beyond this nobody looks at marks, and each key would cost too much. */
export const DIFF_LIMIT_CHARACTERS = 2_000_000;

export function toLineHunks(base: string, text: string): LineHunk[] {
  if (base.length + text.length > DIFF_LIMIT_CHARACTERS) return [];
  const { changes, oldLines, newLines } = diffTexts(base, text);
  return changes.map(({ oldStart, oldEnd, newStart, newEnd }) => ({
    kind: oldStart === oldEnd ? "added" : newStart === newEnd ? "deleted" : "modified",
    oldStart: oldStart + 1,
    oldEnd: oldEnd + 1,
    newStart: newStart + 1,
    newEnd: newEnd + 1,
    oldLines: oldLines.slice(oldStart, oldEnd),
    newLines: newLines.slice(newStart, newEnd),
  }));
}

/** The line that stands for a hunk in the text: its first, or the one above what is gone. */
export function toMarkLine({ newStart, newEnd }: LineHunk): number {
  return newStart === newEnd ? Math.max(newStart - 1, 1) : newStart;
}

/** The hunk at a line; lines that are gone are found at the lines around their place. */
export function findHunk(hunks: readonly LineHunk[], line: number): number {
  return hunks.findIndex((hunk) =>
    hunk.newStart === hunk.newEnd
      ? line === hunk.newStart - 1 || (hunk.newStart === 1 && line === 1)
      : line >= hunk.newStart && line < hunk.newEnd,
  );
}

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, at) => start + at);

/** Whole hunks, or of them only what lies in lines `from` to `to` (inclusive) of the text. */
export function toLineSelection(
  hunks: readonly LineHunk[],
  lines?: { readonly from: number; readonly to: number },
): { oldLines: number[]; newLines: number[] } {
  const oldLines: number[] = [];
  const newLines: number[] = [];
  for (const hunk of hunks) {
    if (!lines) {
      oldLines.push(...range(hunk.oldStart, hunk.oldEnd));
      newLines.push(...range(hunk.newStart, hunk.newEnd));
      continue;
    }
    const from = Math.max(hunk.newStart, lines.from);
    const to = Math.min(hunk.newEnd, lines.to + 1);
    newLines.push(...range(from, Math.max(from, to)));
    // Each chosen line takes the old line with it that it stands for; the last one takes the rest of them.
    const isGone = hunk.newStart === hunk.newEnd;
    if (isGone ? lines.from < hunk.newStart && lines.to >= hunk.newStart - 1 : from < to) {
      const first = Math.min(hunk.oldStart + (isGone ? 0 : from - hunk.newStart), hunk.oldEnd);
      const takesRest = isGone || to === hunk.newEnd;
      const last = takesRest ? hunk.oldEnd : Math.min(hunk.oldStart + (to - hunk.newStart), hunk.oldEnd);
      oldLines.push(...range(first, Math.max(first, last)));
    }
  }
  return { oldLines, newLines };
}

export function isEmptySelection(selection: GitSelection): boolean {
  return "oldLines" in selection && selection.oldLines.length + selection.newLines.length === 0;
}

/** For each line of the text the line of the base that it is, or `undefined` for a line of its own. */
export function mapToBase(hunks: readonly LineHunk[], lineCount: number): (number | undefined)[] {
  const map: (number | undefined)[] = [];
  let shift = 0;
  let at = 1;
  for (const hunk of [...hunks, undefined]) {
    const until = hunk ? hunk.newStart : lineCount + 1;
    for (; at < until; at++) map.push(at + shift);
    if (!hunk) break;
    for (; at < hunk.newEnd; at++) map.push(undefined);
    shift = hunk.oldEnd - hunk.newEnd;
  }
  return map;
}
