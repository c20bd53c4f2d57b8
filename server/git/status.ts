/**
 * `git status`, in one walk of the work tree against the index and, where the index's cached trees do not already say
 * so, one of HEAD's trees against the index. Equal to `git status --porcelain` (untracked folders collapsed, renames
 * found); nothing is written, the index is not refreshed.
 */
import type { CacheTree, IndexEntry } from "@/lib/git/git-index";
import { isIgnored } from "@/lib/git/ignore-rules";
import { type ObjectId, SUBMODULE_MODE } from "@/lib/git/object-id";
import { findRenames, type RenameSide } from "@/lib/git/renames";
import { conflictCode, type StatusEntry, type StatusLetter, sortStatus } from "@/lib/git/status-model";
import { isTreeMode } from "@/lib/git/tree";
import type { GitListing } from "@/server/platform/git-disk";
import type { Repository } from "./repository";
import type { WorkTree } from "./work-tree";

/** The index as a tree of folders; made once for an index, as every status walks it. */
export interface IndexFolder {
  readonly files: Map<string, IndexEntry>;
  readonly folders: Map<string, IndexFolder>;
}

const folderCache = new WeakMap<readonly IndexEntry[], IndexFolder>();

export function toIndexFolder(entries: readonly IndexEntry[]): IndexFolder {
  const known = folderCache.get(entries);
  if (known) return known;
  const root: IndexFolder = { files: new Map(), folders: new Map() };
  const byPath = new Map<string, IndexFolder>([["", root]]);
  const folderAt = (path: string): IndexFolder => {
    const existing = byPath.get(path);
    if (existing) return existing;
    const slash = path.lastIndexOf("/");
    const folder: IndexFolder = { files: new Map(), folders: new Map() };
    folderAt(slash < 0 ? "" : path.slice(0, slash)).folders.set(path.slice(slash + 1), folder);
    byPath.set(path, folder);
    return folder;
  };
  // In their order, so mostly of the same folder as the one before.
  let path = "";
  let folder = root;
  for (const entry of entries) {
    const slash = entry.path.lastIndexOf("/");
    if (Math.max(slash, 0) !== path.length || !entry.path.startsWith(path)) {
      path = slash < 0 ? "" : entry.path.slice(0, slash);
      folder = folderAt(path);
    }
    folder.files.set(entry.path.slice(slash + 1), entry);
  }
  folderCache.set(entries, root);
  return root;
}

export interface StatusOptions {
  /** The state of a submodule's own tree: its HEAD and whether it is dirty; undefined when it is not checked out. */
  readonly submodule?: (path: string) => { head: ObjectId | undefined; dirty: boolean } | undefined;
  readonly renames?: boolean;
  /** Of these paths, what is below them and the folders above them; the work tree is not looked at elsewhere. */
  readonly paths?: readonly string[];
}

type Letters = { staged: StatusLetter; unstaged: StatusLetter; submodule?: boolean };

/** Names of files being written by the server: nobody's business. */
const TEMPORARY = /^\.webrunner-[0-9a-f]{16}\.tmp$/;

export function readStatus(repository: Repository, tree: WorkTree, options: StatusOptions = {}): StatusEntry[] {
  tree.refresh();
  const { index, mtimeMs } = repository.readIndex();
  const root = toIndexFolder(index.entries);
  const letters = new Map<string, Letters>();
  const untracked: string[] = [];
  const at = (path: string): Letters => {
    let found = letters.get(path);
    if (!found) {
      found = { staged: " ", unstaged: " " };
      letters.set(path, found);
    }
    return found;
  };

  const unmerged = new Set<string>();
  for (const entry of index.entries) if (entry.stage > 0) unmerged.add(entry.path);

  compareWorkTree(repository, tree, root, mtimeMs, unmerged, options, at, untracked);
  const { deleted, added } = compareHead(repository, root, index.cacheTree, unmerged, at);
  for (const path of unmerged) {
    const stages = index.entries.filter((entry) => entry.path === path).map((entry) => entry.stage);
    const [staged, unstaged] = conflictCode({
      base: stages.includes(1),
      ours: stages.includes(2),
      theirs: stages.includes(3),
    });
    letters.set(path, { staged, unstaged });
  }

  const from = new Map<string, string>();
  if (options.renames !== false && deleted.length > 0 && added.length > 0) {
    for (const rename of findRenames(deleted, added, (id) => repository.objects.find(id)?.bytes)) {
      const gone = at(rename.from);
      gone.staged = " ";
      at(rename.to).staged = "R";
      from.set(rename.to, rename.from);
    }
  }
  const entries: StatusEntry[] = [];
  for (const [path, { staged, unstaged, submodule }] of letters) {
    if (staged === " " && unstaged === " ") continue;
    const origin = from.get(path);
    entries.push({
      path,
      staged,
      unstaged,
      ...(origin !== undefined && { from: origin }),
      ...(submodule && { submodule }),
    });
  }
  for (const path of untracked) entries.push({ path, staged: " ", unstaged: "?" });
  repository.release();
  return sortStatus(entries);
}

