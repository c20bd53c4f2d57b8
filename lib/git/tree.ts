/** Tree objects: bytes to entries and back, in git's order (a folder sorts as if its name ended in `/`). */
import { GitFormatError } from "./format-error";
import { concat } from "./git-index";
import { type ObjectId, readObjectId, TREE_MODE, writeObjectId } from "./object-id";
import { followPart } from "./pack";
import { compareBytes, comparePaths, decodePath, encodePath } from "./path-bytes";

export interface TreeEntry {
  readonly mode: number;
  readonly name: string;
  readonly id: ObjectId;
}

export function parseTree(bytes: Uint8Array): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    let mode = 0;
    while (bytes[at] !== 32) {
      const digit = bytes[at++]! - 48;
      if (!(digit >= 0 && digit <= 7)) throw new GitFormatError("tree object is malformed (mode)");
      mode = mode * 8 + digit;
    }
    const zero = bytes.indexOf(0, at);
    if (zero < 0 || zero + 21 > bytes.length) throw truncated();
    entries.push({ mode, name: decodePath(bytes.subarray(at + 1, zero)), id: readObjectId(bytes, zero + 1) });
    at = zero + 21;
  }
  return entries;
}

export interface FoundTreeEntry {
  readonly mode: number;
  readonly id: ObjectId;
  /** Where it stands in the bytes of the tree, and what it is there: mode, name and the name of its object. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * One entry by its name (its bytes), without making the others: walking a history looks at one name in thousands of
 * trees.
 */
export function findTreeEntry(bytes: Uint8Array, name: Uint8Array): FoundTreeEntry | undefined {
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    while (bytes[at] !== 32) if (++at >= bytes.length) throw truncated();
    const nameStart = ++at;
    while (bytes[at] !== 0) if (++at >= bytes.length) throw truncated();
    const zero = at;
    at += 21;
    if (at > bytes.length) throw truncated();
    if (zero - nameStart !== name.length) continue;
    let same = 0;
    while (same < name.length && bytes[nameStart + same] === name[same]) same++;
    if (same < name.length) continue;
    let mode = 0;
    for (let digit = start; digit < nameStart - 1; digit++) mode = mode * 8 + bytes[digit]! - 48;
    return { mode, id: readObjectId(bytes, zero + 1), start, bytes: bytes.slice(start, at) };
  }
  return undefined;
}

const ID_BYTES = 20;

/**
 * The same entry in the tree that a delta makes; undefined where the delta does not tell that, and the tree has to be looked
 * at: when the entry is new, gone, or of another mode.
 */
export function followTreeEntry(delta: Uint8Array, entry: FoundTreeEntry): FoundTreeEntry | undefined {
  const moved = followPart(delta, entry.bytes, entry.start);
  if (!moved) return undefined;
  const { start, bytes } = moved;
  if (bytes === entry.bytes) return start === entry.start ? entry : { ...entry, start };
  const nameEnd = bytes.length - ID_BYTES;
  if (compareBytes(bytes.subarray(0, nameEnd), entry.bytes.subarray(0, nameEnd)) !== 0) return undefined;
  return { mode: entry.mode, id: readObjectId(bytes, nameEnd), start, bytes };
}

function truncated(): GitFormatError {
  return new GitFormatError("tree object is truncated");
}

export function isTreeMode(mode: number): boolean {
  return mode === TREE_MODE;
}

export function encodeTree(entries: readonly TreeEntry[]): Uint8Array {
  const key = (entry: TreeEntry): string => (isTreeMode(entry.mode) ? `${entry.name}/` : entry.name);
  const parts: Uint8Array[] = [];
  for (const entry of [...entries].sort((a, b) => comparePaths(key(a), key(b)))) {
    const id = new Uint8Array(20);
    writeObjectId(entry.id, id, 0);
    parts.push(encodePath(`${entry.mode.toString(8)} ${entry.name}\0`), id);
  }
  return concat(...parts);
}
