/**
 * Which deleted path lives on in which added one, by git's own measure, so that our status shows what git's shows:
 * same content first (same name preferred), then the same base name nowhere else, then the most alike of the rest
 * at 50 % or more.
 */
import type { ObjectId } from "./object-id";

export interface RenameSide {
  readonly path: string;
  readonly id: ObjectId;
  readonly mode: number;
}

export interface Rename {
  readonly from: string;
  readonly to: string;
  /** 0 to 100. */
  readonly similarity: number;
}

const MAX_SCORE = 60_000;
const MINIMUM_SCORE = MAX_SCORE / 2;
const BASENAME_SCORE = MINIMUM_SCORE + (MAX_SCORE - MINIMUM_SCORE) / 2;
/** More than this many on either side and only exact renames are looked for, as git does (`diff.renameLimit`). */
const RENAME_LIMIT = 1000;
const HASH_BASE = 107_927;

type ChunkCounts = ReadonlyMap<number, number>;

/** Bytes by hash of their chunk (a line, at most 64 bytes). A last line without its end does not count. */
function countChunks(bytes: Uint8Array, isText: boolean): ChunkCounts {
  const counts = new Map<number, number>();
  let first = 0;
  let second = 0;
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (isText && byte === 13 && bytes[i + 1] === 10) continue;
    const old = first;
    first = ((first << 7) ^ (second >>> 25)) >>> 0;
    second = ((second << 7) ^ (old >>> 25)) >>> 0;
    first = (first + byte) >>> 0;
    length++;
    if (length < 64 && byte !== 10) continue;
    const hash = ((first + Math.imul(second, 0x61)) >>> 0) % HASH_BASE;
    counts.set(hash, (counts.get(hash) ?? 0) + length);
    first = 0;
    second = 0;
    length = 0;
  }
  return counts;
}

interface Content {
  readonly size: number;
  readonly counts: ChunkCounts;
}

function similarityScore(source: Content, target: Content, minimum: number): number {
  const largest = Math.max(source.size, target.size);
  const difference = largest - Math.min(source.size, target.size);
  if (largest * (MAX_SCORE - minimum) < difference * MAX_SCORE) return 0;
  if (source.size === 0 || target.size === 0) return 0;
  let copied = 0;
  for (const [hash, count] of source.counts) copied += Math.min(count, target.counts.get(hash) ?? 0);
  return Math.floor((copied * MAX_SCORE) / largest);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

const kindOf = (mode: number): number => mode & 0o170000;

export function findRenames(
  deleted: readonly RenameSide[],
  added: readonly RenameSide[],
  readBlob: (id: ObjectId) => Uint8Array | undefined,
): Rename[] {
  const renames: Rename[] = [];
  const sources = new Set(deleted);
  const targets = new Set(added.filter((each) => kindOf(each.mode) !== 0o160000));
  const take = (from: RenameSide, to: RenameSide, score: number): void => {
    sources.delete(from);
    targets.delete(to);
    renames.push({ from: from.path, to: to.path, similarity: Math.floor((score * 100) / MAX_SCORE) });
  };
  const byId = new Map<ObjectId, RenameSide[]>();
  for (const source of deleted) byId.set(source.id, [...(byId.get(source.id) ?? []), source]);
  for (const target of [...targets]) {
    const same = (byId.get(target.id) ?? []).filter(
      (source) => sources.has(source) && kindOf(source.mode) === kindOf(target.mode),
    );
    const source = same.find((each) => baseName(each.path) === baseName(target.path)) ?? same[0];
    if (source) take(source, target, MAX_SCORE);
  }
  if (sources.size === 0 || targets.size === 0) return renames;
  if (sources.size * targets.size > RENAME_LIMIT * RENAME_LIMIT) return renames;

  const contents = new Map<ObjectId, Content | undefined>();
  const contentOf = (side: RenameSide): Content | undefined => {
    if (kindOf(side.mode) !== 0o100000) return undefined;
    if (!contents.has(side.id)) {
      const bytes = readBlob(side.id);
      const isText = bytes !== undefined && !bytes.subarray(0, 8000).includes(0);
      contents.set(side.id, bytes && { size: bytes.length, counts: countChunks(bytes, isText) });
    }
    return contents.get(side.id);
  };
  const scoreOf = (source: RenameSide, target: RenameSide, minimum: number): number => {
    const from = contentOf(source);
    const to = contentOf(target);
    return from && to ? similarityScore(from, to, minimum) : 0;
  };

  const uniqueByName = (sides: Iterable<RenameSide>): Map<string, RenameSide | undefined> => {
    const found = new Map<string, RenameSide | undefined>();
    for (const side of sides) {
      const name = baseName(side.path);
      found.set(name, found.has(name) ? undefined : side);
    }
    return found;
  };
  const targetsByName = uniqueByName(targets);
  for (const [name, source] of uniqueByName(sources)) {
    const target = targetsByName.get(name);
    if (!source || !target) continue;
    const score = scoreOf(source, target, BASENAME_SCORE);
    if (score >= BASENAME_SCORE) take(source, target, score);
  }

  const candidates: { source: RenameSide; target: RenameSide; score: number; sameName: number }[] = [];
  for (const target of targets) {
    for (const source of sources) {
      const score = scoreOf(source, target, MINIMUM_SCORE);
      const sameName = baseName(source.path) === baseName(target.path) ? 1 : 0;
      if (score >= MINIMUM_SCORE) candidates.push({ source, target, score, sameName });
    }
  }
  candidates.sort((a, b) => b.score - a.score || b.sameName - a.sameName);
  for (const { source, target, score } of candidates) {
    if (sources.has(source) && targets.has(target)) take(source, target, score);
  }
  return renames;
}
