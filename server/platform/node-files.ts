/** `Files` on the real disk. */
import { randomBytes } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import {
  appendFile,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type DirectoryEntry,
  type DirectoryOptions,
  errorNumber,
  type FileInfo,
  type FileKind,
  type Files,
  type Owner,
  type ReplaceOptions,
  toDiskError,
} from "./files";
import { openDirectory, removeEntryIn } from "./open-directory";

/** Names of files that are being written; what a crash leaves of them is swept away, and no listing shows them. */
const TEMPORARY_NAME = /^\.webrunner-[0-9a-f]{16}\.tmp$/;

export function createTemporaryName(): string {
  return `.webrunner-${randomBytes(8).toString("hex")}.tmp`;
}

export function isTemporaryName(name: string): boolean {
  return TEMPORARY_NAME.test(name);
}

export function createNodeFiles(): Files {
  const find = async (path: string): Promise<Buffer | undefined> => {
    try {
      return await readFile(path);
    } catch (error) {
      if (errorNumber(error) === "ENOENT") return undefined;
      throw toDiskError(error);
    }
  };

  const findInfo = async (path: string): Promise<FileInfo | undefined> => {
    try {
      return toFileInfo(await lstat(path));
    } catch (error) {
      if (errorNumber(error) === "ENOENT") return undefined;
      throw toDiskError(error);
    }
  };

  return {
    find,
    findInfo,

    read: (path) => refusing(() => readFile(path)),

    readRange: (path, start, length) =>
      refusing(async () => {
        const handle = await open(path, "r");
        try {
          return await readFully(handle, start, length);
        } finally {
          await handle.close();
        }
      }),

    async *readStream(path, { start, end } = {}) {
      if (end !== undefined && end <= (start ?? 0)) return;
      const stream = createReadStream(path, { start, end: end === undefined ? undefined : end - 1 });
      try {
        yield* stream;
      } catch (error) {
        throw toDiskError(error);
      } finally {
        stream.destroy();
      }
    },

    async replace(path, bytes, options = {}) {
      await refusing(async () => {
        const existing = await findInfo(path);
        const temporary = join(dirname(path), createTemporaryName());
        const kept = existing?.kind === "file" ? { mode: existing.mode, owner: existing } : options;
        await writeNew(temporary, bytes, kept);
        await landing(temporary, () => rename(temporary, path));
        await syncDirectory(dirname(path));
      });
    },

    async create(path, bytes, options = {}) {
      await refusing(async () => {
        const temporary = join(dirname(path), createTemporaryName());
        await writeNew(temporary, bytes, options);
        try {
          await link(temporary, path);
        } finally {
          await unlink(temporary);
        }
        await syncDirectory(dirname(path));
      });
    },

    append: (path, bytes) => refusing(() => appendFile(path, bytes, { mode: 0o600 })),

    async remove(path) {
      await refusing(async () => {
        const parent = await openDirectory(dirname(path)).catch((error) => {
          if (errorNumber(error) === "ENOENT") return undefined;
          throw error;
        });
        if (!parent) return;
        try {
          await removeEntryIn(parent, basename(path));
        } finally {
          await parent.close();
        }
      });
    },

    async move(from, to) {
      await refusing(async () => {
        await rename(from, to);
        await syncDirectory(dirname(to));
      });
    },

    async list(path) {
      try {
        const entries = await readdir(path, { withFileTypes: true });
        return entries
          .map((entry): DirectoryEntry => ({ name: entry.name, kind: toKind(entry) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
      } catch (error) {
        if (errorNumber(error) === "ENOENT") return [];
        throw toDiskError(error);
      }
    },

    ensureDirectory: (path, options = {}) => refusing(() => ensureDirectory(path, options)),
  };
}

async function ensureDirectory(path: string, { mode = 0o700, owner }: DirectoryOptions): Promise<void> {
  await makeDirectories(path);
  // By descriptor, and never through a link: whoever may write the parent must not choose what gets this owner.
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const stat = await handle.stat();
    if (owner && (stat.uid !== owner.uid || stat.gid !== owner.gid)) await handle.chown(owner.uid, owner.gid);
    if ((stat.mode & 0o7777) !== mode) await handle.chmod(mode);
  } finally {
    await handle.close();
  }
}

/** Node's own recursive `mkdir` never ends where no directory can be made and ENOENT is the answer, as in /proc. */
async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorNumber(error) === "EEXIST") return;
    if (errorNumber(error) !== "ENOENT" || dirname(path) === path || (await exists(dirname(path)))) throw error;
    await makeDirectories(dirname(path));
    await makeDirectories(path);
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The bytes are on the disk, with their mode and owner, when this resolves; else no file is left. */
export async function writeNew(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  { mode = 0o600, owner }: ReplaceOptions,
): Promise<void> {
  const handle = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  await landing(path, async () => {
    try {
      if (typeof content === "string" || content instanceof Uint8Array) await handle.writeFile(content);
      else for await (const chunk of content) await writeFully(handle, chunk);
      if (owner) await giveTo(handle, owner);
      await handle.chmod(mode & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Only root may give a file away; for anyone else a file of another owner becomes their own when they save it. */
async function giveTo(handle: FileHandle, owner: Owner): Promise<void> {
  const stat = await handle.stat();
  if (stat.uid === owner.uid && stat.gid === owner.gid) return;
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch (error) {
    if (errorNumber(error) !== "EPERM" || process.getuid?.() === 0) throw error;
  }
}

/** Runs the last step for a temporary file; when it fails the temporary file goes too. */
export async function landing(temporary: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    await unlink(temporary).catch(() => {
      // The first error is the one to tell; a temporary file that stays is swept at the next start.
    });
    throw error;
  }
}

/** Makes a rename survive a power cut. Some file systems cannot sync a directory, and then nothing can be done. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    if (errorNumber(error) !== "EINVAL") throw error;
  } finally {
    await handle.close();
  }
}

export async function readFully(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function writeFully(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    written += bytesWritten;
  }
}

interface HasKind {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export function toKind(entry: HasKind): FileKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "link" : "other";
}

interface Stat extends HasKind, Owner {
  readonly size: number;
  readonly mtimeMs: number;
  readonly mode: number;
  readonly dev: number;
  readonly ino: number;
  readonly nlink: number;
}

export function toFileInfo(stat: Stat): FileInfo {
  return {
    kind: toKind(stat),
    sizeBytes: stat.size,
    modifiedMs: stat.mtimeMs,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    device: stat.dev,
    inode: stat.ino,
    links: stat.nlink,
  };
}

/** Runs I/O and says a refusal of the system in our words. */
export async function refusing<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw errorNumber(error) === undefined ? error : toDiskError(error);
  }
}
