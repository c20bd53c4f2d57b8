/**
 * What remotes ask for: user and token or password, for each account and each remote.
 *
 * Promises: on the disk a secret is sealed with AES-256-GCM; the key is a file of its own in the server's state
 * directory, in no repository; account and remote are bound into the seal, so that an entry cannot be moved to
 * another host. A secret leaves here only towards a transport.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { parseRemoteUrl } from "@/lib/git/remote-url";
import type { Files } from "@/server/platform/files";

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface CredentialInfo {
  /** Without user information. */
  readonly url: string;
  readonly user: string;
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
  readonly savedAt: string;
  /** base64: 12 bytes nonce, sealed bytes, 16 bytes tag. */
  readonly sealed: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

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
  const keyPath = join(directory, "git-credentials.key");
  const storePath = join(directory, "git-credentials.json");
  let queue: Promise<unknown> = Promise.resolve();

  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work, work);
    queue = result.catch(() => {
      // Its caller hears of it; the next one is not to.
    });
    return result;
  };

  const readKey = async (): Promise<Buffer> => {
    const found = await files.find(keyPath);
    if (found?.length === KEY_BYTES) return found;
    if (found)
      throw new WebrunnerError("git/corrupt", {
        message: "The key of the saved logins is damaged.",
        hint: "Remove it and give the logins again.",
      });
    await files.ensureDirectory(directory);
    const key = randomBytes(KEY_BYTES);
    await files.create(keyPath, key, { mode: 0o600 });
    return key;
  };

  const readEntries = async (): Promise<Entry[]> => {
    const bytes = await files.find(storePath);
    return bytes ? ((JSON.parse(bytes.toString("utf8")) as { entries: Entry[] }).entries ?? []) : [];
  };

  const writeEntries = async (entries: readonly Entry[]): Promise<void> => {
    await files.ensureDirectory(directory);
    await files.replace(storePath, `${JSON.stringify({ entries }, undefined, 2)}\n`, { mode: 0o600 });
  };

  const boundTo = (entry: { account: string; url: string; user: string }): Buffer =>
    Buffer.from(JSON.stringify([entry.account, entry.url, entry.user]));

  const open = async (entry: Entry): Promise<Login | undefined> => {
    const bytes = Buffer.from(entry.sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", await readKey(), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(boundTo(entry));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    try {
      const password = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)),
        decipher.final(),
      ]);
      return { user: entry.user, password: password.toString("utf8") };
    } catch {
      // Sealed with another key or tampered with: as good as not there, the user is asked again.
      return undefined;
    }
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
          .map(({ url, user, savedAt }) => ({ url, user, savedAt })),
      ),

    save: (account, url, { user, password }) =>
      inOrder(async () => {
        if (/[\r\n\0]/.test(user + password))
          throw new WebrunnerError("git/invalid", { message: "A login holds no line breaks." });
        const target = { account, url: normal(url).url, user };
        const nonce = randomBytes(NONCE_BYTES);
        const cipher = createCipheriv("aes-256-gcm", await readKey(), nonce, { authTagLength: TAG_BYTES });
        cipher.setAAD(boundTo(target));
        const sealed = Buffer.concat([nonce, cipher.update(password, "utf8"), cipher.final(), cipher.getAuthTag()]);
        const entry: Entry = { ...target, savedAt: now().toISOString(), sealed: sealed.toString("base64") };
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
