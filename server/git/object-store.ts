/**
 * The objects of a repository: packs read at offsets, loose files, alternates inside the root; loose writes.
 *
 * Promises: an object that is read has the name it was asked by (loose ones are checked, packed ones carry git's own
 * checks); a write is atomic and is never an overwrite; a pack that appears is found on the next miss.
 */
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { WebrunnerError } from "@/lib/base/errors";
import { type CommitFacts, type CommitObject, parseCommit, parseCommitFacts } from "@/lib/git/commit-object";
import { GitFormatError } from "@/lib/git/format-error";
import { EMPTY_TREE_ID, type GitObject, type ObjectId, type ObjectType, type Sha1 } from "@/lib/git/object-id";
import { findTreeEntry, parseTree, type TreeEntry } from "@/lib/git/tree";
import type { GitDisk } from "@/server/platform/git-disk";
import { createByteCache } from "./byte-cache";
import { HEADER_BYTES, inflateLoose, readLooseSize } from "./loose-object";
import { createTreeSearch, openPackFile, type PackFile, type TreeSearch } from "./pack-file";

export interface ObjectStore {
  find(id: ObjectId): GitObject | undefined;
  /** `git/object-missing` when it is absent. */
  read(id: ObjectId): GitObject;
  readBlob(id: ObjectId): Uint8Array;
  /** How many bytes reading it takes at once; it is not read. `git/object-missing` when it is absent. */
  measure(id: ObjectId): number;
  readTree(id: ObjectId): readonly TreeEntry[];
  /** Looks for one entry, by the bytes of its name, in one tree after the other, without making all the others. */
  searchTrees(name: Uint8Array): (tree: ObjectId) => { readonly mode: number; readonly id: ObjectId } | undefined;
  readCommit(id: ObjectId): CommitObject;
  readCommitFacts(id: ObjectId): CommitFacts;
  has(id: ObjectId): boolean;
  write(type: ObjectType, bytes: Uint8Array): ObjectId;
  findByPrefix(prefix: string): ObjectId[];
  /** Forgets which packs there are; to be called after a fetch. */
  refresh(): void;
  close(): void;
}

/** Of objects read from packs, by their bytes: what a walk through the history comes back to, and a status, fit in it. */
const PACKED_CACHE_BYTES = 8 * 1024 * 1024;
const LOOSE_CACHE_BYTES = 2 * 1024 * 1024;
/** Trees as entries; some 150 bytes each. A tree of 2,000 files is 3,000 of them. */
const TREE_CACHE_BYTES = 6 * 1024 * 1024;
const TREE_ENTRY_BYTES = 150;
const COMMIT_CACHE_BYTES = 4 * 1024 * 1024;
/** What walks need of commits, some 300 bytes each: a history of 18,500 stays whole. */
const FACTS_CACHE_BYTES = 12 * 1024 * 1024;
const COMMIT_FACTS_BYTES = 300;
/** What an object, its buffer and its place in a cache take beside its bytes. */
const OBJECT_OVERHEAD_BYTES = 500;
/** Set apart from each other in one cache: no pack is larger. */
const PACK_LIMIT_BYTES = 2 ** 42;
/** Bases that are named, each a delta of the next; git writes 50, and a distance instead of a name where it can. */
const NESTED_BASES_LIMIT = 500;

export const sha1: Sha1 = (...parts) => {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest("hex") as ObjectId;
};

export function hashObject(type: ObjectType, bytes: Uint8Array): ObjectId {
  return sha1(Buffer.from(`${type} ${bytes.length}\0`), bytes);
}

