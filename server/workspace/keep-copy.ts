/**
 * A copy into the local history, made at once: for the git engine, which overwrites files while it holds git's lock
 * and cannot wait. The records are those of `history.ts`, which also keeps the folder short.
 */
import { randomBytes } from "node:crypto";
import { createGitDisk } from "@/server/platform/git-disk";

export function createKeepCopy(directory: string, now: () => Date): (path: string, bytes: Uint8Array) => void {
  return (path, bytes) => {
    const disk = createGitDisk({ root: directory });
    try {
      const at = now().toISOString();
      const id = `${at.replace(/\D/g, "")}-${randomBytes(4).toString("hex")}`;
      disk.replace(`${id}.json`, Buffer.from(`${JSON.stringify({ path, at, reason: "overwritten" })}\n`), {
        durable: true,
      });
      disk.replace(id, bytes, { durable: true });
    } finally {
      disk.release();
    }
  };
}
