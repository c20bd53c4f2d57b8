/** The stash, in git's own form: a commit of the work tree with HEAD, index and untracked files as its parents. */
import { WebrunnerError } from "@/lib/base/errors";
import { subjectOf } from "@/lib/git/commit-object";
import type { IndexEntry } from "@/lib/git/git-index";
import { type ObjectId, SUBMODULE_MODE } from "@/lib/git/object-id";
import { checkoutTree, type KeepCopy, removeWorkFile, writeWorkFile } from "./checkout";
import { getIdentity, logIdentity, signNow, writeCommitObject } from "./commit";
import { changeIndex, createEntry, type TreeFile, writeTrees } from "./index-change";
import { changeTree, mergeTrees } from "./merge-trees";
import { clearOngoing, ensureIdle, readStashApply, saveStashApply } from "./ongoing";
import type { Repository } from "./repository";
import type { Outcome } from "./sequencer";
import { readStatus } from "./status";
import { listTree } from "./tree-files";
import type { WorkTree } from "./work-tree";

export interface StashInfo {
  readonly position: number;
  readonly id: ObjectId;
  readonly message: string;
  readonly at: string;
}

const STASH = "refs/stash";

export function listStashes(repository: Repository): StashInfo[] {
  return repository.refs
    .readLog(STASH)
    .reverse()
    .map((entry, position) => ({
      position,
      id: entry.after,
      message: entry.message,
      at: new Date(entry.who.seconds * 1000).toISOString(),
    }));
}

export async function saveStash(
  repository: Repository,
  tree: WorkTree,
  { message, includeUntracked = false }: { message?: string; includeUntracked?: boolean } = {},
): Promise<StashInfo> {
  const { objects, refs } = repository;
  const head = refs.resolve("HEAD");
  if (!head)
    throw new WebrunnerError("git/nothing-to-do", { message: "There is no commit yet that a stash could build on." });
  const status = readStatus(repository, tree, { renames: false });
  const tracked = status.filter((entry) => entry.unstaged !== "?");
  const untracked = includeUntracked
    ? status.filter((entry) => entry.unstaged === "?").flatMap((entry) => listFiles(repository, entry.path))
    : [];
  if (tracked.length === 0 && untracked.length === 0)
    throw new WebrunnerError("git/nothing-to-do", { message: "There is no change to stash." });
  const { index } = repository.readIndex();
  if (index.entries.some((entry) => entry.stage > 0)) {
    throw new WebrunnerError("git/conflicts", {
      message: "There are unresolved conflicts.",
      hint: "Resolve them first.",
    });
  }
  const now = signNow(getIdentity(repository));
  const indexTree = writeTrees(objects, index).id;
  const changes = new Map<string, TreeFile | undefined>();
  for (const { path, unstaged } of tracked) {
    if (unstaged === " ") continue;
    const entry = index.entries.find((each) => each.path === path);
    if (entry?.mode === SUBMODULE_MODE) continue;
    const file = tree.readForRepository(path);
    changes.set(path, file && { id: objects.write("blob", file.bytes), mode: file.mode });
  }
  const workTree = changeTree(objects, indexTree, changes);
  const branch = refs.headBranch()?.replace("refs/heads/", "") ?? "(no branch)";
  const where = `${branch}: ${head.slice(0, 7)} ${subjectOf(objects.readCommit(head).message)}`;
  const person = { author: now, committer: now };
  const indexCommit = await writeCommitObject(repository, {
    ...person,
    tree: indexTree,
    parents: [head],
    message: `index on ${where}\n`,
  });
  const parents = [head, indexCommit];
  if (untracked.length > 0) {
    const files = new Map(
      untracked.flatMap((path) => {
        const file = tree.readForRepository(path);
        return file ? [[path, { id: objects.write("blob", file.bytes), mode: file.mode }] as const] : [];
      }),
    );
    const untrackedTree = changeTree(objects, undefined, files);
    parents.push(
      await writeCommitObject(repository, {
        ...person,
        tree: untrackedTree,
        parents: [],
        message: `untracked files on ${where}\n`,
      }),
    );
  }
  const title = message?.trim() ? `On ${branch}: ${message.trim()}` : `WIP on ${where}`;
  const id = await writeCommitObject(repository, { ...person, tree: workTree, parents, message: `${title}\n` });
  // The log has to be there before the reference moves: git keeps the stack in it.
  if (!repository.git.stat(`logs/${STASH}`)) repository.git.append(`logs/${STASH}`, new Uint8Array(0));
  await refs.change({ name: STASH, id, log: { who: now, message: title } });
  // The commit is safe; only then does the work tree go back.
  await checkoutTree(repository, tree, indexTree, objects.readCommit(head).tree, { force: true });
  for (const path of untracked) removeWorkFile(repository, path);
  repository.release();
  return { position: 0, id, message: title, at: new Date(now.seconds * 1000).toISOString() };
}

function listFiles(repository: Repository, path: string): string[] {
  if (!path.endsWith("/")) return [path];
  const entries = repository.work.list(path.slice(0, -1)) ?? [];
  if (entries.some((entry) => entry.name === ".git")) return [];
  return entries.flatMap((entry) =>
    entry.kind === "other"
      ? []
      : listFiles(repository, entry.kind === "folder" ? `${path}${entry.name}/` : path + entry.name),
  );
}

