/**
 * The objects of a repository: packs read at offsets, loose files, alternates inside the root; loose writes.
 *
 * Promises: an object that is read has the name it was asked by (loose ones are checked, packed ones carry git's own
 * checks); a write is atomic and is never an overwrite; a pack that appears is found on the next miss.
 */
import { createHash } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { WebrunnerError } from "@/lib/base/errors";
import { type CommitObject, parseCommit } from "@/lib/git/commit-object";
import { GitFormatError } from "@/lib/git/format-error";
import { EMPTY_TREE_ID, type GitObject, type ObjectId, type ObjectType, type Sha1 } from "@/lib/git/object-id";
import { applyDelta, createPackIndex, type PackIndex, parsePackEntryHeader } from "@/lib/git/pack";
import { findTreeEntry, parseTree, type TreeEntry } from "@/lib/git/tree";
import type { GitDisk, GitOpenFile } from "@/server/platform/git-disk";

export interface ObjectStore {
  find(id: ObjectId): GitObject | undefined;
  /** `git/object-missing` when it is absent. */
  read(id: ObjectId): GitObject;
  readBlob(id: ObjectId): Uint8Array;
  readTree(id: ObjectId): readonly TreeEntry[];
  /** One entry, without making all the others. */
  findInTree(id: ObjectId, name: string): TreeEntry | undefined;
  readCommit(id: ObjectId): CommitObject;
  has(id: ObjectId): boolean;
  write(type: ObjectType, bytes: Uint8Array): ObjectId;
  findByPrefix(prefix: string): ObjectId[];
  /** Forgets which packs there are; to be called after a fetch. */
  refresh(): void;
  close(): void;
}

interface Pack {
  readonly name: string;
  readonly index: PackIndex;
  readonly indexFile: GitOpenFile;
  readonly file: GitOpenFile;
}

const KINDS: Record<number, ObjectType> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" };
/** Of objects kept in memory, by their bytes; what a log page and a status of 2,000 files need fits in it. */
const CACHE_BYTES = 32 * 1024 * 1024;
/** Some 150 bytes each: 20 MB. A tree of 2,000 files is 3,000 of them. */
const CACHED_TREE_ENTRIES = 130_000;
/** About 1 KB each; a history of 18,500 stays whole. */
const CACHED_COMMITS = 25_000;
/** Larger ones are not kept: one of them would push out everything else. */
const CACHED_OBJECT_BYTES = 1024 * 1024;
/** A bomb: nothing in a profile repository is this large, and it would be held in memory whole. */
export const OBJECT_LIMIT_BYTES = 512 * 1024 * 1024;
/** Most pack entries fit; a larger one costs a second read. */
const FIRST_READ_BYTES = 1024;
const CHAIN_LIMIT = 10_000;

export const sha1: Sha1 = (...parts) => {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest("hex") as ObjectId;
};

export function hashObject(type: ObjectType, bytes: Uint8Array): ObjectId {
  return sha1(Buffer.from(`${type} ${bytes.length}\0`), bytes);
}

