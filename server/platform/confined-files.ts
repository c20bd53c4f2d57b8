/**
 * The files of one workspace, by `ConfinedPath`.
 *
 * Promises: nothing outside the root is read, written or named, whatever links the tree has or somebody makes while an
 * operation runs; `.git` is not there; a write is atomic, keeps mode and owner, and never replaces what it was not
 * told to replace. A link that leads to a place inside the root is followed by reading and writing; removing, moving
 * and copying take the link itself.
 *
 * How: the links of a path are resolved once, the result must be confined again, and is then walked from the open root
 * without following any link (`open-directory.ts`).
 */
import { constants } from "node:fs";
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  symlink,
  unlink,
} from "node:fs/promises";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { ConfinedPath } from "@/lib/base/ids";
import {
  createNotFound,
  findConfinedPath,
  isBelow,
  isConfinedName,
  joinConfined,
  splitConfined,
} from "./confined-path";
import { errorNumber, type FileInfo, type FileKind, type Owner, toDiskError } from "./files";
import { createTemporaryName, isTemporaryName, landing, toFileInfo, writeNew } from "./node-files";
import { type OpenDirectory, openDirectory, removeEntryIn } from "./open-directory";

export interface ConfinedEntry extends FileInfo {
  readonly path: ConfinedPath;
  readonly name: string;
}

export type Content = Uint8Array | AsyncIterable<Uint8Array>;

export interface ConfinedFiles {
  /** Absolute, without links. For programs that are started in it, not for reading and writing. */
  readonly root: string;
  findEntry(path: ConfinedPath): Promise<ConfinedEntry | undefined>;
  /** The whole file; `file/too-large` beyond the limit, before anything is read. */
  read(path: ConfinedPath, limitBytes: number): Promise<{ bytes: Buffer; info: FileInfo }>;
  /** Up to `length` bytes from `start`, and what the file was when they were read. */
  readRange(path: ConfinedPath, start: number, length: number): Promise<{ bytes: Buffer; info: FileInfo }>;
  readStream(path: ConfinedPath): Promise<{ info: FileInfo; chunks: AsyncIterable<Uint8Array> }>;
  /** By name; `.git` and files being written are left out. */
  list(path: ConfinedPath): Promise<ConfinedEntry[]>;
  /** Replaces an existing file; `confirm` is asked right before, and what it throws leaves all as it was. */
  replace(path: ConfinedPath, content: Content, confirm: (current: FileInfo) => Promise<void>): Promise<void>;
  /** `file/exists` when there is anything of that name. */
  create(path: ConfinedPath, content: Content): Promise<void>;
  createDirectory(path: ConfinedPath): Promise<void>;
  /** Never replaces; a folder does not go into itself. */
  move(from: ConfinedPath, to: ConfinedPath): Promise<void>;
  copy(from: ConfinedPath, to: ConfinedPath): Promise<void>;
  /** Takes it out of the workspace to an absolute path that belongs to the server; on another disk it is copied. */
  takeOut(path: ConfinedPath, destination: string): Promise<void>;
  /** Removes what a crash left of files being written, in one folder and not deeper; younger ones are being written. */
  sweep(path: ConfinedPath, olderThanMs: number): Promise<void>;
}

/** The open folder of an entry, and the entry's name in it. */
interface Place {
  readonly folder: OpenDirectory;
  readonly name: string;
}

export interface ConfinedFilesOptions {
  readonly root: string;
  /** The server is root and the tree belongs to this user: new files take the owner of their folder. */
  readonly owner?: Owner;
}

