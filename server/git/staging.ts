/**
 * Staging, unstaging and discarding: whole paths, and single lines of a text.
 *
 * Lines are chosen by their numbers in a diff that the person sees; the diff's two ends are named by `oldId` and
 * `newId`, and a choice made on texts that are no longer those is refused (`git/changed`), never applied elsewhere.
 * What is discarded is kept in the local history first.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { IndexEntry } from "@/lib/git/git-index";
import { applySelection, diffTexts, type LineSelection } from "@/lib/git/hunks";
import { isIgnored } from "@/lib/git/ignore-rules";
import { FILE_MODE, type ObjectId, SUBMODULE_MODE, SYMLINK_MODE } from "@/lib/git/object-id";
import { fromByteString, toByteString } from "@/lib/git/path-bytes";
import { ensureSafePath, type KeepCopy, removeWorkFile, writeWorkFile } from "./checkout";
import { type DiscardedFile, keepForUndo } from "./discarded";
import { addFromWorkTree, changeIndex, createEntry, type TreeFile } from "./index-change";
import { hashObject } from "./object-store";
import type { Repository } from "./repository";
import { readStatus } from "./status";
import { findInTree, listTree } from "./tree-files";
import type { WorkTree } from "./work-tree";

export interface LineChoice {
  readonly path: string;
  readonly selection: LineSelection;
  /** The blob of either end of the diff that the lines were chosen in; absent where there is no file. */
  readonly oldId: ObjectId | undefined;
  readonly newId: ObjectId | undefined;
}

const isBelow = (path: string, parent: string): boolean =>
  parent === "" || path === parent || path.startsWith(parent.endsWith("/") ? parent : `${parent}/`);

function notFound(path: string): WebrunnerError {
  return new WebrunnerError("git/not-found", { message: `Nothing to do for ${path}: it has no change.` });
}

function changedMeanwhile(path: string): WebrunnerError {
  return new WebrunnerError("git/changed", {
    message: `${path} has changed since these lines were chosen.`,
    hint: "Look at the new difference and choose again.",
  });
}

/** The paths with changes at or below what was named; a path that git does not know is `git/not-found`. */
function expandPaths(repository: Repository, tree: WorkTree, paths: readonly string[]): string[] {
  const { index } = repository.readIndex();
  const status = readStatus(repository, tree, { renames: false, paths });
  const found = new Set<string>();
  for (const path of paths) {
    let any = false;
    for (const entry of status) {
      if (!isBelow(entry.path, path) && !isBelow(path, entry.path)) continue;
      any = true;
      if (entry.unstaged !== "?") {
        if (isBelow(entry.path, path)) found.add(entry.path);
      } else for (const file of untrackedFiles(repository, tree, entry.path)) if (isBelow(file, path)) found.add(file);
    }
    if (!any && path !== "" && !index.entries.some((entry) => isBelow(entry.path, path))) throw notFound(path);
  }
  return [...found];
}

function untrackedFiles(repository: Repository, tree: WorkTree, path: string): string[] {
  if (!path.endsWith("/")) return [path];
  const folder = path.slice(0, -1);
  const entries = repository.work.list(folder) ?? [];
  // A repository in a repository: its files are its own.
  if (entries.some((entry) => entry.name === ".git")) return [];
  return entries.flatMap((entry) => {
    const child = `${folder}/${entry.name}`;
    if (entry.kind === "other" || /^\.webrunner-[0-9a-f]{16}\.tmp$/.test(entry.name)) return [];
    if (isIgnoredPath(tree, folder, child, entry.kind === "folder")) return [];
    return entry.kind === "folder" ? untrackedFiles(repository, tree, `${child}/`) : [child];
  });
}

function isIgnoredPath(tree: WorkTree, folder: string, path: string, isFolder: boolean): boolean {
  return isIgnored(tree.ignoreFiles(folder), path, isFolder);
}

export async function stagePaths(repository: Repository, tree: WorkTree, paths: readonly string[]): Promise<void> {
  const expanded = expandPaths(repository, tree, paths);
  for (const path of expanded) ensureSafePath(path);
  await repository.updateIndex((loaded) => {
    const changes = new Map<string, readonly IndexEntry[]>();
    for (const path of expanded) {
      const before = loaded.index.entries.find((entry) => entry.path === path);
      if (before?.mode === SUBMODULE_MODE) {
        const head = submoduleHead(repository, path);
        if (head) changes.set(path, [createEntry(path, { id: head, mode: SUBMODULE_MODE })]);
        else if (!repository.work.stat(path)) changes.set(path, []);
        continue;
      }
      const entry = addFromWorkTree(repository, tree, path, before);
      changes.set(path, entry ? [entry] : []);
    }
    return changes.size === 0 ? undefined : changeIndex(repository, tree, loaded, changes);
  });
  repository.release();
}

function submoduleHead(repository: Repository, path: string): ObjectId | undefined {
  const head = repository.work.read(`${path}/.git/HEAD`)?.toString("utf8").trim();
  if (head === undefined) return undefined;
  const name = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1];
  const id = name === undefined ? head : repository.work.read(`${path}/.git/${name}`)?.toString("utf8").trim();
  return id !== undefined && /^[0-9a-f]{40}$/.test(id) ? (id as ObjectId) : undefined;
}

function headTree(repository: Repository): ObjectId | undefined {
  const head = repository.refs.resolve("HEAD");
  return head && repository.objects.readCommit(head).tree;
}

function inHead(repository: Repository, path: string): TreeFile | undefined {
  const root = headTree(repository);
  const entry = root && findInTree(repository.objects, root, path);
  return entry && entry.mode !== 0o40000 ? entry : undefined;
}

