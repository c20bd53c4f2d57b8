/**
 * The texts of one or more directory trees, for an analysis that reads them as it needs them.
 *
 * Reading is synchronous, since the analysis runs in a thread of its own, and remembered until `forget`. A file that is
 * not UTF-8, holds NUL bytes or is larger than a profile can be has no text. Directories that hold no sources of the
 * user's (`.git`, `node_modules` and the like) are not listed.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorNumber } from "./files";

/** The largest profile of SlapOS has 60 KB, its largest template 200 KB. */
const MAX_TEXT_BYTES = 2 << 20;
/** A workspace larger than this is searched only as far. */
const MAX_FILES = 50_000;

const UNLISTED = new Set([".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", "eggs"]);

export interface WorkspaceTexts {
  read(path: string): string | undefined;
  /** The same, not remembered. */
  peek(path: string): string | undefined;
  /** MD5 in hex of the bytes on disk. */
  digest(path: string): string | undefined;
  kindOf(path: string): "file" | "directory" | undefined;
  list(directory: string): readonly { readonly name: string; readonly kind: "file" | "directory" }[];
  /** All files below the roots. */
  all(): readonly string[];
  forget(path: string): void;
  forgetAll(): void;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isAbsence(error: unknown): boolean {
  const code = errorNumber(error);
  return code === "ENOENT" || code === "ENOTDIR" || code === "EACCES" || code === "EISDIR" || code === "ELOOP";
}

function orAbsent<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

export function createWorkspaceTexts(roots: readonly string[]): WorkspaceTexts {
  const texts = new Map<string, string | undefined>();
  const digests = new Map<string, string | undefined>();
  const kinds = new Map<string, "file" | "directory" | undefined>();
  const lists = new Map<string, readonly { name: string; kind: "file" | "directory" }[]>();
  let files: readonly string[] | undefined;

  const readText = (path: string): string | undefined => {
    const bytes = orAbsent(() => readFileSync(path));
    if (!bytes || bytes.length > MAX_TEXT_BYTES || bytes.includes(0)) return undefined;
    try {
      return decoder.decode(bytes);
    } catch {
      // Not UTF-8, so not a text of ours: the one thing that a fatal decoder reports.
      return undefined;
    }
  };

  const list = (directory: string): readonly { name: string; kind: "file" | "directory" }[] => {
    let entries = lists.get(directory);
    if (!entries) {
      const found: { name: string; kind: "file" | "directory" }[] = [];
      for (const entry of orAbsent(() => readdirSync(directory, { withFileTypes: true })) ?? []) {
        if (entry.isFile()) found.push({ name: entry.name, kind: "file" });
        else if (entry.isDirectory()) found.push({ name: entry.name, kind: "directory" });
        else if (entry.isSymbolicLink()) {
          const kind = kindOf(join(directory, entry.name));
          if (kind) found.push({ name: entry.name, kind });
        }
      }
      entries = found;
      lists.set(directory, entries);
    }
    return entries;
  };

  const kindOf = (path: string): "file" | "directory" | undefined => {
    if (!kinds.has(path)) {
      const info = orAbsent(() => statSync(path));
      kinds.set(path, info?.isFile() ? "file" : info?.isDirectory() ? "directory" : undefined);
    }
    return kinds.get(path);
  };

  const walk = (directory: string, found: string[], depth: number): void => {
    for (const entry of orAbsent(() => readdirSync(directory, { withFileTypes: true })) ?? []) {
      if (found.length >= MAX_FILES) return;
      const path = join(directory, entry.name);
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && !UNLISTED.has(entry.name) && depth < 24) walk(path, found, depth + 1);
    }
  };

  return {
    read(path) {
      if (!texts.has(path)) texts.set(path, readText(path));
      return texts.get(path);
    },
    peek: (path) => (texts.has(path) ? texts.get(path) : readText(path)),
    digest(path) {
      if (!digests.has(path)) {
        const bytes = orAbsent(() => readFileSync(path));
        digests.set(path, bytes && createHash("md5").update(bytes).digest("hex"));
      }
      return digests.get(path);
    },
    kindOf,
    list,
    all() {
      if (!files) {
        const found: string[] = [];
        for (const root of roots) walk(root, found, 0);
        files = found;
      }
      return files;
    },
    forget(path) {
      const known = kinds.get(path);
      texts.delete(path);
      digests.delete(path);
      kinds.delete(path);
      const directory = path.slice(0, Math.max(path.lastIndexOf("/"), 1));
      if (known === undefined || kindOf(path) !== known) {
        lists.delete(directory);
        files = undefined;
      }
    },
    forgetAll() {
      texts.clear();
      digests.clear();
      kinds.clear();
      lists.clear();
      files = undefined;
    },
  };
}
