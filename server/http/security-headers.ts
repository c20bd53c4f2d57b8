/**
 * The headers that every response has, and the content security policy of pages.
 *
 * Scripts run only from this server's own files, or inline when their hash is in the policy (Next writes inline scripts
 * to hand its data to the page). Styles may be inline: Monaco writes style elements and
 * attributes as it draws.
 */
import type { ServerResponse } from "node:http";

const EVERYWHERE: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "x-dns-prefetch-control": "off",
};

/** For whatever is not a page: an answer that is opened as a document can do nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

export function setSecurityHeaders(response: ServerResponse, secure: boolean): void {
  for (const [name, value] of Object.entries(EVERYWHERE)) response.setHeader(name, value);
  response.setHeader("content-security-policy", DATA_POLICY);
  if (secure) response.setHeader("strict-transport-security", "max-age=31536000");
}

export interface PagePolicy {
  readonly host: string;
  readonly secure: boolean;
  /** Of the inline scripts in pages that were made at build time. */
  readonly scriptHashes: readonly string[];
}

export function createPagePolicy({ host, secure, scriptHashes }: PagePolicy): string {
  return [
    "default-src 'none'",
    ["script-src 'self'", ...scriptHashes.map((hash) => `'${hash}'`)].join(" "),
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data: blob:",
    "worker-src 'self'",
    // Not every browser takes a socket of the same host for 'self'.
    `connect-src 'self' ${secure ? "wss" : "ws"}://${host}`,
    "manifest-src 'self'",
    // Services of instances, which answer with a sandbox of their own; nothing else of ours can be framed.
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}
