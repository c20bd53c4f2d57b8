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
const PIECE_LIMIT_MS = 100;

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

/** Upper and lower case are alike. `request/invalid` for what is no regular expression. */
export async function searchLog(
  files: Files,
  path: string,
  sizeBytes: number,
  query: { readonly text: string; readonly regex: boolean },
): Promise<LogSearchResult> {
  const test = createTest(query.regex ? query.text : query.text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const deadline = Date.now() + SEARCH_LIMIT_MS;
  const matches: LogMatch[] = [];
  for await (const lines of readLines(files, path, sizeBytes)) {
    const texts = lines.map(({ bytes }) => stripAnsi(bytes.toString("utf8")));
    const hits = test(texts);
    if (!hits) return { matches, truncated: true };
    for (const index of hits) {
      if (matches.length === MATCH_LIMIT) return { matches, truncated: true };
      const { offset, line } = lines[index]!;
      matches.push({ offset, line, text: texts[index]!.slice(0, MATCH_TEXT_LIMIT) });
    }
    if (Date.now() > deadline) return { matches, truncated: true };
    // Others have their turn between two pieces.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { matches, truncated: false };
}

interface Line {
  readonly offset: number;
  readonly line: number;
  readonly bytes: Buffer;
}

async function* readLines(files: Files, path: string, sizeBytes: number): AsyncIterable<Line[]> {
  let line = 0;
  let lineOffset = 0;
  let position = 0;
  let begun: Buffer = Buffer.alloc(0);
  for await (const piece of readLogBytes(files, path, 0, sizeBytes)) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const lines: Line[] = [];
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      lines.push({ offset: lineOffset, line, bytes: joinLine(begun, bytes.subarray(from, end)) });
      begun = Buffer.alloc(0);
      line++;
      from = end + 1;
      lineOffset = position + from;
    }
    begun = joinLine(begun, bytes.subarray(from));
    position += bytes.length;
    yield lines;
  }
  if (begun.length > 0) yield [{ offset: lineOffset, line, bytes: begun }];
}

function joinLine(begun: Buffer, rest: Buffer): Buffer {
  if (begun.length === 0) return rest.subarray(0, LINE_LIMIT_BYTES);
  if (begun.length >= LINE_LIMIT_BYTES) return begun;
  return Buffer.concat([begun, rest.subarray(0, LINE_LIMIT_BYTES - begun.length)]);
}

/** Indices of the texts that match, or undefined when it took too long. */
function createTest(source: string): (texts: readonly string[]) => readonly number[] | undefined {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, "iu");
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
