/**
 * What a run leaves on the disk: `request.json` at its start, `end.json` at its end, beside the log and the records of
 * the process wrapper. These files are the truth; the keeper's memory is made from them.
 *
 * Invariant: `end.json` is created exclusively and never replaced, so a run has exactly one end (B2).
 */
import { join } from "node:path";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import { type RunInfo, runSchema } from "@/lib/protocol";
import type { Files, Owner } from "@/server/platform/files";

const requestSchema = runSchema
  .pick({
    id: true,
    project: true,
    number: true,
    kind: true,
    engine: true,
    profile: true,
    instance: true,
    section: true,
    parts: true,
    keepGoing: true,
    verification: true,
    createdAt: true,
  })
  .extend({ force: z.boolean().optional(), roots: z.array(z.string()) });
export type RunRecord = z.infer<typeof requestSchema>;

const endSchema = runSchema
  .pick({
    code: true,
    reason: true,
    error: true,
    nothingToDo: true,
    part: true,
    partsDone: true,
    retries: true,
    startedAt: true,
    logSizeBytes: true,
  })
  .extend({ state: z.enum(["succeeded", "failed", "cancelled", "lost"]), finishedAt: z.iso.datetime() });
export type RunEnd = z.infer<typeof endSchema>;

export interface RunFolder {
  readonly path: string;
  readonly log: string;
  readonly spec: string;
}

export function toRunFolder(runsDirectory: string, id: string): RunFolder {
  const path = join(runsDirectory, id);
  return { path, log: join(path, "log"), spec: join(path, "spec.json") };
}

export interface RunRecords {
  /** The folder is the server's own, so that no build can rewrite how it ended; the spec is the builder's to read. */
  create(folder: RunFolder, record: RunRecord, spec: unknown): Promise<void>;
  find(folder: RunFolder): Promise<{ readonly record: RunRecord; readonly end?: RunEnd } | undefined>;
  /** The end that stands: the given one, or an earlier. */
  createEnd(folder: RunFolder, end: RunEnd): Promise<RunEnd>;
  /** Remembers over a restart that the run was asked to stop. */
  markCancelled(folder: RunFolder): Promise<void>;
  isCancelled(folder: RunFolder): Promise<boolean>;
  /** Remembers over a restart that the run is held. */
  markPaused(folder: RunFolder, isPaused: boolean): Promise<void>;
  isPaused(folder: RunFolder): Promise<boolean>;
}

export function createRunRecords(files: Files, builder: Owner): RunRecords {
  const findEnd = async (folder: RunFolder): Promise<RunEnd | undefined> => {
    const bytes = await files.find(join(folder.path, "end.json"));
    return bytes && parse(endSchema, bytes);
  };
  return {
    async create(folder, record, spec) {
      // Others may pass through to the spec, and see nothing else.
      await files.ensureDirectory(folder.path, { mode: 0o711 });
      await files.replace(folder.spec, toText(spec), { mode: 0o600, owner: builder });
      await files.create(join(folder.path, "request.json"), toText(record));
    },
    async find(folder) {
      const bytes = await files.find(join(folder.path, "request.json"));
      const record = bytes && parse(requestSchema, bytes);
      return record && { record, end: await findEnd(folder) };
    },
    async createEnd(folder, end) {
      try {
        await files.create(join(folder.path, "end.json"), toText(end));
        return end;
      } catch (error) {
        if (!(error instanceof WebrunnerError) || error.code !== "file/exists") throw error;
        return (await findEnd(folder)) ?? end;
      }
    },
    markCancelled: (folder) => files.replace(join(folder.path, "cancel.json"), "{}\n"),
    async markPaused(folder, isPaused) {
      const path = join(folder.path, "pause.json");
      if (isPaused) await files.replace(path, "{}\n");
      else await files.remove(path);
    },
    isPaused: async (folder) => (await files.findInfo(join(folder.path, "pause.json"))) !== undefined,
    isCancelled: async (folder) => (await files.findInfo(join(folder.path, "cancel.json"))) !== undefined,
  };
}

/** A record that is no JSON of ours is as good as none: the run's log stays, the run is not listed. */
function parse<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export function toRunInfo(record: RunRecord, end?: RunEnd): RunInfo {
  const { roots: _roots, force: _force, ...shown } = record;
  return { ...shown, state: "queued", logSizeBytes: 0, ...end };
}
