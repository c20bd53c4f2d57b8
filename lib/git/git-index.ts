/**
 * The index file (`.git/index`), versions 2 to 4: bytes to entries and back.
 *
 * Parsing throws `GitFormatError` on a damaged or unsupported file: an index is machine-made, and a wrong reading
 * of it would commit wrong trees. The `TREE` extension is kept up; other optional extensions are caches that we
 * do not maintain and therefore drop on writing.
 *
 * Invariant: `encodeIndex(parseIndex(bytes))` has the same entries; entries are sorted by path bytes, then stage.
 */
import { GitFormatError } from "./format-error";
import { type ObjectId, readObjectId, type Sha1, writeObjectId } from "./object-id";
import { comparePaths, decodePath, encodePath } from "./path-bytes";

export interface IndexStat {
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

export interface IndexEntry extends IndexStat {
  readonly path: string;
  readonly id: ObjectId;
  readonly mode: number;
  /** 0 merged; 1 base, 2 ours, 3 theirs of a conflict. */
  readonly stage: number;
  readonly assumeValid: boolean;
  readonly skipWorktree: boolean;
  readonly intentToAdd: boolean;
}

/** The trees that are known for folders of the index; `entryCount` -1 says that the folder has changed since. */
export interface CacheTree {
  readonly name: string;
  readonly entryCount: number;
  readonly id: ObjectId | undefined;
  readonly children: readonly CacheTree[];
}

export interface GitIndex {
  readonly version: number;
  readonly entries: readonly IndexEntry[];
  readonly cacheTree: CacheTree | undefined;
}

export const EMPTY_INDEX: GitIndex = { version: 2, entries: [], cacheTree: undefined };
export const NO_STAT: IndexStat = {
  ctimeSeconds: 0,
  ctimeNanoseconds: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
  dev: 0,
  ino: 0,
  uid: 0,
  gid: 0,
  size: 0,
};

const FIXED_BYTES = 62;
const EXTENDED = 0x4000;

export function compareEntries(a: IndexEntry, b: IndexEntry): number {
  return comparePaths(a.path, b.path) || a.stage - b.stage;
}

export function parseIndex(bytes: Uint8Array, sha1?: Sha1): GitIndex {
  if (bytes.length < 32) throw new GitFormatError("index file smaller than expected");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x44495243) throw new GitFormatError("index file has a bad signature");
  const version = view.getUint32(4);
  if (version < 2 || version > 4) throw new GitFormatError(`index version ${version} is not supported`);
  const end = bytes.length - 20;
  const checksum = readObjectId(bytes, end);
  if (sha1 && !/^0+$/.test(checksum) && sha1(bytes.subarray(0, end)) !== checksum) {
    throw new GitFormatError("index file is corrupt (checksum)");
  }
  const count = view.getUint32(8);
  const entries: IndexEntry[] = [];
  let at = 12;
  let previous = new Uint8Array(0);
  for (let i = 0; i < count; i++) {
    if (at + FIXED_BYTES > end) throw new GitFormatError("index file is truncated");
    const flags = view.getUint16(at + 60);
    const extendedFlags = (flags & EXTENDED) !== 0 ? view.getUint16(at + 62) : 0;
    let nameStart = at + FIXED_BYTES + ((flags & EXTENDED) !== 0 ? 2 : 0);
    let name: Uint8Array;
    let next: number;
    if (version === 4) {
      let strip = 0;
      for (let first = true; ; first = false) {
        const byte = bytes[nameStart++]!;
        if (!first) strip += 1;
        strip = strip * 128 + (byte & 0x7f);
        if ((byte & 0x80) === 0) break;
      }
      const zero = bytes.indexOf(0, nameStart);
      if (zero < 0 || zero >= end || strip > previous.length) throw new GitFormatError("index file is corrupt (name)");
      name = concat(previous.subarray(0, previous.length - strip), bytes.subarray(nameStart, zero));
      previous = name as Uint8Array<ArrayBuffer>;
      next = zero + 1;
    } else {
      const zero = bytes.indexOf(0, nameStart);
      if (zero < 0 || zero >= end) throw new GitFormatError("index file is corrupt (name)");
      name = bytes.subarray(nameStart, zero);
      next = at + ((zero - at + 8) & ~7);
    }
    entries.push({
      ctimeSeconds: view.getUint32(at),
      ctimeNanoseconds: view.getUint32(at + 4),
      mtimeSeconds: view.getUint32(at + 8),
      mtimeNanoseconds: view.getUint32(at + 12),
      dev: view.getUint32(at + 16),
      ino: view.getUint32(at + 20),
      mode: view.getUint32(at + 24),
      uid: view.getUint32(at + 28),
      gid: view.getUint32(at + 32),
      size: view.getUint32(at + 36),
      id: readObjectId(bytes, at + 40),
      path: decodePath(name),
      stage: (flags >> 12) & 3,
      assumeValid: (flags & 0x8000) !== 0,
      skipWorktree: (extendedFlags & 0x4000) !== 0,
      intentToAdd: (extendedFlags & 0x2000) !== 0,
    });
    at = next;
  }
  let cacheTree: CacheTree | undefined;
  while (at + 8 <= end) {
    const signature = String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
    const size = view.getUint32(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (signature === "TREE" && size > 0) cacheTree = parseCacheTree(body);
    else if (!/^[A-Z]/.test(signature)) {
      throw new GitFormatError(`index extension "${signature}" is not supported (split or sparse index)`);
    }
    at += 8 + size;
  }
  return { version, entries, cacheTree };
}

function parseCacheTree(bytes: Uint8Array): CacheTree | undefined {
  let at = 0;
  const readNumber = (end: number): number => {
    const isNegative = bytes[at] === 45;
    if (isNegative) at++;
    let value = 0;
    for (; bytes[at] !== end; at++) {
      const digit = bytes[at]! - 48;
      if (!(digit >= 0 && digit <= 9)) throw new GitFormatError("index file is corrupt (cached trees)");
      value = value * 10 + digit;
    }
    at++;
    return isNegative ? -value : value;
  };
  const readNode = (): CacheTree => {
    const zero = bytes.indexOf(0, at);
    const name = decodePath(bytes.subarray(at, zero));
    at = zero + 1;
    const entryCount = readNumber(32);
    const childCount = readNumber(10);
    let id: ObjectId | undefined;
    if (entryCount >= 0) {
      id = readObjectId(bytes, at);
      at += 20;
    }
    const children: CacheTree[] = [];
    for (let i = 0; i < childCount; i++) children.push(readNode());
    return { name, entryCount, id, children };
  };
  return readNode();
}

export function encodeIndex(index: GitIndex, sha1: Sha1): Uint8Array {
  const entries = [...index.entries].sort(compareEntries);
  const needsExtended = entries.some((entry) => entry.skipWorktree || entry.intentToAdd);
  const version = index.version === 4 ? 4 : needsExtended ? 3 : 2;
  const names = entries.map((entry) => encodePath(entry.path));
  const tree = index.cacheTree ? encodeCacheTree(index.cacheTree) : undefined;
  let capacity = 12 + 20 + (tree ? tree.length + 8 : 0);
  for (const name of names) capacity += FIXED_BYTES + 2 + name.length + 12;
  const bytes = new Uint8Array(capacity);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x44495243);
  view.setUint32(4, version);
  view.setUint32(8, entries.length);
  let at = 12;
  let previous: Uint8Array = new Uint8Array(0);
  entries.forEach((entry, i) => {
    const name = names[i]!;
    const fields = [
      entry.ctimeSeconds,
      entry.ctimeNanoseconds,
      entry.mtimeSeconds,
      entry.mtimeNanoseconds,
      entry.dev,
      entry.ino,
      entry.mode,
      entry.uid,
      entry.gid,
      entry.size,
    ];
    fields.forEach((value, field) => {
      view.setUint32(at + field * 4, value >>> 0);
    });
    writeObjectId(entry.id, bytes, at + 40);
    const extended = entry.skipWorktree || entry.intentToAdd;
    view.setUint16(
      at + 60,
      (entry.assumeValid ? 0x8000 : 0) | (extended ? EXTENDED : 0) | (entry.stage << 12) | Math.min(name.length, 0xfff),
    );
    let nameStart = at + FIXED_BYTES;
    if (extended) {
      view.setUint16(nameStart, (entry.skipWorktree ? 0x4000 : 0) | (entry.intentToAdd ? 0x2000 : 0));
      nameStart += 2;
    }
    if (version === 4) {
      let shared = 0;
      while (shared < previous.length && shared < name.length && previous[shared] === name[shared]) shared++;
      const strip: number[] = [];
      let rest = previous.length - shared;
      strip.unshift(rest & 0x7f);
      for (rest = Math.floor(rest / 128); rest > 0; rest = Math.floor(rest / 128)) {
        rest -= 1;
        strip.unshift(0x80 | (rest & 0x7f));
      }
      bytes.set(strip, nameStart);
      bytes.set(name.subarray(shared), nameStart + strip.length);
      at = nameStart + strip.length + name.length - shared + 1;
      previous = name;
    } else {
      bytes.set(name, nameStart);
      at += (nameStart - at + name.length + 8) & ~7;
    }
  });
  if (tree) {
    bytes.set([84, 82, 69, 69], at);
    view.setUint32(at + 4, tree.length);
    bytes.set(tree, at + 8);
    at += 8 + tree.length;
  }
  writeObjectId(sha1(bytes.subarray(0, at)), bytes, at);
  return bytes.subarray(0, at + 20);
}