export async function unstagePaths(repository: Repository, tree: WorkTree, paths: readonly string[]): Promise<void> {
  const root = headTree(repository);
  const committed = root ? listTree(repository.objects, root) : new Map<string, TreeFile>();
  tree.refresh();
  await repository.updateIndex((loaded) => {
    const changes = new Map<string, readonly IndexEntry[]>();
    const candidates = new Set([...loaded.index.entries.map((entry) => entry.path), ...committed.keys()]);
    for (const path of candidates) {
      if (!paths.some((each) => isBelow(path, each))) continue;
      const file = committed.get(path);
      const now = loaded.index.entries.filter((entry) => entry.path === path);
      if (now.length === 1 && file && now[0]!.stage === 0 && now[0]!.id === file.id && now[0]!.mode === file.mode)
        continue;
      changes.set(path, file ? [createEntry(path, file)] : []);
    }
    return changes.size === 0 ? undefined : changeIndex(repository, tree, loaded, changes);
  });
  repository.release();
}

/** Back to the index; an untracked file goes. Every text that goes is kept first. */
export async function discardPaths(
  repository: Repository,
  tree: WorkTree,
  paths: readonly string[],
  keepCopy: KeepCopy,
): Promise<DiscardedFile[]> {
  const expanded = expandPaths(repository, tree, paths);
  const discarded: DiscardedFile[] = [];
  await repository.updateIndex((loaded) => {
    const changes = new Map<string, readonly IndexEntry[]>();
    for (const path of expanded) {
      const entries = loaded.index.entries.filter((entry) => entry.path === path);
      const entry = entries.find((each) => each.stage === 0 || each.stage === 2);
      if (entry?.mode === SUBMODULE_MODE) continue;
      const stat = repository.work.stat(path);
      if (entry && entry.stage === 0 && stat && tree.compare(entry, stat, loaded.mtimeMs) === "same") continue;
      const bytes = stat?.kind === "file" ? repository.work.read(path) : undefined;
      if (bytes) keepCopy(path, bytes);
      discarded.push(keepForUndo(repository, path));
      if (entry && !entry.intentToAdd) changes.set(path, [writeWorkFile(repository, tree, path, entry)]);
      else {
        removeWorkFile(repository, path);
        if (entry) changes.set(path, []);
      }
    }
    return changes.size === 0 ? undefined : changeIndex(repository, tree, loaded, changes);
  });
  repository.release();
  return discarded;
}

function textOf(repository: Repository, id: ObjectId | undefined): string {
  return id === undefined ? "" : toByteString(repository.objects.readBlob(id));
}

/** Puts lines of the work tree into the index, or (`unstage`) takes lines of the index back to HEAD. */
export async function stageLines(
  repository: Repository,
  tree: WorkTree,
  { path, selection, oldId, newId }: LineChoice,
  direction: "stage" | "unstage",
): Promise<void> {
  ensureSafePath(path);
  tree.refresh();
  await repository.updateIndex((loaded) => {
    const staged = loaded.index.entries.find((entry) => entry.path === path && entry.stage === 0);
    const work = direction === "stage" ? tree.readForRepository(path) : undefined;
    const committed = direction === "unstage" ? inHead(repository, path) : undefined;
    if (staged?.mode === SUBMODULE_MODE || staged?.mode === SYMLINK_MODE || work?.mode === SYMLINK_MODE)
      throw notFound(path);
    const ends =
      direction === "stage"
        ? { old: staged?.intentToAdd ? undefined : staged?.id, next: work && hashObject("blob", work.bytes) }
        : { old: committed?.id, next: staged?.id };
    if (ends.old !== oldId || ends.next !== newId) throw changedMeanwhile(path);
    const newText = direction === "stage" ? (work ? toByteString(work.bytes) : "") : textOf(repository, staged?.id);
    const diff = diffTexts(textOf(repository, oldId), newText);
    const text = applySelection(diff, selection, direction === "stage" ? "selected" : "unselected");
    const isGone = text === "" && (direction === "stage" ? newId === undefined : oldId === undefined);
    const id = repository.objects.write("blob", fromByteString(text));
    const mode = staged?.mode ?? work?.mode ?? committed?.mode ?? FILE_MODE;
    return changeIndex(repository, tree, loaded, new Map([[path, isGone ? [] : [createEntry(path, { id, mode })]]]));
  });
  repository.release();
}

/** Takes lines of the work tree back to the index; the text before is kept. */
export async function discardLines(
  repository: Repository,
  tree: WorkTree,
  { path, selection, oldId, newId }: LineChoice,
  keepCopy: KeepCopy,
): Promise<DiscardedFile[]> {
  ensureSafePath(path);
  tree.refresh();
  const staged = repository.readIndex().index.entries.find((entry) => entry.path === path && entry.stage === 0);
  const current = tree.readForRepository(path);
  const raw = repository.work.read(path);
  const isSame = staged?.id === oldId && (current && hashObject("blob", current.bytes)) === newId;
  if (!isSame || !current || !raw || current.mode === SYMLINK_MODE) throw changedMeanwhile(path);
  const diff = diffTexts(textOf(repository, oldId), toByteString(current.bytes));
  const text = applySelection(diff, selection, "unselected");
  keepCopy(path, raw);
  const discarded = keepForUndo(repository, path);
  repository.work.replace(path, tree.toWorkTree(path, fromByteString(text)), { executable: current.mode === 0o100755 });
  repository.release();
  return [discarded];
}