function compareWorkTree(
  repository: Repository,
  tree: WorkTree,
  root: IndexFolder,
  indexMtimeMs: number,
  unmerged: ReadonlySet<string>,
  options: StatusOptions,
  at: (path: string) => Letters,
  untracked: string[],
): void {
  const { work } = repository;
  const join = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

  const isAsked = createPathFilter(options.paths);

  const markGone = (folder: IndexFolder): void => {
    for (const entry of folder.files.values()) compareFile(entry, undefined);
    for (const child of folder.folders.values()) markGone(child);
  };

  const compareFile = (entry: IndexEntry, listing: GitListing | undefined): void => {
    if (unmerged.has(entry.path) || entry.skipWorktree || entry.assumeValid || !isAsked(entry.path)) return;
    if (entry.mode === SUBMODULE_MODE) {
      if (!listing) at(entry.path).unstaged = "D";
      else if (listing.kind !== "folder") at(entry.path).unstaged = "T";
      else {
        const state = options.submodule?.(entry.path);
        if (state && (state.head !== entry.id || state.dirty))
          Object.assign(at(entry.path), { unstaged: "M", submodule: true });
      }
      return;
    }
    if (entry.intentToAdd) {
      at(entry.path).unstaged = listing && listing.kind !== "folder" ? "A" : "D";
      return;
    }
    const stat = listing && listing.kind !== "folder" ? work.glance(entry.path) : undefined;
    if (!stat || stat.kind === "folder" || stat.kind === "other") {
      at(entry.path).unstaged = "D";
      return;
    }
    const result = tree.compare(entry, stat, indexMtimeMs);
    if (result !== "same") at(entry.path).unstaged = result === "type" ? "T" : "M";
  };

  /** Whether a folder that the index does not know holds anything that is neither ignored nor empty. */
  const hasUntracked = (path: string): boolean => {
    const entries = tree.list(path) ?? [];
    const isNestedRepository = entries.some((entry) => entry.name === ".git");
    if (isNestedRepository && isRepositoryFolder(repository, path)) return true;
    const rules = tree.ignoreFiles(path, hasIgnoreFile(entries));
    for (const entry of entries) {
      const child = join(path, entry.name);
      if (entry.name === ".git" || entry.kind === "other" || TEMPORARY.test(entry.name)) continue;
      if (isIgnored(rules, child, entry.kind === "folder")) continue;
      if (entry.kind !== "folder" || hasUntracked(child)) return true;
    }
    return false;
  };

  const visit = (path: string, folder: IndexFolder, allIgnored: boolean): void => {
    const entries = tree.list(path);
    if (!entries) {
      markGone(folder);
      return;
    }
    const rules = tree.ignoreFiles(path, hasIgnoreFile(entries));
    let known = 0;
    for (const listing of entries) {
      const { name } = listing;
      if (name === ".git") continue;
      const entry = folder.files.get(name);
      const subfolder = folder.folders.get(name);
      known += (entry ? 1 : 0) + (subfolder ? 1 : 0);
      if (entry) {
        compareFile(entry, listing);
        // A folder in the place of a tracked file is not called untracked: git shows the deletion only.
        if (listing.kind !== "folder" || entry.mode === SUBMODULE_MODE || !subfolder) {
          if (subfolder) markGone(subfolder);
          continue;
        }
      }
      const child = join(path, name);
      if (!isAsked(child)) continue;
      if (subfolder && listing.kind === "folder") {
        visit(child, subfolder, allIgnored || isIgnored(rules, child, true));
        continue;
      }
      if (subfolder) markGone(subfolder);
      if (allIgnored || listing.kind === "other" || TEMPORARY.test(name)) continue;
      const isFolder = listing.kind === "folder";
      if (isIgnored(rules, child, isFolder)) continue;
      if (!isFolder) untracked.push(child);
      else if (hasUntracked(child)) untracked.push(`${child}/`);
    }
    if (known === folder.files.size + folder.folders.size) return;
    const there = new Set(entries.map((listing) => listing.name));
    for (const [name, entry] of folder.files) if (!there.has(name)) compareFile(entry, undefined);
    for (const [name, subfolder] of folder.folders) if (!there.has(name)) markGone(subfolder);
  };
  visit("", root, false);
}

