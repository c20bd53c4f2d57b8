/**
 * The file system that isomorphic-git works on: `/git/…` is the git directory, `/work/…` the work tree.
 *
 * isomorphic-git itself writes in place and takes no locks. Here every write is atomic, what git guards by a lock
 * (index, HEAD, references, configuration) is written under that lock, and links out of the two roots lead nowhere.
 */
import type { GitDisk, GitStat } from "@/server/platform/git-disk";
import { withLock } from "./lock-file";

type Encoding = string | { encoding?: string } | undefined;

const GUARDED = /^(index|HEAD|ORIG_HEAD|config|packed-refs|refs\/.+)$/;

export function createIsomorphicFs(
  git: GitDisk,
  work: GitDisk,
): { promises: Record<string, (...args: never[]) => Promise<unknown>> } {
  const resolve = (path: string): { disk: GitDisk; path: string; isGit: boolean } => {
    const match = /^\/(git|work)(?:\/(.*))?$/.exec(path.replace(/\/+$/, "").replace(/\/{2,}/g, "/"));
    const below = match?.[2] ?? "";
    if (!match || below.split("/").includes("..")) throw absent(path);
    return { disk: match[1] === "git" ? git : work, path: below, isGit: match[1] === "git" };
  };
  const stat = async (path: string): Promise<object> => {
    const place = resolve(path);
    const found: GitStat | undefined =
      place.path === ""
        ? { kind: "folder", executable: true, size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, uid: 0, gid: 0, mode: 0o40755 }
        : place.disk.stat(place.path);
    if (!found) throw absent(path);
    return {
      ...found,
      dev: 0,
      isFile: () => found.kind === "file",
      isDirectory: () => found.kind === "folder",
      isSymbolicLink: () => found.kind === "link",
    };
  };
  const promises = {
    async readFile(path: string, encoding?: Encoding): Promise<unknown> {
      const place = resolve(path);
      const bytes = place.disk.read(place.path);
      if (!bytes) throw absent(path);
      const name = typeof encoding === "string" ? encoding : encoding?.encoding;
      return name ? bytes.toString("utf8") : bytes;
    },
    async writeFile(path: string, data: Uint8Array | string): Promise<void> {
      const place = resolve(path);
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      if (place.isGit && GUARDED.test(place.path)) await withLock(place.disk, place.path, () => bytes);
      else if (!(place.isGit && /^objects\//.test(place.path) && place.disk.stat(place.path))) {
        place.disk.replace(place.path, bytes, { durable: place.isGit, readOnly: place.path.startsWith("objects/") });
      }
    },
    async unlink(path: string): Promise<void> {
      const place = resolve(path);
      place.disk.remove(place.path);
    },
    async readdir(path: string): Promise<string[]> {
      const place = resolve(path);
      const entries = place.disk.list(place.path);
      if (!entries) throw absent(path);
      return entries.map((entry) => entry.name);
    },
    async mkdir(path: string): Promise<void> {
      const place = resolve(path);
      place.disk.ensureFolder(place.path);
    },
    async rmdir(path: string): Promise<void> {
      const place = resolve(path);
      place.disk.removeFolder(place.path);
    },
    stat,
    lstat: stat,
    async readlink(path: string): Promise<Buffer> {
      const place = resolve(path);
      const target = place.disk.readLink(place.path);
      if (target === undefined) throw absent(path);
      return Buffer.from(target);
    },
    async symlink(target: string, path: string): Promise<void> {
      const place = resolve(path);
      place.disk.replaceLink(place.path, target);
    },
    async chmod(path: string, mode: number): Promise<void> {
      const place = resolve(path);
      place.disk.setExecutable(place.path, (mode & 0o100) !== 0);
    },
  };
  return { promises };
}

function absent(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
}
