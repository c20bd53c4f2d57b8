/**
 * Which line begins where in a log, and when it was written, without reading the log: by the marks that are kept
 * beside it, and at most a few megabytes between two of them.
 *
 * Of a log that nobody followed (it is older than the marks) the line numbers are counted once and kept in memory; its
 * times are not known.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { LogLine, LogTime } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import type { RunKeeper } from "./run-keeper";
import { type LogMark, toMarks, toMarksPath } from "./run-recorder";

const LF = 10;
const PIECE_BYTES = 1024 * 1024;
/** What is not marked yet is counted when it is asked for; more than this is remembered. */
const COUNTED_FROM_BYTES = 4 * 1024 * 1024;
const CACHED_LOGS = 8;
/** A reply for a window of rows: the page draws times to the second. */
const TIMES_MAX = 2_000;

export interface LogIndex {
  /** The line with this zero-based number, or the one that holds the byte; `request/invalid` past the end. */
  findPlace(run: string, wanted: { readonly line: number } | { readonly offset: number }): Promise<LogLine>;
  /** When the bytes of a range were written: by each `at` the log had grown to `offset`. */
  listTimes(run: string, start: number, end: number): Promise<LogTime[]>;
  /** Complete lines of the whole log. */
  countLines(run: string): Promise<number>;
}

export interface LogIndexOptions {
  readonly files: Files;
  readonly runs: Pick<RunKeeper, "findLog" | "findFolder" | "get">;
}

interface Known {
  marks: LogMark[];
  /** Of the file of marks. */
  markBytes: number;
}

const START: LogMark = { offset: 0, line: 0, atMs: 0 };

export function createLogIndex({ files, runs }: LogIndexOptions): LogIndex {
  const cache = new Map<string, Known>();

  const readMarks = async (run: string): Promise<Known> => {
    const path = toMarksPath(runs.findFolder(run).path);
    const size = (await files.findInfo(path))?.sizeBytes ?? 0;
    const known = cache.get(run);
    if (known && known.markBytes >= size) return known;
    const bytes = size > 0 ? await files.find(path) : undefined;
    const fresh: Known = { marks: bytes ? toMarks(bytes) : [], markBytes: size };
    cache.delete(run);
    cache.set(run, fresh);
    for (const id of cache.keys()) {
      if (cache.size <= CACHED_LOGS) break;
      cache.delete(id);
    }
    return fresh;
  };

  /** Counts on from the last mark where much is not marked; such marks have no time. */
  const ensureMarks = async (run: string, path: string, sizeBytes: number): Promise<readonly LogMark[]> => {
    const known = await readMarks(run);
    let last = known.marks.at(-1) ?? START;
    while (sizeBytes - last.offset > COUNTED_FROM_BYTES) {
      const bytes = await files.readRange(path, last.offset, PIECE_BYTES);
      if (bytes.length === 0) break;
      last = { offset: last.offset + bytes.length, line: last.line + countLineEnds(bytes), atMs: 0 };
      known.marks.push(last);
    }
    return known.marks;
  };

  const timeOf = (marks: readonly LogMark[], offset: number, run: string): string | undefined => {
    const mark = marks[firstAfter(marks, offset)];
    if (mark) return mark.atMs > 0 ? new Date(mark.atMs).toISOString() : undefined;
    // After the last mark: within the last second of the log.
    return marks.length > 0 && marks.at(-1)!.atMs > 0 ? runs.get(run).finishedAt : undefined;
  };

  const findLineStart = async (
    path: string,
    from: LogMark,
    line: number,
    sizeBytes: number,
  ): Promise<number | undefined> => {
    // A mark may stand inside of its line, whose start is before it.
    if (line === 0) return 0;
    let left = line - from.line;
    for (let at = from.offset; at < sizeBytes; ) {
      const bytes = await files.readRange(path, at, Math.min(PIECE_BYTES, sizeBytes - at));
      if (bytes.length === 0) return undefined;
      for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, end + 1)) {
        left--;
        if (left === 0) return at + end + 1;
      }
      at += bytes.length;
    }
    return undefined;
  };

  const toPlace = (run: string, marks: readonly LogMark[], offset: number, line: number): LogLine => ({
    offset,
    line,
    at: timeOf(marks, offset, run),
  });

  return {
    async findPlace(run, wanted) {
      const { path, sizeBytes } = await runs.findLog(run);
      const marks = await ensureMarks(run, path, sizeBytes);
      if ("line" in wanted) {
        // The last mark before the line: the line's start lies after it.
        const before = marks.findLast(({ line }) => line < wanted.line) ?? START;
        const offset = await findLineStart(path, before, wanted.line, sizeBytes);
        if (offset === undefined || (offset >= sizeBytes && wanted.line > 0)) {
          throw new WebrunnerError("request/invalid", {
            message: `The log has no line ${wanted.line + 1}.`,
            hint: "Lines are counted from 1.",
          });
        }
        return toPlace(run, marks, offset, wanted.line);
      }
      if (wanted.offset > sizeBytes) {
        throw new WebrunnerError("request/invalid", { message: `The log has ${sizeBytes} bytes.` });
      }
      const before = marks[firstAfter(marks, wanted.offset) - 1] ?? START;
      let line = before.line;
      let start = await findStartBefore(files, path, before.offset);
      for (let at = before.offset; at < wanted.offset; ) {
        const bytes = await files.readRange(path, at, Math.min(PIECE_BYTES, wanted.offset - at));
        if (bytes.length === 0) break;
        line += countLineEnds(bytes);
        const last = bytes.lastIndexOf(LF);
        if (last >= 0) start = at + last + 1;
        at += bytes.length;
      }
      return toPlace(run, marks, start, line);
    },

    async listTimes(run, start, end) {
      const { marks } = await readMarks(run);
      const timed = marks.filter(({ atMs }) => atMs > 0);
      const from = Math.max(0, firstAfter(timed, start) - 1);
      const to = Math.min(timed.length, firstAfter(timed, end) + 1);
      const step = Math.max(1, Math.ceil((to - from) / TIMES_MAX));
      const picked: LogTime[] = [];
      for (let at = from; at < to; at += step) {
        const { offset, line, atMs } = timed[Math.min(to - 1, at + step - 1)]!;
        picked.push({ offset, line, at: new Date(atMs).toISOString() });
      }
      return picked;
    },

    async countLines(run) {
      const { path, sizeBytes } = await runs.findLog(run);
      const last = (await ensureMarks(run, path, sizeBytes)).at(-1) ?? START;
      let lines = last.line;
      for (let at = last.offset; at < sizeBytes; ) {
        const bytes = await files.readRange(path, at, Math.min(PIECE_BYTES, sizeBytes - at));
        if (bytes.length === 0) break;
        lines += countLineEnds(bytes);
        at += bytes.length;
      }
      return lines;
    },
  };
}

/** Where the line begins that the byte before `offset` belongs to, or that begins at `offset`. */
async function findStartBefore(files: Files, path: string, offset: number): Promise<number> {
  for (let end = offset; end > 0; ) {
    const from = Math.max(0, end - PIECE_BYTES);
    const found = (await files.readRange(path, from, end - from)).lastIndexOf(LF);
    if (found >= 0) return from + found + 1;
    end = from;
  }
  return 0;
}

function countLineEnds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}

/** Index of the first mark after the byte. */
function firstAfter(marks: readonly LogMark[], offset: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle]!.offset > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
