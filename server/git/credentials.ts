/**
 * What remotes ask for: user and token or password, for each account and each remote.
 *
 * Promises: on the disk a secret is sealed (see `seal.ts`), account and remote bound into the seal, so that an entry
 * cannot be moved to another host. A secret leaves here only towards a transport.
 */
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { parseRemoteUrl } from "@/lib/git/remote-url";
import type { Files } from "@/server/platform/files";
import { createSeal } from "./seal";

export interface Login {
  readonly user: string;
  readonly password: string;
  /** How it is shown to the remote: user and password (default), or the token alone as `Authorization: Bearer`. */
  readonly scheme?: "basic" | "bearer";
}

export interface CredentialInfo {
  /** Without user information. */
  readonly url: string;
  readonly user: string;
  readonly scheme: "basic" | "bearer";
  readonly savedAt: string;
}

export interface CredentialStore {
  list(account: string): Promise<CredentialInfo[]>;
  save(account: string, url: string, login: Login): Promise<void>;
  remove(account: string, url: string): Promise<void>;
  /** By the very URL, else by another repository of the same origin. */
  find(account: string, url: string): Promise<Login | undefined>;
}

interface Entry {
  readonly account: string;
  readonly url: string;
  readonly user: string;
  readonly scheme?: "basic" | "bearer";
  readonly savedAt: string;
  readonly sealed: string;
}

export interface CredentialStoreOptions {
  readonly files: Files;
  /** Of the server's own state; belongs to no project. */
  readonly directory: string;
  readonly now?: () => Date;
}

export function createCredentialStore({
  files,
  directory,
  now = () => new Date(),
}: CredentialStoreOptions): CredentialStore {
  const seal = createSeal(files, directory);
  const storePath = join(directory, "git-credentials.json");
  let queue: Promise<unknown> = Promise.resolve();

  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work, work);
    queue = result.catch(() => {
      // Its caller hears of it; the next one is not to.
    });
    return result;
  };

  const readEntries = async (): Promise<Entry[]> => {
    const bytes = await files.find(storePath);
    return bytes ? ((JSON.parse(bytes.toString("utf8")) as { entries: Entry[] }).entries ?? []) : [];
  };

  const writeEntries = async (entries: readonly Entry[]): Promise<void> => {
    await files.ensureDirectory(directory);
    await files.replace(storePath, `${JSON.stringify({ entries }, undefined, 2)}\n`, { mode: 0o600 });
  };

  // A login of before there were schemes is bound without one.
  const boundTo = ({ account, url, user, scheme }: Omit<Entry, "sealed" | "savedAt">): string[] =>
    scheme === undefined ? [account, url, user] : [account, url, user, scheme];

  const open = async (entry: Entry): Promise<Login | undefined> => {
    const password = await seal.open(entry.sealed, boundTo(entry));
    if (password === undefined) return undefined;
    return { user: entry.user, password, ...(entry.scheme && { scheme: entry.scheme }) };
  };

  const normal = (url: string): { url: string; origin: string } => {
    const parsed = parseRemoteUrl(url);
    if (!parsed.ok) throw new WebrunnerError("git/url-refused", { message: parsed.reason });
    return { url: parsed.url, origin: parsed.origin };
  };

  return {
    list: (account) =>
      inOrder(async () =>
        (await readEntries())
          .filter((entry) => entry.account === account)
          .map(({ url, user, savedAt, scheme = "basic" }) => ({ url, user, scheme, savedAt })),
      ),

    save: (account, url, { user, password, scheme }) =>
      inOrder(async () => {
        if (/[\r\n\0]/.test(user + password))
          throw new WebrunnerError("git/invalid", { message: "A login holds no line breaks." });
        const target = { account, url: normal(url).url, user, ...(scheme && { scheme }) };
        const sealed = await seal.close(password, boundTo(target));
        const entry: Entry = { ...target, savedAt: now().toISOString(), sealed };
        const others = (await readEntries()).filter((each) => each.account !== account || each.url !== target.url);
        await writeEntries([...others, entry]);
      }),

    remove: (account, url) =>
      inOrder(async () => {
        const target = normal(url).url;
        await writeEntries((await readEntries()).filter((each) => each.account !== account || each.url !== target));
      }),

    find: (account, url) =>
      inOrder(async () => {
        const target = normal(url);
        const mine = (await readEntries()).filter((each) => each.account === account);
        const entry =
          mine.find((each) => each.url === target.url) ??
          mine.find((each) => normal(each.url).origin === target.origin);
        return entry && open(entry);
      }),
  };
}
