/**
 * A window on a log file: bytes `start` to `end` of it, and the rows in them. Text is made only of rows that are asked
 * for, so a window of a million lines costs its bytes and some numbers.
 *
 * Bytes arrive at the end (`append`, as the log grows) or are read back at the start (`prepend`); the window is kept
 * below its limits by dropping whole pages of rows at the other end. What is not in the window is not lost: it is in
 * the file, and `start` and `end` say what would have to be read.
 *
 * Invariant: the window is gapless. `append` takes nothing that does not touch `end`, and takes no byte twice.
 */
import { type AnsiStyle, stripAnsi } from "./ansi";
import { type CarriageReturns, createRowIndex, ROW_MAX_BYTES, type RowIndex, type RowPlace } from "./row-index";
import { createStyleTrack, type StyleTrack } from "./style-track";

const BLOCK_BYTES = 256 * 1024;
/** A window that begins inside a file looks this far for a line's start before it begins inside a line. */
const ALIGN_MAX_BYTES = 64 * 1024;
/** Re-indexing and copying go through the bytes in pieces, to not hold a second copy of the window. */
const PIECE_BYTES = 1024 * 1024;

export interface LogWindowOptions {
  /** Byte offset to begin at. */
  readonly start?: number;
  readonly carriageReturns?: CarriageReturns;
  /** Zero-based number of the first line, when it is known. 0 at offset 0. */
  readonly firstLine?: number;
}

export interface LogRow extends RowPlace {
  /** As the log has it, escape sequences included; without the line's end and without overwritten text. */
  readonly text: string;
  /** The style in force where the drawn text begins. */
  readonly style: AnsiStyle;
}

export interface LogWindow {
  readonly start: number;
  readonly end: number;
  readonly firstRow: number;
  readonly endRow: number;
  /** Whether line numbers count from the file's start. */
  readonly knowsLines: boolean;
  /** `gap`: the bytes begin after `end` and were not taken; `duplicate`: all of them were here. */
  append(offset: number, bytes: Uint8Array): "added" | "duplicate" | "gap";
  /**
   * Bytes that end at `start`; what stands before the first line's start in them is left out, unless at offset 0.
   * Less than 64 KB without a line's start are not taken: read more.
   */
  prepend(offset: number, bytes: Uint8Array): void;
  dropFirst(keepBytes: number, keepRows: number): void;
  dropLast(keepBytes: number, keepRows: number): void;
  getRow(row: number): LogRow;
  rowAt(offset: number): number;
  rowOfLine(line: number): number;
  /** Tells the number of a line, as a search of the whole file knows it. */
  learnLine(offset: number, line: number): void;
  /** A copy of the bytes, clamped to the window. */
  slice(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** The plain text of rows, as a person copies it: lines in one piece, escape sequences left out. */
  copyText(firstRow: number, endRow: number): string;
  setCarriageReturns(mode: CarriageReturns): void;
}

export function createLogWindow(options: LogWindowOptions = {}): LogWindow {
  let start = options.start ?? 0;
  let end = start;
  let carriageReturns = options.carriageReturns ?? "overwrite";
  let knowsLines = start === 0 || options.firstLine !== undefined;
  /** Added to the index's line numbers. */
  let lineShift = options.firstLine ?? 0;
  let aligning = start > 0 && options.firstLine === undefined;
  let index: RowIndex = createRowIndex({ start, carriageReturns });
  let styles: StyleTrack = createStyleTrack(start, ROW_MAX_BYTES);
  const blocks = new Map<number, Uint8Array>();
  const decoder = new TextDecoder();

  const write = (offset: number, bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length; ) {
      const at = offset + done;
      const number = Math.floor(at / BLOCK_BYTES);
      const block = blocks.get(number) ?? new Uint8Array(BLOCK_BYTES);
      blocks.set(number, block);
      const inBlock = at - number * BLOCK_BYTES;
      const size = Math.min(BLOCK_BYTES - inBlock, bytes.length - done);
      block.set(bytes.subarray(done, done + size), inBlock);
      done += size;
    }
  };
  /** A view where the bytes lie in one block, else a copy. */
  const view = (from: number, to: number): Uint8Array => {
    const number = Math.floor(from / BLOCK_BYTES);
    const base = number * BLOCK_BYTES;
    if (to <= base + BLOCK_BYTES) return blocks.get(number)?.subarray(from - base, to - base) ?? new Uint8Array(0);
    return copy(from, to);
  };
  const copy = (from: number, to: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(Math.max(0, to - from));
    for (let at = from; at < to; ) {
      const number = Math.floor(at / BLOCK_BYTES);
      const stop = Math.min(to, (number + 1) * BLOCK_BYTES);
      bytes.set(view(at, stop), at - from);
      at = stop;
    }
    return bytes;
  };
  const dropBlocks = (): void => {
    for (const number of blocks.keys()) {
      if ((number + 1) * BLOCK_BYTES <= start || number * BLOCK_BYTES >= end) blocks.delete(number);
    }
  };
  const take = (bytes: Uint8Array): void => {
    write(end, bytes);
    index.append(bytes, view);
    styles.append(bytes);
    end += bytes.length;
  };
  const restart = (at: number, startsInsideLine: boolean): void => {
    start = at;
    end = at;
    index = createRowIndex({ start: at, carriageReturns, startsInsideLine });
    styles = createStyleTrack(at, ROW_MAX_BYTES);
  };

