/** Fetching a large document for its digest: streamed, within limits, nothing kept. */
import { createHash } from "node:crypto";
import { readFromWeb } from "./public-web";

export interface WebDownloadOptions {
  /** `host` or `host:port` that may be in a private network. */
  readonly allowedHosts: readonly string[];
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  onProgress(receivedBytes: number, totalBytes: number | undefined): void;
}

export interface WebDigest {
  readonly md5sum: string;
  readonly sizeBytes: number;
  /** The first bytes tell whether it is an archive or a page that says that there is none. */
  readonly start: Uint8Array;
}

const MAX_REDIRECTS = 5;
const START_BYTES = 64;
const SILENCE_MS = 30_000;

/** Throws an `Error` with a sentence that says why not; an aborted signal rejects with its reason. */
export async function digestFromWeb(address: string, options: WebDownloadOptions): Promise<WebDigest> {
  const { allowedHosts, maxBytes, signal, onProgress } = options;
  const hash = createHash("md5");
  let sizeBytes = 0;
  let start = Buffer.alloc(0);
  await readFromWeb(new URL(address), {
    allowedHosts,
    maxRedirects: MAX_REDIRECTS,
    maxBytes,
    silenceMs: SILENCE_MS,
    signal,
    onChunk: (chunk, totalBytes) => {
      sizeBytes += chunk.length;
      if (start.length < START_BYTES) start = Buffer.concat([start, chunk.subarray(0, START_BYTES - start.length)]);
      hash.update(chunk);
      onProgress(sizeBytes, totalBytes);
    },
  });
  return { md5sum: hash.digest("hex"), sizeBytes, start };
}