export function createObjectStore(disk: GitDisk): ObjectStore {
  let packs: Pack[] | undefined;
  const cache = new Map<string, GitObject>();
  let cachedBytes = 0;
  const commits = new Map<ObjectId, CommitObject>();
  const trees = new Map<ObjectId, readonly TreeEntry[]>();
  let treeEntries = 0;

  const keep = (key: string, object: GitObject): void => {
    if (object.bytes.length > CACHED_OBJECT_BYTES || cache.has(key)) return;
    cache.set(key, object);
    cachedBytes += object.bytes.length + 100;
    for (const [oldest, value] of cache) {
      if (cachedBytes <= CACHE_BYTES) break;
      cache.delete(oldest);
      cachedBytes -= value.bytes.length + 100;
    }
  };
  const recall = (key: string): GitObject | undefined => {
    const found = cache.get(key);
    if (found) {
      cache.delete(key);
      cache.set(key, found);
    }
    return found;
  };

  const openPacks = (): Pack[] => {
    if (packs) return packs;
    packs = [];
    for (const { name } of disk.list("objects/pack") ?? []) {
      if (!/^pack-[0-9a-f]+\.idx$/.test(name)) continue;
      const indexFile = disk.openFile(`objects/pack/${name}`);
      const file = disk.openFile(`objects/pack/${name.slice(0, -4)}.pack`);
      if (indexFile && file) {
        packs.push({ name, index: createPackIndex(indexFile.readAt), indexFile, file });
      } else {
        indexFile?.close();
        file?.close();
      }
    }
    packs.sort((a, b) => b.file.size - a.file.size);
    return packs;
  };
  const closePacks = (): void => {
    for (const pack of packs ?? []) {
      pack.indexFile.close();
      pack.file.close();
    }
    packs = undefined;
  };

  const inflateAt = (pack: Pack, start: number, size: number, chunk: Buffer): Uint8Array => {
    if (size > OBJECT_LIMIT_BYTES) throw tooLarge(size);
    // What deflate makes of incompressible bytes: 5 bytes a 16 KB block, and its frame.
    const bound = size + Math.ceil(size / 16_000) * 5 + 64;
    const input =
      chunk.length >= bound || start + chunk.length >= pack.file.size ? chunk : pack.file.readAt(start, bound);
    const bytes = inflateSync(input, {
      maxOutputLength: Math.max(size, 1),
      chunkSize: Math.max(64, Math.min(size, 1 << 20)),
    });
    if (bytes.length !== size) throw new GitFormatError("pack entry has another size than it says");
    return bytes;
  };

  const readPacked = (pack: Pack, offset: number): GitObject => {
    const deltas: { key: string; bytes: Uint8Array }[] = [];
    let at = offset;
    let object: GitObject | undefined;
    while (!object) {
      const key = `${pack.name}:${at}`;
      object = recall(key);
      if (object) break;
      if (deltas.length > CHAIN_LIMIT) throw new GitFormatError("delta chain does not end");
      const chunk = pack.file.readAt(at, FIRST_READ_BYTES);
      const header = parsePackEntryHeader(chunk);
      const bytes = inflateAt(pack, at + header.headerBytes, header.sizeBytes, chunk.subarray(header.headerBytes));
      const type = KINDS[header.kind];
      if (type) {
        object = { type, bytes };
        keep(key, object);
      } else {
        deltas.push({ key, bytes });
        if (header.baseId) object = read(header.baseId);
        else {
          if (!header.baseDistance || header.baseDistance > at)
            throw new GitFormatError("delta base is out of the pack");
          at -= header.baseDistance;
        }
      }
    }
    for (const { key, bytes } of deltas.reverse()) {
      object = { type: object.type, bytes: applyDelta(object.bytes, bytes) };
      keep(key, object);
    }
    return object;
  };

  const readLoose = (id: ObjectId): GitObject | undefined => {
    const bytes = disk.read(`objects/${id.slice(0, 2)}/${id.slice(2)}`);
    if (!bytes) return undefined;
    const raw = inflateSync(bytes, { maxOutputLength: OBJECT_LIMIT_BYTES });
    const zero = raw.indexOf(0);
    const header = /^(commit|tree|blob|tag) (\d+)$/.exec(raw.toString("latin1", 0, zero));
    const object = { type: header?.[1] as ObjectType, bytes: raw.subarray(zero + 1) };
    if (!header || Number(header[2]) !== object.bytes.length || sha1(raw) !== id) {
      throw new WebrunnerError("git/corrupt", { message: `Object ${id} is damaged.` });
    }
    return object;
  };

  const findInPacks = (id: ObjectId): GitObject | undefined => {
    for (const pack of openPacks()) {
      const offset = pack.index.findOffset(id);
      if (offset !== undefined) return readPacked(pack, offset);
    }
    return undefined;
  };

  const find = (id: ObjectId): GitObject | undefined => {
    const known = recall(id);
    if (known) return known;
    if (id === EMPTY_TREE_ID) return { type: "tree", bytes: new Uint8Array(0) };
    let object = findInPacks(id) ?? undefined;
    if (!object) {
      object = readLoose(id);
      if (object) keep(id, object);
    }
    if (!object) {
      // A fetch or a repack may have moved it since the packs were listed.
      closePacks();
      object = findInPacks(id);
    }
    return object;
  };

  const read = (id: ObjectId): GitObject => {
    const object = find(id);
    if (object) return object;
    throw new WebrunnerError("git/object-missing", {
      message: `Object ${id.slice(0, 12)} is not in this repository.`,
      hint: "A shallow or partial clone lacks older objects; fetch them first.",
    });
  };

  const readTyped = (id: ObjectId, type: ObjectType): Uint8Array => {
    const object = read(id);
    if (object.type === type) return object.bytes;
    throw new WebrunnerError("git/corrupt", {
      message: `Object ${id.slice(0, 12)} is a ${object.type}, not a ${type}.`,
    });
  };

  return {
    find,
    read,
    readBlob: (id) => readTyped(id, "blob"),
    readTree(id) {
      const known = trees.get(id);
      if (known) return known;
      const entries = parseTree(readTyped(id, "tree"));
      treeEntries += entries.length;
      if (treeEntries > CACHED_TREE_ENTRIES) {
        trees.clear();
        treeEntries = entries.length;
      }
      trees.set(id, entries);
      return entries;
    },
    findInTree(id, name) {
      const known = trees.get(id);
      return known ? known.find((entry) => entry.name === name) : findTreeEntry(readTyped(id, "tree"), name);
    },
    readCommit(id) {
      const known = commits.get(id);
      if (known) return known;
      const commit = parseCommit(readTyped(id, "commit"));
      if (commits.size >= CACHED_COMMITS) commits.clear();
      commits.set(id, commit);
      return commit;
    },
    has(id) {
      if (cache.has(id) || id === EMPTY_TREE_ID) return true;
      if (openPacks().some((pack) => pack.index.findOffset(id) !== undefined)) return true;
      return disk.stat(`objects/${id.slice(0, 2)}/${id.slice(2)}`) !== undefined;
    },
    write(type, bytes) {
      const header = Buffer.from(`${type} ${bytes.length}\0`);
      const id = sha1(header, bytes);
      if (this.has(id)) return id;
      const packed = deflateSync(Buffer.concat([header, bytes]), { level: 1 });
      disk.replace(`objects/${id.slice(0, 2)}/${id.slice(2)}`, packed, { readOnly: true, durable: true });
      keep(id, { type, bytes });
      return id;
    },
    findByPrefix(prefix) {
      const found = new Set<ObjectId>();
      for (const pack of openPacks()) for (const id of pack.index.findByPrefix(prefix)) found.add(id);
      for (const { name } of disk.list(`objects/${prefix.slice(0, 2)}`) ?? []) {
        if (/^[0-9a-f]{38}$/.test(name) && name.startsWith(prefix.slice(2)))
          found.add((prefix.slice(0, 2) + name) as ObjectId);
      }
      return [...found];
    },
    refresh: closePacks,
    close: closePacks,
  };
}

function tooLarge(size: number): WebrunnerError {
  return new WebrunnerError("git/too-large", { message: `An object of ${size} bytes is too large to be shown here.` });
}
