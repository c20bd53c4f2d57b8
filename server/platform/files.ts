/**
 * The port to the disk for what the server itself keeps, by absolute path: state, runs, drafts, history.
 * The user's workspace goes through `ConfinedFiles` instead.
 *
 * Promises: a reader sees the old bytes or the new ones, never a mixture (temporary file, fsync, rename in the same
 * directory); a full disk is `disk/full` with the old bytes in place; only ENOENT means absent.
 */
import { WebrunnerError } from "@/lib/base/errors";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface ReplaceOptions {
  /** Of a new file; an existing one keeps its own. Default 0600. */
  readonly mode?: number;
  /** Of a new file; an existing one keeps its own. Default: the server's. */
  readonly owner?: Owner;
}

export interface DirectoryOptions {
  /** Default 0700. Set on an existing directory too. */
  readonly mode?: number;
  readonly owner?: Owner;
}

export type FileKind = "file" | "directory" | "link" | "other";

export interface FileInfo {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly device: number;
  readonly inode: number;
  /** Names that the file has. */
  readonly links: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileKind;
}

export interface Files {
  /** `file/not-found` when absent. */
  read(path: string): Promise<Buffer>;
  find(path: string): Promise<Buffer | undefined>;
  /** Up to `length` bytes from `start`; fewer at the end of the file. */
  readRange(path: string, start: number, length: number): Promise<Buffer>;
  /** Bytes `start` to `end` (exclusive, default: the size when asked), in chunks, as the reader pulls. */
  readStream(path: string, range?: { start?: number; end?: number }): AsyncIterable<Uint8Array>;
  /** Atomic and durable. */
  replace(path: string, bytes: Uint8Array | string, options?: ReplaceOptions): Promise<void>;
  /** Fails with `file/exists` when there is one; two callers never both succeed. */
  create(path: string, bytes: Uint8Array | string, options?: ReplaceOptions): Promise<void>;
  append(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Files and folders, with all below; absent is fine. Links are not followed. */
  remove(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** By name; empty when the folder is absent. */
  list(path: string): Promise<DirectoryEntry[]>;
  /** Links are not followed. */
  findInfo(path: string): Promise<FileInfo | undefined>;
  /** Makes the missing parents too, those with the defaults. */
  ensureDirectory(path: string, options?: DirectoryOptions): Promise<void>;
}

/** What the system said, in our words: `disk/full` for a full disk or a used-up quota, else `disk/failed`. */
export function toDiskError(error: unknown): WebrunnerError {
  if (error instanceof WebrunnerError) return error;
  const code = errorNumber(error);
  switch (code) {
    case "ENOENT":
      return new WebrunnerError("file/not-found", { message: "There is no such file." }, { cause: error });
    case "EEXIST":
      return new WebrunnerError("file/exists", { message: "There is one of that name already." }, { cause: error });
    case "ENOSPC":
    case "EDQUOT":
      return new WebrunnerError(
        "disk/full",
        { message: "The disk is full.", hint: "Free some space, then try again; nothing was changed." },
        { cause: error },
      );
    case "EISDIR":
      return new WebrunnerError("file/is-directory", { message: "That is a folder." }, { cause: error });
    case "ENOTDIR":
      return new WebrunnerError("file/not-directory", { message: "That is not a folder." }, { cause: error });
    case "ENOTEMPTY":
      return new WebrunnerError("file/exists", { message: "That folder is not empty." }, { cause: error });
    case "ENAMETOOLONG":
      return new WebrunnerError("file/refused", { message: "That name is too long." }, { cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new WebrunnerError("file/refused", { message: "The system does not permit that." }, { cause: error });
    default:
      return new WebrunnerError(
        "disk/failed",
        { message: `The disk refused${code ? ` (${code})` : ""}.`, hint: "Try again." },
        { cause: error },
      );
  }
}

/** `ENOENT` and the like, or undefined when it is no error of the system. */
export function errorNumber(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
