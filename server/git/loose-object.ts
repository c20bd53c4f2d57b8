/** The bytes of an object in a file of its own, inflated as far as memory allows. */
import { constants, inflateSync } from "node:zlib";
import { WebrunnerError } from "@/lib/base/errors";
import { OBJECT_LIMIT_BYTES } from "./pack-file";

/** `commit`, `tree`, `blob` or `tag`, a space, a number and a zero byte. */
export const HEADER_BYTES = 64;

const LONGEST_CHUNK_BYTES = 1024 * 1024;

/** What the header says; `start` are the first bytes of the file. */
export function readLooseSize(start: Uint8Array): number {
  const head = inflateSync(start.subarray(0, HEADER_BYTES), {
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: HEADER_BYTES,
  });
  return Number(/^[a-z]+ (\d+)\0/.exec(head.toString("latin1", 0, HEADER_BYTES))?.[1] ?? 0);
}

/** With its header, which says the size: what is too large is not inflated to find that out (`git/too-large`). */
export function inflateLoose(bytes: Uint8Array): Buffer {
  const sizeBytes = readLooseSize(bytes);
  if (sizeBytes > OBJECT_LIMIT_BYTES)
    throw new WebrunnerError("git/too-large", {
      message: `An object of ${sizeBytes} bytes is too large to be shown here.`,
    });
  return inflateSync(bytes, {
    maxOutputLength: OBJECT_LIMIT_BYTES + HEADER_BYTES,
    // Of zlib's own choice it is 16 KB for a file of 100 bytes.
    chunkSize: Math.max(HEADER_BYTES, Math.min(sizeBytes + HEADER_BYTES, LONGEST_CHUNK_BYTES)),
  });
}
