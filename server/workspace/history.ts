/**
 * The local history of one project: what was overwritten or deleted, kept for a while.
 *
 * Invariant: nothing is overwritten or deleted before its copy is on the disk; when the copy cannot be made, the
 * change is not made either. Bounded by size and number; the newest entry always stays.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { ConfinedPath } from "@/lib/base/ids";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import type { Files } from "@/server/platform/files";
import type { StateLog } from "@/server/platform/json-state";

export const HISTORY_LIMIT_BYTES = 200 * 1024 * 1024;
export const HISTORY_LIMIT_ENTRIES = 2_000;

export interface History {
  /** A copy of bytes that are about to be overwritten. */
  keep(path: ConfinedPath, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** Takes a file or folder out of the workspace, into the history. */
  takeOut(workspace: ConfinedFiles, path: ConfinedPath): Promise<void>;
}

export interface HistoryOptions {
  readonly files: Files;
  readonly directory: string;
  readonly log: StateLog;
  readonly now: () => number;
  readonly limitBytes?: number;
  readonly limitEntries?: number;
}

/** `<id>.json` says what; `<id>` is the content, a file or a folder. The id sorts by time. */
export function createHistory(options: HistoryOptions): History {
  const { files, directory, now } = options;
  const limitBytes = options.limitBytes ?? HISTORY_LIMIT_BYTES;
  const limitEntries = options.limitEntries ?? HISTORY_LIMIT_ENTRIES;
  let pruning: Promise<void> = Promise.resolve();
  let kept = 0;

  const begin = async (path: ConfinedPath, reason: "overwritten" | "deleted"): Promise<string> => {
    await files.ensureDirectory(directory);
    const at = new Date(now()).toISOString();
    const content = join(directory, `${at.replace(/\D/g, "")}-${randomBytes(4).toString("hex")}`);
    await files.replace(`${content}.json`, `${JSON.stringify({ path, at, reason })}\n`);
    return content;
  };

  /** A content without its record, or the other way round, is what a crash leaves: both go with the id. */
  const prune = async (): Promise<void> => {
    const ids = new Set((await files.list(directory)).map(({ name }) => name.replace(/\.json$/, "")));
    let total = 0;
    let count = 0;
    for (const id of [...ids].sort().reverse()) {
      total += await measure(files, join(directory, id), limitBytes);
      count++;
      if (count === 1 || (total <= limitBytes && count <= limitEntries)) continue;
      await files.remove(join(directory, id));
      await files.remove(join(directory, `${id}.json`));
    }
  };
  /** Not at every save: a listing of 2,000 entries costs more than the save. */
  const pruneSometimes = async (): Promise<void> => {
    if (kept++ % 50 !== 0) return;
    pruning = pruning
      .then(prune)
      .catch((error) =>
        options.log.warn({ err: error }, "The local history could not be shortened; it is tried again"),
      );
    await pruning;
  };

  return {
    async keep(path, bytes) {
      const content = await begin(path, "overwritten");
      if (bytes instanceof Uint8Array) await files.replace(content, bytes);
      else for await (const chunk of bytes) await files.append(content, chunk);
      await pruneSometimes();
    },
    async takeOut(workspace, path) {
      const content = await begin(path, "deleted");
      try {
        await workspace.takeOut(path, content);
      } catch (error) {
        await files.remove(`${content}.json`);
        throw error;
      }
      await pruneSometimes();
    },
  };
}

/** Bytes below a path; stops counting beyond the limit, as more makes no difference. */
async function measure(files: Files, path: string, limitBytes: number): Promise<number> {
  const info = await files.findInfo(path);
  if (!info) return 0;
  if (info.kind !== "directory") return info.sizeBytes;
  let total = 0;
  for (const { name } of await files.list(path)) {
    total += await measure(files, join(path, name), limitBytes);
    if (total > limitBytes) break;
  }
  return total;
}
