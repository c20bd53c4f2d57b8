/** Tree objects: bytes to entries and back, in git's order (a folder sorts as if its name ended in `/`). */
import { GitFormatError } from "./format-error";
import { concat } from "./git-index";
import { type ObjectId, readObjectId, TREE_MODE, writeObjectId } from "./object-id";
import { comparePaths, decodePath, encodePath } from "./path-bytes";

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
    if (zero < 0 || zero + 21 > bytes.length) throw new GitFormatError("tree object is truncated");
    entries.push({ mode, name: decodePath(bytes.subarray(at + 1, zero)), id: readObjectId(bytes, zero + 1) });
    at = zero + 21;
  }
  return entries;
}

/** One entry by its name, without making the others: walking a history looks at one name in thousands of trees. */
export function findTreeEntry(bytes: Uint8Array, name: string): TreeEntry | undefined {
  const wanted = encodePath(name);
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const zero = bytes.indexOf(0, space);
    if (space < 0 || zero < 0) throw new GitFormatError("tree object is truncated");
    if (zero - space - 1 === wanted.length) {
      let same = 0;
      while (same < wanted.length && bytes[space + 1 + same] === wanted[same]) same++;
      if (same === wanted.length) {
        const mode = Number.parseInt(decodePath(bytes.subarray(at, space)), 8);
        return { mode, name, id: readObjectId(bytes, zero + 1) };
      }
    }
    at = zero + 21;
  }
  return undefined;
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