  const append: LogWindow["append"] = (offset, bytes) => {
    if (offset > end) return "gap";
    const fresh = bytes.subarray(end - offset);
    if (offset + bytes.length <= end) return "duplicate";
    if (!aligning) {
      take(fresh);
      return "added";
    }
    const lineEnd = fresh.indexOf(10);
    const skipped = lineEnd < 0 ? fresh.length : lineEnd + 1;
    if (lineEnd < 0 && end - start + fresh.length < ALIGN_MAX_BYTES) {
      end += fresh.length;
      return "added";
    }
    aligning = false;
    restart(end + (lineEnd < 0 ? 0 : skipped), lineEnd < 0);
    take(lineEnd < 0 ? fresh : fresh.subarray(skipped));
    return "added";
  };

  const getDrawn = (place: RowPlace): { offset: number; text: string } => {
    const from = Math.max(place.start, place.end - 2 * ROW_MAX_BYTES - 2);
    const bytes = view(from, place.end);
    let to = bytes.length;
    if (to > 0 && bytes[to - 1] === 10) to--;
    while (to > 0 && bytes[to - 1] === 13) to--;
    const drawnFrom = carriageReturns === "overwrite" && to > 0 ? bytes.lastIndexOf(13, to - 1) + 1 : 0;
    return { offset: from + drawnFrom, text: decoder.decode(bytes.subarray(drawnFrom, to)) };
  };
  const getRow = (row: number): LogRow => {
    const place = index.getRow(row);
    const drawn = getDrawn(place);
    return { ...place, line: place.line + lineShift, text: drawn.text, style: styles.styleAt(drawn.offset) };
  };

  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    get firstRow() {
      return index.firstRow;
    },
    get endRow() {
      return index.endRow;
    },
    get knowsLines() {
      return knowsLines;
    },
    append,
    prepend(offset, bytes) {
      const size = start - offset;
      if (size <= 0 || bytes.length < size || aligning) return;
      const lineEnd = bytes.subarray(0, size).indexOf(10);
      const isAligned = offset === 0 || (lineEnd >= 0 && lineEnd < ALIGN_MAX_BYTES && lineEnd + 1 < size);
      if (!isAligned && size < ALIGN_MAX_BYTES) return;
      const from = offset > 0 && isAligned ? offset + lineEnd + 1 : offset;
      const added = bytes.subarray(from - offset, size);
      write(from, added);
      const earlier = createRowIndex({ start: from, carriageReturns, startsInsideLine: !isAligned });
      earlier.append(added, view);
      index.prepend(earlier);
      start = from;
      if (start === 0) {
        knowsLines = true;
        lineShift = -index.getRow(index.firstRow).line;
      }
    },
    dropFirst(keepBytes, keepRows) {
      index.dropFirst(keepBytes, keepRows);
      if (index.start === start || index.start > end) return;
      start = index.start;
      styles.dropBefore(start);
      dropBlocks();
    },
    dropLast(keepBytes, keepRows) {
      index.dropLast(keepBytes, keepRows);
      end = index.end;
      dropBlocks();
      styles = createStyleTrack(end, ROW_MAX_BYTES);
    },
    getRow,
    rowAt: (offset) => index.rowAt(offset),
    rowOfLine: (line) => index.rowOfLine(line - lineShift),
    learnLine(offset, line) {
      if (knowsLines || offset < start || offset >= end) return;
      lineShift = line - index.getRow(index.rowAt(offset)).line;
      knowsLines = true;
    },
    slice: (from, to) => copy(Math.max(from, start), Math.min(to, end)),
    copyText(firstRow, endRow) {
      const parts: string[] = [];
      const last = Math.min(endRow, index.endRow);
      for (let row = Math.max(firstRow, index.firstRow); row < last; row++) {
        const drawn = getRow(row);
        if (parts.length > 0 && !drawn.continues) parts.push("\n");
        parts.push(stripAnsi(drawn.text));
      }
      return parts.join("");
    },
    setCarriageReturns(mode) {
      if (mode === carriageReturns) return;
      carriageReturns = mode;
      const wasFirst = index.endRow > index.firstRow ? index.getRow(index.firstRow) : undefined;
      index = createRowIndex({
        start,
        carriageReturns,
        firstRow: index.firstRow,
        firstLine: wasFirst?.line,
        startsInsideLine: wasFirst?.continues,
      });
      for (let at = start; at < end && !aligning; at += PIECE_BYTES) {
        index.append(copy(at, Math.min(end, at + PIECE_BYTES)), view);
      }
    },
  };
}