/** `expected`: the stash that the person saw at this position; another one may have come on top of it since. */
function getStash(repository: Repository, position: number, expected?: string): StashInfo {
  const stash = listStashes(repository)[position];
  if (stash && expected !== undefined && stash.id !== expected) {
    throw new WebrunnerError("git/changed", {
      message: `Stash ${position} is another one by now.`,
      hint: "Look at the list and choose again.",
    });
  }
  if (!stash) throw new WebrunnerError("git/not-found", { message: `There is no stash ${position}.` });
  return stash;
}

export async function applyStash(
  repository: Repository,
  tree: WorkTree,
  position: number,
  drop: boolean,
  expected?: string,
): Promise<Outcome> {
  const { objects, refs } = repository;
  ensureIdle(repository);
  const stash = getStash(repository, position, expected);
  const commit = objects.readCommit(stash.id);
  const base = objects.readCommit(commit.parents[0]!).tree;
  const { index } = repository.readIndex();
  if (index.entries.some((entry) => entry.stage > 0))
    throw new WebrunnerError("git/conflicts", { message: "There are unresolved conflicts." });
  const current = writeTrees(objects, index).id;
  const merge = mergeTrees(objects, base, current, commit.tree, {
    ours: "Updated upstream",
    theirs: "Stashed changes",
  });
  const untracked = commit.parents[2]
    ? listTree(objects, objects.readCommit(commit.parents[2]).tree)
    : new Map<string, TreeFile>();
  const touched = new Set([...merge.changes.keys(), ...merge.conflicts.map((each) => each.path)]);
  const dirty = readStatus(repository, tree, { renames: false })
    .filter((entry) => touched.has(entry.path) && entry.unstaged !== " ")
    .map((entry) => entry.path);
  dirty.push(...[...untracked.keys()].filter((path) => repository.work.stat(path)));
  if (dirty.length > 0) {
    throw new WebrunnerError("git/would-overwrite", {
      message: `Changes in ${dirty[0]} are in the way.`,
      hint: "Commit or stash them first.",
      paths: dirty.slice(0, 100),
    });
  }
  const head = refs.resolve("HEAD");
  if (merge.conflicts.length > 0 && head) {
    saveStashApply(repository, { head, stash: stash.id, before: current, drop });
  }
  await repository.updateIndex((loaded) => {
    const changes = new Map<string, readonly IndexEntry[]>();
    const known = new Map(loaded.index.entries.map((entry) => [entry.path, entry]));
    for (const [path, file] of merge.changes) {
      if (file) {
        const written = writeWorkFile(repository, tree, path, file);
        // New files stay staged, or they would look untracked; changes come back unstaged.
        if (!known.has(path)) changes.set(path, [written]);
        else changes.set(path, [{ ...known.get(path)!, size: 0 }]);
      } else removeWorkFile(repository, path);
    }
    for (const { path, base: baseFile, ours, theirs, shown } of merge.conflicts) {
      if (shown) writeWorkFile(repository, tree, path, shown);
      changes.set(
        path,
        [baseFile, ours, theirs].flatMap((file, at) => (file ? [createEntry(path, file, { stage: at + 1 })] : [])),
      );
    }
    for (const [path, file] of untracked) writeWorkFile(repository, tree, path, file);
    return changes.size === 0 ? undefined : changeIndex(repository, tree, loaded, changes);
  });
  repository.release();
  const conflicts = merge.conflicts.map((each) => each.path);
  if (conflicts.length === 0 && drop) await dropStash(repository, position);
  return { result: conflicts.length > 0 ? "conflicts" : "done", head, conflicts };
}

/**
 * Gives up a stash that came back with conflicts: what it touched is as it was before, which is what the index had, as
 * a stash is not applied over other changes. The stash itself stays.
 */
export async function takeStashBack(repository: Repository, tree: WorkTree, keepCopy?: KeepCopy): Promise<void> {
  const { objects } = repository;
  const apply = readStashApply(repository);
  if (!apply) return;
  const commit = objects.readCommit(apply.stash);
  const base = objects.readCommit(commit.parents[0]!).tree;
  const labels = { ours: "Updated upstream", theirs: "Stashed changes" };
  const merge = mergeTrees(objects, base, apply.before, commit.tree, labels);
  const untracked = commit.parents[2] ? [...listTree(objects, objects.readCommit(commit.parents[2]).tree).keys()] : [];
  const before = listTree(objects, apply.before);
  await repository.updateIndex((loaded) => {
    const changes = new Map<string, readonly IndexEntry[]>();
    for (const path of [...merge.changes.keys(), ...merge.conflicts.map((each) => each.path), ...untracked]) {
      const bytes = repository.work.read(path);
      if (bytes) keepCopy?.(path, bytes);
      const file = before.get(path);
      if (file) changes.set(path, [writeWorkFile(repository, tree, path, file)]);
      else {
        removeWorkFile(repository, path);
        changes.set(path, []);
      }
    }
    return changeIndex(repository, tree, loaded, changes);
  });
  clearOngoing(repository);
  repository.release();
}

export async function dropStash(repository: Repository, position: number, expected?: string): Promise<void> {
  const { refs } = repository;
  getStash(repository, position, expected);
  const log = refs.readLog(STASH);
  const kept = log.filter((_, at) => log.length - 1 - at !== position);
  const top = kept.at(-1);
  await refs.change({ name: STASH, id: top?.after, log: { who: logIdentity(repository), message: "drop" } });
  if (top) await refs.replaceLog(STASH, kept);
}
