/**
 * What of a request and an answer goes through the proxy to and from a service.
 *
 * Invariants: our cookies and tokens never reach a service; a service's answer never has an effect on our own pages: it
 * is sandboxed into an origin of its own, and cannot set our cookies or clear them.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** Of one connection, not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What would speak for our whole address, or is said by us. */
const REFUSED_ANSWERS = new Set([
  "alt-svc",
  "clear-site-data",
  "cross-origin-embedder-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "nel",
  "origin-agent-cluster",
  "referrer-policy",
  "report-to",
  "reporting-endpoints",
  "service-worker-allowed",
  "set-login",
  "strict-transport-security",
  "x-frame-options",
]);

/** Without `allow-same-origin`: the page has an origin of its own, whatever it loads. */
export const SANDBOX =
  "sandbox allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads; frame-ancestors 'self'";

export interface ProxiedRequest {
  /** Where the service is. */
  readonly target: URL;
  /** `/service/hello/@ticket` */
  readonly prefix: string;
  /** As the browser named us. */
  readonly host: string;
  readonly secure: boolean;
  /** The `authorization` header was for us. */
  readonly isOurToken: boolean;
}

export function toServiceRequestHeaders(headers: IncomingHttpHeaders, request: ProxiedRequest): OutgoingHttpHeaders {
  const { target, prefix, host, secure, isOurToken } = request;
  const named = toNames(headers.connection);
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || named.has(name)) continue;
    if (/^(x-forwarded-|forwarded$|x-real-ip$|host$|referer$|sec-fetch-)/.test(name)) continue;
    if (name === "authorization" && isOurToken) continue;
    kept[name] = value;
  }
  const cookie = withoutOurCookies(headers.cookie);
  if (cookie) kept.cookie = cookie;
  else delete kept.cookie;
  kept.host = target.protocol === "unix:" ? "localhost" : target.host;
  // A sandboxed page's origin is "null", which a service would take for a stranger's.
  if (headers.origin !== undefined) kept.origin = `${target.protocol === "https:" ? "https" : "http"}://${kept.host}`;
  kept["x-forwarded-host"] = host;
  kept["x-forwarded-proto"] = secure ? "https" : "http";
  kept["x-forwarded-prefix"] = prefix;
  return kept;
}

export function toBrowserHeaders(
  headers: IncomingHttpHeaders,
  { target, prefix }: Pick<ProxiedRequest, "target" | "prefix">,
): OutgoingHttpHeaders {
  const named = toNames(headers.connection);
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || named.has(name) || REFUSED_ANSWERS.has(name)) continue;
    if (name.startsWith("access-control-") || name === "set-cookie" || name === "content-security-policy") continue;
    kept[name] = value;
  }
  const location = headers.location;
  if (location !== undefined) kept.location = toOwnLocation(location, target, prefix);
  const cookies = (headers["set-cookie"] ?? []).flatMap((cookie) => toOwnCookie(cookie, prefix));
  if (cookies.length > 0) kept["set-cookie"] = cookies;
  const policy = headers["content-security-policy"];
  // Separated by a comma, both policies hold.
  kept["content-security-policy"] = [...(policy === undefined ? [] : [policy].flat()), SANDBOX].join(", ");
  kept["x-frame-options"] = "SAMEORIGIN";
  kept["referrer-policy"] = "no-referrer";
  // Of the page's own loads, which come from the sandbox's origin: who has the ticket may read.
  kept["cross-origin-resource-policy"] = "cross-origin";
  kept["cross-origin-opener-policy"] = "unsafe-none";
  kept["access-control-allow-origin"] = "*";
  return kept;
}

function withoutOurCookies(header: string | undefined): string {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && !isOurCookie(pair.split("=", 1)[0]!))
    .join("; ");
}

function isOurCookie(name: string): boolean {
  return /^(__Host-|__Secure-)?webrunner-/i.test(name.trim());
}

/** Bound to the service's own path; undefined (no cookie) for one that is called like ours. */
function toOwnCookie(cookie: string, prefix: string): string[] {
  const [pair = "", ...attributes] = cookie.split(";");
  const name = pair.split("=", 1)[0]!.trim();
  if (name === "" || !pair.includes("=") || /^__(Host|Secure)-/i.test(name) || isOurCookie(name)) return [];
  const kept = attributes.filter((attribute) => !/^\s*(path|domain)\s*(=|$)/i.test(attribute));
  return [[pair, ...kept, ` Path=${toCookiePath(prefix)}`].join(";")];
}

/** All tickets of one service share its cookies. */
function toCookiePath(prefix: string): string {
  return `${prefix.replace(/\/@[^/]*$/, "")}/`;
}

function toOwnLocation(location: string, target: URL, prefix: string): string {
  if (location.startsWith("/") && !location.startsWith("//")) return `${prefix}${location}`;
  let url: URL;
  try {
    url = new URL(location);
  } catch {
    return location; // Relative to where it is.
  }
  const isOwn = url.host === target.host && /^https?:$/.test(url.protocol);
  return isOwn ? `${prefix}${url.pathname}${url.search}${url.hash}` : location;
}

function toNames(header: string | undefined): ReadonlySet<string> {
  return new Set(
    (header ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
}
