/** A run that has ended and left a large log, in the data of a real server, and what is asked of it. */
import { createWriteStream } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { readMatches } from "@/lib/client/log-matches";
import { createTestServer, makeDataDirectory, TEST_TOKEN } from "../integration/server-harness";

const RUN = "20260101-000000-large0";
const READ_BYTES = 1024 * 1024;
/** "line 0000001 " and what fills it up to 108 bytes with its end. */
export const LINE_BYTES = 108;

export interface LargeLog {
  readonly sizeBytes: number;
  /** Milliseconds until the last line is there, as a page opens a log. */
  timeOfEnd(): Promise<number>;
  /** Until what stands at this share of the log is there. */
  timeOfJump(share: number): Promise<number>;
  /** Until the line (counted from 1) is there. */
  timeOfLine(line: number): Promise<number>;
  /** The line of the byte at each share is what a count of the lines says. */
  checkPlaces(shares: readonly number[]): Promise<void>;
  search(
    text: string,
    regex: boolean,
  ): Promise<{ readonly lines: number[]; readonly steps: number; readonly ms: number }>;
  /** How much of the log a search has read when its reader leaves at the first news. */
  readAfterCancel(): Promise<number>;
  status(path: string): Promise<number>;
  close(): Promise<void>;
}

/** Into the data of a server that is not running; gives the size of the log. */
export async function writeLargeLog(dataDirectory: string, lines: number): Promise<number> {
  const folder = join(dataDirectory, "projects/sample/runs", RUN);
  await mkdir(folder, { recursive: true });
  const log = join(folder, "log");
  await writeLines(log, lines);
  const { size } = await stat(log);
  const at = "2026-01-01T00:00:00.000Z";
  const request = { id: RUN, project: "sample", kind: "buildout", engine: "buildout", profile: "a.cfg", createdAt: at };
  const end = {
    state: "succeeded",
    code: 0,
    startedAt: at,
    finishedAt: "2026-01-01T01:00:00.000Z",
    logSizeBytes: size,
  };
  await writeFile(join(folder, "request.json"), JSON.stringify({ ...request, roots: [] }));
  await writeFile(join(folder, "end.json"), JSON.stringify(end));
  return size;
}

export async function openLargeLog({ lines }: { readonly lines: number }): Promise<LargeLog> {
  const dataDirectory = await makeDataDirectory();
  const size = await writeLargeLog(dataDirectory, lines);
  const server = await createTestServer({ dataDirectory });
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}/api/v1/runs/${RUN}${path}`, { ...init, headers: { authorization: `Bearer ${TEST_TOKEN}` } });
  const read = async (offset: number): Promise<string> => {
    const reply = await ask(`/log?offset=${offset}&limit=${READ_BYTES}`);
    expect(reply.status).toBe(200);
    const text = await reply.text();
    expect(text.length).toBeLessThanOrEqual(READ_BYTES);
    return text;
  };
  const time = async (act: () => Promise<void>): Promise<number> => {
    const begin = performance.now();
    await act();
    return performance.now() - begin;
  };
  // Lines of a log that nobody followed are counted once; a log that was followed has its marks.
  await ask("/log/line?line=1");

  return {
    sizeBytes: size,
    timeOfEnd: () =>
      time(async () => {
        expect((await read(size - READ_BYTES)).endsWith(toLine(lines))).toBe(true);
      }),
    timeOfJump: (share) =>
      time(async () => {
        const offset = Math.floor(size * share);
        expect(await read(offset)).toContain(toLine(Math.floor(offset / LINE_BYTES) + 2));
      }),
    timeOfLine: (line) =>
      time(async () => {
        const place = (await (await ask(`/log/line?line=${line}`)).json()) as { offset: number; line: number };
        expect(place).toMatchObject({ offset: (line - 1) * LINE_BYTES, line: line - 1 });
        expect((await read(place.offset)).startsWith(toLine(line))).toBe(true);
      }),
    async checkPlaces(shares) {
      for (const share of shares) {
        const offset = Math.min(size - 1, Math.floor(size * share));
        const place = (await (await ask(`/log/line?offset=${offset}`)).json()) as { offset: number; line: number };
        const line = Math.floor(offset / LINE_BYTES);
        expect(place).toMatchObject({ line, offset: line * LINE_BYTES });
      }
    },
    async search(text, regex) {
      const found: number[] = [];
      let steps = 0;
      const ms = await time(async () => {
        const query = new URLSearchParams({ text, regex: String(regex) });
        let readBytes = 0;
        for await (const one of readMatches(await ask(`/log/matches?${query}`))) {
          expect(one.readBytes).toBeGreaterThanOrEqual(readBytes);
          readBytes = one.readBytes;
          found.push(...one.matches.map(({ line }) => line));
          steps++;
        }
        expect(readBytes).toBe(size);
      });
      return { lines: found, steps, ms };
    },
    async readAfterCancel() {
      const abort = new AbortController();
      for await (const { readBytes } of readMatches(await ask("/log/matches?text=nowhere", { signal: abort.signal }))) {
        abort.abort();
        return readBytes / size;
      }
      return 1;
    },
    status: async (path) => (await ask(path)).status,
    async close() {
      await server.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function toLine(number: number): string {
  return `line ${String(number).padStart(8, "0")} ${"x".repeat(LINE_BYTES - 15)}\n`;
}

async function writeLines(path: string, lines: number): Promise<void> {
  const stream = createWriteStream(path);
  for (let from = 1; from <= lines; from += 10_000) {
    const piece: string[] = [];
    for (let line = from; line < Math.min(from + 10_000, lines + 1); line++) piece.push(toLine(line));
    if (!stream.write(piece.join(""))) await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
  }
  await new Promise<void>((resolve) => stream.end(() => resolve()));
}