export async function createConfinedFiles(options: ConfinedFilesOptions): Promise<ConfinedFiles> {
  const root = await realpath(options.root);

  /** Resolves links; undefined when it is absent, leaves the root, or enters `.git`. */
  const resolve = async (path: ConfinedPath): Promise<ConfinedPath | undefined> => {
    try {
      const real = await realpath(join(root, path));
      if (real === root) return "" as ConfinedPath;
      return real.startsWith(`${root}/`) ? findConfinedPath(real.slice(root.length + 1)) : undefined;
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw toDiskError(error);
    }
  };

  const openResolved = async (path: ConfinedPath): Promise<OpenDirectory> => {
    let directory = await openDirectory(root);
    for (const name of path === "" ? [] : path.split("/")) {
      const parent = directory;
      try {
        directory = await parent.openDirectory(name);
      } finally {
        await parent.close();
      }
    }
    return directory;
  };

  const inDirectory = async <T>(path: ConfinedPath, work: (directory: OpenDirectory) => Promise<T>): Promise<T> => {
    const resolved = await resolve(path);
    if (resolved === undefined) throw createNotFound();
    const directory = await openResolved(resolved);
    try {
      return await work(directory);
    } finally {
      await directory.close();
    }
  };

  /** The entry itself: links in its folder's path are followed, the last name is not. */
  const atEntry = async <T>(path: ConfinedPath, work: (place: Place) => Promise<T>): Promise<T> => {
    if (path === "") throw createNotFound();
    const { folder, name } = splitConfined(path);
    return confining(() => inDirectory(folder, (directory) => work({ folder: directory, name })));
  };

  /** What the entry leads to: the last name is followed too, when it is a link to a place inside. */
  const atTarget = async <T>(path: ConfinedPath, work: (place: Place) => Promise<T>): Promise<T> => {
    const resolved = await confining(() => resolve(path));
    if (resolved === undefined) throw createNotFound();
    return atEntry(resolved, work);
  };

  const isAnybodysFile = (info: FileInfo): boolean =>
    // A hard link to a file of somebody else is how an unprivileged user would make root show or replace that file.
    options.owner === undefined || info.uid === options.owner.uid || !(info.kind === "file" && info.links > 1);

  const openFile = async ({ folder, name }: Place): Promise<{ handle: FileHandle; info: FileInfo }> => {
    const handle = await open(folder.at(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const info = toFileInfo(await handle.stat());
      ensureFile(info);
      if (!isAnybodysFile(info)) throw createNotFound();
      return { handle, info };
    } catch (error) {
      await handle.close();
      throw error;
    }
  };

  const folderOwner = async (folder: OpenDirectory): Promise<Owner | undefined> => {
    if (!options.owner) return undefined;
    const stat = await lstat(`${folder.path}/.`);
    return { uid: stat.uid, gid: stat.gid };
  };

  const findInfoAt = async ({ folder, name }: Place): Promise<FileInfo | undefined> => {
    try {
      return toFileInfo(await lstat(folder.at(name)));
    } catch (error) {
      if (errorNumber(error) === "ENOENT") return undefined;
      throw error;
    }
  };

  const create = (path: ConfinedPath, content: Content): Promise<void> =>
    atEntry(path, async (place) => {
      if (await findInfoAt(place)) throw createExists();
      const temporary = place.folder.at(createTemporaryName());
      await writeNew(temporary, content, { mode: 0o644, owner: await folderOwner(place.folder) });
      await landing(temporary, () => linkNew(temporary, place.folder.at(place.name)));
      await syncFolder(place.folder);
    });

  const createDirectoryAt = async (place: Place, mode = 0o755): Promise<void> => {
    await mkdir(place.folder.at(place.name), { mode });
    const owner = await folderOwner(place.folder);
    if (!owner) return;
    const handle = await open(place.folder.at(place.name), constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      await handle.chown(owner.uid, owner.gid);
    } finally {
      await handle.close();
    }
  };

  /** Files, folders and links; devices, sockets and pipes are left out. */
  const copyEntry = async (from: Place, to: Place): Promise<void> => {
    const info = await findInfoAt(from);
    if (!info) throw createNotFound();
    if (info.kind === "link") {
      await symlink(await readlink(from.folder.at(from.name)), to.folder.at(to.name));
    } else if (info.kind === "file") {
      const { handle } = await openFile(from);
      const temporary = to.folder.at(createTemporaryName());
      try {
        await writeNew(temporary, readHandle(handle), { mode: info.mode & 0o777, owner: await folderOwner(to.folder) });
      } finally {
        await handle.close();
      }
      await landing(temporary, () => linkNew(temporary, to.folder.at(to.name)));
    } else if (info.kind === "directory") {
      await createDirectoryAt(to, info.mode & 0o777);
      const source = await from.folder.openDirectory(from.name);
      try {
        const target = await to.folder.openDirectory(to.name);
        try {
          for (const name of await readdir(source.path)) {
            if (isShown(name)) await copyEntry({ folder: source, name }, { folder: target, name });
          }
        } finally {
          await target.close();
        }
      } finally {
        await source.close();
      }
    }
  };

  return {
    root,

    async findEntry(path) {
      if (path === "") return { ...toFileInfo(await lstat(root)), path, name: "" };
      try {
        const info = await atEntry(path, findInfoAt);
        return info && { ...info, path, name: splitConfined(path).name };
      } catch (error) {
        if (error instanceof WebrunnerError && error.code === "file/not-found") return undefined;
        throw error;
      }
    },

    read: (path, limitBytes) =>
      atTarget(path, async (place) => {
        const { handle, info } = await openFile(place);
        try {
          if (info.sizeBytes > limitBytes) throw createTooLarge(info.sizeBytes, limitBytes);
          return { bytes: await readAll(handle, limitBytes), info };
        } finally {
          await handle.close();
        }
      }),

    readRange: (path, start, length) =>
      atTarget(path, async (place) => {
        const { handle, info } = await openFile(place);
        try {
          const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, info.sizeBytes - start)));
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
          return { bytes: buffer.subarray(0, bytesRead), info };
        } finally {
          await handle.close();
        }
      }),

    readStream: (path) =>
      atTarget(path, async (place) => {
        const { handle, info } = await openFile(place);
        return { info, chunks: closing(handle) };
      }),

    list: (path) =>
      confining(() =>
        inDirectory(path, async (directory) => {
          const entries: ConfinedEntry[] = [];
          for (const name of await readdir(directory.path)) {
            if (!isShown(name)) continue;
            const info = await findInfoAt({ folder: directory, name });
            if (info) entries.push({ ...info, name, path: joinConfined(path, name) });
          }
          return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
        }),
      ),

    replace: (path, content, confirm) =>
      atTarget(path, async (place) => {
        const before = await findInfoAt(place);
        if (!before) throw createNotFound();
        ensureFile(before);
        if (!isAnybodysFile(before)) throw createNotFound();
        const temporary = place.folder.at(createTemporaryName());
        await writeNew(temporary, content, { mode: before.mode & 0o777, owner: before });
        await landing(temporary, async () => {
          const current = await findInfoAt(place);
          if (!current) throw createNotFound();
          await confirm(current);
          await rename(temporary, place.folder.at(place.name));
        });
        await syncFolder(place.folder);
      }),

    create,
    createDirectory: (path) => atEntry(path, (place) => createDirectoryAt(place)),

    async move(from, to) {
      if (isBelow(to, from)) throw createIntoItself();
      await atEntry(from, (source) =>
        atEntry(to, async (target) => {
          const info = await findInfoAt(source);
          if (!info) throw createNotFound();
          if (await findInfoAt(target)) throw createExists();
          const [fromPath, toPath] = [source.folder.at(source.name), target.folder.at(target.name)];
          if (info.kind === "directory") {
            await rename(fromPath, toPath);
          } else {
            await link(fromPath, toPath);
            await unlink(fromPath);
          }
          await syncFolder(target.folder);
        }),
      );
    },

    async copy(from, to) {
      if (isBelow(to, from)) throw createIntoItself();
      await atEntry(from, (source) =>
        atEntry(to, async (target) => {
          if (await findInfoAt(target)) throw createExists();
          await copyEntry(source, target);
          await syncFolder(target.folder);
        }),
      );
    },

    takeOut: (path, destination) =>
      atEntry(path, async (place) => {
        if (!(await findInfoAt(place))) throw createNotFound();
        try {
          await rename(place.folder.at(place.name), destination);
        } catch (error) {
          if (errorNumber(error) !== "EXDEV") throw error;
          const outside = await openDirectory(join(destination, ".."));
          try {
            await copyEntry(place, { folder: outside, name: destination.slice(destination.lastIndexOf("/") + 1) });
          } finally {
            await outside.close();
          }
          await removeEntryIn(place.folder, place.name);
        }
        await syncFolder(place.folder);
      }),

    sweep: (path, olderThanMs) =>
      confining(() =>
        inDirectory(path, async (directory) => {
          for (const name of (await readdir(directory.path)).filter(isTemporaryName)) {
            const info = await findInfoAt({ folder: directory, name });
            if (info && info.modifiedMs < olderThanMs) await removeEntryIn(directory, name);
          }
        }),
      ),
  };
}

