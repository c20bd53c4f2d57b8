/**
 * The list that a log view scrolls through when parts of the log are folded: rows of the window, and one head for each
 * folded part, also for those that the window does not hold.
 *
 * A place in the list has a number from 0 on. Rows keep their own numbers; heads before and after the window's rows
 * have the numbers next to them, so that a number is enough to remember what stands at the view's edge. Nothing is kept
 * for each row: a million rows with a hundred folded parts cost a hundred entries.
 *
 * Invariant: `indexOf(rowAt(index))` is `index`; rows ascend with their places.
 */
import type { LogWindow } from "./log-window";

/** What can be folded: a range of whole lines. Sections ascend and do not overlap. */
export interface LogSection {
  readonly key: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface FoldedRows<Section extends LogSection> {
  readonly count: number;
  /** Row number at a place; a number outside of the window's rows is a head, see `headAt`. */
  rowAt(index: number): number;
  /** The head of a folded section that stands outside of the window, for its number. */
  headAt(row: number): Section | undefined;
  /** Where a row stands; a hidden one where its head stands. */
  indexOf(row: number): number;
}

type Window = Pick<LogWindow, "start" | "end" | "firstRow" | "endRow" | "rowAt">;

interface Piece {
  /** Place of its first row. */
  readonly index: number;
  readonly firstRow: number;
  /** Exclusive. */
  readonly endRow: number;
}

export function createFoldedRows<Section extends LogSection>(
  window: Window,
  sections: readonly Section[],
  isFolded: (section: Section) => boolean,
): FoldedRows<Section> {
  const { firstRow, endRow } = window;
  const folded = sections.filter(isFolded);
  if (folded.length === 0) {
    const count = endRow - firstRow;
    return {
      count,
      rowAt: (index) => firstRow + index,
      headAt: () => undefined,
      indexOf: (row) => clamp(row - firstRow, count),
    };
  }
  const isEmpty = endRow === firstRow;
  const before: Section[] = [];
  const after: Section[] = [];
  /** Ranges of rows that are not drawn. */
  const hidden: { readonly from: number; readonly to: number }[] = [];
  for (const section of folded) {
    if (section.start >= window.end || isEmpty) {
      (section.start >= window.end ? after : before).push(section);
      continue;
    }
    const startsBefore = section.start < window.start;
    if (startsBefore) before.push(section);
    if (section.end <= window.start) continue;
    // The row of its first line stays, as its head.
    const from = startsBefore ? firstRow : window.rowAt(section.start) + 1;
    const to = section.end >= window.end ? endRow : window.rowAt(section.end);
    if (to > from) hidden.push({ from, to });
  }
  const pieces: Piece[] = [];
  let index = before.length;
  let row = firstRow;
  const show = (to: number): void => {
    if (to <= row) return;
    pieces.push({ index, firstRow: row, endRow: to });
    index += to - row;
  };
  for (const { from, to } of hidden) {
    show(from);
    row = Math.max(row, to);
  }
  show(endRow);
  const rowsEnd = index;
  const count = rowsEnd + after.length;

  const rowAt = (wanted: number): number => {
    const at = clamp(wanted, count);
    if (at < before.length) return firstRow - before.length + at;
    if (at >= rowsEnd) return endRow + at - rowsEnd;
    const piece = findLast(pieces, (candidate) => candidate.index <= at)!;
    return piece.firstRow + at - piece.index;
  };
  return {
    count,
    rowAt,
    headAt: (number) =>
      number < firstRow
        ? before[number - firstRow + before.length]
        : number >= endRow
          ? after[number - endRow]
          : undefined,
    indexOf(number) {
      if (number < firstRow) return clamp(before.length + number - firstRow, count);
      if (number >= endRow) return clamp(rowsEnd + number - endRow, count);
      const piece = findLast(pieces, (candidate) => candidate.firstRow <= number);
      // Hidden from the window's first row on: its head is the last of those before.
      if (!piece) return clamp(before.length - 1, count);
      return piece.index + Math.min(number, piece.endRow - 1) - piece.firstRow;
    },
  };
}

/** The section that holds the byte. */
export function findSection<Section extends LogSection>(
  sections: readonly Section[],
  offset: number,
): Section | undefined {
  const found = findLast(sections, ({ start }) => start <= offset);
  return found && offset < found.end ? found : undefined;
}

/** The last of an ascending list for which the condition, which holds up to some place, holds. */
function findLast<T>(items: readonly T[], holds: (item: T) => boolean): T | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}

function clamp(index: number, count: number): number {
  return Math.min(Math.max(index, 0), Math.max(0, count - 1));
}
