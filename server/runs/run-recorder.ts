/**
 * What a run's log does not say by itself, kept beside it while it grows: when each step began, and when which line
 * was written.
 *
 * `steps.jsonl`: a step a line, with its time. `marks`: 24 bytes each (byte offset, line number, milliseconds), "by then
 * the log had grown to here", at most one a second and one a megabyte, so that the line of any byte and the byte of any
 * line are found by reading about a megabyte. Both are appended to while the log is read, and never changed.
 *
 * After a restart of the server the log is read again from its start: what was recorded keeps its time, what was written
 * while nobody looked gets a time between the two that are known, and says so.
 */
import { join } from "node:path";
import { z } from "zod";
import { createLineSplitter, type SplitLine } from "@/lib/logs/line-splitter";
import type { TimedStep } from "@/lib/logs/timeline/run-timeline";
import { createStepReader, type RunStep } from "@/lib/logs/timeline/step-reader";
import type { Files } from "@/server/platform/files";

const MARK_EVERY_MS = 1_000;
/** After about six hours of output one in ten seconds is enough: the file stays below a megabyte for two days. */
const SPARSE_AFTER_MARKS = 20_000;
const SPARSE_EVERY_MS = 10_000;
const MARK_EVERY_BYTES = 1024 * 1024;
export const MARK_BYTES = 24;

const place = { offset: z.number(), line: z.number(), atMs: z.number(), estimated: z.boolean().optional() };
const partition = z.string().optional();
const stepSchema = z.union([
  z.object({
    kind: z.literal("part"),
    part: z.string(),
    action: z.enum(["installing", "updating", "uninstalling"]),
    partition,
    ...place,
  }),
  z.object({ kind: z.literal("phase"), title: z.string(), partition, ...place }),
  z.object({ kind: z.enum(["reused", "failed"]), part: z.string(), partition, ...place }),
  z.object({ kind: z.literal("blocked"), part: z.string(), by: z.string(), partition, ...place }),
  z.object({ kind: z.literal("warning"), text: z.string(), partition, ...place }),
]);

/** By `atMs` the log had grown to `offset`, which is in or at the start of line `line`. */
export interface LogMark {
  readonly offset: number;
  readonly line: number;
  readonly atMs: number;
}

export interface RunRecorder {
  readonly steps: readonly TimedStep[];
  /** Bytes and complete lines read. */
  readonly position: number;
  readonly lines: number;
  /** The next bytes of the log, and whether there are more to read at once. */
  read(bytes: Uint8Array, hasMore: boolean, onLine: (text: string) => void): Promise<void>;
  /** Nothing more comes for now. */
  flush(): Promise<void>;
}

export function toStepsPath(folder: string): string {
  return join(folder, "steps.jsonl");
}

export function toMarksPath(folder: string): string {
  return join(folder, "marks");
}

export async function readSteps(files: Files, folder: string): Promise<TimedStep[] | undefined> {
  const bytes = await files.find(toStepsPath(folder));
  if (!bytes) return undefined;
  return bytes
    .toString("utf8")
    .split("\n")
    .flatMap((line): TimedStep[] => {
      // The last line of a server that was killed may be half a line.
      try {
        const step = stepSchema.safeParse(JSON.parse(line));
        return step.success ? [step.data] : [];
      } catch {
        return [];
      }
    });
}

export function toMarks(bytes: Uint8Array): LogMark[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % MARK_BYTES));
  const marks: LogMark[] = [];
  for (let at = 0; at < view.byteLength; at += MARK_BYTES) {
    marks.push({
      offset: view.getFloat64(at, true),
      line: view.getFloat64(at + 8, true),
      atMs: view.getFloat64(at + 16, true),
    });
  }
  return marks;
}

export function toMarkBytes({ offset, line, atMs }: LogMark): Uint8Array {
  const bytes = new Uint8Array(MARK_BYTES);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, offset, true);
  view.setFloat64(8, line, true);
  view.setFloat64(16, atMs, true);
  return bytes;
}

export interface RunRecorderOptions {
  readonly files: Files;
  /** The run's folder. */
  readonly folder: string;
  readonly now: () => Date;
  /** The log goes on though what is kept beside it cannot be written. */
  readonly onError: (error: unknown) => void;
  /** An earlier server may have recorded; the bytes that were there when this one came. */
  readonly adopted?: { readonly logSizeBytes: number; readonly startedMs: number; readonly endedMs?: number };
}