/** A walk that meets a link or a file where a folder was is a race or an escape: it is not there. */
async function confining<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (errorNumber(error) === undefined || error instanceof WebrunnerError) throw error;
    if (isAbsence(error)) throw createNotFound(error);
    throw toDiskError(error);
  }
}

function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes(errorNumber(error) ?? "");
}

/** Entries that the workspace admits to have; names that are not UTF-8 cannot be given back by anyone. */
function isShown(name: string): boolean {
  return isConfinedName(name) && !isTemporaryName(name) && !name.includes("\uFFFD");
}

function ensureFile(info: { readonly kind: FileKind }): void {
  if (info.kind === "file") return;
  if (info.kind === "directory") throw new WebrunnerError("file/is-directory", { message: "That is a folder." });
  if (info.kind === "link") throw createNotFound();
  throw new WebrunnerError("file/refused", { message: "That is neither a file nor a folder." });
}

function createExists(): WebrunnerError {
  return new WebrunnerError("file/exists", { message: "There is one of that name already." });
}

function createIntoItself(): WebrunnerError {
  return new WebrunnerError("file/refused", { message: "A folder cannot go into itself." });
}

export function createTooLarge(sizeBytes: number, limitBytes: number): WebrunnerError {
  return new WebrunnerError("file/too-large", {
    message: `The file has ${sizeBytes} bytes; ${limitBytes} are the limit here.`,
    sizeBytes,
    limitBytes,
  });
}

/** Gives the temporary file its name, unless there is one; the temporary name goes either way. */
async function linkNew(temporary: string, path: string): Promise<void> {
  await link(temporary, path);
  await unlink(temporary);
}

async function syncFolder(folder: OpenDirectory): Promise<void> {
  const handle = await open(`${folder.path}/.`, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const CHUNK_BYTES = 256 * 1024;

async function* readHandle(handle: FileHandle): AsyncIterable<Uint8Array> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
  }
}

/** The chunks of an open file, which is closed at the end, on an error, and when the reader gives up before it began. */
function closing(handle: FileHandle): AsyncIterable<Uint8Array> {
  const chunks = readHandle(handle)[Symbol.asyncIterator]();
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        const result = await chunks.next();
        if (result.done) await handle.close();
        return result;
      } catch (error) {
        await handle.close();
        throw error;
      }
    },
    async return() {
      await handle.close();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** A file may grow while it is read; the limit holds nevertheless. */
async function readAll(handle: FileHandle, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of readHandle(handle)) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw createTooLarge(sizeBytes, limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
