/**
 * Texts of profiles that are extended by URL.
 *
 * The resolver never waits for a network: it reports URLs that it does not have, and this port gets them. A fetch has a
 * time limit, a size limit and few redirects. Names that lead into the machine or its private network are refused at
 * the moment of connecting, by the address itself, so that no redirect and no name server leads around it; hosts of
 * the allow-list are exempt. What was fetched once is kept in a directory, and serves when the network does not.
 */
import { createHash } from "node:crypto";
import { lookup } from "node:dns";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { join } from "node:path";
import type { ProfileAnalysis, ReadFailure } from "@/lib/buildout";

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

function createPrivateAddresses(): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["224.0.0.0", 3],
  ] as const)
    list.addSubnet(address, prefix, "ipv4");
  for (const [address, prefix] of [
    ["::", 127],
    ["64:ff9b::", 96],
    ["fc00::", 7],
    ["fe80::", 10],
    ["ff00::", 8],
  ] as const)
    list.addSubnet(address, prefix, "ipv6");
  return list;
}

const privateAddresses = createPrivateAddresses();

/** IPv4 in IPv6 clothes counts as what it is. */
export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return privateAddresses.check(mapped, "ipv4");
  if (/^::ffff:/i.test(address)) return true;
  return privateAddresses.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** The sentence says why an address is not fetched, or gave nothing. */
export class RefusedAddress extends Error {}

/** Names that lead into the machine or its private network are refused. */
export const publicLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "", 4);
    const usable = addresses.filter(({ address }) => !isPrivateAddress(address));
    const [first] = usable;
    if (first === undefined) return callback(new RefusedAddress(`${host} is in a private network`), "", 4);
    if (options.all) return callback(null, usable);
    return callback(null, first.address, first.family);
  });
};

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
    let url = new URL(address);
    const signal = AbortSignal.timeout(timeoutMs);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await getOnce(url, isAllowed(url), signal);
      if (typeof answer === "string") return answer;
      url = answer;
    }
    throw new RefusedAddress("it redirects too often");
  };

  const isAllowed = (url: URL): boolean => {
    const allowed = allowedHosts.includes(url.hostname) || allowedHosts.includes(url.host);
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new RefusedAddress("only http and https are fetched");
    if (onlyAllowed && !allowed) throw new RefusedAddress(`${url.host} is not on the list of allowed hosts`);
    return allowed;
  };

  const getOnce = (url: URL, allowed: boolean, signal: AbortSignal): Promise<string | URL> =>
    new Promise((resolve, reject) => {
      const host = url.hostname.replace(/^\[|\]$/g, "");
      if (!allowed && isIP(host) !== 0 && isPrivateAddress(host)) {
        reject(new RefusedAddress(`${host} is in a private network`));
        return;
      }
      const send = url.protocol === "https:" ? requestHttps : requestHttp;
      const request = send(url, { signal, agent: false, ...(!allowed && { lookup: publicLookup }) }, (response) => {
        const { statusCode = 0, headers } = response;
        const fail = (reason: string): void => {
          request.destroy();
          reject(new RefusedAddress(reason));
        };
        if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
          request.destroy();
          try {
            resolve(new URL(headers.location, url));
          } catch {
            reject(new RefusedAddress("it redirects to something that is no URL"));
          }
          return;
        }
        if (statusCode !== 200) return fail(`the server answers ${statusCode}`);
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxBytes) fail(`it is larger than ${maxBytes} bytes`);
          else chunks.push(chunk);
        });
        response.on("end", () => {
          try {
            resolve(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks)));
          } catch {
            reject(new RefusedAddress("it is not UTF-8 text"));
          }
        });
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end();
    });

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
