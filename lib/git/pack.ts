/**
 * Pack files: looking a name up in a pack index, reading an entry's header, applying a delta.
 *
 * Bytes come through a `ReadAt` given by the caller, so that a pack index of 450,000 names costs the bucket that is
 * asked for (some 35 KB) and not the whole file.
 */
import { GitFormatError } from "./format-error";
import { type ObjectId, readObjectId } from "./object-id";

export type ReadAt = (offset: number, length: number) => Uint8Array;

export interface PackIndex {
  readonly count: number;
  findOffset(id: ObjectId): number | undefined;
  /** Names that begin with `prefix` (at least two hex digits). */
  findByPrefix(prefix: string): ObjectId[];
}

export function createPackIndex(read: ReadAt): PackIndex {
  const head = read(0, 8 + 1024);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const isVersion2 = view.getUint32(0) === 0xff744f63;
  if (isVersion2 && view.getUint32(4) !== 2) throw new GitFormatError("pack index version is not supported");
  const fanoutAt = isVersion2 ? 8 : 0;
  const fanout = new Uint32Array(256);
  for (let i = 0; i < 256; i++) fanout[i] = view.getUint32(fanoutAt + i * 4);
  const count = fanout[255]!;
  const namesAt = fanoutAt + 1024;
  const stride = isVersion2 ? 20 : 24;
  const nameInEntry = isVersion2 ? 0 : 4;
  const offsetsAt = namesAt + count * 24;
  const buckets = new Map<number, Uint8Array>();

  const bucketOf = (first: number): { from: number; names: Uint8Array } => {
    const from = first === 0 ? 0 : fanout[first - 1]!;
    let names = buckets.get(first);
    if (!names) {
      names = read(namesAt + from * stride, (fanout[first]! - from) * stride);
      buckets.set(first, names);
    }
    return { from, names };
  };
  const compareAt = (names: Uint8Array, position: number, target: Uint8Array): number => {
    const at = position * stride + nameInEntry;
    for (let i = 1; i < target.length; i++) {
      const difference = names[at + i]! - target[i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const lowerBound = (names: Uint8Array, target: Uint8Array): number => {
    let low = 0;
    let high = names.length / stride;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareAt(names, middle, target) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    count,
    findOffset(id) {
      const target = hexBytes(id);
      const { from, names } = bucketOf(target[0]!);
      const position = lowerBound(names, target);
      if (position * stride >= names.length || compareAt(names, position, target) !== 0) return undefined;
      if (!isVersion2) return new DataView(names.buffer, names.byteOffset + position * stride).getUint32(0);
      const small = read(offsetsAt + (from + position) * 4, 4);
      const value = new DataView(small.buffer, small.byteOffset).getUint32(0);
      if (value < 0x80000000) return value;
      const large = read(offsetsAt + count * 4 + (value - 0x80000000) * 8, 8);
      const wide = new DataView(large.buffer, large.byteOffset);
      return wide.getUint32(0) * 2 ** 32 + wide.getUint32(4);
    },
    findByPrefix(prefix) {
      const { names } = bucketOf(Number.parseInt(prefix.slice(0, 2), 16));
      const found: ObjectId[] = [];
      for (let at = nameInEntry; at < names.length; at += stride) {
        const id = readObjectId(names, at);
        if (id.startsWith(prefix)) found.push(id);
      }
      return found;
    },
  };
}

function hexBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(20);
  for (let i = 0; i < 20; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

export interface PackEntryHeader {
  /** 1 commit, 2 tree, 3 blob, 4 tag, 6 delta by offset, 7 delta by name. */
  readonly kind: number;
  readonly sizeBytes: number;
  readonly headerBytes: number;
  readonly baseDistance?: number;
  readonly baseId?: ObjectId;
}

export function parsePackEntryHeader(bytes: Uint8Array): PackEntryHeader {
  let at = 0;
  let byte = bytes[at++]!;
  const kind = (byte >> 4) & 7;
  let sizeBytes = byte & 15;
  let factor = 16;
  while ((byte & 0x80) !== 0) {
    byte = bytes[at++]!;
    sizeBytes += (byte & 0x7f) * factor;
    factor *= 128;
  }
  if (kind === 6) {
    byte = bytes[at++]!;
    let distance = byte & 0x7f;
    while ((byte & 0x80) !== 0) {
      byte = bytes[at++]!;
      distance = (distance + 1) * 128 + (byte & 0x7f);
    }
    return { kind, sizeBytes, headerBytes: at, baseDistance: distance };
  }
  if (kind === 7) return { kind, sizeBytes, headerBytes: at + 20, baseId: readObjectId(bytes, at) };
  if (kind < 1 || kind > 4) throw new GitFormatError(`pack entry of unknown kind ${kind}`);
  return { kind, sizeBytes, headerBytes: at };
}

export function applyDelta(base: Uint8Array, delta: Uint8Array): Uint8Array {
  let at = 0;
  const readSize = (): number => {
    let size = 0;
    let factor = 1;
    let byte: number;
    do {
      byte = delta[at++]!;
      size += (byte & 0x7f) * factor;
      factor *= 128;
    } while ((byte & 0x80) !== 0);
    return size;
  };
  if (readSize() !== base.length) throw new GitFormatError("delta does not fit its base");
  const size = readSize();
  const result = new Uint8Array(size);
  let out = 0;
  while (at < delta.length) {
    const command = delta[at++]!;
    if ((command & 0x80) === 0) {
      if (command === 0) throw new GitFormatError("delta is malformed");
      result.set(delta.subarray(at, at + command), out);
      at += command;
      out += command;
      continue;
    }
    let offset = 0;
    let length = 0;
    if (command & 1) offset = delta[at++]!;
    if (command & 2) offset += delta[at++]! * 0x100;
    if (command & 4) offset += delta[at++]! * 0x10000;
    if (command & 8) offset += delta[at++]! * 0x1000000;
    if (command & 16) length = delta[at++]!;
    if (command & 32) length += delta[at++]! * 0x100;
    if (command & 64) length += delta[at++]! * 0x10000;
    if (length === 0) length = 0x10000;
    if (offset + length > base.length || out + length > size) throw new GitFormatError("delta is malformed");
    result.set(base.subarray(offset, offset + length), out);
    out += length;
  }
  if (out !== size) throw new GitFormatError("delta is malformed");
  return result;
}
