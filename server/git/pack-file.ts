/**
 * One open pack: its index looked up and its entries read at offsets, deltas put together, nothing loaded whole.
 *
 * Promises: an entry has the size that it says; a delta chain ends inside the pack or at a named object; no object over
 * `OBJECT_LIMIT_BYTES` is made.
 */
import { constants, inflateSync } from "node:zlib";
import { WebrunnerError } from "@/lib/base/errors";
import { GitFormatError } from "@/lib/git/format-error";
import { createInflater } from "@/lib/git/inflate";
import type { GitObject, ObjectId, ObjectType } from "@/lib/git/object-id";
import {
  applyDelta,
  createPackIndex,
  type PackEntryHeader,
  parsePackEntryHeader,
  readDeltaSizes,
} from "@/lib/git/pack";
import { type FoundTreeEntry, findTreeEntry, followTreeEntry } from "@/lib/git/tree";
import type { GitDisk, GitOpenFile } from "@/server/platform/git-disk";
import { type ByteCache, createByteCache } from "./byte-cache";

export interface PackFile {
  readonly sizeBytes: number;
  findOffset(id: ObjectId): number | undefined;
  findByPrefix(prefix: string): ObjectId[];
  read(offset: number): GitObject;
  /** Bytes of the largest of the object and what it is put together from; none of it is made. */
  measure(offset: number): number;
  /**
   * An entry of a tree. The tree is not put together where its delta takes the entry over from its base as it is: of a folder
   * of 400 names, all but one are the same in the next commit. (A pack made by hand could have a delta copy
   * the bytes of an entry into the name of another one, and so hide a change of its own history; no more.)
   */
  findTreeEntry(offset: number, search: TreeSearch): FoundTreeEntry | undefined;
  close(): void;
}

/** One name looked for in many trees, and where it stands in those of one pack that were looked at lately. */
export interface TreeSearch {
  readonly name: Uint8Array;
  readonly known: ByteCache<number, FoundTreeEntry | typeof ABSENT>;
}

const ABSENT = "absent";
/** Some 1,700 places, of 300 bytes each: the delta chains of a walk, which are 50 trees long at most in packs that git made. */
const SEARCH_BYTES = 512 * 1024;
const PLACE_BYTES = 300;

export function createTreeSearch(name: Uint8Array): TreeSearch {
  return { name, known: createByteCache(SEARCH_BYTES) };
}

export interface PackFileOptions {
  readonly disk: GitDisk;
  /** Without its ending. */
  readonly name: string;
  /** What was read of this pack lately, by offset. */
  readonly cache: { find(offset: number): GitObject | undefined; keep(offset: number, object: GitObject): void };
  /** The object that a delta names as its base. */
  readonly readBase: (id: ObjectId) => GitObject;
  readonly measureBase: (id: ObjectId) => number;
}

const KINDS: Record<number, ObjectType> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" };
/** A bomb: nothing in a profile repository is this large, and it would be held in memory whole. */
export const OBJECT_LIMIT_BYTES = 512 * 1024 * 1024;
/** Header, and all of most entries: these are some hundred bytes. A longer one costs a read of its own. */
const FIRST_READ_BYTES = 1024;
const CHAIN_LIMIT = 10_000;
/** The two sizes that a delta begins with are in these of its deflated bytes, whatever the table of codes before them. */
const DELTA_START_BYTES = 512;
/** What is larger is rare, and is not held for the next one. */
const SCRATCH_BYTES = 256 * 1024;
/** Up to here a stream of zlib costs more to make than to read. */
const SMALL_BYTES = 256;
/**
 * A pack is read by windows of this size, as many as are kept: what is asked for next mostly stands beside what was asked
 * for last (a walk through the history made 17,000 reads of 1 KB: a seventh of its time). 512 KB a pack.
 */
const WINDOW_BYTES = 4 * 1024;
const KEPT_WINDOWS = 128;

