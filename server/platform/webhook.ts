/**
 * Telling another server something by POST, once it is sure where that goes.
 *
 * The address is what a person of this server set, who has a shell on this machine anyway; still it is no way to reach
 * what only this machine can: only http and https, no user information, never the link-local addresses where clouds
 * keep their secrets, no multicast, no redirects; the host's name is resolved once, and the address that was looked at
 * is the one that is connected to. Of the answer only the status is read.
 */
import { lookup } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP } from "node:net";
import { WebrunnerError } from "@/lib/base/errors";

const TIMEOUT_MS = 10_000;

const refused = new BlockList();
for (const [address, bits] of [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 3],
] as const)
  refused.addSubnet(address, bits, "ipv4");
for (const [address, bits] of [
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::", 32],
] as const)
  refused.addSubnet(address, bits, "ipv6");

/** `request/invalid`, with what is wrong with the address. */
export function ensureWebhookUrl(text: string): URL {
  const refuse = (message: string): never => {
    throw new WebrunnerError("request/invalid", { message, hint: "A webhook is an http or https address." });
  };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refuse("That is no address.");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return refuse("Only http and https addresses are called.");
  if (url.username !== "" || url.password !== "") return refuse("The address holds a user or a password.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && isRefused(host)) return refuse("This address is never called.");
  return url;
}

/** Addresses that are IPv4 written as IPv6 are judged as what they are. */
function isRefused(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  const plain = mapped ?? (hex ? toIPv4(hex[1]!, hex[2]!) : address);
  return refused.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

function toIPv4(high: string, low: string): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

/** Resolves to the status; rejects when nobody answered in time, or the address is one that is never called. */
export type PostJson = (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<number>;

export const postJson: PostJson = async (text, body, headers) => {
  const url = ensureWebhookUrl(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { address, family } = isIP(host) ? { address: host, family: isIP(host) } : await lookup(host);
  if (isRefused(address)) {
    throw new WebrunnerError("request/invalid", { message: `${host} stands for an address that is never called.` });
  }
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(
      url,
      {
        method: "POST",
        timeout: TIMEOUT_MS,
        agent: false,
        headers: {
          "content-type": "application/json",
          "content-length": String(Buffer.byteLength(body)),
          "user-agent": "webrunner",
          ...headers,
        },
        // Node asks for one or for all addresses; either way it gets the one that was looked at.
        lookup: (_name, options, done) =>
          options.all ? done(null, [{ address, family }]) : done(null, address, family),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        request.destroy();
      },
    );
    request.on("timeout", () => request.destroy(new Error("No answer in time")));
    request.on("error", reject);
    request.end(body);
  });
};
