/** Changes of the index: entries from the work tree or from trees, cached trees kept honest, racy entries marked. */
import { type CacheTree, type GitIndex, type IndexEntry, invalidateCacheTree, NO_STAT } from "@/lib/git/git-index";
import { type ObjectId, SYMLINK_MODE, TREE_MODE } from "@/lib/git/object-id";
import { comparePaths } from "@/lib/git/path-bytes";
import { encodeTree, isTreeMode, type TreeEntry } from "@/lib/git/tree";
import type { ObjectStore } from "./object-store";
import type { LoadedIndex, Repository } from "./repository";
import type { WorkTree } from "./work-tree";

export interface TreeFile {
  readonly id: ObjectId;
  readonly mode: number;
}

export function createEntry(path: string, file: TreeFile, extra: Partial<IndexEntry> = {}): IndexEntry {
  return {
    ...NO_STAT,
    path,
    id: file.id,
    mode: file.mode,
    stage: 0,
    assumeValid: false,
    skipWorktree: false,
    intentToAdd: false,
    ...extra,
  };
}

/**
 * The index with `changes` made: a path to its new entries (none removes it, three are a conflict). What a changed
 * path puts in the way (a file for a folder and the reverse) goes.
 */
export function changeIndex(
  repository: Repository,
  tree: WorkTree,
  { index, mtimeMs }: LoadedIndex,
  changes: ReadonlyMap<string, readonly IndexEntry[]>,
): GitIndex {
  const added = [...changes].filter(([, entries]) => entries.length > 0).map(([path]) => path);
  const folders = new Set<string>();
  for (const path of added) {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
      folders.add(path.slice(0, slash));
  }
  const addedFiles = new Set(added);
  const isInTheWay = (path: string): boolean => {
    if (folders.has(path)) return true;
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      if (addedFiles.has(path.slice(0, slash))) return true;
    }
    return false;
  };
  const touched = new Set(changes.keys());
  const kept: IndexEntry[] = [];
  for (const entry of index.entries) {
    if (changes.has(entry.path)) continue;
    if (added.length > 0 && isInTheWay(entry.path)) touched.add(entry.path);
    else kept.push(markRacy(repository, tree, entry, mtimeMs));
  }
  const entries = kept.concat(...changes.values());
  entries.sort((a, b) => comparePaths(a.path, b.path) || a.stage - b.stage);
  return { version: index.version, entries, cacheTree: invalidateCacheTree(index.cacheTree, touched) };
}

/**
 * An entry as new as the old index file is compared by content; the new file will be newer, and would vouch for it.
 * When it has changed, its size becomes 0, as git does, so that everyone looks again.
 */
function markRacy(repository: Repository, tree: WorkTree, entry: IndexEntry, indexMtimeMs: number): IndexEntry {
  const entryMs = entry.mtimeSeconds * 1000 + entry.mtimeNanoseconds / 1e6;
  if (entry.size === 0 || entry.stage !== 0 || entryMs < indexMtimeMs) return entry;
  const stat = repository.work.stat(entry.path);
  if (!stat || stat.mtimeMs !== entryMs || stat.size % 2 ** 32 !== entry.size) return entry;
  return tree.compare(entry, stat, indexMtimeMs) === "same" ? entry : { ...entry, size: 0 };
}

/** The entry of a file as it is in the work tree, its blob written; undefined when there is none. */
export function addFromWorkTree(
  repository: Repository,
  tree: WorkTree,
  path: string,
  before?: IndexEntry,
): IndexEntry | undefined {
  const stat = repository.work.indexStat(path);
  const content = tree.readForRepository(path);
  if (!stat || !content) return undefined;
  const mode = repository.trustsFileMode() || content.mode === SYMLINK_MODE || !before ? content.mode : before.mode;
  return createEntry(path, { id: repository.objects.write("blob", content.bytes), mode }, stat);
}

/** Writes the trees of the index, those only that its cached trees do not know; gives the index with them cached. */
export function writeTrees(objects: ObjectStore, index: GitIndex): { id: ObjectId; index: GitIndex } {
  const entries = index.entries.filter((entry) => entry.stage === 0 && !entry.intentToAdd);
  const build = (from: number, to: number, prefix: string, cached: CacheTree | undefined): CacheTree => {
    if (cached && cached.entryCount === to - from && cached.id && objects.has(cached.id)) return cached;
    const items: TreeEntry[] = [];
    const children: CacheTree[] = [];
    for (let at = from; at < to; ) {
      const entry = entries[at]!;
      const slash = entry.path.indexOf("/", prefix.length);
      if (slash < 0) {
        items.push({ mode: entry.mode, name: entry.path.slice(prefix.length), id: entry.id });
        at++;
        continue;
      }
      const name = entry.path.slice(prefix.length, slash);
      const start = entry.path.slice(0, slash + 1);
      let end = at + 1;
      while (end < to && entries[end]!.path.startsWith(start)) end++;
      const child = build(
        at,
        end,
        start,
        cached?.children.find((each) => each.name === name),
      );
      const named = child.name === name ? child : { ...child, name };
      children.push(named);
      items.push({ mode: TREE_MODE, name, id: named.id! });
      at = end;
    }
    return { name: "", entryCount: to - from, id: objects.write("tree", encodeTree(items)), children };
  };
  const root = build(0, entries.length, "", index.cacheTree);
  const complete = entries.length === index.entries.length;
  return { id: root.id!, index: { ...index, cacheTree: complete ? root : undefined } };
}

/** The cached trees of a tree that the index equals; `flat` counts its files. */
export function toCacheTree(objects: ObjectStore, id: ObjectId, name = ""): CacheTree {
  let entryCount = 0;
  const children: CacheTree[] = [];
  for (const entry of objects.readTree(id)) {
    if (isTreeMode(entry.mode)) {
      const child = toCacheTree(objects, entry.id, entry.name);
      entryCount += child.entryCount;
      children.push(child);
    } else entryCount++;
  }
  return { name, entryCount, id, children };
}
