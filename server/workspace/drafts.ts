/**
 * Unsaved texts of one project, kept for the user on the server.
 *
 * Invariant: a draft ends only by saving its text, by discarding it, or by keeping a newer one in its place. It is on
 * the disk when `keep` resolves. A draft file that is broken is set aside, not deleted.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { ConfinedPath } from "@/lib/base/ids";
import { type Draft, draftSchema } from "@/lib/protocol";
import { isBelow } from "@/server/platform/confined-path";
import type { Files } from "@/server/platform/files";
import { readJson, type StateLog } from "@/server/platform/json-state";

export interface Drafts {
  list(): Promise<Draft[]>;
  find(path: ConfinedPath): Promise<Draft | undefined>;
  keep(draft: { path: ConfinedPath; text: string; baseTag: string | null }): Promise<Draft>;
  remove(path: ConfinedPath): Promise<void>;
  /** A file or folder was renamed: its drafts go with it. */
  move(from: ConfinedPath, to: ConfinedPath): Promise<void>;
}

export interface DraftsOptions {
  readonly files: Files;
  readonly directory: string;
  readonly log: StateLog;
  readonly now: () => number;
}

export function createDrafts({ files, directory, log, now }: DraftsOptions): Drafts {
  const toFile = (path: string): string => join(directory, `${createHash("sha256").update(path).digest("hex")}.json`);
  const read = (file: string): Promise<Draft | undefined> =>
    readJson({ files, path: file, schema: z.object(draftSchema.shape), log, now });

  const list = async (): Promise<Draft[]> => {
    const drafts: Draft[] = [];
    for (const { name } of await files.list(directory)) {
      const draft = name.endsWith(".json") ? await read(join(directory, name)) : undefined;
      if (draft) drafts.push(draft);
    }
    return drafts.sort((a, b) => (a.path < b.path ? -1 : 1));
  };

  return {
    list,
    find: (path) => read(toFile(path)),
    async keep({ path, text, baseTag }) {
      await files.ensureDirectory(directory);
      const draft: Draft = { path, text, baseTag, keptAt: new Date(now()).toISOString() };
      await files.replace(toFile(path), JSON.stringify(draft));
      return draft;
    },
    remove: (path) => files.remove(toFile(path)),
    async move(from, to) {
      for (const draft of await list()) {
        if (!isBelow(draft.path as ConfinedPath, from)) continue;
        const path = to + draft.path.slice(from.length);
        await files.replace(toFile(path), JSON.stringify({ ...draft, path }));
        await files.remove(toFile(draft.path));
      }
    },
  };
}
