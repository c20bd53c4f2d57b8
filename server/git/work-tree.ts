/**
 * The work tree seen through git's eyes: ignore rules, attributes and line ends, and whether a file is what the
 * index says.
 *
 * Filters (`filter=…`) are not run: such a file is compared and stored as it is.
 */
import { type AttributesFile, type AttributeValue, parseAttributesFile, resolveAttributes } from "@/lib/git/attributes";
import type { IndexEntry } from "@/lib/git/git-index";
import { type IgnoreFile, parseIgnoreFile } from "@/lib/git/ignore-rules";
import { type LineEndRule, resolveLineEndRule, toRepositoryBytes, toWorkTreeBytes } from "@/lib/git/line-endings";
import { EXECUTABLE_MODE, FILE_MODE, type ObjectId, SYMLINK_MODE } from "@/lib/git/object-id";
import { encodePath } from "@/lib/git/path-bytes";
import type { GitListing, GitStat } from "@/server/platform/git-disk";
import { hashObject } from "./object-store";
import type { Repository } from "./repository";

export interface WorkTree {
  /** Rules for entries of `folder`, strongest first; `present` when it is known whether it has a file of them. */
  ignoreFiles(folder: string, present?: boolean): readonly IgnoreFile[];
  attributesOf(path: string): ReadonlyMap<string, AttributeValue>;
  lineEndRule(path: string): LineEndRule;
  /** The entries of a folder, kept from the last time when the folder's own times are the same. */
  list(folder: string): readonly GitListing[] | undefined;
  /** The bytes that would be stored for a file or link, or undefined when there is none. */
  readForRepository(path: string): { bytes: Uint8Array; mode: number } | undefined;
  toWorkTree(path: string, bytes: Uint8Array): Uint8Array;
  /** Whether content or mode differ from the entry; `loadedMs` is the time of the index file. */
  compare(entry: IndexEntry, stat: GitStat, indexMtimeMs: number): "same" | "modified" | "type";
  /** To be called at the start of an operation: files may have changed since. */
  refresh(): void;
}

/** Ticks of file times are up to 10 ms; what was compared sooner after a change may have changed again. */
const RACY_MS = 100;
interface Verified {
  readonly id: ObjectId;
  readonly stamp: string;
  readonly same: boolean;
}

