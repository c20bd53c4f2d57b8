/** Remotes of a repository: names and URLs in its configuration, never a secret. */
import { WebrunnerError } from "@/lib/base/errors";
import { isRefName, isRemoteName } from "@/lib/git/ref-name";
import { parseRemoteUrl, redactUrl } from "@/lib/git/remote-url";
import { logIdentity } from "./commit";
import type { Repository } from "./repository";

export interface RemoteInfo {
  readonly name: string;
  /** Without user information. */
  readonly url: string;
  readonly pushUrl: string;
  /** A URL that we would not talk to, and why. */
  readonly refused?: string;
}

export type AllowedUrl = Extract<ReturnType<typeof parseRemoteUrl>, { ok: true }>;

export function getAllowedUrl(text: string): AllowedUrl {
  const url = parseRemoteUrl(text);
  if (!url.ok)
    throw new WebrunnerError("git/url-refused", { message: url.reason, hint: "Use https://, http:// or ssh://." });
  return url;
}

export function listRemotes(repository: Repository): RemoteInfo[] {
  const config = repository.config();
  return config.subsections("remote").flatMap((name): RemoteInfo[] => {
    const url = config.get("remote", name, "url");
    if (url === undefined || !isRemoteName(name)) return [];
    const pushUrl = config.get("remote", name, "pushurl") ?? url;
    const parsed = parseRemoteUrl(url);
    return [{ name, url: redactUrl(url), pushUrl: redactUrl(pushUrl), ...(!parsed.ok && { refused: parsed.reason }) }];
  });
}

/** The URL that a remote is fetched from or pushed to; a user name in it is kept as a hint for the login. */
export function getRemoteUrl(repository: Repository, name: string, direction: "fetch" | "push"): AllowedUrl {
  const config = repository.config();
  const push = direction === "push" ? config.get("remote", name, "pushurl") : undefined;
  const url = isRemoteName(name) ? (push ?? config.get("remote", name, "url")) : undefined;
  if (url === undefined)
    throw new WebrunnerError("git/not-found", { message: `There is no remote ${JSON.stringify(name)}.` });
  return getAllowedUrl(url);
}

export async function saveRemote(repository: Repository, name: string, url: string): Promise<RemoteInfo> {
  if (!isRemoteName(name))
    throw new WebrunnerError("git/invalid", { message: `${JSON.stringify(name)} cannot be the name of a remote.` });
  const allowed = getAllowedUrl(url);
  await repository.changeConfig([
    { section: "remote", subsection: name, key: "url", value: allowed.url },
    { section: "remote", subsection: name, key: "pushurl", value: undefined },
    { section: "remote", subsection: name, key: "fetch", value: `+refs/heads/*:refs/remotes/${name}/*` },
  ]);
  return { name, url: allowed.url, pushUrl: allowed.url };
}

export async function removeRemote(repository: Repository, name: string): Promise<void> {
  if (!isRemoteName(name) || !repository.config().subsections("remote").includes(name)) {
    throw new WebrunnerError("git/not-found", { message: `There is no remote ${JSON.stringify(name)}.` });
  }
  const log = { who: logIdentity(repository), message: "remote: removed" };
  for (const reference of repository.refs.list(`refs/remotes/${name}/`)) {
    if (isRefName(reference.name)) await repository.refs.change({ name: reference.name, id: undefined, log });
  }
  await repository.changeSection("remote", name, undefined);
  for (const branch of repository.config().subsections("branch")) {
    if (repository.config().get("branch", branch, "remote") !== name) continue;
    await repository.changeConfig([
      { section: "branch", subsection: branch, key: "remote", value: undefined },
      { section: "branch", subsection: branch, key: "merge", value: undefined },
    ]);
  }
}

/** Everything that names it goes along: its section, its branches with their logs, and the branches that follow them. */
export async function renameRemote(repository: Repository, from: string, to: string): Promise<RemoteInfo> {
  const remotes = repository.config().subsections("remote");
  if (!isRemoteName(from) || !remotes.includes(from))
    throw new WebrunnerError("git/not-found", { message: `There is no remote ${JSON.stringify(from)}.` });
  if (!isRemoteName(to))
    throw new WebrunnerError("git/invalid", { message: `${JSON.stringify(to)} cannot be the name of a remote.` });
  if (remotes.includes(to)) throw new WebrunnerError("git/name-taken", { message: `There is a remote ${to} already.` });
  const log = { who: logIdentity(repository), message: `remote: renamed ${from} to ${to}` };
  const prefix = `refs/remotes/${from}/`;
  for (const { name, id } of repository.refs.list(prefix)) {
    const short = name.slice(prefix.length);
    const renamed = `refs/remotes/${to}/${short}`;
    if (!isRefName(name) || !isRefName(renamed)) continue;
    if (short !== "HEAD") await repository.refs.change({ name: renamed, id, log });
    await repository.refs.change({ name, id: undefined, log });
  }
  await repository.changeSection("remote", from, to);
  await repository.changeConfig([
    { section: "remote", subsection: to, key: "fetch", value: `+refs/heads/*:refs/remotes/${to}/*` },
  ]);
  for (const branch of repository.config().subsections("branch")) {
    if (repository.config().get("branch", branch, "remote") !== from) continue;
    await repository.changeConfig([{ section: "branch", subsection: branch, key: "remote", value: to }]);
  }
  repository.release();
  return listRemotes(repository).find(({ name }) => name === to)!;
}
