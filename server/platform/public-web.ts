/**
 * What is read from the web by an address that somebody else may have written.
 *
 * Names that lead into the machine or its private network are refused at the moment of connecting, by the address
 * itself, so that no redirect and no name server leads around it; hosts of the allow-list are exempt.
 */
import { lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

export interface WebReading {
  /** `host` or `host:port` that may be in a private network. */
  readonly allowedHosts: readonly string[];
  /** No other hosts are asked at all. */
  readonly onlyAllowed?: boolean;
  readonly maxRedirects: number;
  readonly maxBytes: number;
  /** A server that sends nothing for so long is not there any more. */
  readonly silenceMs?: number;
  readonly signal: AbortSignal;
  /** `totalBytes` as the server announced it. */
  onChunk(chunk: Buffer, totalBytes: number | undefined): void;
}

/** The sentence says why an address is not fetched, or gave nothing. */
export class RefusedAddress extends Error {}

/**
 * Reads the body that the address leads to, piece by piece; resolves at its end. Rejects with `RefusedAddress`, with the
 * error of the connection, or with the reason of the signal.
 */
export async function readFromWeb(address: URL, reading: WebReading): Promise<void> {
  let url = address;
  for (let redirects = 0; redirects <= reading.maxRedirects; redirects++) {
    const next = await readOnce(url, reading);
    if (next === undefined) return;
    url = next;
  }
  throw new RefusedAddress("it redirects too often");
}

/** Where it redirects to; nothing when the body was read. */
function readOnce(url: URL, reading: WebReading): Promise<URL | undefined> {
  const { allowedHosts, onlyAllowed = false, maxBytes, silenceMs, signal, onChunk } = reading;
  return new Promise((resolve, reject) => {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      return reject(new RefusedAddress("only http and https are fetched"));
    const isAllowed = allowedHosts.includes(url.host) || allowedHosts.includes(url.hostname);
    if (onlyAllowed && !isAllowed) return reject(new RefusedAddress(`${url.host} is not on the list of allowed hosts`));
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (!isAllowed && isIP(host) !== 0 && isPrivateAddress(host))
      return reject(new RefusedAddress(`${host} is in a private network`));
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, { signal, agent: false, ...(!isAllowed && { lookup: publicLookup }) }, (response) => {
      const { statusCode = 0, headers } = response;
      const fail = (reason: string): void => {
        request.destroy();
        reject(new RefusedAddress(reason));
      };
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        request.destroy();
        if (URL.canParse(headers.location, url)) resolve(new URL(headers.location, url));
        else fail("it redirects to something that is no URL");
        return;
      }
      if (statusCode !== 200) return fail(`the server answers ${statusCode}`);
      const total = Number(headers["content-length"]) || undefined;
      if (total !== undefined && total > maxBytes) return fail(`it is larger than ${maxBytes} bytes`);
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) fail(`it is larger than ${maxBytes} bytes`);
        else onChunk(chunk, total);
      });
      response.on("end", () => {
        if (total !== undefined && size !== total) fail("the answer broke off");
        else resolve(undefined);
      });
      response.on("error", reject);
    });
    if (silenceMs !== undefined)
      request.setTimeout(silenceMs, () => request.destroy(new RefusedAddress("the server sends nothing any more")));
    request.on("error", reject);
    request.end();
  });
}

/** Names that lead into the machine or its private network are refused. */
const publicLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "", 4);
    const usable = addresses.filter(({ address }) => !isPrivateAddress(address));
    const [first] = usable;
    if (first === undefined) return callback(new RefusedAddress(`${host} is in a private network`), "", 4);
    if (options.all) return callback(null, usable);
    return callback(null, first.address, first.family);
  });
};

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
