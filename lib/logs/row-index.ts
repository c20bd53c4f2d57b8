/**
 * Where the rows of a log begin, in byte offsets of the log file; built chunk by chunk, wherever the bytes are cut.
 *
 * A row is a line (`\n`), or a piece of a line that is longer than a row may be (`continues`). A piece is cut before a
 * UTF-8 character and before an escape sequence, never inside one. A lone `\r` writes the line anew, as a terminal
 * shows it: such a row draws what stands after the last `\r`, and may hold any number of bytes before it. With
 * `carriageReturns: "break"` every rewrite is a row of its own.
 *
 * Rows have numbers that stay while rows are added or dropped at either end, so they may become negative.
 *
 * Invariant: the rows, in order, are exactly the bytes from the first row's start to the last byte indexed.
 */

/** A row's drawn bytes: some screens of text, and little enough that 60 of them are laid out within a frame. */
export const ROW_MAX_BYTES = 4096;
/** How far before a cut the start of a character or of an escape sequence is looked for. */
const CUT_LOOK_BACK_BYTES = 64;
/** A row that is written anew over and over ends here, so that a window can drop the earlier ones. */
const REWRITTEN_ROW_MAX_BYTES = 1024 * 1024;
/** Rows are dropped by pages: neither limit keeps more than a few MB beyond what was asked. */
const PAGE_ROWS = 1024;
const PAGE_MAX_BYTES = 1024 * 1024;

const LF = 10;
const CR = 13;
const ESC = 27;

const CONTINUES = 1;
const REWRITTEN = 2;

export type CarriageReturns = "overwrite" | "break";

export interface RowIndexOptions {
  /** Byte offset where the first row begins. */
  readonly start: number;
  readonly carriageReturns: CarriageReturns;
  /** Number of the first row. */
  readonly firstRow?: number;
  /** Number of the first line; relative when the index does not begin at the file's start. */
  readonly firstLine?: number;
  /** The first row is the rest of a line. */
  readonly startsInsideLine?: boolean;
}

export interface RowPlace {
  readonly row: number;
  readonly start: number;
  /** After the line's end bytes. */
  readonly end: number;
  readonly line: number;
  /** The line began in an earlier row. */
  readonly continues: boolean;
  /** A lone `\r` has overwritten earlier text of the row. */
  readonly rewritten: boolean;
}

interface RowPage {
  firstRow: number;
  readonly starts: Float64Array;
  readonly lines: Float64Array;
  readonly flags: Uint8Array;
  count: number;
}

export interface RowIndex {
  readonly start: number;
  readonly end: number;
  readonly firstRow: number;
  /** One more than the last row's number. */
  readonly endRow: number;
  /** Indexes the bytes at `end`; `look` reads bytes that were indexed before. */
  append(bytes: Uint8Array, look: (start: number, end: number) => Uint8Array): void;
  /** Puts the rows of an index that ends where this one starts in front. */
  prepend(earlier: RowIndex): void;
  /** Drops whole pages of rows, as long as the rows kept hold at least `keepBytes` or exceed `keepRows`. */
  dropFirst(keepBytes: number, keepRows: number): void;
  dropLast(keepBytes: number, keepRows: number): void;
  getRow(row: number): RowPlace;
  /** The row that holds the byte; clamped to the index. */
  rowAt(offset: number): number;
  /** The first row of the line; clamped to the index. */
  rowOfLine(line: number): number;
  /** Number of the line that the byte at `end` belongs to. */
  readonly nextLine: number;
  /** For `prepend` of another index only. */
  takePages(): readonly RowPage[];
}

