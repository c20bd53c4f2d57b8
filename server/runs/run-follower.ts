/**
 * Follows one run that goes on: reads its log for progress, and notices its end.
 *
 * It looks every `LOOK_MS` and at once when told that the wrapper has exited; every look reads what the log has grown
 * by, a bounded piece at a time. Reports come at most one a look, so ≤ 5 a second. `end` is called once.
 */
import { createRunProgressReader, type RunProgress } from "@/lib/logs/run-progress";
import type { DurableProcesses, DurableRecord, DurableState } from "@/server/platform/durable-processes";
import type { Files } from "@/server/platform/files";
import type { RunRecorder } from "./run-recorder";

const LOOK_MS = 200;
/** One look reads at most this of the log before others get their turn. */
const PIECE_BYTES = 1024 * 1024;

export interface RunFollowerOptions {
  readonly files: Files;
  readonly processes: DurableProcesses;
  readonly record: DurableRecord;
  readonly log: string;
  /** Keeps when what was written. */
  readonly recorder: RunRecorder;
  readonly onProgress: (progress: RunProgress, logSizeBytes: number) => void;
  readonly onEnd: (state: Exclude<DurableState, { kind: "running" }>) => void;
  readonly onError: (error: unknown) => void;
}

export interface RunFollower {
  start(): void;
  /** The wrapper has exited: look now. */
  lookNow(): void;
  /** Reads the rest of the log; after the end, or instead of starting. */
  readRest(): Promise<{ readonly progress: RunProgress; readonly logSizeBytes: number }>;
  dispose(): void;
}

export function createRunFollower(options: RunFollowerOptions): RunFollower {
  const { files, processes, record, log, recorder, onProgress, onEnd, onError } = options;
  const reader = createRunProgressReader();
  let position = 0;
  let disposed = false;
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let again = false;

  const readMore = async (): Promise<void> => {
    const size = (await files.findInfo(log))?.sizeBytes ?? 0;
    while (position < size) {
      const bytes = await files.readRange(log, position, Math.min(PIECE_BYTES, size - position));
      if (bytes.length === 0) return;
      position += bytes.length;
      await recorder.read(bytes, position < size, reader.pushLine);
    }
  };

  const look = async (): Promise<void> => {
    // State first: what was written before the end is then surely read.
    const state = await processes.readState(record);
    const before = position;
    await readMore();
    if (disposed) return;
    if (position !== before) onProgress(reader.progress, position);
    if (state.kind === "running") return;
    disposed = true;
    onEnd(state);
  };

  const run = async (): Promise<void> => {
    if (disposed) return;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    clearTimeout(timer);
    try {
      do {
        again = false;
        await look();
      } while (again && !disposed);
    } catch (error) {
      onError(error);
    } finally {
      looking = false;
      if (!disposed) timer = setTimeout(run, LOOK_MS);
    }
  };

  return {
    start: () => void run(),
    lookNow: () => void run(),
    async readRest() {
      await readMore();
      await recorder.flush();
      return { progress: reader.progress, logSizeBytes: position };
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