function encodeCacheTree(root: CacheTree): Uint8Array {
  const parts: Uint8Array[] = [];
  const write = (node: CacheTree): void => {
    parts.push(concat(encodePath(node.name), encodePath(`\0${node.entryCount} ${node.children.length}\n`)));
    if (node.entryCount >= 0 && node.id) {
      const id = new Uint8Array(20);
      writeObjectId(node.id, id, 0);
      parts.push(id);
    }
    for (const child of node.children) write(child);
  };
  write(root);
  return concat(...parts);
}

/** The cache tree after changes at `paths`: every folder above one of them is marked as changed. */
export function invalidateCacheTree(root: CacheTree | undefined, paths: Iterable<string>): CacheTree | undefined {
  if (!root) return undefined;
  const changed = new Set<string>([""]);
  let any = false;
  for (const path of paths) {
    any = true;
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      changed.add(path.slice(0, slash));
    }
    // A file may take the place of a folder: that folder's tree is gone too.
    changed.add(path);
  }
  if (!any) return root;
  const walk = (node: CacheTree, path: string): CacheTree => {
    if (!changed.has(path)) return node;
    const children = node.children.map((child) => walk(child, path === "" ? child.name : `${path}/${child.name}`));
    return { name: node.name, entryCount: -1, id: undefined, children };
  };
  return walk(root, "");
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
