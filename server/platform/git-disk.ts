/**
 * The files of one folder (a work tree or a git directory) for the git engine: synchronous, because a status is
 * thousands of tiny calls and each promise costs more than the call.
 *
 * Promises: paths are below the root and no link is followed on the way (`/proc/self/fd/N` of the open folder, as in
 * `open-directory.ts`), so that a swapped folder gains nothing even when the server is root; a write is a temporary
 * file, fsync and rename; what is made takes the owner of its folder when the server is root; only ENOENT and
 * a file in the place of a folder mean absent.
 */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { WebrunnerError } from "@/lib/base/errors";
import { decodePath as decodeName, encodePath, hasRawBytes } from "@/lib/base/path-bytes";
import { errorNumber, toDiskError } from "./files";

export type GitEntryKind = "file" | "folder" | "link" | "other";

export interface GitStat {
  readonly kind: GitEntryKind;
  readonly executable: boolean;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** What the index keeps of a file, in whole numbers of 32 bits. */
export interface GitIndexStat {
  readonly ctimeSeconds: number;
  readonly ctimeNanoseconds: number;
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
  readonly dev: number;
  readonly ino: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

export interface GitListing {
  readonly name: string;
  readonly kind: GitEntryKind;
}

/** An open file that is read at offsets. */
export interface GitOpenFile {
  readonly size: number;
  readAt(offset: number, length: number): Buffer;
  /** Fills the buffer as far as the file goes; gives how many bytes that were. */
  readInto(offset: number, buffer: Uint8Array): number;
  close(): void;
}

export interface GitDisk {
  /**
   * Like `stat`, but by the plain path: a third of the time, and a folder swapped for a link meanwhile is followed.
   * Only for comparing times and sizes; whatever is read or written goes the safe way.
   */
  glance(path: string): GitStat | undefined;
  /**
   * A folder as it is and then its entries: by the plain path where that gains nothing to whoever swaps a folder meanwhile,
   * where the server is not root. For walks: folders that lie on the way to the last one stay open until `release`.
   */
  glanceList(path: string): { readonly stat: GitStat; readonly entries: GitListing[] } | undefined;
  /** Absolute; for messages to nobody and programs that are started in it. */
  readonly root: string;
  stat(path: string): GitStat | undefined;
  /** With whole nanoseconds, as the index keeps them. */
  indexStat(path: string): GitIndexStat | undefined;
  list(path: string): GitListing[] | undefined;
  read(path: string): Buffer | undefined;
  readLink(path: string): string | undefined;
  openFile(path: string): GitOpenFile | undefined;
  /**
   * Atomic; parents are made. `durable` waits for the disk. `removeFirst` takes the old file away before the new one
   * gets its name: a reader may find none for a moment, as with git, but ext4 does not flush each file (1.5 ms).
   */
  replace(
    path: string,
    bytes: Uint8Array,
    options?: { executable?: boolean; readOnly?: boolean; durable?: boolean; removeFirst?: boolean },
  ): void;
  /** False when there is one already; atomic with its content. */
  create(path: string, bytes: Uint8Array): boolean;
  replaceLink(path: string, target: string): void;
  append(path: string, bytes: Uint8Array): void;
  rename(from: string, to: string): void;
  /** Absent is fine. */
  remove(path: string): void;
  /** False when it is not empty or absent. */
  removeFolder(path: string): boolean;
  ensureFolder(path: string): void;
  /** A real folder, reached without any link. */
  isFolder(path: string): boolean;
  setExecutable(path: string, executable: boolean): void;
  /** Closes the folders that were kept open; to be called when an operation ends. */
  release(): void;
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Open folders kept during one operation; a walk needs its depth, a checkout gains from neighbours. */
const MAX_OPEN_FOLDERS = 64;

export interface GitDiskOptions {
  readonly root: string;
  /** The server is root: what is made takes the owner of its folder. */
  readonly adoptOwner?: boolean;
}

export function createGitDisk({ root, adoptOwner = process.getuid?.() === 0 }: GitDiskOptions): GitDisk {
  const open = new Map<string, { fd: number; base: string; owner?: Stats }>();

  /** The folders above the one that was listed last, itself included: a walk comes by each of them once. */
  const walked: { path: string; fd: number }[] = [];
  const leaveWalk = (): void => {
    for (const { fd } of walked) closeSync(fd);
    walked.length = 0;
  };

  const closeAll = (): void => {
    for (const { fd } of open.values()) closeSync(fd);
    open.clear();
    leaveWalk();
  };

  const isAbsent = (error: unknown): boolean => {
    const code = errorNumber(error);
    return code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP";
  };

  const openFolder = (place: string): number | undefined => {
    try {
      return openSync(toFsPath(place), FOLDER);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw toDiskError(error);
    }
  };

  const folderBase = (path: string): string | undefined => {
    const known = open.get(path);
    if (known) return known.base;
    const slash = path.lastIndexOf("/");
    let place = root;
    if (path !== "") {
      const parent = folderBase(slash < 0 ? "" : path.slice(0, slash));
      if (parent === undefined) return undefined;
      place = `${parent}/${path.slice(slash + 1)}`;
    }
    const fd = openFolder(place);
    if (fd === undefined) return undefined;
    if (open.size >= MAX_OPEN_FOLDERS) {
      for (const [key, entry] of open) {
        if (key === "" || path.startsWith(`${key}/`)) continue;
        closeSync(entry.fd);
        open.delete(key);
        break;
      }
    }
    const base = `/proc/self/fd/${fd}`;
    open.set(path, { fd, base });
    return base;
  };

  /** The path of an entry below its open folder. */
  const locate = (path: string): string | Buffer | undefined => {
    const slash = path.lastIndexOf("/");
    const base = folderBase(slash < 0 ? "" : path.slice(0, slash));
    return base === undefined ? undefined : toFsPath(`${base}/${path.slice(slash + 1)}`);
  };

  const locateForWriting = (path: string): string | Buffer => {
    const slash = path.lastIndexOf("/");
    ensureFolder(slash < 0 ? "" : path.slice(0, slash));
    const place = locate(path);
    if (place === undefined) throw refused();
    return place;
  };

  const absentAware = <T>(path: string, work: (place: string | Buffer) => T): T | undefined => {
    const place = locate(path);
    if (place === undefined) return undefined;
    try {
      return work(place);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw toDiskError(error);
    }
  };

  const forget = (path: string): void => {
    leaveWalk();
    for (const [key, entry] of open) {
      if (key !== path && !key.startsWith(`${path}/`)) continue;
      closeSync(entry.fd);
      open.delete(key);
    }
  };

  const ensureFolder = (path: string): void => {
    if (folderBase(path) !== undefined) return;
    if (path === "") throw refused();
    const slash = path.lastIndexOf("/");
    ensureFolder(slash < 0 ? "" : path.slice(0, slash));
    const place = locate(path);
    if (place === undefined) throw refused();
    try {
      mkdirSync(place, 0o755);
    } catch (error) {
      if (errorNumber(error) !== "EEXIST") throw toDiskError(error);
      throw refused();
    }
    adopt(path);
  };

  const ownerOf = (path: string): Stats | undefined => {
    if (!adoptOwner) return undefined;
    const slash = path.lastIndexOf("/");
    const folder = slash < 0 ? "" : path.slice(0, slash);
    if (folderBase(folder) === undefined) return undefined;
    const entry = open.get(folder);
    if (!entry) return undefined;
    entry.owner ??= fstatSync(entry.fd);
    return entry.owner;
  };

  const adopt = (path: string): void => {
    const owner = ownerOf(path);
    const place = locate(path);
    if (owner && place !== undefined) lchownSync(place, owner.uid, owner.gid);
  };

  /** A new file beside `path`, complete; its name is handed to `land`, and goes away if that fails. */
  const writeBeside = (
    path: string,
    bytes: Uint8Array,
    mode: number,
    durable: boolean,
    land: (temporary: string | Buffer, place: string | Buffer) => void,
  ): void => {
    const place = locateForWriting(path);
    const slash = path.lastIndexOf("/");
    const folder = folderBase(slash < 0 ? "" : path.slice(0, slash));
    if (folder === undefined) throw refused();
    const unique = randomBytes(8).toString("hex");
    // git fsck calls any other left-over name among the objects a bad object.
    const temporary = `${folder}/${isObjectFolder(path) ? `tmp_obj_${unique}` : `.webrunner-${unique}.tmp`}`;
    try {
      const fd = openSync(
        temporary,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        mode,
      );
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
        const owner = ownerOf(path);
        if (owner) fchownSync(fd, owner.uid, owner.gid);
        if (durable) fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      land(temporary, place);
    } catch (error) {
      try {
        unlinkSync(temporary);
      } catch {
        // It never came to be, or has its final name: the first error is the one to tell.
      }
      throw toDiskError(error);
    }
  };

  const stat = (path: string): GitStat | undefined =>
    absentAware(path, (place) => {
      const found = lstatSync(place, { throwIfNoEntry: false });
      return found && toGitStat(found);
    });

  const openFile = (path: string): GitOpenFile | undefined =>
    absentAware(path, (place) => {
      const fd = openSync(place, READ);
      const info = fstatSync(fd);
      if (!info.isFile() || isForeignLink(info, adoptOwner, ownerOf(path))) {
        closeSync(fd);
        return undefined;
      }
      const readInto = (offset: number, buffer: Uint8Array): number => {
        let at = 0;
        while (at < buffer.length) {
          const count = readSync(fd, buffer, at, buffer.length - at, offset + at);
          if (count === 0) break;
          at += count;
        }
        return at;
      };
      return {
        size: info.size,
        readInto,
        readAt(offset, length) {
          const buffer = Buffer.allocUnsafe(length);
          return buffer.subarray(0, readInto(offset, buffer));
        },
        close: () => closeSync(fd),
      };
    });

  const listAt = (base: string | undefined): GitListing[] | undefined => {
    if (base === undefined) return undefined;
    try {
      const entries = readdirSync(toFsPath(base), { withFileTypes: true });
      if (entries.some((entry) => entry.name.includes("\ufffd"))) return listRaw(base);
      return entries.map((entry) => ({ name: entry.name, kind: toKind(entry) }));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw toDiskError(error);
    }
  };

  const walkTo = (path: string): number | undefined => {
    for (let last = walked.at(-1); last && !isAtOrBelow(path, last.path); last = walked.at(-1)) {
      closeSync(last.fd);
      walked.pop();
    }
    while (walked.at(-1)?.path !== path) {
      const above = walked.at(-1);
      const slash = above ? path.indexOf("/", above.path === "" ? 0 : above.path.length + 1) : 0;
      const next = slash < 0 ? path : path.slice(0, slash);
      const fd = openFolder(above ? `/proc/self/fd/${above.fd}/${next.slice(next.lastIndexOf("/") + 1)}` : root);
      if (fd === undefined) return undefined;
      walked.push({ path: next, fd });
    }
    return walked.at(-1)!.fd;
  };

  const toPlace = (path: string): string => (path === "" ? root : `${root}/${path}`);
  const glance = (path: string): GitStat | undefined => {
    try {
      const found = lstatSync(toFsPath(toPlace(path)), { throwIfNoEntry: false });
      return found && toGitStat(found);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw toDiskError(error);
    }
  };

  return {
    root,
    stat,
    glance,
    openFile,
    ensureFolder,
    isFolder: (path) => folderBase(path) !== undefined,

    indexStat: (path) =>
      absentAware(path, (place) => {
        const found = lstatSync(place, { throwIfNoEntry: false, bigint: true });
        if (!found) return undefined;
        const low = (value: bigint): number => Number(value & 0xffffffffn);
        return {
          ctimeSeconds: low(found.ctimeNs / 1_000_000_000n),
          ctimeNanoseconds: Number(found.ctimeNs % 1_000_000_000n),
          mtimeSeconds: low(found.mtimeNs / 1_000_000_000n),
          mtimeNanoseconds: Number(found.mtimeNs % 1_000_000_000n),
          dev: low(found.dev),
          ino: low(found.ino),
          uid: Number(found.uid),
          gid: Number(found.gid),
          size: low(found.size),
        };
      }),

    list: (path) => listAt(folderBase(path)),
    glanceList(path) {
      const fd = adoptOwner ? walkTo(path) : undefined;
      if (adoptOwner && fd === undefined) return undefined;
      const stat = fd === undefined ? glance(path) : toGitStat(fstatSync(fd));
      if (stat?.kind !== "folder") return undefined;
      const entries = listAt(fd === undefined ? toPlace(path) : `/proc/self/fd/${fd}`);
      return entries && { stat, entries };
    },

    read(path) {
      return absentAware(path, (place) => {
        const fd = openSync(place, READ);
        try {
          const info = fstatSync(fd);
          if (!info.isFile() || isForeignLink(info, adoptOwner, ownerOf(path))) return undefined;
          return readFileSync(fd);
        } finally {
          closeSync(fd);
        }
      });
    },

    readLink(path) {
      return absentAware(path, (place) => decodeName(readlinkSync(place, { encoding: "buffer" })));
    },

    replace(path, bytes, { executable = false, readOnly = false, durable = false, removeFirst = false } = {}) {
      const mode = readOnly ? 0o444 : executable ? 0o777 : 0o666;
      writeBeside(path, bytes, mode, durable, (temporary, place) => {
        if (removeFirst && lstatSync(place, { throwIfNoEntry: false })) unlinkSync(place);
        renameSync(temporary, place);
      });
    },

    create(path, bytes) {
      let created = true;
      writeBeside(path, bytes, 0o666, false, (temporary, place) => {
        try {
          linkSync(temporary, place);
        } catch (error) {
          if (errorNumber(error) !== "EEXIST") throw error;
          created = false;
        }
        unlinkSync(temporary);
      });
      return created;
    },

    replaceLink(path, target) {
      const place = locateForWriting(path);
      try {
        if (lstatSync(place, { throwIfNoEntry: false })) unlinkSync(place);
        symlinkSync(toFsPath(target), place);
      } catch (error) {
        throw toDiskError(error);
      }
      adopt(path);
    },

    append(path, bytes) {
      const place = locateForWriting(path);
      try {
        const fd = openSync(
          place,
          constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
          0o666,
        );
        try {
          const owner = ownerOf(path);
          if (owner) fchownSync(fd, owner.uid, owner.gid);
          writeSync(fd, bytes);
        } finally {
          closeSync(fd);
        }
      } catch (error) {
        throw toDiskError(error);
      }
    },

    rename(from, to) {
      const source = locate(from);
      const target = locateForWriting(to);
      if (source === undefined) throw refused();
      try {
        renameSync(source, target);
      } catch (error) {
        throw toDiskError(error);
      }
      forget(from);
    },

    remove(path) {
      absentAware(path, (place) => unlinkSync(place));
    },

    removeFolder(path) {
      forget(path);
      const place = locate(path);
      if (place === undefined) return false;
      try {
        rmdirSync(place);
        return true;
      } catch (error) {
        if (isAbsent(error) || errorNumber(error) === "ENOTEMPTY" || errorNumber(error) === "EEXIST") return false;
        throw toDiskError(error);
      }
    },

    setExecutable(path, executable) {
      absentAware(path, (place) => {
        const mode = lstatSync(place).mode & 0o777;
        chmodSync(place, executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111);
      });
    },

    release: closeAll,
  };
}

function isAtOrBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

function isObjectFolder(path: string): boolean {
  return /(^|\/)objects\/[0-9a-f]{2}\/[^/]+$/.test(path);
}

function refused(): WebrunnerError {
  return new WebrunnerError("file/refused", { message: "Something that is no folder is in the way." });
}

/** A hard link to somebody else's file is how a user would make a root server show it. */
function isForeignLink(info: Stats, isRoot: boolean, folderOwner: Stats | undefined): boolean {
  return isRoot && info.nlink > 1 && folderOwner !== undefined && folderOwner.uid !== 0 && info.uid !== folderOwner.uid;
}

function toFsPath(path: string): string | Buffer {
  return hasRawBytes(path) ? Buffer.from(encodePath(path)) : path;
}

function listRaw(base: string): GitListing[] {
  return readdirSync(toFsPath(base), { withFileTypes: true, encoding: "buffer" }).map((entry) => ({
    name: decodeName(entry.name as unknown as Buffer),
    kind: toKind(entry),
  }));
}

function toKind(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): GitEntryKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "other";
}

function kindOfMode(mode: number): GitEntryKind {
  const format = mode & constants.S_IFMT;
  if (format === constants.S_IFREG) return "file";
  if (format === constants.S_IFDIR) return "folder";
  return format === constants.S_IFLNK ? "link" : "other";
}

function toGitStat(stat: Stats): GitStat {
  return {
    kind: kindOfMode(stat.mode),
    executable: (stat.mode & 0o100) !== 0,
    size: stat.size,
    mtimeMs: stat.mtimeMs,
    ctimeMs: stat.ctimeMs,
    ino: stat.ino,
    uid: stat.uid,
    gid: stat.gid,
    mode: stat.mode,
  };
}
