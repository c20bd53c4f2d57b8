import { constants, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createInflater } from "@/lib/git/inflate";

const inflate = createInflater();
const STRATEGIES = [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE];
/** Bytes as they come (stored or coded one by one), and with much that comes again. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc
    .array(fc.constantFrom("100644 file-", "40000 part", "\0", "abc", "tree ", "\n"), { maxLength: 300 })
    .map((words) => Buffer.from(words.join(""))),
);
const compressed = fc
  .record({
    bytes: content,
    level: fc.constantFrom(0, 1, 6, 9),
    strategy: fc.constantFrom(...STRATEGIES),
    memLevel: fc.constantFrom(1, 8),
  })
  .map(({ bytes, ...options }) => ({ bytes, stream: deflateSync(bytes, options) }));

describe("a small zlib stream", () => {
  it("is inflated to what was deflated, with other bytes behind it", () => {
    fc.assert(
      fc.property(compressed, fc.uint8Array({ maxLength: 20 }), ({ bytes, stream }, behind) => {
        const result = inflate(Buffer.concat([stream, behind]), bytes.length);
        expect(Buffer.compare(result, bytes)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("that is cut off is refused", () => {
    fc.assert(
      fc.property(compressed, fc.nat(), ({ bytes, stream }, cut) => {
        expect(() => inflate(stream.subarray(0, cut % stream.length), bytes.length)).toThrow("damaged");
      }),
      { numRuns: 500 },
    );
  });

  it("of another size than was said is refused", () => {
    fc.assert(
      fc.property(compressed, fc.integer({ min: 1, max: 50 }), ({ bytes, stream }, more) => {
        expect(() => inflate(stream, bytes.length + more)).toThrow("damaged");
        if (bytes.length >= more) expect(() => inflate(stream, bytes.length - more)).toThrow("damaged");
      }),
    );
  });

  it("with a bit turned never gives other bytes", () => {
    fc.assert(
      fc.property(compressed, fc.nat(), fc.nat(7), ({ bytes, stream }, at, bit) => {
        const turned = Buffer.from(stream);
        turned[at % turned.length]! ^= 1 << bit;
        let result: Uint8Array | undefined;
        try {
          result = inflate(turned, bytes.length);
        } catch (error) {
          expect(String(error)).toContain("damaged");
        }
        // A bit of the header's level says nothing about the bytes.
        if (result) expect(Buffer.compare(result, bytes)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});
