/**
 * The ssh key of an account: made here, ed25519, its private half sealed on the disk and opened only to answer an agent's
 * question. No file, argument or environment of a program ever holds it.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { Files } from "@/server/platform/files";
import { packString, type SshIdentity } from "@/server/platform/ssh-agent";
import { createSeal } from "./seal";

export interface SshKeyInfo {
  /** As `authorized_keys` and the pages of hosts take it. */
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly createdAt: string;
}

export interface SshKeyStore {
  find(account: string): Promise<SshKeyInfo | undefined>;
  /** `git/name-taken` when there is one, unless `replace`. */
  create(account: string, replace: boolean): Promise<SshKeyInfo>;
  remove(account: string): Promise<void>;
  /** What an agent answers with. */
  identities(account: string): Promise<SshIdentity[]>;
}

interface Entry extends SshKeyInfo {
  readonly account: string;
  readonly sealed: string;
}

const TYPE = "ssh-ed25519";
/** In an ed25519 public key as SPKI, the 32 bytes of the key come last. */
const RAW_BYTES = 32;

export function toFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

export function createSshKeyStore(files: Files, directory: string, now: () => Date = () => new Date()): SshKeyStore {
  const path = join(directory, "git-ssh-keys.json");
  const seal = createSeal(files, directory);
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work, work);
    queue = result.catch(() => {
      // Its caller hears of it; the next one is not to.
    });
    return result;
  };
  const read = async (): Promise<Entry[]> => {
    const bytes = await files.find(path);
    return bytes ? ((JSON.parse(bytes.toString("utf8")) as { keys: Entry[] }).keys ?? []) : [];
  };
  const write = async (keys: readonly Entry[]): Promise<void> => {
    await files.ensureDirectory(directory);
    await files.replace(path, `${JSON.stringify({ keys }, undefined, 2)}\n`, { mode: 0o600 });
  };
  const toInfo = ({ publicKey, fingerprint, createdAt }: Entry): SshKeyInfo => ({ publicKey, fingerprint, createdAt });

  return {
    find: (account) =>
      inOrder(async () => {
        const entry = (await read()).find((each) => each.account === account);
        return entry && toInfo(entry);
      }),

    create: (account, replace) =>
      inOrder(async () => {
        const entries = await read();
        if (!replace && entries.some((each) => each.account === account)) {
          throw new WebrunnerError("git/name-taken", {
            message: "There is a key already.",
            hint: "Replace it only if the old one is not to be used any more.",
          });
        }
        const { publicKey, privateKey } = generateKeyPairSync("ed25519");
        const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-RAW_BYTES);
        const blob = Buffer.concat([packString(TYPE), packString(raw)]);
        const info: SshKeyInfo = {
          publicKey: `${TYPE} ${blob.toString("base64")} webrunner`,
          fingerprint: toFingerprint(blob),
          createdAt: now().toISOString(),
        };
        const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
        const sealed = await seal.close(pem, ["ssh", account, info.publicKey]);
        await write([...entries.filter((each) => each.account !== account), { account, ...info, sealed }]);
        return info;
      }),

    remove: (account) => inOrder(async () => write((await read()).filter((each) => each.account !== account))),

    identities: (account) =>
      inOrder(async () => {
        const identities: SshIdentity[] = [];
        for (const entry of (await read()).filter((each) => each.account === account)) {
          const pem = await seal.open(entry.sealed, ["ssh", account, entry.publicKey]);
          if (pem === undefined) continue;
          const key = createPrivateKey(pem);
          const raw = createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-RAW_BYTES);
          identities.push({
            blob: Buffer.concat([packString(TYPE), packString(raw)]),
            comment: "webrunner",
            sign: (data) => Buffer.concat([packString(TYPE), packString(sign(null, data, key))]),
          });
        }
        return identities;
      }),
  };
}
