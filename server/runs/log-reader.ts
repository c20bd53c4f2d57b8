/** Reading a log's file in bounded pieces: a range, all of it as the reader pulls, or the lines that match. */
import vm from "node:vm";
import { WebrunnerError } from "@/lib/base/errors";
import { stripAnsi } from "@/lib/logs/ansi";
import type { LogMatch } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";

/** No reply holds more of a log than this (LD4). */
export const LOG_READ_LIMIT_BYTES = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
/** A longer line is matched by its beginning. */
const LINE_LIMIT_BYTES = 16 * 1024;
const MATCH_LIMIT = 1_000;
const MATCH_TEXT_LIMIT = 1_000;
/** A search that takes longer is cut off, and says so. */
const SEARCH_LIMIT_MS = 5_000;
/** A pattern that backtracks without end is stopped by the machine, not waited for. */
const PIECE_LIMIT_MS = 250;
/** A stream of matches tells what it has this often, or when it has this many. */
const TELL_EVERY_MS = 200;
const TELL_MATCHES = 1_000;
/** As many as a page keeps. */
const STREAM_MATCH_LIMIT = 100_000;
const EMPTY = Buffer.alloc(0);

export interface LogSearchResult {
  readonly matches: LogMatch[];
  /** There are more, or the search was cut off. */
  readonly truncated: boolean;
}

export async function* readLogBytes(files: Files, path: string, start: number, end: number): AsyncIterable<Uint8Array> {
  for (let at = start; at < end; ) {
    const bytes = await files.readRange(path, at, Math.min(PIECE_BYTES, end - at));
    if (bytes.length === 0) return;
    yield bytes;
    at += bytes.length;
  }
}

export interface LogQuery {
  readonly text: string;
  readonly regex: boolean;
  /** Default: upper and lower case are alike. */
  readonly matchCase?: boolean;
}

/** `request/invalid` for what is no regular expression. */
export async function searchLog(
  files: Files,
  path: string,
  sizeBytes: number,
  query: LogQuery,
): Promise<LogSearchResult> {
  const deadline = Date.now() + SEARCH_LIMIT_MS;
  const matches: LogMatch[] = [];
  for await (const found of findMatches(files, path, sizeBytes, query)) {
    if (found === "too-slow") return { matches, truncated: true };
    for (const match of found.matches) {
      if (matches.length === MATCH_LIMIT) return { matches, truncated: true };
      matches.push(match);
    }
    if (Date.now() > deadline) return { matches, truncated: true };
  }
  return { matches, truncated: false };
}

/** The same without a limit of time, as it is found: a JSON object a line. Ends when the signal says so. */
export async function* streamLogMatches(
  files: Files,
  path: string,
  sizeBytes: number,
  query: LogQuery,
  options: { readonly signal?: AbortSignal; readonly from?: { readonly offset: number; readonly line: number } } = {},
): AsyncIterable<Uint8Array> {
  const encode = (value: object): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);
  let matches: LogMatch[] = [];
  let count = 0;
  let toldMs = Date.now();
  for await (const found of findMatches(files, path, sizeBytes, query, options.from)) {
    if (options.signal?.aborted) return;
    if (found === "too-slow") {
      yield encode({ matches, done: true, truncated: true, reason: "The pattern takes too long." });
      return;
    }
    const { readBytes } = found;
    const kept = found.matches.slice(0, STREAM_MATCH_LIMIT - count);
    matches.push(...kept);
    count += kept.length;
    if (kept.length < found.matches.length) {
      yield encode({ matches, readBytes, sizeBytes, done: true, truncated: true });
      return;
    }
    if (Date.now() - toldMs < TELL_EVERY_MS && matches.length < TELL_MATCHES) continue;
    yield encode({ matches, readBytes, sizeBytes });
    matches = [];
    toldMs = Date.now();
  }
  yield encode({ matches, readBytes: sizeBytes, sizeBytes, done: true, truncated: false });
}

async function* findMatches(
  files: Files,
  path: string,
  sizeBytes: number,
  query: LogQuery,
  from?: { readonly offset: number; readonly line: number },
): AsyncIterable<{ readonly matches: LogMatch[]; readonly readBytes: number } | "too-slow"> {
  const source = query.regex ? query.text : query.text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const test = createTest(source, query.matchCase === true);
  for await (const { lines, readBytes } of readLines(files, path, sizeBytes, from)) {
    const texts = lines.map(({ bytes }) => stripAnsi(bytes.toString("utf8")));
    const hits = test(texts);
    if (!hits) {
      yield "too-slow";
      return;
    }
    const matches = hits.map((index) => {
      const { offset, line } = lines[index]!;
      return { offset, line, text: texts[index]!.slice(0, MATCH_TEXT_LIMIT) };
    });
    yield { matches, readBytes };
    // Others have their turn between two pieces.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Line {
  readonly offset: number;
  readonly line: number;
  readonly bytes: Buffer;
}

interface LinePiece {
  readonly lines: readonly Line[];
  readonly readBytes: number;
}

/** `from` is the start of a line, and its number. */
async function* readLines(
  files: Files,
  path: string,
  sizeBytes: number,
  from = { offset: 0, line: 0 },
): AsyncIterable<LinePiece> {
  let { line } = from;
  let lineOffset = from.offset;
  let position = from.offset;
  let begun: Buffer = EMPTY;
  for await (const piece of readLogBytes(files, path, from.offset, sizeBytes)) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const lines: Line[] = [];
    let at = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
      lines.push({ offset: lineOffset, line, bytes: joinLine(begun, bytes.subarray(at, end)) });
      begun = EMPTY;
      line++;
      at = end + 1;
      lineOffset = position + at;
    }
    begun = joinLine(begun, bytes.subarray(at));
    position += bytes.length;
    yield { lines, readBytes: position };
  }
  if (begun.length > 0) yield { lines: [{ offset: lineOffset, line, bytes: begun }], readBytes: position };
}

function joinLine(begun: Buffer, rest: Buffer): Buffer {
  if (begun.length === 0) return rest.subarray(0, LINE_LIMIT_BYTES);
  if (begun.length >= LINE_LIMIT_BYTES) return begun;
  return Buffer.concat([begun, rest.subarray(0, LINE_LIMIT_BYTES - begun.length)]);
}

/** Indices of the texts that match, or undefined when it took too long. */
function createTest(source: string, matchCase: boolean): (texts: readonly string[]) => readonly number[] | undefined {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, matchCase ? "u" : "iu");
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "Not a regular expression";
    throw new WebrunnerError("request/invalid", { message }, { cause });
  }
  // The only thing that can interrupt a regular expression at work.
  const context = vm.createContext({ pattern, texts: [] as readonly string[], hits: [] as number[] });
  const script = new vm.Script(
    "hits = []; for (let i = 0; i < texts.length; i++) if (pattern.test(texts[i])) hits.push(i);",
  );
  return (texts) => {
    context.texts = texts;
    try {
      script.runInContext(context, { timeout: PIECE_LIMIT_MS });
    } catch (error) {
      if ((error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
      throw error;
    }
    return [...context.hits];
  };
}
