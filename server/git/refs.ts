/**
 * References of a repository: loose files and `packed-refs`, HEAD, reflogs.
 *
 * Promises: a reference is changed under its lock, and only when it still has the value that the caller saw; a log
 * line goes with it, so that every move can be taken back.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { formatSignature, parseSignature, type Signature } from "@/lib/git/commit-object";
import { isObjectId, type ObjectId, ZERO_ID } from "@/lib/git/object-id";
import { comparePaths } from "@/lib/git/path-bytes";
import { isRefName } from "@/lib/git/ref-name";
import type { GitDisk } from "@/server/platform/git-disk";
import { withLock } from "./lock-file";

export interface Reference {
  /** `refs/heads/main` */
  readonly name: string;
  readonly id: ObjectId;
  /** Of an annotated tag in packed-refs: what it stands for. */
  readonly peeled?: ObjectId;
}

export interface ReflogEntry {
  readonly before: ObjectId;
  readonly after: ObjectId;
  readonly who: Signature;
  readonly message: string;
}

export interface RefChange {
  readonly name: string;
  /** Undefined removes it. */
  readonly id: ObjectId | undefined;
  /** What it must have been; `undefined` must not exist, absent: anything. */
  readonly expected?: { readonly id: ObjectId | undefined };
  readonly log: { readonly who: Signature; readonly message: string };
}

export interface Refs {
  /** `refs/heads/main`, or undefined when HEAD is detached. */
  headBranch(): string | undefined;
  resolve(name: string): ObjectId | undefined;
  list(prefix: string): Reference[];
  readSymbolic(name: string): string | undefined;
  change(change: RefChange): Promise<void>;
  /** HEAD to a branch (`refs/heads/x`), or detached to a commit. */
  setHead(target: { branch: string } | { id: ObjectId }, log: RefChange["log"]): Promise<void>;
  setSymbolic(name: string, target: string): Promise<void>;
  readLog(name: string): ReflogEntry[];
  replaceLog(name: string, entries: readonly ReflogEntry[]): Promise<void>;
}

function formatLog(entry: ReflogEntry): string {
  return `${entry.before} ${entry.after} ${formatSignature(entry.who)}\t${entry.message.replace(/\s+/g, " ").trim()}\n`;
}

