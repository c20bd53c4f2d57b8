/**
 * URLs of remotes, judged before anything is done with them.
 *
 * Allowed are `https:`, `http:`, `ssh:` and `user@host:path`; everything else (options, `ext::`, `file:`, local
 * paths, control characters) is refused with the reason. A user name and password in the URL are taken out of it,
 * so that a stored URL never holds a secret.
 */
export type RemoteUrl =
  | {
      readonly ok: true;
      /** Without user information for http; as git takes it. */
      readonly url: string;
      readonly protocol: "http" | "https" | "ssh";
      readonly host: string;
      /** `https://host:port`, what a credential belongs to; for ssh `ssh://host:port`. */
      readonly origin: string;
      readonly path: string;
      readonly user: string | undefined;
      /** A password that stood in the URL. */
      readonly password: string | undefined;
    }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): RemoteUrl => ({ ok: false, reason });
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?$|^\[[0-9a-f:.]+\]$/i;
const SSH_USER = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

export function parseRemoteUrl(text: string): RemoteUrl {
  if (text === "" || text.length > 2000) return refuse("The URL is empty or too long.");
  if (/[\x00-\x20\x7f-\x9f\ufffd\u2028\u2029]/.test(text)) return refuse("The URL holds spaces or control characters.");
  if (text.startsWith("-")) return refuse("The URL begins with a dash.");
  if (/^[A-Za-z0-9+.-]+::/.test(text)) return refuse("Remote helpers (scheme::address) are not allowed.");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
  if (scheme === undefined) return parseScpForm(text);
  if (!/^(https?|ssh)$/.test(scheme)) return refuse("Only https, http and ssh URLs are allowed.");
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refuse("This is not a URL.");
  }
  const { hostname } = url;
  if (hostname === "" || !HOST.test(hostname)) return refuse("The URL names no host.");
  if (url.hash !== "" || url.search !== "") return refuse("The URL has a query or a fragment.");
  if (url.pathname === "" || url.pathname === "/") return refuse("The URL names no repository.");
  let user: string | undefined;
  let password: string | undefined;
  try {
    user = url.username === "" ? undefined : decodeURIComponent(url.username);
    password = url.password === "" ? undefined : decodeURIComponent(url.password);
    if (/[\x00-\x1f\x7f]/.test(decodeURIComponent(url.pathname) + (user ?? "") + (password ?? ""))) {
      return refuse("The URL holds control characters.");
    }
  } catch {
    return refuse("The URL is not well encoded.");
  }
  if (scheme === "ssh") {
    if (password !== undefined) return refuse("A password does not belong into an ssh URL.");
    if (user !== undefined && !SSH_USER.test(user)) return refuse("The user name is not allowed.");
    if (url.pathname.startsWith("/-")) return refuse("The path begins with a dash.");
    const port = url.port === "" ? "" : `:${url.port}`;
    return {
      ok: true,
      url: `ssh://${user === undefined ? "" : `${user}@`}${hostname}${port}${url.pathname}`,
      protocol: "ssh",
      host: hostname,
      origin: `ssh://${hostname}${port}`,
      path: url.pathname,
      user,
      password: undefined,
    };
  }
  return {
    ok: true,
    url: `${url.origin}${url.pathname}`,
    protocol: scheme as "http" | "https",
    host: hostname,
    origin: url.origin,
    path: url.pathname,
    user,
    password,
  };
}

function parseScpForm(text: string): RemoteUrl {
  const match = /^(?:([^@:/]+)@)?([^@:/]+):(?!\/\/)(.+)$/.exec(text);
  if (!match) return refuse("Only https, http and ssh URLs are allowed.");
  const [, user, host = "", path = ""] = match;
  // A bare `name:path` could be a scheme or a drive: a user has to be said.
  if (user === undefined || !SSH_USER.test(user)) return refuse("Only https, http and ssh URLs are allowed.");
  if (!HOST.test(host)) return refuse("The URL names no host.");
  if (path.startsWith("-")) return refuse("The path begins with a dash.");
  return { ok: true, url: text, protocol: "ssh", host, origin: `ssh://${host}`, path, user, password: undefined };
}

/** A URL for a person or a log: user information taken out, whatever it is. */
export function redactUrl(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, "$1");
}

export interface RequestLink {
  readonly host: "gitlab" | "github";
  readonly url: string;
}

/**
 * Where a merge or pull request for a pushed branch is opened, for the two URL forms that hosts use. `upstream`
 * is the repository that the fork came from, when there is one.
 */
export function toRequestLink(fork: string, branch: string, upstream?: string): RequestLink | undefined {
  const remote = parseRemoteUrl(fork);
  if (!remote.ok) return undefined;
  const web = (each: typeof remote & { ok: true }): string => {
    const base = each.protocol === "ssh" ? `https://${each.host}` : each.origin;
    return `${base}/${each.path
      .replace(/^\/+/, "")
      .replace(/\.git\/?$/, "")
      .replace(/\/+$/, "")}`;
  };
  const name = encodeURIComponent(branch);
  if (remote.host === "github.com" || remote.host.startsWith("github.")) {
    const owner = remote.path.replace(/^\/+/, "").split("/")[0] ?? "";
    const parent = upstream === undefined ? undefined : parseRemoteUrl(upstream);
    if (parent?.ok && parent.host === remote.host && parent.url !== remote.url) {
      return { host: "github", url: `${web(parent)}/compare/${encodeURIComponent(owner)}:${name}?expand=1` };
    }
    return { host: "github", url: `${web(remote)}/pull/new/${name.replaceAll("%2F", "/")}` };
  }
  if (/(^|\.)(gitlab|lab)\./.test(`.${remote.host}`)) {
    return { host: "gitlab", url: `${web(remote)}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${name}` };
  }
  return undefined;
}
