/**
 * The last output of a terminal, addressed by byte offset from its beginning.
 *
 * Invariant: the chunks are contiguous, end at `endOffset`, and hold at most `capacityBytes` plus one chunk.
 */
export interface TerminalBuffer {
  readonly startOffset: number;
  readonly endOffset: number;
  append(bytes: Uint8Array): void;
  /** Bytes from `offset` (moved up to what is still held), at most `limit`; `undefined` at the end. */
  read(offset: number, limit: number): { readonly offset: number; readonly bytes: Uint8Array } | undefined;
}

export function createTerminalBuffer(capacityBytes: number): TerminalBuffer {
  let chunks: Uint8Array[] = [];
  let start = 0;
  let end = 0;
  return {
    get startOffset() {
      return start;
    },
    get endOffset() {
      return end;
    },
    append(bytes) {
      chunks.push(bytes);
      end += bytes.length;
      let dropped = 0;
      while (end - start - chunks[dropped]!.length >= capacityBytes) start += chunks[dropped++]!.length;
      if (dropped > 0) chunks = chunks.slice(dropped);
    },
    read(offset, limit) {
      const from = Math.max(offset, start);
      if (from >= end) return undefined;
      const parts: Uint8Array[] = [];
      let taken = 0;
      let at = start;
      for (const chunk of chunks) {
        if (taken === limit) break;
        const skip = Math.max(0, from - at);
        if (skip < chunk.length) {
          const part = chunk.subarray(skip, skip + limit - taken);
          parts.push(part);
          taken += part.length;
        }
        at += chunk.length;
      }
      return { offset: from, bytes: Buffer.concat(parts) };
    },
  };
}
