/**
 * Lines out of a log's bytes, as they arrive, each with its place in the file.
 *
 * A line is told once its end is there; of one longer than `LINE_LIMIT_BYTES` only that it was. Nothing is decoded that
 * is not asked for. Invariant: what is told depends on the concatenated bytes only, not on where they were cut.
 */

/** A line that tells something of a run is short; the text of a longer one is not looked at. */
export const LINE_LIMIT_BYTES = 4096;
const LF = 10;

export interface SplitLine {
  /** Byte offset of its start. */
  readonly offset: number;
  /** Zero-based. */
  readonly number: number;
  /** Without the line's end; empty where the line is too long to be looked at. */
  readonly bytes: Uint8Array;
}

export interface LineSplitter {
  /** Bytes and complete lines seen so far. */
  readonly position: number;
  readonly lines: number;
  push(bytes: Uint8Array, onLine: (line: SplitLine) => void): void;
}

export function createLineSplitter(): LineSplitter {
  let position = 0;
  let lines = 0;
  let lineStart = 0;
  let begun: Uint8Array = new Uint8Array(0);

  return {
    get position() {
      return position;
    },
    get lines() {
      return lines;
    },
    push(bytes, onLine) {
      let from = 0;
      for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, from)) {
        const size = position + end - lineStart;
        const rest = bytes.subarray(from, end);
        const whole = size > LINE_LIMIT_BYTES ? new Uint8Array(0) : begun.length === 0 ? rest : join(begun, rest);
        onLine({ offset: lineStart, number: lines, bytes: whole });
        begun = new Uint8Array(0);
        lines++;
        from = end + 1;
        lineStart = position + from;
      }
      if (begun.length <= LINE_LIMIT_BYTES && from < bytes.length) {
        begun = join(begun, bytes.subarray(from, from + LINE_LIMIT_BYTES + 1));
      }
      position += bytes.length;
    },
  };
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a, 0);
  whole.set(b, a.length);
  return whole;
}