export function createRunRecorder({ files, folder, now, onError, adopted }: RunRecorderOptions): RunRecorder {
  const splitter = createLineSplitter();
  const reader = createStepReader();
  const decoder = new TextDecoder();
  const steps: TimedStep[] = [];
  let opened:
    | { readonly times: ReadonlyMap<number, TimedStep>; readonly recordedTo: number; last: LogMark }
    | undefined;
  let lastMark: LogMark = { offset: 0, line: 0, atMs: 0 };
  /** What has been read since, and when; a mark only once it is known that nothing more came within its second. */
  let pending: LogMark | undefined;
  let marks = 0;

  const writeMark = async (mark: LogMark): Promise<void> => {
    pending = undefined;
    lastMark = mark;
    marks++;
    await append(toMarksPath(folder), toMarkBytes(mark));
  };
  const isDue = (nowMs: number): boolean =>
    nowMs - lastMark.atMs >= (marks < SPARSE_AFTER_MARKS ? MARK_EVERY_MS : SPARSE_EVERY_MS);

  const open = async () => {
    const known = adopted ? ((await readSteps(files, folder)) ?? []) : [];
    const recorded = adopted ? toMarks((await files.find(toMarksPath(folder))) ?? new Uint8Array(0)) : [];
    if (adopted) await cutHalves(files, folder);
    marks = recorded.length;
    lastMark = recorded.at(-1) ?? { offset: 0, line: 0, atMs: adopted?.startedMs ?? 0 };
    return {
      times: new Map(known.map((step) => [step.offset, step])),
      recordedTo: known.at(-1)?.offset ?? -1,
      last: lastMark,
    };
  };

  /** Between the last time that was recorded and now, as the bytes lie. */
  const estimate = (offset: number, nowMs: number): number => {
    const from = opened!.last;
    const to = adopted!.logSizeBytes;
    const share = to > from.offset ? Math.min(1, Math.max(0, (offset - from.offset) / (to - from.offset))) : 1;
    return Math.round(from.atMs + ((adopted!.endedMs ?? nowMs) - from.atMs) * share);
  };
  const toTimed = (step: RunStep, nowMs: number): TimedStep => {
    const known = opened!.times.get(step.offset);
    if (known?.kind === step.kind) return known;
    const isMissed = adopted !== undefined && step.offset < adopted.logSizeBytes;
    return isMissed ? { ...step, atMs: estimate(step.offset, nowMs), estimated: true } : { ...step, atMs: nowMs };
  };

  const append = async (path: string, bytes: Uint8Array | string): Promise<void> => {
    try {
      await files.append(path, bytes);
    } catch (error) {
      onError(error);
    }
  };

  return {
    steps,
    get position() {
      return splitter.position;
    },
    get lines() {
      return splitter.lines;
    },
    async read(bytes, hasMore, onLine) {
      opened ??= await open();
      const nowMs = now().getTime();
      if (pending && isDue(nowMs)) await writeMark(pending);
      const fresh: TimedStep[] = [];
      splitter.push(bytes, (line) => {
        const text = toText(line, decoder);
        if (text === undefined) return;
        onLine(text);
        const step = reader.readLine(text, { offset: line.offset, line: line.number });
        if (!step) return;
        const timed = toTimed(step, nowMs);
        steps.push(timed);
        if (timed.offset > opened!.recordedTo) fresh.push(timed);
      });
      if (fresh.length > 0) {
        await append(toStepsPath(folder), fresh.map((step) => `${JSON.stringify(step)}\n`).join(""));
      }
      const { position, lines } = splitter;
      if (position <= lastMark.offset) return;
      const mark = { offset: position, line: lines, atMs: nowMs };
      if (position - lastMark.offset >= MARK_EVERY_BYTES || (!hasMore && isDue(nowMs))) await writeMark(mark);
      else pending = mark;
    },
    async flush() {
      if (pending) await writeMark(pending);
    },
  };
}

/** A server that was killed may have left half a line or half a mark, which what is appended would be lost in. */
async function cutHalves(files: Files, folder: string): Promise<void> {
  const steps = await files.find(toStepsPath(folder));
  const whole = steps ? steps.lastIndexOf(10) + 1 : 0;
  if (steps && whole < steps.length) await files.replace(toStepsPath(folder), steps.subarray(0, whole));
  const marks = await files.find(toMarksPath(folder));
  const rest = marks ? marks.length % MARK_BYTES : 0;
  if (marks && rest > 0) await files.replace(toMarksPath(folder), marks.subarray(0, marks.length - rest));
}

function toText({ bytes }: SplitLine, decoder: TextDecoder): string | undefined {
  return bytes.length === 0 ? undefined : decoder.decode(bytes);
}
