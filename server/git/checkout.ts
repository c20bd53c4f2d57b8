/**
 * Bringing work tree and index from one tree to another.
 *
 * Promises: nothing that is not committed is lost: a path with changes of its own, or an untracked file in the way,
 * stops the whole checkout before the first write (`git/would-overwrite` names the paths), and so does a file that is
 * too large to be written here or whose object is missing; changes to paths that both trees have alike are carried over. Only files that differ are written. No path of a tree gets out of the work
 * tree or into `.git`. Filters and hooks are not run.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { IndexEntry } from "@/lib/git/git-index";
import { isIgnored } from "@/lib/git/ignore-rules";
import { EXECUTABLE_MODE, type ObjectId, SUBMODULE_MODE, SYMLINK_MODE } from "@/lib/git/object-id";
import { decodePath, isSafeTreePath } from "@/lib/git/path-bytes";
import { changeIndex, createEntry, type TreeFile, toCacheTree } from "./index-change";
import { OBJECT_LIMIT_BYTES } from "./pack-file";
import type { Repository } from "./repository";
import { diffTrees, listTree } from "./tree-files";
import type { WorkTree } from "./work-tree";

export interface CheckoutOptions {
  /** Local changes are given up; the caller has kept them (see `KeepCopy`). */
  readonly force?: boolean;
  /** Told before a file with local changes is overwritten or removed, so that its text is kept. */
  readonly keepCopy?: KeepCopy;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Keeps the bytes of a work-tree file in the local history. */
export type KeepCopy = (path: string, bytes: Uint8Array) => void;

export function ensureSafePath(path: string): void {
  if (isSafeTreePath(path)) return;
  throw new WebrunnerError("git/invalid", { message: `The path ${JSON.stringify(path)} must not be written.` });
}

/** Writes one file or link below the work tree and gives its index entry. */
export function writeWorkFile(repository: Repository, tree: WorkTree, path: string, file: TreeFile): IndexEntry {
  ensureSafePath(path);
  const { work, objects } = repository;
  if (file.mode === SUBMODULE_MODE) {
    if (work.stat(path)?.kind !== "folder") {
      work.remove(path);
      work.ensureFolder(path);
    }
    return createEntry(path, file);
  }
  const slash = path.lastIndexOf("/");
  if (!work.isFolder(slash < 0 ? "" : path.slice(0, slash)) || work.stat(path)?.kind === "folder")
    clearWay(repository, path);
  const bytes = objects.readBlob(file.id);
  if (file.mode === SYMLINK_MODE) work.replaceLink(path, decodePath(bytes));
  else
    work.replace(path, tree.toWorkTree(path, bytes), { executable: file.mode === EXECUTABLE_MODE, removeFirst: true });
  return createEntry(path, file, work.indexStat(path));
}

const OBJECT_LIMIT_MIB = OBJECT_LIMIT_BYTES / 1024 ** 2;

/** `git/too-large` with its name; `git/object-missing` when it is not here. */
function ensureWritable({ objects }: Repository, path: string, { id, mode }: TreeFile): void {
  if (mode === SUBMODULE_MODE) return;
  const sizeBytes = objects.measure(id);
  if (sizeBytes <= OBJECT_LIMIT_BYTES) return;
  throw new WebrunnerError("git/too-large", {
    message: `${path} is too large to be written here: ${Math.ceil(sizeBytes / 1024 ** 2)} MiB, and ${OBJECT_LIMIT_MIB} MiB are the most.`,
    hint: "Nothing was changed. Do the same with git itself in a terminal: it has no such limit.",
    path,
  });
}

/** Files where folders must be, and empty folders where the file must be. */
function clearWay({ work }: Repository, path: string): void {
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    const parent = work.stat(path.slice(0, slash));
    if (parent && parent.kind !== "folder") work.remove(path.slice(0, slash));
  }
  if (work.stat(path)?.kind === "folder") removeEmptyBelow(work, path);
}

function removeEmptyBelow(work: Repository["work"], path: string): void {
  for (const entry of work.list(path) ?? [])
    if (entry.kind === "folder") removeEmptyBelow(work, `${path}/${entry.name}`);
  work.removeFolder(path);
}

export function removeWorkFile({ work }: Repository, path: string): void {
  const kind = work.stat(path)?.kind;
  if (kind === undefined || kind === "folder") return;
  work.remove(path);
  for (let folder = path; folder.includes("/"); ) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    if (!work.removeFolder(folder)) return;
  }
}

