/**
 * Secrets on the disk: sealed with AES-256-GCM. The key is a file of its own in the server's state directory, in no
 * repository. What a seal is bound to (an account, a remote) must be said again to open it, so that an entry cannot be
 * moved to another place.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { Files } from "@/server/platform/files";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export interface Seal {
  /** base64: 12 bytes nonce, sealed bytes, 16 bytes tag. */
  close(secret: string, boundTo: readonly string[]): Promise<string>;
  /** Undefined when it was sealed with another key, bound to something else, or tampered with. */
  open(sealed: string, boundTo: readonly string[]): Promise<string | undefined>;
}

export function createSeal(files: Files, directory: string): Seal {
  const keyPath = join(directory, "git-credentials.key");

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
  const toBytes = (boundTo: readonly string[]): Buffer => Buffer.from(JSON.stringify(boundTo));

  return {
    async close(secret, boundTo) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", await readKey(), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(toBytes(boundTo));
      return Buffer.concat([nonce, cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()]).toString(
        "base64",
      );
    },
    async open(sealed, boundTo) {
      const bytes = Buffer.from(sealed, "base64");
      const decipher = createDecipheriv("aes-256-gcm", await readKey(), bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(toBytes(boundTo));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      try {
        const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch {
        // As good as not there: the person is asked again.
        return undefined;
      }
    },
  };
}
