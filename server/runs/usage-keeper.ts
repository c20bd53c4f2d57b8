/**
 * What runs use of the machine while they go on: processor, memory and disk, a sample a second, kept with the run.
 *
 * At most `SAMPLES_MAX` samples are kept of a run however long it is: when there are more, every two become one and
 * the next ones are taken half as often. A restart of the server leaves a gap in the samples and loses none.
 */
import { join } from "node:path";
import { z } from "zod";
import type { RunInfo } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import type { ProcessUsage } from "@/server/platform/process-usage";

export const SAMPLES_MAX = 720;
const FIRST_EVERY_MS = 1_000;
const KEEP_EVERY_MS = 10_000;

const sampleSchema = z.object({
  /** The end of the time that it is of. */
  atMs: z.number(),
  /** Processors in use: 1 is one of them, all the time. */
  cpu: z.number(),
  residentBytes: z.number(),
  readBytesPerSecond: z.number(),
  writtenBytesPerSecond: z.number(),
});
export type UsageSample = z.infer<typeof sampleSchema>;

const usageSchema = z.object({ everyMs: z.number(), samples: z.array(sampleSchema).max(SAMPLES_MAX) });
export type RunUsage = z.infer<typeof usageSchema>;

export interface UsageKeeper {
  /** To be told of every change of a run, and of those that go on at the start. */
  noteRun(run: RunInfo): void;
  read(run: string, folder: string): Promise<RunUsage>;
  dispose(): void;
}

export interface UsageKeeperOptions {
  readonly files: Files;
  readonly findUsage: (folder: string) => Promise<ProcessUsage | undefined>;
  readonly folderOf: (run: string) => string;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

interface Watch {
  usage: { everyMs: number; samples: UsageSample[] };
  before?: { readonly atMs: number; readonly usage: ProcessUsage };
  keptAtMs: number;
  ended: boolean;
  timer?: NodeJS.Timeout;
}

const EMPTY: RunUsage = { everyMs: FIRST_EVERY_MS, samples: [] };

export function createUsageKeeper(options: UsageKeeperOptions): UsageKeeper {
  const { files, findUsage, folderOf, now, onError } = options;
  const watches = new Map<string, Watch>();
  let disposed = false;
  const toPath = (folder: string): string => join(folder, "usage.json");

  const readKept = async (folder: string): Promise<RunUsage> => {
    const bytes = await files.find(toPath(folder));
    if (!bytes) return EMPTY;
    try {
      return usageSchema.safeParse(JSON.parse(bytes.toString("utf8"))).data ?? EMPTY;
    } catch {
      return EMPTY; // What is damaged is as good as none: the run is not explained by it alone.
    }
  };

  const keep = async (folder: string, watch: Watch): Promise<void> => {
    watch.keptAtMs = now();
    await files.replace(toPath(folder), `${JSON.stringify(watch.usage)}\n`);
  };

  const look = async (folder: string, watch: Watch): Promise<void> => {
    const usage = await findUsage(folder);
    const atMs = now();
    if (usage && watch.before && atMs > watch.before.atMs) {
      const seconds = (atMs - watch.before.atMs) / 1000;
      const rate = (pick: (usage: ProcessUsage) => number): number =>
        Math.max(0, (pick(usage) - pick(watch.before!.usage)) / seconds);
      watch.usage.samples.push({
        atMs,
        cpu: round(
          rate(({ cpuSeconds }) => cpuSeconds),
          100,
        ),
        residentBytes: usage.residentBytes,
        readBytesPerSecond: round(
          rate(({ readBytes }) => readBytes),
          1,
        ),
        writtenBytesPerSecond: round(
          rate(({ writtenBytes }) => writtenBytes),
          1,
        ),
      });
      if (watch.usage.samples.length > SAMPLES_MAX) watch.usage = halve(watch.usage);
    }
    watch.before = usage && { atMs, usage };
    if (atMs - watch.keptAtMs >= KEEP_EVERY_MS) await keep(folder, watch);
  };

  const begin = async (run: string): Promise<void> => {
    const folder = folderOf(run);
    const watch: Watch = { usage: { everyMs: FIRST_EVERY_MS, samples: [] }, keptAtMs: now(), ended: false };
    watches.set(run, watch);
    const kept = await readKept(folder);
    watch.usage = { everyMs: kept.everyMs, samples: [...kept.samples] };
    const turn = async (): Promise<void> => {
      try {
        await look(folder, watch);
      } catch (error) {
        onError(error);
      }
      if (!disposed && !watch.ended) {
        watch.timer = setTimeout(() => void turn(), watch.usage.everyMs);
        watch.timer.unref();
      }
    };
    await turn();
  };

  return {
    noteRun({ id, state }) {
      if (state === "running") {
        if (!watches.has(id) && !disposed) begin(id).catch(onError);
        return;
      }
      const watch = watches.get(id);
      if (state === "queued" || !watch || watch.ended) return;
      watch.ended = true;
      clearTimeout(watch.timer);
      // Until it is on the disk, it is read from here.
      keep(folderOf(id), watch)
        .catch(onError)
        .finally(() => watches.delete(id));
    },
    read: async (run, folder) => watches.get(run)?.usage ?? readKept(folder),
    dispose() {
      disposed = true;
      for (const watch of watches.values()) clearTimeout(watch.timer);
      watches.clear();
    },
  };
}

/** Two samples become one: the rates' mean, and the more of the two memories. */
export function halve({ everyMs, samples }: RunUsage): { everyMs: number; samples: UsageSample[] } {
  const halved: UsageSample[] = [];
  for (let at = 0; at < samples.length; at += 2) {
    const one = samples[at]!;
    const other = samples[at + 1] ?? one;
    halved.push({
      atMs: other.atMs,
      cpu: round((one.cpu + other.cpu) / 2, 100),
      residentBytes: Math.max(one.residentBytes, other.residentBytes),
      readBytesPerSecond: round((one.readBytesPerSecond + other.readBytesPerSecond) / 2, 1),
      writtenBytesPerSecond: round((one.writtenBytesPerSecond + other.writtenBytesPerSecond) / 2, 1),
    });
  }
  return { everyMs: everyMs * 2, samples: halved };
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
