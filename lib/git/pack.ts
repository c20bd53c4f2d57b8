/**
 * Pack files: looking a name up in a pack index, reading an entry's header, applying a delta.
 *
 * Bytes come through a `ReadAt` given by the caller, so that a pack index of 450,000 names costs the bucket that is
 * asked for (some 40 KB) and not the whole file.
 */
import { GitFormatError } from "./format-error";
import { type ObjectId, readObjectId, writeObjectId } from "./object-id";

export type ReadAt = (offset: number, length: number) => Uint8Array;

export interface PackIndex {
  readonly count: number;
  findOffset(id: ObjectId): number | undefined;
  /** Names that begin with `prefix` (at least two hex digits). */
  findByPrefix(prefix: string): ObjectId[];
}

/** The names that begin with one byte, and where they stand in the pack. */
interface Bucket {
  readonly names: Uint8Array;
  readonly offsets: DataView;
  /** For each second byte, how many names stand before the first one that has it; and all of them at the end. */
  readonly starts: Uint32Array;
}

export function createPackIndex(read: ReadAt): PackIndex {
  const view = toView(read(0, 8 + 1024));
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
  const target = new Uint8Array(20);
  const buckets = new Map<number, Bucket>();

  const bucketOf = (first: number): Bucket => {
    const known = buckets.get(first);
    if (known) return known;
    const from = first === 0 ? 0 : fanout[first - 1]!;
    const size = fanout[first]! - from;
    const names = read(namesAt + from * stride, size * stride);
    const starts = new Uint32Array(257);
    for (let at = nameInEntry + 1; at < names.length; at += stride) starts[names[at]! + 1]!++;
    for (let i = 1; i <= 256; i++) starts[i]! += starts[i - 1]!;
    const offsets = isVersion2 ? toView(read(offsetsAt + from * 4, size * 4)) : toView(names);
    const bucket = { names, offsets, starts };
    buckets.set(first, bucket);
    return bucket;
  };
  /** Some six names share their first two bytes in a pack of 450,000. */
  const findPosition = ({ names, starts }: Bucket): number | undefined => {
    for (let position = starts[target[1]!]!; position < starts[target[1]! + 1]!; position++) {
      const at = position * stride + nameInEntry;
      let same = 2;
      while (same < 20 && names[at + same] === target[same]) same++;
      if (same === 20) return position;
    }
    return undefined;
  };

  return {
    count,
    findOffset(id) {
      writeObjectId(id, target, 0);
      const bucket = bucketOf(target[0]!);
      const position = findPosition(bucket);
      if (position === undefined) return undefined;
      const { offsets } = bucket;
      if (!isVersion2) return offsets.getUint32(position * stride);
      const value = offsets.getUint32(position * 4);
      if (value < 0x80000000) return value;
      const wide = toView(read(offsetsAt + count * 4 + (value - 0x80000000) * 8, 8));
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

function toView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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

/**
 * What `part` of the base, at `start` of it, has become: where its first byte was copied to, and as many bytes from there on.
 * So a small thing is found in a large object without putting that together. Undefined where the first byte is not copied,
 * or other bytes of the base take part.
 */
export function followPart(
  delta: Uint8Array,
  part: Uint8Array,
  start: number,
): { readonly start: number; readonly bytes: Uint8Array } | undefined {
  const end = start + part.length;
  const reader = createDeltaReader(delta);
  let place = 0;
  let bytes: Uint8Array | undefined;
  let filled = 0;
  for (let out = 0; filled < part.length; out += reader.length) {
    if (!reader.next()) return undefined;
    const { copiesFrom, length } = reader;
    let from = copiesFrom;
    if (filled === 0) {
      if (copiesFrom < 0 || copiesFrom > start || copiesFrom + length <= start) continue;
      from = start;
      place = out + start - copiesFrom;
      if (copiesFrom + length >= end) return { start: place, bytes: part };
    }
    bytes ??= new Uint8Array(part.length);
    const count = Math.min(part.length - filled, out + length - place - filled);
    if (copiesFrom < 0) bytes.set(delta.subarray(reader.at - length, reader.at - length + count), filled);
    else if (from < start || from + count > end) return undefined;
    else bytes.set(part.subarray(from - start, from - start + count), filled);
    filled += count;
  }
  return bytes && { start: place, bytes };
}

/** `allocate` gives the bytes to write into, which are another than those of the base. */
export function applyDelta(
  base: Uint8Array,
  delta: Uint8Array,
  allocate = (sizeBytes: number): Uint8Array => new Uint8Array(sizeBytes),
): Uint8Array {
  const reader = createDeltaReader(delta);
  if (reader.baseBytes !== base.length) throw new GitFormatError("delta does not fit its base");
  const result = allocate(reader.resultBytes);
  let out = 0;
  while (reader.next()) {
    const { length, copiesFrom } = reader;
    if (out + length > result.length) throw malformedDelta();
    if (copiesFrom < 0) {
      for (let i = 0; i < length; i++) result[out + i] = delta[reader.at - length + i]!;
    } else {
      if (copiesFrom + length > base.length) throw malformedDelta();
      result.set(base.subarray(copiesFrom, copiesFrom + length), out);
    }
    out += length;
  }
  if (out !== result.length) throw malformedDelta();
  return result;
}

/** Of the start of a delta: how large its base is, and what it makes of it. */
export function readDeltaSizes(start: Uint8Array): { readonly baseBytes: number; readonly resultBytes: number } {
  const { baseBytes, resultBytes } = createDeltaReader(start);
  return { baseBytes, resultBytes };
}

/** The instructions of a delta, one after the other. */
interface DeltaReader {
  readonly baseBytes: number;
  readonly resultBytes: number;
  /** Behind the instruction, and the bytes that it brings itself. */
  readonly at: number;
  readonly length: number;
  /** In the base; -1 for bytes that the delta brings. */
  readonly copiesFrom: number;
  /** False at the end. */
  next(): boolean;
}

function createDeltaReader(delta: Uint8Array): DeltaReader {
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
  const reader = {
    baseBytes: readSize(),
    resultBytes: readSize(),
    at,
    length: 0,
    copiesFrom: -1,
    next(): boolean {
      let position = reader.at;
      if (position >= delta.length) return false;
      const command = delta[position++]!;
      if (command === 0) throw malformedDelta();
      if ((command & 0x80) === 0) {
        if (position + command > delta.length) throw malformedDelta();
        reader.length = command;
        reader.copiesFrom = -1;
        reader.at = position + command;
        return true;
      }
      let offset = 0;
      let length = 0;
      if (command & 1) offset = delta[position++]!;
      if (command & 2) offset += delta[position++]! * 0x100;
      if (command & 4) offset += delta[position++]! * 0x10000;
      if (command & 8) offset += delta[position++]! * 0x1000000;
      if (command & 16) length = delta[position++]!;
      if (command & 32) length += delta[position++]! * 0x100;
      if (command & 64) length += delta[position++]! * 0x10000;
      reader.length = length === 0 ? 0x10000 : length;
      reader.copiesFrom = offset;
      reader.at = position;
      return true;
    },
  };
  return reader;
}

function malformedDelta(): GitFormatError {
  return new GitFormatError("delta is malformed");
}
