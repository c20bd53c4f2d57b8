/**
 * Texts of profiles that are extended by URL.
 *
 * The resolver never waits for a network: it reports URLs that it does not have, and this port gets them. A fetch has a
 * time limit, a size limit and few redirects, and does not lead into a private network (`public-web.ts`). What was
 * fetched once is kept in a directory, and serves when the network does not.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProfileAnalysis, ReadFailure } from "@/lib/buildout";
import { RefusedAddress, readFromWeb } from "./public-web";

export interface ProfileUrlOptions {
  /** Names of hosts that may also be in a private network; `host:port` to be exact. */
  readonly allowedHosts?: readonly string[];
  /** If given, no other hosts are asked at all. */
  readonly onlyAllowed?: boolean;
  /** Where texts are kept between runs. */
  readonly cacheDirectory?: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

export interface ProfileUrls {
  /** The text, as fetched or as kept; never throws. */
  fetch(url: string): Promise<string | ReadFailure>;
}

/** A profile of SlapOS is at most 60 KB, and a server that takes longer than this for one is not there. */
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 2 * 1024 * 1024;
const MAX_REDIRECTS = 3;

export function createProfileUrls(options: ProfileUrlOptions = {}): ProfileUrls {
  const { allowedHosts = [], onlyAllowed = false, cacheDirectory } = options;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const fetched = new Map<string, Promise<string | ReadFailure>>();

  const keptPath = (url: string): string | undefined =>
    cacheDirectory && join(cacheDirectory, createHash("sha256").update(url).digest("hex"));

  const readKept = (url: string): string | undefined => {
    const path = keptPath(url);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };

  const keep = (url: string, text: string): void => {
    const path = keptPath(url);
    if (path === undefined) return;
    mkdirSync(cacheDirectory!, { recursive: true });
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, text);
    renameSync(partial, path);
  };

  const download = async (address: string): Promise<string> => {
    const chunks: Buffer[] = [];
    await readFromWeb(new URL(address), {
      allowedHosts,
      onlyAllowed,
      maxRedirects: MAX_REDIRECTS,
      maxBytes,
      signal: AbortSignal.timeout(timeoutMs),
      onChunk: (chunk) => chunks.push(chunk),
    });
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
    } catch {
      throw new RefusedAddress("it is not UTF-8 text");
    }
  };

  const fetchOrKept = async (url: string): Promise<string | ReadFailure> => {
    try {
      const text = await download(url);
      keep(url, text);
      return text;
    } catch (error) {
      const kept = readKept(url);
      if (kept !== undefined) return kept;
      return { problem: "url-unavailable", message: `${url} is not available: ${reasonOf(error, timeoutMs)}.` };
    }
  };

  return {
    fetch(url) {
      let result = fetched.get(url);
      if (result === undefined) {
        result = fetchOrKept(url);
        fetched.set(url, result);
      }
      return result;
    },
  };
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof RefusedAddress) return error.message;
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === "AbortError" || name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  return code ?? "the connection failed";
}

/** More rounds than any chain of URLs that extend URLs is long. */
const MAX_ROUNDS = 50;

/** Fetches what the profile extends by URL, and what that extends, until nothing is missing or nothing more comes. */
export async function fetchExtendedUrls(analysis: ProfileAnalysis, profile: string, urls: ProfileUrls): Promise<void> {
  const tried = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    analysis.resolve(profile);
    const wanted = analysis.missingUrls.filter((url) => !tried.has(url));
    if (wanted.length === 0) return;
    const results = await Promise.all(wanted.map(async (url) => [url, await urls.fetch(url)] as const));
    for (const [url, text] of results) {
      tried.add(url);
      if (typeof text === "string") analysis.update(url, text);
      else analysis.refuse(url, text);
    }
  }
}