export function createObjectStore(disk: GitDisk): ObjectStore {
  let packs: PackFile[] | undefined;
  const packNumbers = new Map<string, number>();
  const packed = createByteCache<number, GitObject>(PACKED_CACHE_BYTES);
  const loose = createByteCache<ObjectId, GitObject>(LOOSE_CACHE_BYTES);
  const commits = createByteCache<ObjectId, CommitObject>(COMMIT_CACHE_BYTES);
  const facts = createByteCache<ObjectId, CommitFacts>(FACTS_CACHE_BYTES);
  const trees = createByteCache<ObjectId, readonly TreeEntry[]>(TREE_CACHE_BYTES);

  let nestedBases = 0;
  const nest = <T>(work: () => T): T => {
    if (nestedBases >= NESTED_BASES_LIMIT) throw new GitFormatError("deltas name each other without end");
    nestedBases++;
    try {
      return work();
    } finally {
      nestedBases--;
    }
  };
  const openPack = (name: string): PackFile | undefined => {
    // A pack of a name has one content, so what was read of it stays true when it is opened again.
    const number = packNumbers.get(name) ?? packNumbers.size;
    packNumbers.set(name, number);
    const base = number * PACK_LIMIT_BYTES;
    return openPackFile({
      disk,
      name,
      cache: {
        find: (offset) => packed.find(base + offset),
        keep: (offset, object) => packed.keep(base + offset, object, object.bytes.length + OBJECT_OVERHEAD_BYTES),
      },
      readBase: (id) => nest(() => read(id)),
      measureBase: (id) => nest(() => measure(id)),
    });
  };
  const openPacks = (): PackFile[] => {
    packs ??= (disk.list("objects/pack") ?? [])
      .flatMap(({ name }) => /^(pack-[0-9a-f]+)\.idx$/.exec(name)?.[1] ?? [])
      .flatMap((name) => openPack(name) ?? [])
      .sort((a, b) => b.sizeBytes - a.sizeBytes);
    return packs;
  };
  const closePacks = (): void => {
    for (const pack of packs ?? []) pack.close();
    packs = undefined;
  };

  const readLoose = (id: ObjectId): GitObject | undefined => {
    const bytes = disk.read(`objects/${id.slice(0, 2)}/${id.slice(2)}`);
    if (!bytes) return undefined;
    const raw = inflateLoose(bytes);
    const zero = raw.indexOf(0);
    const header = /^(commit|tree|blob|tag) (\d+)$/.exec(raw.toString("latin1", 0, zero));
    const object = { type: header?.[1] as ObjectType, bytes: new Uint8Array(raw.subarray(zero + 1)) };
    if (!header || Number(header[2]) !== object.bytes.length || sha1(raw) !== id) {
      throw new WebrunnerError("git/corrupt", { message: `Object ${id} is damaged.` });
    }
    return object;
  };

  const findInPacks = (id: ObjectId): GitObject | undefined => {
    for (const pack of openPacks()) {
      const offset = pack.findOffset(id);
      if (offset !== undefined) return pack.read(offset);
    }
    return undefined;
  };

  const find = (id: ObjectId): GitObject | undefined => {
    if (id === EMPTY_TREE_ID) return { type: "tree", bytes: new Uint8Array(0) };
    let object = loose.find(id) ?? findInPacks(id);
    if (!object) {
      object = readLoose(id);
      if (object) loose.keep(id, object, object.bytes.length + OBJECT_OVERHEAD_BYTES);
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

  const measure = (id: ObjectId): number => {
    const known = loose.find(id);
    if (known) return known.bytes.length;
    for (const pack of openPacks()) {
      const offset = pack.findOffset(id);
      if (offset !== undefined) return pack.measure(offset);
    }
    const file = disk.openFile(`objects/${id.slice(0, 2)}/${id.slice(2)}`);
    // Absent, or moved by a repack meanwhile, which reading finds.
    if (!file) return read(id).bytes.length;
    try {
      return readLooseSize(file.readAt(0, HEADER_BYTES));
    } finally {
      file.close();
    }
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
    measure,
    readBlob: (id) => readTyped(id, "blob"),
    readTree(id) {
      const known = trees.find(id);
      if (known) return known;
      const entries = parseTree(readTyped(id, "tree"));
      trees.keep(id, entries, entries.length * TREE_ENTRY_BYTES);
      return entries;
    },
    searchTrees(name) {
      const searches = new Map<PackFile, TreeSearch>();
      return (tree) => {
        for (const pack of openPacks()) {
          const offset = pack.findOffset(tree);
          if (offset === undefined) continue;
          const search = searches.get(pack) ?? createTreeSearch(name);
          searches.set(pack, search);
          return pack.findTreeEntry(offset, search);
        }
        return findTreeEntry(readTyped(tree, "tree"), name);
      };
    },
    readCommit(id) {
      const known = commits.find(id);
      if (known) return known;
      const bytes = readTyped(id, "commit");
      const commit = parseCommit(bytes);
      commits.keep(id, commit, bytes.length * 2 + OBJECT_OVERHEAD_BYTES);
      return commit;
    },
    readCommitFacts(id) {
      const known = facts.find(id);
      if (known) return known;
      const found = parseCommitFacts(readTyped(id, "commit"));
      facts.keep(id, found, COMMIT_FACTS_BYTES);
      return found;
    },
    has(id) {
      if (id === EMPTY_TREE_ID || loose.find(id)) return true;
      if (openPacks().some((pack) => pack.findOffset(id) !== undefined)) return true;
      return disk.stat(`objects/${id.slice(0, 2)}/${id.slice(2)}`) !== undefined;
    },
    write(type, bytes) {
      const header = Buffer.from(`${type} ${bytes.length}\0`);
      const id = sha1(header, bytes);
      if (this.has(id)) return id;
      const packed = deflateSync(Buffer.concat([header, bytes]), { level: 1 });
      disk.replace(`objects/${id.slice(0, 2)}/${id.slice(2)}`, packed, { readOnly: true, durable: true });
      loose.keep(id, { type, bytes }, bytes.length + OBJECT_OVERHEAD_BYTES);
      return id;
    },
    findByPrefix(prefix) {
      const found = new Set<ObjectId>();
      for (const pack of openPacks()) for (const id of pack.findByPrefix(prefix)) found.add(id);
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
