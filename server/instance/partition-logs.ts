/**
 * The log files of a partition, read as one log each through its rotation (FT10).
 *
 * A place is (device, inode, byte). supervisord renames `web.log` to `web.log.1` and begins anew: a reader whose place is
 * in the renamed file reads it to its end and goes on in the next. When its file was cut, or is gone, the piece says
 * `gap`, and reading goes on with what there is.
 *
 * Invariant: without a gap, the pieces in a row are the bytes that were written, each once.
 */
import { posix } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { LogFileInfo, LogPiece } from "@/lib/protocol";
import type { ConfinedEntry, ConfinedFiles } from "@/server/platform/confined-files";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { PartitionFiles } from "./partition-files";

/** A page's first look. */
const PIECE_BYTES = 64 * 1024;
/** `var/log/apache/…` is as deep as logs lie. */
const LOG_DEPTH = 2;
const LOG_LIMIT = 500;
/** Rotation between listing and reading is seen by the inode; then it is looked at again. */
const ATTEMPTS = 4;

export interface PartitionLogs {
  list(project: string, partition: string): Promise<LogFileInfo[]>;
  read(project: string, partition: string, query: LogQuery): Promise<LogPiece>;
}

export interface LogQuery {
  readonly path: string;
  readonly after?: string;
  readonly before?: string;
  readonly limit?: number;
}

interface Place {
  readonly device: number;
  readonly inode: number;
  readonly offset: number;
}

