/**
 * One page that looks at one terminal: it pulls the buffer with credit, one chunk after the other.
 *
 * Promise: at most `CHUNK_BYTES` are on their way to a page that has not acknowledged; a page that stays silent is let go.
 */
import type { TerminalBuffer } from "./terminal-buffer";

/** Small enough that a `^C` is not stuck behind much output, large enough for a flood to be drawn smoothly. */
const CHUNK_BYTES = 32 * 1024;

export interface TerminalSink {
  /** Resolves when the page has drawn the bytes; rejects when it is gone. */
  send(offset: number, bytes: Uint8Array): Promise<void>;
}

export interface TerminalViewer {
  /** How many bytes the page has not drawn yet. */
  readonly lagBytes: number;
  /** There is more in the buffer. */
  wake(): void;
  close(): void;
}

export function createTerminalViewer(options: {
  readonly buffer: TerminalBuffer;
  readonly offset: number;
  readonly sink: TerminalSink;
  readonly onProgress: () => void;
  readonly onGone: () => void;
}): TerminalViewer {
  const { buffer, sink } = options;
  let position = Math.min(Math.max(options.offset, buffer.startOffset), buffer.endOffset);
  let closed = false;
  let sending = false;

  const pull = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    try {
      for (let next = buffer.read(position, CHUNK_BYTES); next && !closed; next = buffer.read(position, CHUNK_BYTES)) {
        await sink.send(next.offset, next.bytes);
        position = next.offset + next.bytes.length;
        options.onProgress();
      }
    } catch {
      // The page is gone: its viewer ends, the terminal goes on.
      if (!closed) options.onGone();
    } finally {
      sending = false;
    }
  };

  return {
    get lagBytes() {
      return buffer.endOffset - position;
    },
    wake: () => void pull(),
    close() {
      closed = true;
    },
  };
}
