/**
 * Where a request may come from, decided before anything else looks at it.
 *
 * Host: a page of a foreign name that was made to resolve to this machine (DNS rebinding) sends its own name; so only
 * names that are this server's are answered. An IP address cannot be rebound, whatever the port (a forwarded one).
 * Origin: a browser says which page makes a request; only the server's own may change anything or open a socket.
 */

import { isIP } from "node:net";
import { hostname } from "node:os";

export interface RequestGuard {
  isHostAllowed(host: string | undefined): boolean;
  /** `origin` is the header; absent is not allowed here. */
  isOriginAllowed(origin: string | undefined, host: string | undefined): boolean;
  /** The browser reaches the server by https, through a proxy that is named in the settings. */
  isSecure(host: string | undefined): boolean;
}

export interface RequestGuardOptions {
  /** The address that is listened on. */
  readonly host: string;
  readonly origins: readonly string[];
}

export function createRequestGuard({ host: ownHost, origins }: RequestGuardOptions): RequestGuard {
  const named = new Set(origins.map((origin) => new URL(origin).host));
  const secure = new Set(origins.filter((origin) => origin.startsWith("https:")).map((origin) => new URL(origin).host));
  const names = new Set(["localhost", ownHost.toLowerCase(), hostname().toLowerCase()]);

  const isHostAllowed = (host: string | undefined): boolean => {
    const parsed = host === undefined ? undefined : parseHost(host);
    if (!parsed) return false;
    return named.has(parsed.host) || isIP(parsed.name) !== 0 || names.has(parsed.name);
  };

  return {
    isHostAllowed,
    isSecure: (host) => host !== undefined && secure.has(host.toLowerCase()),
    isOriginAllowed(origin, host) {
      if (origin === undefined || host === undefined || !isHostAllowed(host)) return false;
      if (named.has(host.toLowerCase())) return origins.includes(origin);
      // Without a proxy that is named there is no https.
      return origin === `http://${host.toLowerCase()}`;
    },
  };
}

/** `name:port` or `[address]:port`, and nothing that a URL parser would read differently. */
function parseHost(text: string): { host: string; name: string } | undefined {
  const host = text.toLowerCase();
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d{1,5})?$/.exec(host);
  return match ? { host, name: (match[1] ?? match[2])! } : undefined;
}