export function createRefs(disk: GitDisk): Refs {
  let packedStamp = "";
  let packed = new Map<string, Reference>();

  const readPacked = (): Map<string, Reference> => {
    const stat = disk.stat("packed-refs");
    const stamp = stat ? `${stat.ino}:${stat.mtimeMs}:${stat.size}` : "none";
    if (stamp === packedStamp) return packed;
    packed = new Map();
    let last: Reference | undefined;
    for (const line of (disk.read("packed-refs")?.toString("utf8") ?? "").split("\n")) {
      const match = /^(\^?)([0-9a-f]{40})(?: (.+))?$/.exec(line);
      if (!match) continue;
      if (match[1] === "^" && last) packed.set(last.name, { ...last, peeled: match[2] as ObjectId });
      else if (match[3] !== undefined) {
        last = { name: match[3], id: match[2] as ObjectId };
        packed.set(last.name, last);
      }
    }
    packedStamp = stamp;
    return packed;
  };

  const readLoose = (name: string): string | undefined => {
    if (!/^(HEAD|[A-Z_]+_HEAD|refs\/.+)$/.test(name) || (name.startsWith("refs/") && !isRefName(name)))
      return undefined;
    return disk.read(name)?.toString("utf8").trim();
  };

  const readSymbolic = (name: string): string | undefined => /^ref:\s*(\S+)$/.exec(readLoose(name) ?? "")?.[1];

  const resolve = (name: string, depth = 0): ObjectId | undefined => {
    if (depth > 5) return undefined;
    const text = readLoose(name);
    if (text === undefined) return readPacked().get(name)?.id;
    const target = /^ref:\s*(\S+)$/.exec(text)?.[1];
    if (target !== undefined) return resolve(target, depth + 1);
    const id = text.slice(0, 40);
    return isObjectId(id) ? id : undefined;
  };

  const appendLog = (name: string, entry: ReflogEntry): void => {
    const wanted = name === "HEAD" || /^refs\/(heads|remotes|notes)\//.test(name);
    if (wanted || disk.stat(`logs/${name}`)) disk.append(`logs/${name}`, Buffer.from(formatLog(entry)));
  };

  const removeFromPacked = async (name: string): Promise<void> => {
    if (!readPacked().has(name)) return;
    await withLock(disk, "packed-refs", () => {
      const lines = (disk.read("packed-refs")?.toString("utf8") ?? "").split("\n");
      const kept: string[] = [];
      let dropping = false;
      for (const line of lines) {
        if (!line.startsWith("^")) dropping = line.endsWith(` ${name}`) && line.length === 41 + name.length;
        if (!dropping) kept.push(line);
      }
      return Buffer.from(kept.join("\n"));
    });
  };

  const removeEmptyParents = (path: string, until: string): void => {
    for (let folder = path.slice(0, path.lastIndexOf("/")); folder.length > until.length; ) {
      if (!disk.removeFolder(folder)) return;
      folder = folder.slice(0, folder.lastIndexOf("/"));
    }
  };

  const refs: Refs = {
    headBranch() {
      return readSymbolic("HEAD");
    },
    resolve,
    readSymbolic,

    list(prefix) {
      const found = new Map<string, Reference>();
      for (const [name, reference] of readPacked()) if (name.startsWith(prefix)) found.set(name, reference);
      const walk = (folder: string): void => {
        for (const entry of disk.list(folder) ?? []) {
          const name = `${folder}/${entry.name}`;
          if (entry.kind === "folder") walk(name);
          else if (entry.kind === "file" && isRefName(name) && name.startsWith(prefix)) {
            const id = resolve(name);
            if (id) found.set(name, { name, id });
          }
        }
      };
      walk(prefix.replace(/\/[^/]*$/, ""));
      return [...found.values()].sort((a, b) => comparePaths(a.name, b.name));
    },

    async change({ name, id, expected, log }) {
      const parts = name.split("/");
      for (let length = 3; length < parts.length; length++) {
        const above = parts.slice(0, length).join("/");
        if (resolve(above)) throw taken(above);
      }
      if (id && refs.list(`${name}/`).length > 0) throw taken(name);
      if (id) {
        const folder = disk.stat(name);
        // Empty folders are what a removed `feature/x` leaves; git takes them away too.
        if (folder?.kind === "folder") removeEmptyFolders(disk, name);
      }
      let before: ObjectId | undefined;
      await withLock(disk, name, () => {
        before = resolve(name);
        if (expected && before !== expected.id) {
          throw new WebrunnerError("git/changed", {
            message: `${name.replace(/^refs\/(heads|tags|remotes)\//, "")} has been changed by somebody else in the meantime.`,
            hint: "Look at the new state and try again.",
          });
        }
        if (!id) return undefined;
        if (before !== id || name === "HEAD") {
          const entry = { before: before ?? ZERO_ID, after: id, ...log };
          appendLog(name, entry);
          if (refs.headBranch() === name) appendLog("HEAD", entry);
        }
        return Buffer.from(`${id}\n`);
      });
      if (id) return;
      await removeFromPacked(name);
      disk.remove(name);
      disk.remove(`logs/${name}`);
      removeEmptyParents(name, "refs/heads");
      removeEmptyParents(`logs/${name}`, "logs/refs/heads");
    },

    async setHead(target, log) {
      await withLock(disk, "HEAD", () => {
        const before = resolve("HEAD") ?? ZERO_ID;
        const after = "id" in target ? target.id : (resolve(target.branch) ?? ZERO_ID);
        if (after !== ZERO_ID || before !== ZERO_ID) appendLog("HEAD", { before, after, ...log });
        return Buffer.from("id" in target ? `${target.id}\n` : `ref: ${target.branch}\n`);
      });
    },

    setSymbolic: (name, target) => withLock(disk, name, () => Buffer.from(`ref: ${target}\n`)),

    readLog(name) {
      const entries: ReflogEntry[] = [];
      for (const line of (disk.read(`logs/${name}`)?.toString("utf8") ?? "").split("\n")) {
        const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\t]*)(?:\t(.*))?$/.exec(line);
        if (!match) continue;
        entries.push({
          before: match[1] as ObjectId,
          after: match[2] as ObjectId,
          who: parseSignature(match[3]!),
          message: match[4] ?? "",
        });
      }
      return entries;
    },

    async replaceLog(name, entries) {
      await withLock(disk, `logs/${name}`, () => Buffer.from(entries.map(formatLog).join("")));
    },
  };
  return refs;
}

function removeEmptyFolders(disk: GitDisk, path: string): void {
  for (const entry of disk.list(path) ?? [])
    if (entry.kind === "folder") removeEmptyFolders(disk, `${path}/${entry.name}`);
  disk.removeFolder(path);
}

function taken(name: string): WebrunnerError {
  const short = name.replace(/^refs\/(heads|tags|remotes)\//, "");
  return new WebrunnerError("git/name-taken", {
    message: `A name beginning with ${short} cannot be had beside ${short} itself.`,
    hint: "Choose another name.",
    name: short,
  });
}