export function createRowIndex(options: RowIndexOptions): RowIndex {
  const breaks = options.carriageReturns === "break";
  let pages: RowPage[] = [];
  let start = options.start;
  let end = options.start;
  let firstRow = options.firstRow ?? 0;
  /** The line being indexed, and whether its first row has begun. */
  let line = options.firstLine ?? 0;
  let rowOpen = false;
  let rowStart = start;
  /** After the last `\r` of the open row; its start when there is none. */
  let drawnStart = start;
  let lineOpen = options.startsInsideLine ?? false;
  let carriageReturnPending = false;

  const lastPage = (): RowPage | undefined => pages[pages.length - 1];
  const endRow = (): number => {
    const last = lastPage();
    return last ? last.firstRow + last.count : firstRow;
  };

  const openRow = (at: number): void => {
    let page = lastPage();
    if (!page || page.count === PAGE_ROWS || at - page.starts[0]! > PAGE_MAX_BYTES) {
      page = createPage(endRow());
      pages.push(page);
    }
    page.starts[page.count] = at;
    page.lines[page.count] = line;
    page.flags[page.count] = lineOpen ? CONTINUES : 0;
    page.count++;
    rowOpen = true;
    lineOpen = true;
    rowStart = at;
    drawnStart = at;
  };
  const markRewritten = (): void => {
    const page = lastPage();
    if (page) page.flags[page.count - 1]! |= REWRITTEN;
  };
  const append: RowIndex["append"] = (bytes, look) => {
    const base = end;
    const size = bytes.length;
    if (size === 0) return;
    if (carriageReturnPending && rowOpen && bytes[0] !== LF) {
      if (breaks || base - rowStart > REWRITTEN_ROW_MAX_BYTES) rowOpen = false;
      else if (bytes[0] !== CR) markRewritten();
    }
    carriageReturnPending = bytes[size - 1] === CR;
    let nextLf = indexOrEnd(bytes, LF, 0);
    let nextCr = indexOrEnd(bytes, CR, 0);
    let i = 0;
    while (i < size) {
      if (!rowOpen) openRow(base + i);
      if (nextLf < i) nextLf = indexOrEnd(bytes, LF, i);
      if (nextCr < i) nextCr = indexOrEnd(bytes, CR, i);
      const stop = Math.min(nextLf, nextCr);
      if (base + stop - drawnStart > ROW_MAX_BYTES) {
        const cut = findCut(drawnStart, drawnStart + ROW_MAX_BYTES, (from, to) => {
          if (from >= base) return bytes.subarray(from - base, to - base);
          const earlier = look(from, Math.min(to, base));
          return to <= base ? earlier : concatenate(earlier, bytes.subarray(0, to - base));
        });
        openRow(cut);
        i = Math.max(i, cut - base);
        continue;
      }
      if (stop === size) break;
      i = stop + 1;
      if (stop === nextLf) {
        rowOpen = false;
        lineOpen = false;
        line++;
      } else {
        const follows = i < size ? bytes[i] : undefined;
        if (!breaks) drawnStart = base + i;
        if (follows === undefined || follows === LF) continue;
        if (breaks || base + i - rowStart > REWRITTEN_ROW_MAX_BYTES) rowOpen = false;
        else if (follows !== CR) markRewritten();
      }
    }
    end = base + size;
  };

  const findPage = (row: number): RowPage => {
    let low = 0;
    let high = pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pages[middle]!.firstRow <= row) low = middle;
      else high = middle - 1;
    }
    return pages[low]!;
  };
  const startOf = (row: number): number => {
    if (row >= endRow()) return end;
    const page = findPage(row);
    return page.starts[row - page.firstRow]!;
  };

  /** The last row whose value is not above `wanted`, where the values grow with the rows. */
  const findRow = (readValue: (page: RowPage, index: number) => number, wanted: number): number => {
    let low = firstRow;
    let high = Math.max(firstRow, endRow() - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const page = findPage(middle);
      if (readValue(page, middle - page.firstRow) <= wanted) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    get firstRow() {
      return firstRow;
    },
    get endRow() {
      return endRow();
    },
    get nextLine() {
      return line;
    },
    append,
    prepend(earlier) {
      const taken = earlier.takePages();
      const lineShift = (pages[0]?.lines[0] ?? line) - earlier.nextLine;
      let row = firstRow - (earlier.endRow - earlier.firstRow);
      firstRow = row;
      for (const page of taken) {
        page.firstRow = row;
        row += page.count;
        for (let i = 0; i < page.count; i++) page.lines[i]! += lineShift;
      }
      pages = [...taken, ...pages];
      start = earlier.start;
    },
    dropFirst(keepBytes, keepRows) {
      let drop = 0;
      while (drop + 1 < pages.length) {
        const next = pages[drop + 1]!;
        if (end - next.starts[0]! < keepBytes && endRow() - next.firstRow < keepRows) break;
        drop++;
      }
      if (drop === 0) return;
      pages = pages.slice(drop);
      firstRow = pages[0]!.firstRow;
      start = pages[0]!.starts[0]!;
    },
    dropLast(keepBytes, keepRows) {
      let keep = pages.length;
      while (keep > 1) {
        const last = pages[keep - 1]!;
        if (last.starts[0]! - start < keepBytes && last.firstRow - firstRow < keepRows) break;
        keep--;
      }
      if (keep === pages.length) return;
      const first = pages[keep]!;
      end = first.starts[0]!;
      line = first.lines[0]!;
      lineOpen = (first.flags[0]! & CONTINUES) !== 0;
      rowOpen = false;
      carriageReturnPending = false;
      pages = pages.slice(0, keep);
    },
    getRow(row) {
      const page = findPage(row);
      const index = row - page.firstRow;
      const flags = page.flags[index]!;
      return {
        row,
        start: page.starts[index]!,
        end: startOf(row + 1),
        line: page.lines[index]!,
        continues: (flags & CONTINUES) !== 0,
        rewritten: (flags & REWRITTEN) !== 0,
      };
    },
    rowAt: (offset) => findRow((page, index) => page.starts[index]!, offset),
    rowOfLine: (wanted) => {
      const row = findRow((page, index) => page.lines[index]!, wanted - 0.5);
      const page = findPage(row);
      const isBefore = page.lines[row - page.firstRow]! < wanted;
      return isBefore && row + 1 < endRow() ? row + 1 : row;
    },
    takePages: () => pages,
  };
}

