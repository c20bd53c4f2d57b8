/**
 * The colours that a log leaves switched on over the end of a row, found while its bytes arrive.
 *
 * Only spans of bytes that reach over a row's end are remembered: colours switched off within their row, as nearly
 * all are, cost nothing. Fed in order; where the bytes are cut makes no difference.
 */
import { type AnsiStyle, applySgr, isSameStyle, PLAIN_STYLE } from "./ansi";

const ESC = 27;
const LF = 10;
/** Longest SGR sequence that is followed over a cut of the bytes; eight 24-bit colours fit. */
const SEQUENCE_MAX_BYTES = 160;

interface CarriedStyle {
  readonly start: number;
  end: number;
  readonly style: AnsiStyle;
}

export interface StyleTrack {
  append(bytes: Uint8Array): void;
  /** The style in force at the byte. */
  styleAt(offset: number): AnsiStyle;
  dropBefore(offset: number): void;
}

export function createStyleTrack(start: number, keepOverBytes: number): StyleTrack {
  let end = start;
  let style = PLAIN_STYLE;
  let styleStart = start;
  let sawLineEnd = false;
  let pending = new Uint8Array(0);
  let carried: CarriedStyle[] = [];

  const change = (next: AnsiStyle, at: number): void => {
    const reaches = sawLineEnd || at - styleStart > keepOverBytes;
    if (reaches && !isSameStyle(style, PLAIN_STYLE)) carried.push({ start: styleStart, end: at, style });
    style = isSameStyle(next, PLAIN_STYLE) ? PLAIN_STYLE : next;
    styleStart = at;
    sawLineEnd = false;
  };

  return {
    append(added) {
      const bytes = pending.length === 0 ? added : join(pending, added);
      const base = end - pending.length;
      end += added.length;
      let at = 0;
      pending = new Uint8Array(0);
      for (;;) {
        const escapeAt = bytes.indexOf(ESC, at);
        if (style !== PLAIN_STYLE && !sawLineEnd) {
          const lineEnd = bytes.indexOf(LF, at);
          sawLineEnd = lineEnd >= 0 && (escapeAt < 0 || lineEnd < escapeAt);
        }
        if (escapeAt < 0) return;
        const length = matchSgr(bytes, escapeAt);
        if (length === "partial") {
          pending = bytes.slice(escapeAt);
          return;
        }
        if (length > 0) {
          const parameters = String.fromCharCode(...bytes.subarray(escapeAt + 2, escapeAt + length - 1));
          const next = applySgr(style, parameters);
          if (!isSameStyle(next, style)) change(next, base + escapeAt + length);
        }
        at = escapeAt + Math.max(1, length);
      }
    },
    styleAt(offset) {
      if (offset >= styleStart) return style;
      let low = 0;
      let high = carried.length - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const span = carried[middle]!;
        if (offset < span.start) high = middle - 1;
        else if (offset >= span.end) low = middle + 1;
        else return span.style;
      }
      return PLAIN_STYLE;
    },
    dropBefore(offset) {
      if (carried.length > 0 && carried[0]!.end <= offset) carried = carried.filter((span) => span.end > offset);
    },
  };
}

/** Bytes of the SGR sequence at `at`, 0 when there is another thing, `partial` when the end is not there yet. */
function matchSgr(bytes: Uint8Array, at: number): number | "partial" {
  if (at + 1 >= bytes.length) return "partial";
  if (bytes[at + 1] !== 0x5b) return 0;
  for (let i = at + 2; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x6d) return i + 1 - at;
    if (byte < 0x30 || byte > 0x3f || i - at > SEQUENCE_MAX_BYTES) return 0;
  }
  return bytes.length - at > SEQUENCE_MAX_BYTES ? 0 : "partial";
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a, 0);
  whole.set(b, a.length);
  return whole;
}