export function createPartitionLogs(partitions: Pick<PartitionFiles, "open">): PartitionLogs {
  return {
    async list(project, partition) {
      const tree = await partitions.open(project, partition);
      const found: ConfinedEntry[] = [
        ...(await listFiles(tree, "", 0)).filter(({ name }) => isLogName(name)),
        ...(await listFiles(tree, ".slapgrid/log", 0)),
        ...(await listFiles(tree, "var/log", LOG_DEPTH)),
      ];
      const logs = new Map<string, LogFileInfo>();
      for (const entry of found.filter(({ name }) => !/\.(gz|xz|bz2|zst)$/.test(name)).slice(0, LOG_LIMIT)) {
        const path = toBase(entry.path);
        const known = logs.get(path);
        const isOlder = path !== entry.path;
        logs.set(path, {
          path,
          sizeBytes: (known?.sizeBytes ?? 0) + entry.sizeBytes,
          modifiedAt: [known?.modifiedAt ?? "", new Date(entry.modifiedMs).toISOString()].sort().at(-1)!,
          program: toProgram(partition, path),
          rotated: (known?.rotated ?? 0) + (isOlder ? 1 : 0),
        });
      }
      return [...logs.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    },

    async read(project, partition, { path, after, before, limit = PIECE_BYTES }) {
      const tree = await partitions.open(project, partition);
      for (let attempt = 1; ; attempt++) {
        const chain = await listChain(tree, path);
        const piece =
          after === undefined
            ? await readBefore(tree, chain, before === undefined ? undefined : parsePlace(before), limit)
            : await readAfter(tree, chain, parsePlace(after), limit);
        if (piece) return piece;
        if (attempt === ATTEMPTS) {
          throw new WebrunnerError("disk/failed", { message: "The log is being rotated.", hint: "Try again." });
        }
      }
    },
  };
}

/** Undefined when a file was exchanged meanwhile. */
async function readAfter(
  tree: ConfinedFiles,
  chain: readonly ConfinedEntry[],
  place: Place,
  limit: number,
): Promise<LogPiece | undefined> {
  const found = chain.findIndex((file) => isAt(file, place));
  // Its file is gone: what came between is not to be had, or in an older file that scrolling back reaches.
  let index = found < 0 ? chain.length - 1 : found;
  const file = chain[index];
  if (!file) return { text: "", gap: found < 0, more: false };
  const isCut = found >= 0 && place.offset > file.sizeBytes;
  let offset = found < 0 || isCut ? 0 : place.offset;
  const start = toPlace(file, offset);
  const pieces: Buffer[] = [];
  let left = limit;
  let current = file;
  for (;;) {
    const bytes = await readExactly(tree, current, offset, left);
    if (!bytes) return undefined;
    pieces.push(bytes);
    offset += bytes.length;
    left -= bytes.length;
    const next = chain[index + 1];
    if (left <= 0 || offset < current.sizeBytes || !next) break;
    index++;
    current = next;
    offset = 0;
  }
  const all = Buffer.concat(pieces);
  // A character that is not written whole yet is read with its rest.
  const heldBack = Math.min(all.length - completeLength(all), offset);
  return {
    text: all.subarray(0, all.length - heldBack).toString("utf8"),
    start,
    end: toPlace(current, offset - heldBack),
    gap: found < 0 || isCut,
    more: left <= 0,
  };
}

/** The end of the log without a place; whole lines, as far as there are any. */
async function readBefore(
  tree: ConfinedFiles,
  chain: readonly ConfinedEntry[],
  place: Place | undefined,
  limit: number,
): Promise<LogPiece | undefined> {
  const last = chain.at(-1);
  if (!last) return { text: "", gap: false, more: false };
  let index = place ? chain.findIndex((file) => isAt(file, place)) : chain.length - 1;
  if (index < 0) return { text: "", start: toPlace(chain[0]!, 0), end: toPlace(chain[0]!, 0), gap: true, more: false };
  let file = chain[index]!;
  let end = Math.min(place?.offset ?? file.sizeBytes, file.sizeBytes);
  while (end === 0 && index > 0 && place) {
    index--;
    file = chain[index]!;
    end = file.sizeBytes;
  }
  const from = Math.max(0, end - limit);
  const bytes = await readExactly(tree, file, from, end - from);
  if (!bytes) return undefined;
  const newline = from > 0 ? bytes.indexOf(10) : -1;
  const skipped = newline >= 0 && newline < bytes.length - 1 ? newline + 1 : 0;
  const start = from + skipped;
  const shown = bytes.subarray(skipped);
  const whole = place ? shown.length : completeLength(shown);
  return {
    text: shown.subarray(0, whole).toString("utf8"),
    start: toPlace(file, start),
    end: toPlace(file, start + whole),
    gap: false,
    more: start > 0 || index > 0,
  };
}

async function readExactly(
  tree: ConfinedFiles,
  file: ConfinedEntry,
  start: number,
  length: number,
): Promise<Buffer | undefined> {
  const wanted = Math.max(0, Math.min(length, file.sizeBytes - start));
  try {
    const { bytes, info } = await tree.readRange(file.path, start, wanted);
    const isSame = info.inode === file.inode && info.device === file.device && bytes.length === wanted;
    return isSame ? bytes : undefined;
  } catch (error) {
    if (error instanceof WebrunnerError && error.code === "file/not-found") return undefined;
    throw error;
  }
}

/** The files of one log, oldest first: `web.log.2`, `web.log.1`, `web.log`. */
async function listChain(tree: ConfinedFiles, path: string): Promise<ConfinedEntry[]> {
  const confined = toConfinedPath(path);
  const folder = posix.dirname(confined);
  const name = posix.basename(confined);
  const entries = await listFiles(tree, folder === "." ? "" : folder, 0);
  const numbered = entries.flatMap((entry) => {
    if (entry.name === name) return [{ entry, number: 0 }];
    const match = entry.name.startsWith(`${name}.`) ? /^\d{1,6}$/.exec(entry.name.slice(name.length + 1)) : null;
    return match ? [{ entry, number: Number(match[0]) }] : [];
  });
  return numbered.sort((a, b) => b.number - a.number).map(({ entry }) => entry);
}

async function listFiles(tree: ConfinedFiles, folder: string, depth: number): Promise<ConfinedEntry[]> {
  let entries: ConfinedEntry[];
  try {
    entries = await tree.list(toConfinedPath(folder));
  } catch (error) {
    if (error instanceof WebrunnerError && /^file\/not-(found|directory)$/.test(error.code)) return [];
    throw error;
  }
  const below = depth === 0 ? [] : entries.filter(({ kind }) => kind === "directory");
  const deeper = await Promise.all(below.map(({ path }) => listFiles(tree, path, depth - 1)));
  return [...entries.filter(({ kind }) => kind === "file"), ...deeper.flat()];
}

function isLogName(name: string): boolean {
  return /\.log(\.\d+)?$/.test(name);
}

function toBase(path: string): string {
  return path.replace(/\.\d{1,6}$/, "");
}

/** slapgrid names a program's log `.slappart0_web.log`. */
function toProgram(partition: string, path: string): string | undefined {
  const prefix = `.${partition}_`;
  return path.startsWith(prefix) && path.endsWith(".log") ? path.slice(prefix.length, -".log".length) : undefined;
}

function isAt(file: ConfinedEntry, place: Place): boolean {
  return file.inode === place.inode && file.device === place.device;
}

function toPlace({ device, inode }: { device: number; inode: number }, offset: number): string {
  return `${device.toString(36)}-${inode.toString(36)}-${offset}`;
}

function parsePlace(text: string): Place {
  const [device = "", inode = "", offset = ""] = text.split("-");
  return { device: Number.parseInt(device, 36), inode: Number.parseInt(inode, 36), offset: Number(offset) };
}

/** Bytes up to the end of the last whole UTF-8 character; all of them when the end is no beginning of one. */
function completeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