/** Whether a path is one of `paths`, below one, or a folder above one. */
function createPathFilter(paths: readonly string[] | undefined): (path: string) => boolean {
  if (paths === undefined || paths.includes("")) return () => true;
  const asked = new Set(paths.map((path) => path.replace(/\/$/, "")));
  const foldersOf = (path: string): string[] => [...path.matchAll(/\//g)].map((slash) => path.slice(0, slash.index));
  const above = new Set([...asked].flatMap(foldersOf));
  return (path) => asked.has(path) || above.has(path) || foldersOf(path).some((folder) => asked.has(folder));
}

function hasIgnoreFile(entries: readonly GitListing[]): boolean {
  return entries.some((entry) => entry.name === ".gitignore");
}

function isRepositoryFolder(repository: Repository, path: string): boolean {
  const dot = `${path}/.git`;
  const kind = repository.work.stat(dot)?.kind;
  if (kind === "file") return /^gitdir: /.test(repository.work.read(dot)?.toString("latin1") ?? "");
  return (
    kind === "folder" &&
    repository.work.stat(`${dot}/HEAD`) !== undefined &&
    repository.work.stat(`${dot}/objects`) !== undefined
  );
}

function compareHead(
  repository: Repository,
  root: IndexFolder,
  cacheTree: CacheTree | undefined,
  unmerged: ReadonlySet<string>,
  at: (path: string) => Letters,
): { deleted: RenameSide[]; added: RenameSide[] } {
  const deleted: RenameSide[] = [];
  const added: RenameSide[] = [];
  const { objects } = repository;

  const addAll = (folder: IndexFolder): void => {
    for (const entry of folder.files.values()) add(entry);
    for (const child of folder.folders.values()) addAll(child);
  };
  const add = (entry: IndexEntry): void => {
    if (unmerged.has(entry.path) || entry.intentToAdd) return;
    at(entry.path).staged = "A";
    added.push({ path: entry.path, id: entry.id, mode: entry.mode });
  };
  const remove = (path: string, id: ObjectId, mode: number): void => {
    if (isTreeMode(mode)) {
      for (const entry of objects.readTree(id)) remove(`${path}/${entry.name}`, entry.id, entry.mode);
    } else if (!unmerged.has(path)) {
      at(path).staged = "D";
      deleted.push({ path, id, mode });
    }
  };

  const visit = (
    treeId: ObjectId | undefined,
    folder: IndexFolder,
    cached: CacheTree | undefined,
    path: string,
  ): void => {
    if (treeId !== undefined && cached && cached.entryCount >= 0 && cached.id === treeId) return;
    const seen = new Set<string>();
    for (const entry of treeId === undefined ? [] : objects.readTree(treeId)) {
      const child = path === "" ? entry.name : `${path}/${entry.name}`;
      if (isTreeMode(entry.mode)) {
        const subfolder = folder.folders.get(entry.name);
        if (!subfolder) remove(child, entry.id, entry.mode);
        else {
          seen.add(`${entry.name}/`);
          visit(
            entry.id,
            subfolder,
            cached?.children.find((each) => each.name === entry.name),
            child,
          );
        }
        continue;
      }
      const staged = folder.files.get(entry.name);
      if (!staged) {
        remove(child, entry.id, entry.mode);
        continue;
      }
      seen.add(entry.name);
      if (unmerged.has(child) || (staged.id === entry.id && staged.mode === normalMode(entry.mode))) continue;
      if (staged.intentToAdd) remove(child, entry.id, entry.mode);
      else at(child).staged = (staged.mode & 0o170000) === (entry.mode & 0o170000) ? "M" : "T";
    }
    for (const [name, entry] of folder.files) if (!seen.has(name)) add(entry);
    for (const [name, subfolder] of folder.folders) if (!seen.has(`${name}/`)) addAll(subfolder);
  };
  const head = repository.refs.resolve("HEAD");
  visit(head && objects.readCommit(head).tree, root, cacheTree, "");
  return { deleted, added };
}

/** Old tools wrote 100664; the index only knows 100644 and 100755. */
function normalMode(mode: number): number {
  return (mode & 0o170000) === 0o100000 ? (mode & 0o100 ? 0o100755 : 0o100644) : mode;
}
