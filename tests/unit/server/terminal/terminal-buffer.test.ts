import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTerminalBuffer } from "@/server/terminal/terminal-buffer";

describe("terminal buffer", () => {
  it("gives back the last bytes of any stream, whatever the chunks", () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(chunk, { maxLength: 30 }),
        fc.integer({ min: 1, max: 100 }),
        fc.nat(2000),
        (chunks, limit, offset) => {
          const capacity = 100;
          const buffer = createTerminalBuffer(capacity);
          for (const part of chunks) buffer.append(part);
          const all = Buffer.concat(chunks);
          expect(buffer.endOffset).toBe(all.length);
          expect(buffer.endOffset - buffer.startOffset).toBeGreaterThanOrEqual(Math.min(all.length, capacity));
          expect(buffer.endOffset - buffer.startOffset).toBeLessThan(capacity + 40);
          const read = buffer.read(offset, limit);
          if (offset >= all.length) {
            expect(read).toBeUndefined();
          } else {
            expect(read!.offset).toBe(Math.max(offset, buffer.startOffset));
            expect(Buffer.from(read!.bytes)).toEqual(all.subarray(read!.offset, read!.offset + limit));
          }
        },
      ),
    );
  });
});
