/**
 * Fetching a large document for its digest: streamed, within limits, nothing kept.
 *
 * As with profiles, a name that leads into the machine or its private network is refused when connecting, wherever a
 * redirect leads; hosts of the allow-list are exempt.
 */
import { createHash } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { isPrivateAddress, publicLookup, RefusedAddress } from "./profile-urls";

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
/** A server that sends nothing for so long is not there any more. */
const SILENCE_MS = 30_000;

/** Throws an `Error` with a sentence that says why not; an aborted signal rejects with its reason. */
export async function digestFromWeb(address: string, options: WebDownloadOptions): Promise<WebDigest> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await getOnce(url, options);
    if ("md5sum" in answer) return answer;
    url = answer;
  }
  throw new RefusedAddress("it redirects too often");
}

function getOnce(
  url: URL,
  { allowedHosts, maxBytes, signal, onProgress }: WebDownloadOptions,
): Promise<WebDigest | URL> {
  return new Promise((resolve, reject) => {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      return reject(new RefusedAddress("only http and https are fetched"));
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const allowed = allowedHosts.includes(url.host) || allowedHosts.includes(url.hostname);
    if (!allowed && isIP(host) !== 0 && isPrivateAddress(host))
      return reject(new RefusedAddress(`${host} is in a private network`));
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, { signal, agent: false, ...(!allowed && { lookup: publicLookup }) }, (response) => {
      const { statusCode = 0, headers } = response;
      const fail = (reason: string): void => {
        request.destroy();
        reject(new RefusedAddress(reason));
      };
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        request.destroy();
        return URL.canParse(headers.location, url)
          ? resolve(new URL(headers.location, url))
          : fail("it redirects to something that is no URL");
      }
      if (statusCode !== 200) return fail(`the server answers ${statusCode}`);
      const total = Number(headers["content-length"]) || undefined;
      if (total !== undefined && total > maxBytes) return fail(`it is larger than ${maxBytes} bytes`);
      const hash = createHash("md5");
      let size = 0;
      let start = Buffer.alloc(0);
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) return fail(`it is larger than ${maxBytes} bytes`);
        if (start.length < START_BYTES) start = Buffer.concat([start, chunk.subarray(0, START_BYTES - start.length)]);
        hash.update(chunk);
        onProgress(size, total);
      });
      response.on("end", () => {
        if (total !== undefined && size !== total) return fail("the answer broke off");
        resolve({ md5sum: hash.digest("hex"), sizeBytes: size, start });
      });
      response.on("error", reject);
    });
    request.setTimeout(SILENCE_MS, () => request.destroy(new RefusedAddress("the server sends nothing any more")));
    request.on("error", reject);
    request.end();
  });
}