export async function checkoutTree(
  repository: Repository,
  tree: WorkTree,
  from: ObjectId | undefined,
  to: ObjectId,
  options: CheckoutOptions = {},
): Promise<{ changed: number }> {
  const { work, objects } = repository;
  tree.refresh();
  const target = listTree(objects, to);
  for (const path of target.keys()) ensureSafePath(path);
  let changed = 0;
  await repository.updateIndex((loaded) => {
    const byPath = new Map<string, IndexEntry[]>();
    for (const entry of loaded.index.entries) byPath.set(entry.path, [...(byPath.get(entry.path) ?? []), entry]);
    const paths = new Set(diffTrees(objects, from, to).map((each) => each.path));
    const source = from === undefined ? new Map<string, TreeFile>() : listTree(objects, from);
    if (options.force) {
      for (const path of new Set([...target.keys(), ...byPath.keys()])) paths.add(path);
    } else {
      // What is staged beyond `from` must agree with `to`, or is in the way.
      for (const [path, [entry]] of byPath) {
        const old = source.get(path);
        if (!old || old.id !== entry!.id || old.mode !== entry!.mode) {
          const wanted = target.get(path);
          if (wanted || old) paths.add(path);
        }
      }
    }
    const writes = new Map<string, TreeFile | undefined>();
    const changes = new Map<string, readonly IndexEntry[]>();
    const inTheWay: string[] = [];
    for (const path of paths) {
      const wanted = target.get(path);
      const old = source.get(path);
      const entries = byPath.get(path) ?? [];
      const entry = entries[0];
      const isMerged = entries.length === 1 && entry!.stage === 0;
      const stat = work.stat(path);
      const isEqual = (file: TreeFile | undefined): boolean =>
        file === undefined ? entry === undefined : isMerged && entry!.id === file.id && entry!.mode === file.mode;
      const isDirty =
        entry !== undefined && isMerged
          ? entry.mode === SUBMODULE_MODE
            ? false
            : stat === undefined
              ? true
              : tree.compare(entry, stat, loaded.mtimeMs) !== "same"
          : stat !== undefined && stat.kind !== "folder";
      if (!options.force) {
        if (sameFile(old, wanted)) continue; // Staged changes of a path that both trees have alike are carried over.
        if (isEqual(wanted)) continue; // Already what it is to be; changes in the work tree stay.
        if (!isEqual(old)) {
          inTheWay.push(path);
          continue;
        }
        if (entry ? isDirty && !(stat === undefined && wanted === undefined) : isDirty && wanted !== undefined) {
          if (!entry) ensureWritable(repository, path, wanted!);
          if (entry || !isHarmless(repository, tree, path, wanted!)) {
            inTheWay.push(path);
            continue;
          }
        }
        if (
          wanted &&
          !entry &&
          stat?.kind === "folder" &&
          wanted.mode !== SUBMODULE_MODE &&
          holdsFiles(repository, tree, path, source)
        ) {
          inTheWay.push(path);
          continue;
        }
      } else if (isEqual(wanted) && !isDirty) continue;
      writes.set(path, wanted);
      if (isDirty && stat && stat.kind === "file") keep(repository, path, options.keepCopy);
    }
    if (inTheWay.length > 0) {
      throw new WebrunnerError("git/would-overwrite", {
        message: `Uncommitted changes in ${inTheWay.length === 1 ? inTheWay[0] : `${inTheWay.length} files`} would be overwritten.`,
        hint: "Commit, stash or discard them first.",
        paths: inTheWay.slice(0, 100),
      });
    }
    options.signal?.throwIfAborted();
    for (const [path, wanted] of writes) if (wanted) ensureWritable(repository, path, wanted);
    for (const [path, wanted] of writes) {
      if (wanted) continue;
      removeWorkFile(repository, path);
      changes.set(path, []);
    }
    let done = 0;
    for (const [path, wanted] of writes) {
      if (!wanted) continue;
      changes.set(path, [writeWorkFile(repository, tree, path, wanted)]);
      options.onProgress?.(++done, writes.size);
    }
    changed = writes.size;
    const next = changeIndex(repository, tree, loaded, changes);
    const isExactly =
      next.entries.length === target.size &&
      next.entries.every((entry) => entry.stage === 0 && sameFile(entry, target.get(entry.path)));
    return isExactly ? { ...next, cacheTree: toCacheTree(objects, to) } : next;
  });
  return { changed };
}

function sameFile(a: TreeFile | undefined, b: TreeFile | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.id === b.id && a.mode === b.mode;
}

function keep(repository: Repository, path: string, keepCopy: KeepCopy | undefined): void {
  const bytes = keepCopy && repository.work.read(path);
  if (bytes) keepCopy?.(path, bytes);
}

/** An untracked file may be replaced when it is ignored, or already holds what is to be written. */
function isHarmless(repository: Repository, tree: WorkTree, path: string, wanted: TreeFile): boolean {
  const current = tree.readForRepository(path);
  if (current && Buffer.compare(current.bytes, repository.objects.readBlob(wanted.id)) === 0) return true;
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  return isIgnored(tree.ignoreFiles(folder), path, false);
}

/** Whether a folder that a file is to replace holds anything but what goes with the old tree. */
function holdsFiles(
  repository: Repository,
  tree: WorkTree,
  path: string,
  source: ReadonlyMap<string, TreeFile>,
): boolean {
  return (repository.work.list(path) ?? []).some((entry) => {
    const child = `${path}/${entry.name}`;
    return entry.kind === "folder" ? holdsFiles(repository, tree, child, source) : !source.has(child);
  });
}
