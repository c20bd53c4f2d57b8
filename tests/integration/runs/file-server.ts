/** Files over http as a test wants them: slow, failing first, gone, or other than they say; what was asked is kept. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export interface ServedFile {
  readonly body: Buffer;
  readonly type?: string;
  /** The first answers, instead of the file. */
  readonly failFirst?: readonly number[];
}

export interface FileServer {
  readonly url: string;
  /** `GET /a`, in the order in which they came. */
  readonly asked: string[];
  readonly files: Map<string, ServedFile>;
  /** How many answers were being written at once, at most. */
  peak(): number;
  close(): Promise<void>;
}

export function md5Of(body: Buffer): string {
  return createHash("md5").update(body).digest("hex");
}

const PIECE_BYTES = 16 * 1024;

export async function createFileServer(
  options: { latencyMs?: number; bytesPerSecond?: number } = {},
): Promise<FileServer> {
  const files = new Map<string, ServedFile>();
  const counts = new Map<string, number>();
  const asked: string[] = [];
  let busy = 0;
  let peak = 0;
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    asked.push(`${request.method} ${path}`);
    busy++;
    peak = Math.max(peak, busy);
    response.on("close", () => busy--);
    if (options.latencyMs) await wait(options.latencyMs);
    const file = files.get(path);
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    const status = file ? (file.failFirst?.[count] ?? 200) : 404;
    if (status !== 200 || !file) {
      response.writeHead(status).end();
      return;
    }
    response.writeHead(200, { "content-length": file.body.length, ...(file.type && { "content-type": file.type }) });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    if (options.bytesPerSecond === undefined) {
      response.end(file.body);
      return;
    }
    const begin = performance.now();
    for (let at = 0; at < file.body.length && !response.destroyed; at += PIECE_BYTES) {
      response.write(file.body.subarray(at, at + PIECE_BYTES));
      const dueMs = ((at + PIECE_BYTES) / options.bytesPerSecond) * 1000;
      await wait(Math.max(0, dueMs - (performance.now() - begin)));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    files,
    peak: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
