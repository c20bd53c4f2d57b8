/** The bytes of an object in a file of its own, inflated as far as memory allows. */
import { constants, inflateSync } from "node:zlib";
import { WebrunnerError } from "@/lib/base/errors";
import { OBJECT_LIMIT_BYTES } from "./pack-file";

/** `commit`, `tree`, `blob` or `tag`, a space, a number and a zero byte. */
const HEADER_BYTES = 64;

/** With its header, which says the size: what is too large is not inflated to find that out (`git/too-large`). */
export function inflateLoose(bytes: Uint8Array): Buffer {
  const start = inflateSync(bytes.subarray(0, HEADER_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
  const sizeBytes = Number(/^[a-z]+ (\d+)\0/.exec(start.toString("latin1", 0, HEADER_BYTES))?.[1] ?? 0);
  if (sizeBytes > OBJECT_LIMIT_BYTES)
    throw new WebrunnerError("git/too-large", {
      message: `An object of ${sizeBytes} bytes is too large to be shown here.`,
    });
  return inflateSync(bytes, { maxOutputLength: OBJECT_LIMIT_BYTES + HEADER_BYTES });
}
