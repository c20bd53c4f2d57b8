/**
 * Work relative to an open directory, as `openat` and `unlinkat` do, which Node does not offer: below
 * `/proc/self/fd/N` the kernel starts at the directory that was opened, whatever its path has become since.
 *
 * Invariant: no link is followed, so whoever swaps a directory for a link in the meantime gains nothing; this is what
 * lets a server that runs as root work in a tree that an unprivileged user may write.
 */
import { constants } from "node:fs";
import { lstat, open, readdir, rmdir, unlink } from "node:fs/promises";
import { errorNumber } from "./files";

export interface OpenDirectory {
  /** The path of an entry, good while the directory is open. */
  at(name: string): string;
  /** The directory itself. */
  readonly path: string;
  openDirectory(name: string): Promise<OpenDirectory>;
  close(): Promise<void>;
}

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** The last component must not be a link; fails with the system's error. */
export async function openDirectory(path: string): Promise<OpenDirectory> {
  const handle = await open(path, DIRECTORY);
  const base = `/proc/self/fd/${handle.fd}`;
  return {
    path: base,
    at: (name) => `${base}/${name}`,
    openDirectory: (name) => openDirectory(`${base}/${name}`),
    close: () => handle.close(),
  };
}

/** A file, a link, or a folder with all below it; absent is fine. */
export async function removeEntryIn(directory: OpenDirectory, name: string): Promise<void> {
  const path = directory.at(name);
  try {
    if (!(await lstat(path)).isDirectory()) return await unlink(path);
    const child = await directory.openDirectory(name);
    try {
      for (const entry of await readdir(child.path)) await removeEntryIn(child, entry);
    } finally {
      await child.close();
    }
    await rmdir(path);
  } catch (error) {
    if (errorNumber(error) !== "ENOENT") throw error;
  }
}