function createPage(firstRow: number): RowPage {
  return {
    firstRow,
    starts: new Float64Array(PAGE_ROWS),
    lines: new Float64Array(PAGE_ROWS),
    flags: new Uint8Array(PAGE_ROWS),
    count: 0,
  };
}

function indexOrEnd(bytes: Uint8Array, value: number, from: number): number {
  const found = bytes.indexOf(value, from);
  return found < 0 ? bytes.length : found;
}

/** The nearest place at or before `wanted` that is not inside a character or an escape sequence. */
function findCut(from: number, wanted: number, look: (start: number, end: number) => Uint8Array): number {
  const lookFrom = Math.max(from + 1, wanted - CUT_LOOK_BACK_BYTES);
  const tail = look(lookFrom, wanted + 1);
  let cut = wanted - lookFrom;
  while (cut > 0 && (tail[cut]! & 0xc0) === 0x80) cut--;
  if ((tail[cut]! & 0xc0) === 0x80) cut = wanted - lookFrom;
  const escapeAt = tail.lastIndexOf(ESC, cut - 1);
  if (escapeAt >= 0 && !isComplete(tail.subarray(escapeAt, cut))) cut = escapeAt;
  return cut > 0 ? lookFrom + cut : wanted;
}

function isComplete(sequence: Uint8Array): boolean {
  if (sequence.length < 2) return false;
  if (sequence[1] !== 0x5b) return true;
  for (let i = 2; i < sequence.length; i++) {
    if (sequence[i]! >= 0x40) return true;
  }
  return false;
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a, 0);
  whole.set(b, a.length);
  return whole;
}
