/** The name of a git object: the SHA-1 of its header and bytes, as 40 lower-case hex digits. */
import type { Branded } from "@/lib/base/ids";

export type ObjectId = Branded<"ObjectId">;

export const ZERO_ID = "0".repeat(40) as ObjectId;
export const EMPTY_TREE_ID = "4b825dc642cb6eb9a060e54bf8d69288fbee4904" as ObjectId;
export const EMPTY_BLOB_ID = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" as ObjectId;

/** The two digits of each byte, as character codes. */
const HIGH_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => "0123456789abcdef".charCodeAt(byte >> 4));
const LOW_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => "0123456789abcdef".charCodeAt(byte & 15));

export function isObjectId(text: string): text is ObjectId {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Filled anew by each reading; an array for each one would be most of what it costs. */
const digits = new Array<number>(40).fill(0);

/** Twenty bytes at `offset` as hex. In one go: a string put together from pieces keeps twenty of them alive. */
export function readObjectId(bytes: Uint8Array, offset: number): ObjectId {
  for (let i = 0; i < 20; i++) {
    const byte = bytes[offset + i]!;
    digits[i * 2] = HIGH_DIGIT[byte]!;
    digits[i * 2 + 1] = LOW_DIGIT[byte]!;
  }
  return String.fromCharCode.apply(undefined, digits) as ObjectId;
}

export function writeObjectId(id: string, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < 20; i++) {
    bytes[offset + i] = (toDigit(id.charCodeAt(i * 2)) << 4) | toDigit(id.charCodeAt(i * 2 + 1));
  }
}

function toDigit(code: number): number {
  return code >= 97 ? code - 87 : code - 48;
}

export type ObjectType = "commit" | "tree" | "blob" | "tag";

export interface GitObject {
  readonly type: ObjectType;
  readonly bytes: Uint8Array;
}

/** SHA-1 of some bytes, given in by the caller so that this folder does no more than compute. */
export type Sha1 = (...parts: readonly Uint8Array[]) => ObjectId;

export const FILE_MODE = 0o100644;
export const EXECUTABLE_MODE = 0o100755;
export const SYMLINK_MODE = 0o120000;
export const SUBMODULE_MODE = 0o160000;
export const TREE_MODE = 0o040000;