/** Undefined when one of the two files is not there. */
export function openPackFile({ disk, name, cache, readBase, measureBase }: PackFileOptions): PackFile | undefined {
  const indexFile = disk.openFile(`objects/pack/${name}.idx`);
  const file = disk.openFile(`objects/pack/${name}.pack`);
  if (!indexFile || !file) {
    indexFile?.close();
    file?.close();
    return undefined;
  }
  const index = createPackIndex(indexFile.readAt);
  const readNear = createWindows(file);
  const inflateSmall = createInflater();
  const passing = [createScratch(), createScratch()];

  const inflateAt = (start: number, sizeBytes: number, near: Uint8Array): Uint8Array => {
    if (sizeBytes > OBJECT_LIMIT_BYTES) {
      throw new WebrunnerError("git/too-large", {
        message: `An object of ${sizeBytes} bytes is too large to be shown here.`,
      });
    }
    if (sizeBytes <= SMALL_BYTES) return inflateSmall(near, sizeBytes);
    // What deflate makes of incompressible bytes: 5 bytes a 16 KB block, and its frame.
    const bound = sizeBytes + Math.ceil(sizeBytes / 16_000) * 5 + 64;
    const input = near.length >= bound || start + near.length >= file.size ? near : file.readAt(start, bound);
    const bytes = inflateSync(input, {
      maxOutputLength: Math.max(sizeBytes, 1),
      chunkSize: Math.max(64, Math.min(sizeBytes, 1 << 20)),
    });
    if (bytes.length !== sizeBytes) throw new GitFormatError("pack entry has another size than it says");
    return bytes;
  };

  const inflateStart = (near: Uint8Array, { sizeBytes }: PackEntryHeader): Uint8Array =>
    sizeBytes <= SMALL_BYTES
      ? inflateSmall(near, sizeBytes)
      : inflateSync(near.subarray(0, DELTA_START_BYTES), { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1024 });

  const readEntry = (at: number): { header: PackEntryHeader; bytes: Uint8Array } => {
    const near = readNear(at, FIRST_READ_BYTES);
    const header = parsePackEntryHeader(near);
    return { header, bytes: inflateAt(at + header.headerBytes, header.sizeBytes, near.subarray(header.headerBytes)) };
  };
  const baseOffset = (at: number, { baseDistance }: PackEntryHeader): number => {
    if (!baseDistance || baseDistance > at) throw new GitFormatError("delta base is out of the pack");
    return at - baseDistance;
  };

  const read = (offset: number): GitObject => {
    const deltas: { at: number; bytes: Uint8Array }[] = [];
    let at = offset;
    let object = cache.find(at);
    while (!object) {
      if (deltas.length > CHAIN_LIMIT) throw new GitFormatError("delta chain does not end");
      const { header, bytes } = readEntry(at);
      const type = KINDS[header.kind];
      if (type) {
        object = { type, bytes };
        // A commit is asked for once and kept as what it says, unless it is the base of others.
        if (type !== "commit" || deltas.length > 0) cache.keep(at, object);
        break;
      }
      deltas.push({ at, bytes });
      if (header.baseId) object = readBase(header.baseId);
      else {
        at = baseOffset(at, header);
        object = cache.find(at);
      }
    }
    for (let i = deltas.length - 1; i >= 0; i--) {
      const delta = deltas[i]!;
      // Kept are the object and what it was just before; what lies deeper in the chain is only gone through.
      const isKept = i < 2;
      object = {
        type: object.type,
        bytes: applyDelta(object.bytes, delta.bytes, isKept ? undefined : passing[i % 2]),
      };
      if (isKept) cache.keep(delta.at, object);
    }
    return object;
  };

  const measure = (offset: number): number => {
    let largest = 0;
    let at = offset;
    for (let length = 0; length <= CHAIN_LIMIT; length++) {
      const cached = cache.find(at);
      if (cached) return Math.max(largest, cached.bytes.length);
      const near = readNear(at, FIRST_READ_BYTES);
      const header = parsePackEntryHeader(near);
      largest = Math.max(largest, header.sizeBytes);
      if (KINDS[header.kind]) return largest;
      const { baseBytes, resultBytes } = readDeltaSizes(inflateStart(near.subarray(header.headerBytes), header));
      largest = Math.max(largest, baseBytes, resultBytes);
      if (header.baseId) return Math.max(largest, measureBase(header.baseId));
      at = baseOffset(at, header);
    }
    throw new GitFormatError("delta chain does not end");
  };

  const findEntry = (offset: number, { name, known }: TreeSearch): FoundTreeEntry | undefined => {
    const keep = (at: number, found: FoundTreeEntry | undefined): FoundTreeEntry | typeof ABSENT => {
      known.keep(at, found ?? ABSENT, PLACE_BYTES);
      return found ?? ABSENT;
    };
    const deltas: { at: number; bytes: Uint8Array }[] = [];
    let at = offset;
    let found = known.find(at);
    while (!found) {
      const cached = cache.find(at);
      const entry = cached ? undefined : readEntry(at);
      if (cached || entry?.header.baseDistance === undefined) {
        const object = cached ?? read(at);
        if (object.type !== "tree") throw new GitFormatError(`a ${object.type} stands where a tree is named`);
        found = keep(at, findTreeEntry(object.bytes, name));
        break;
      }
      if (deltas.length > CHAIN_LIMIT) throw new GitFormatError("delta chain does not end");
      deltas.push({ at, bytes: entry.bytes });
      at = baseOffset(at, entry.header);
      found = known.find(at);
    }
    for (const delta of deltas.reverse()) {
      const followed = found === ABSENT ? undefined : followTreeEntry(delta.bytes, found);
      found = keep(delta.at, followed ?? findTreeEntry(read(delta.at).bytes, name));
    }
    return found === ABSENT ? undefined : found;
  };

  return {
    sizeBytes: file.size,
    findOffset: index.findOffset,
    findByPrefix: index.findByPrefix,
    read,
    measure,
    findTreeEntry: findEntry,
    close() {
      indexFile.close();
      file.close();
    },
  };
}

/** Gives the same buffer each time, as large as was ever asked for; what is too large to keep is made anew. */
function createScratch(): (sizeBytes: number) => Uint8Array {
  let buffer = new Uint8Array(0);
  return (sizeBytes) => {
    if (sizeBytes > SCRATCH_BYTES) return new Uint8Array(sizeBytes);
    if (buffer.length < sizeBytes) buffer = new Uint8Array(sizeBytes);
    return buffer.subarray(0, sizeBytes);
  };
}

/** Bytes of a file that hold only until the next call. */
function createWindows(file: GitOpenFile): (offset: number, length: number) => Uint8Array {
  const windows: { start: number; bytes: Uint8Array; length: number }[] = [];
  const byStart = new Map<number, (typeof windows)[number]>();
  let next = 0;
  return (offset, length) => {
    // Two windows overlap by a half, so that one of them holds what begins in its first half.
    const start = offset - (offset % (WINDOW_BYTES / 2));
    let window = byStart.get(start);
    if (!window) {
      window = windows[next];
      if (!window) {
        window = { start, bytes: new Uint8Array(WINDOW_BYTES), length: 0 };
        windows.push(window);
      } else byStart.delete(window.start);
      next = (next + 1) % KEPT_WINDOWS;
      window.start = start;
      window.length = file.readInto(start, window.bytes);
      byStart.set(start, window);
    }
    const from = offset - start;
    return window.bytes.subarray(from, Math.min(from + length, window.length));
  };
}
