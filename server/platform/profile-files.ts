/**
 * Texts of profiles from a disk, for the resolver's port.
 *
 * Reads synchronously: the resolver asks for one file after the other as it follows `extends`, and a command has
 * nothing else to do meanwhile. Only an absent file is missing; everything else that goes wrong says so.
 */
import { isUtf8 } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import type { ProfileSource, ReadFailure } from "@/lib/buildout";
import { isUrl } from "@/lib/buildout/paths";

/** A larger file is no profile. The largest of SlapOS has 60 KB. */
const MAX_PROFILE_BYTES = 16 * 1024 * 1024;

export interface ProfileFilesOptions {
  /** What a URL in `extends` stands for; without it, URLs are not available. */
  readonly readUrl?: (url: string) => string | ReadFailure | undefined;
}

export function createProfileFiles({ readUrl }: ProfileFilesOptions = {}): ProfileSource {
  return {
    read(path) {
      if (isUrl(path))
        return readUrl?.(path) ?? { problem: "url-unavailable", message: `${path} is not fetched in offline mode.` };
      try {
        const bytes = readFileSync(path);
        if (bytes.length > MAX_PROFILE_BYTES)
          return { problem: "unreadable", message: `${path} is too large to be a profile.` };
        const text = bytes.toString("utf8");
        if (text.includes("\ufffd") && !isUtf8(bytes))
          return { problem: "not-text", message: `${path} is not UTF-8 text.` };
        return text;
      } catch (error) {
        return toFailure(path, error);
      }
    },
    exists: existsSync,
  };
}

function toFailure(path: string, error: unknown): ReadFailure {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return { problem: "missing", message: `There is no file ${path}.` };
  return { problem: "unreadable", message: `${path} cannot be read (${code ?? "unknown reason"}).` };
}