export function createWorkTree(repository: Repository): WorkTree {
  const { work, git, objects } = repository;
  const parsed = new Map<string, { stamp: string; value: unknown }>();
  let ignoreByFolder = new Map<string, readonly IgnoreFile[]>();
  let attributesByFolder = new Map<string, readonly AttributesFile[]>();
  const verified = new Map<string, Verified>();
  // Asked for each file of a status, and a look at the configuration each time.
  let trusts: boolean | undefined;
  const trustsFileMode = (): boolean => {
    trusts ??= repository.trustsFileMode();
    return trusts;
  };
  const listings = new Map<string, { readonly stat: GitStat; readonly entries: readonly GitListing[] }>();

  const parseCached = <T>(key: string, stat: GitStat | undefined, make: () => T): T => {
    const stamp = stat ? `${stat.ino}:${stat.mtimeMs}:${stat.ctimeMs}:${stat.size}` : "none";
    const known = parsed.get(key);
    if (known?.stamp === stamp) return known.value as T;
    const value = make();
    parsed.set(key, { stamp, value });
    return value;
  };
  const parentOf = (folder: string): string => folder.slice(0, Math.max(folder.lastIndexOf("/"), 0));

  const ignoreFiles = (folder: string, present?: boolean): readonly IgnoreFile[] => {
    const known = ignoreByFolder.get(folder);
    if (known) return known;
    let files: readonly IgnoreFile[];
    if (folder === "") {
      const exclude = parseCached("info/exclude", git.stat("info/exclude"), () =>
        parseIgnoreFile(git.read("info/exclude")?.toString("utf8") ?? "", ""),
      );
      files = [exclude, parseIgnoreFile(repository.user.excludes, "")];
    } else files = ignoreFiles(parentOf(folder));
    const path = folder === "" ? ".gitignore" : `${folder}/.gitignore`;
    const stat = present === false ? undefined : work.stat(path);
    if (stat?.kind === "file") {
      const own = parseCached(path, stat, () =>
        parseIgnoreFile(work.read(path)?.toString("utf8") ?? "", folder === "" ? "" : `${folder}/`),
      );
      files = [own, ...files];
    }
    ignoreByFolder.set(folder, files);
    return files;
  };

  const attributeFiles = (folder: string): readonly AttributesFile[] => {
    const known = attributesByFolder.get(folder);
    if (known) return known;
    let files: readonly AttributesFile[];
    if (folder === "") files = [parseAttributesFile(repository.user.attributes, "")];
    else files = attributeFiles(parentOf(folder)).slice(1);
    const path = folder === "" ? ".gitattributes" : `${folder}/.gitattributes`;
    const base = folder === "" ? "" : `${folder}/`;
    const stat = work.stat(path);
    if (stat?.kind === "file") {
      files = [
        parseCached(path, stat, () => parseAttributesFile(work.read(path)?.toString("utf8") ?? "", base)),
        ...files,
      ];
    } else {
      const entry = repository.readIndex().index.entries.find((each) => each.path === path && each.stage === 0);
      if (entry && !stat)
        files = [parseAttributesFile(Buffer.from(objects.readBlob(entry.id)).toString("utf8"), base), ...files];
    }
    const info = parseCached("info/attributes", git.stat("info/attributes"), () =>
      parseAttributesFile(git.read("info/attributes")?.toString("utf8") ?? "", ""),
    );
    const all = [info, ...files];
    attributesByFolder.set(folder, all);
    return all;
  };

  const attributesOf = (path: string): ReadonlyMap<string, AttributeValue> =>
    resolveAttributes(attributeFiles(parentOf(path)), path);
  const lineEndRule = (path: string): LineEndRule => resolveLineEndRule(attributesOf(path), repository.lineEnds());

  const indexedBytes = (path: string): Uint8Array | undefined => {
    const entry = repository
      .readIndex()
      .index.entries.find((each) => each.path === path && each.stage <= 2 && each.stage !== 1);
    return entry && objects.find(entry.id)?.bytes;
  };

  const readForRepository = (path: string): { bytes: Uint8Array; mode: number } | undefined => {
    const stat = work.stat(path);
    if (stat?.kind === "link") {
      const target = work.readLink(path);
      return target === undefined ? undefined : { bytes: encodePath(target), mode: SYMLINK_MODE };
    }
    if (stat?.kind !== "file") return undefined;
    const bytes = work.read(path);
    if (!bytes) return undefined;
    const rule = bytes.includes(13) ? lineEndRule(path) : undefined;
    return {
      bytes: rule ? toRepositoryBytes(bytes, rule, () => indexedBytes(path)) : bytes,
      mode: stat.executable ? EXECUTABLE_MODE : FILE_MODE,
    };
  };

  const hasContent = (entry: IndexEntry, stat: GitStat): boolean => {
    // With other attributes the same file may be another content.
    const rule = lineEndRule(entry.path);
    const stamp = `${stat.ino}:${stat.mtimeMs}:${stat.ctimeMs}:${stat.size}:${rule.kind}`;
    const known = verified.get(entry.path);
    if (known && known.id === entry.id && known.stamp === stamp) return known.same;
    const startedMs = Date.now();
    const current = readForRepository(entry.path);
    const same = current !== undefined && hashObject("blob", current.bytes) === entry.id;
    if (isSettled(stat, startedMs)) {
      verified.set(entry.path, { id: entry.id, stamp, same });
    }
    return same;
  };

  const list = (folder: string): readonly GitListing[] | undefined => {
    const known = listings.get(folder);
    const now = known && work.glance(folder);
    if (known && now?.ino === known.stat.ino && isSameTime(known.stat, now)) return known.entries;
    const startedMs = Date.now();
    const found = work.glanceList(folder);
    if (found && isSettled(found.stat, startedMs)) listings.set(folder, found);
    else listings.delete(folder);
    return found?.entries;
  };

  return {
    list,
    ignoreFiles,
    attributesOf,
    lineEndRule,
    readForRepository,
    toWorkTree: (path, bytes) => (bytes.includes(10) ? toWorkTreeBytes(bytes, lineEndRule(path)) : bytes),

    compare(entry, stat, indexMtimeMs) {
      const isLink = entry.mode === SYMLINK_MODE;
      if (stat.kind !== (isLink ? "link" : "file")) return "type";
      if (!isLink && trustsFileMode() && stat.executable !== (entry.mode === EXECUTABLE_MODE)) return "modified";
      const size = stat.size % 2 ** 32;
      if (entry.size !== 0 && size !== entry.size) return "modified";
      const matches =
        size === entry.size &&
        stat.mtimeMs === entry.mtimeSeconds * 1000 + entry.mtimeNanoseconds / 1e6 &&
        stat.ctimeMs === entry.ctimeSeconds * 1000 + entry.ctimeNanoseconds / 1e6 &&
        stat.ino % 2 ** 32 === entry.ino &&
        stat.uid === entry.uid &&
        stat.gid === entry.gid;
      if (matches && stat.mtimeMs < indexMtimeMs) return "same";
      return hasContent(entry, stat) ? "same" : "modified";
    },

    refresh() {
      trusts = undefined;
      ignoreByFolder = new Map();
      attributesByFolder = new Map();
    },
  };
}

function isSameTime(a: GitStat, b: GitStat): boolean {
  return a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;
}

function isSettled(stat: GitStat, nowMs: number): boolean {
  return stat.mtimeMs < nowMs - RACY_MS && stat.ctimeMs < nowMs - RACY_MS;
}
