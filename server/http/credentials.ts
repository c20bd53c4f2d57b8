/**
 * Who sends a request, by its headers: a bearer token, else the session cookie.
 *
 * Cookies do not know ports: the name has the port that the browser uses, so that two servers of one machine do not
 * sign each other out. Under https the prefix `__Host-` keeps other hosts of the domain from setting it.
 */
import type { Credential } from "@/server/access/access-keeper";
import type { RequestGuard } from "./request-guard";

const SESSION_SECONDS = 30 * 24 * 3600;
const DEVICE_SECONDS = 365 * 24 * 3600;

export interface RequestHeaders {
  readonly host: string | undefined;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
}

export interface CredentialSource {
  findSession(secret: string): Credential | undefined;
  findToken(secret: string): Credential | undefined;
}

export interface Credentials {
  find(headers: RequestHeaders): Credential | undefined;
  findDevice(headers: RequestHeaders): string | undefined;
  toSessionCookie(headers: RequestHeaders, session: string): string;
  toDeviceCookie(headers: RequestHeaders, device: string): string;
  /** Removes the session cookie. */
  toEndCookie(headers: RequestHeaders): string;
}

export function createCredentials(source: CredentialSource, guard: RequestGuard): Credentials {
  const toName = ({ host }: RequestHeaders, kind: "session" | "device"): string => {
    const port = /:(\d+)$/.exec(host ?? "")?.[1];
    return `${guard.isSecure(host) ? "__Host-" : ""}webrunner-${kind}${port ? `-${port}` : ""}`;
  };
  const toCookie = (headers: RequestHeaders, kind: "session" | "device", value: string, seconds: number): string => {
    const attributes = ["Path=/", "HttpOnly", "SameSite=Strict", `Max-Age=${seconds}`];
    if (guard.isSecure(headers.host)) attributes.push("Secure");
    return [`${toName(headers, kind)}=${value}`, ...attributes].join("; ");
  };

  return {
    find(headers) {
      const bearer = /^Bearer +([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? "")?.[1];
      // A token that is wrong is not made good by a cookie that came along.
      if (headers.authorization !== undefined) return bearer === undefined ? undefined : source.findToken(bearer);
      const session = findCookie(headers.cookie, toName(headers, "session"));
      return session === undefined ? undefined : source.findSession(session);
    },
    findDevice: (headers) => findCookie(headers.cookie, toName(headers, "device")),
    toSessionCookie: (headers, session) => toCookie(headers, "session", session, SESSION_SECONDS),
    toDeviceCookie: (headers, device) => toCookie(headers, "device", device, DEVICE_SECONDS),
    toEndCookie: (headers) => toCookie(headers, "session", "", 0),
  };
}

function findCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim() || undefined;
  }
  return undefined;
}
