/**
 * Merge, cherry-pick, revert and rebase, with their conflicts, continuing and aborting.
 *
 * What is going on is kept in the files that git itself uses (`MERGE_HEAD`, `CHERRY_PICK_HEAD`, `REVERT_HEAD`,
 * `rebase-merge/`), so that either of us may take over from the other. Without a conflict everything is computed on
 * objects first and lands in one checkout and one move of the branch: there is no state in between to crash in.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { type CommitObject, subjectOf } from "@/lib/git/commit-object";
import type { IndexEntry } from "@/lib/git/git-index";
import type { ObjectId } from "@/lib/git/object-id";
import { checkoutTree, type KeepCopy, removeWorkFile, writeWorkFile } from "./checkout";
import { createCommit, getIdentity, logIdentity, signNow, writeCommitObject } from "./commit";
import { changeIndex, createEntry } from "./index-change";
import { changeTree, mergeFiles, mergeTrees, type TreeMerge } from "./merge-trees";
import { clearOngoing, ensureIdle, findOngoing, REBASE, readStashApply } from "./ongoing";
import type { Repository } from "./repository";
import { findMergeBases, getCommit, isAncestor, listCommitsBetween } from "./revisions";
import { dropStash, listStashes, takeStashBack } from "./stash";
import { readStatus } from "./status";
import { listTree } from "./tree-files";
import type { WorkTree } from "./work-tree";

export interface Outcome {
  readonly result: "up-to-date" | "fast-forward" | "done" | "conflicts";
  readonly head: ObjectId | undefined;
  readonly conflicts: readonly string[];
}

function getHead(repository: Repository): ObjectId {
  const head = repository.refs.resolve("HEAD");
  if (!head) throw new WebrunnerError("git/nothing-to-do", { message: "There is no commit here yet." });
  return head;
}

/** Nothing staged; `paths` without changes of their own. */
function ensureClean(repository: Repository, tree: WorkTree, paths: ReadonlySet<string>): void {
  const dirty = readStatus(repository, tree, { renames: false }).filter(
    (entry) => (entry.staged !== " " && entry.unstaged !== "?") || paths.has(entry.path),
  );
  if (dirty.length === 0) return;
  throw new WebrunnerError("git/would-overwrite", {
    message: `Uncommitted changes in ${dirty.length === 1 ? dirty[0]!.path : `${dirty.length} files`} are in the way.`,
    hint: "Commit, stash or discard them first.",
    paths: dirty.slice(0, 100).map((entry) => entry.path),
  });
}

/** Brings a merge with conflicts into index and work tree: clean parts as results, the rest as stages and markers. */
async function showConflicts(repository: Repository, tree: WorkTree, from: ObjectId, merge: TreeMerge): Promise<void> {
  const { objects } = repository;
  const clean = changeTree(objects, from, merge.changes);
  ensureClean(repository, tree, new Set(merge.conflicts.map((each) => each.path)));
  await checkoutTree(repository, tree, from, clean);
  await repository.updateIndex((loaded) => {
    const changes = new Map<string, readonly IndexEntry[]>();
    for (const { path, base, ours, theirs, shown } of merge.conflicts) {
      if (shown) writeWorkFile(repository, tree, path, shown);
      else removeWorkFile(repository, path);
      changes.set(
        path,
        [base, ours, theirs].flatMap((file, at) => (file ? [createEntry(path, file, { stage: at + 1 })] : [])),
      );
    }
    return changeIndex(repository, tree, loaded, changes);
  });
}

const conflictsOf = (merge: TreeMerge): string[] => merge.conflicts.map((each) => each.path);

function writeText(repository: Repository, name: string, text: string): void {
  repository.git.replace(name, Buffer.from(text.endsWith("\n") ? text : `${text}\n`), { durable: true });
}

/** `fastForward: "only"` refuses anything else. */
export async function mergeInto(
  repository: Repository,
  tree: WorkTree,
  target: string,
  fastForward: "allowed" | "only" | "never" = "allowed",
): Promise<Outcome> {
  ensureIdle(repository);
  const { refs, objects } = repository;
  const theirs = getCommit(repository, target);
  const ours = refs.resolve("HEAD");
  const who = logIdentity(repository);
  const name = refs.headBranch() ?? "HEAD";
  if (ours && isAncestor(repository, theirs, ours)) return { result: "up-to-date", head: ours, conflicts: [] };
  if (!ours || (isAncestor(repository, ours, theirs) && fastForward !== "never")) {
    await checkoutTree(repository, tree, ours && objects.readCommit(ours).tree, objects.readCommit(theirs).tree);
    await refs.change({
      name,
      id: theirs,
      expected: { id: ours },
      log: { who, message: `merge ${target}: Fast-forward` },
    });
    return { result: "fast-forward", head: theirs, conflicts: [] };
  }
  if (fastForward === "only") {
    throw new WebrunnerError("git/would-overwrite", {
      message: `The branch and ${target} have both gone on: this is no fast-forward.`,
      hint: "Merge, or rebase your commits.",
    });
  }
  const identity = getIdentity(repository);
  const base = findMergeBases(repository, ours, theirs)[0];
  const ourTree = objects.readCommit(ours).tree;
  const merge = mergeTrees(objects, base && objects.readCommit(base).tree, ourTree, objects.readCommit(theirs).tree, {
    ours: "HEAD",
    theirs: target,
  });
  const into = refs.headBranch()?.replace("refs/heads/", "");
  const message = `Merge ${target.includes("/") ? "remote-tracking branch" : "branch"} '${target}'${into === undefined || into === "main" || into === "master" ? "" : ` into ${into}`}\n`;
  if (merge.conflicts.length > 0) {
    await showConflicts(repository, tree, ourTree, merge);
    writeText(repository, "ORIG_HEAD", ours);
    writeText(repository, "MERGE_MSG", message);
    writeText(repository, "MERGE_MODE", "");
    writeText(repository, "MERGE_HEAD", theirs);
    repository.release();
    return { result: "conflicts", head: ours, conflicts: conflictsOf(merge) };
  }
  const result = changeTree(objects, ourTree, merge.changes);
  ensureClean(repository, tree, new Set());
  const now = signNow(identity);
  const id = await writeCommitObject(repository, {
    tree: result,
    parents: [ours, theirs],
    author: now,
    committer: now,
    message,
  });
  await checkoutTree(repository, tree, ourTree, result);
  writeText(repository, "ORIG_HEAD", ours);
  await refs.change({
    name,
    id,
    expected: { id: ours },
    log: { who, message: `merge ${target}: Merge made by the 'ort' strategy.` },
  });
  repository.release();
  return { result: "done", head: id, conflicts: [] };
}

function pickMerge(
  repository: Repository,
  onto: ObjectId,
  commit: CommitObject,
  id: ObjectId,
  reverse: boolean,
): TreeMerge {
  const { objects } = repository;
  const parent = commit.parents[0];
  const parentTree = parent && objects.readCommit(parent).tree;
  const label = `${id.slice(0, 7)} (${subjectOf(commit.message)})`;
  return reverse
    ? mergeTrees(objects, commit.tree, onto, parentTree ?? objects.write("tree", new Uint8Array(0)), {
        ours: "HEAD",
        theirs: `parent of ${label}`,
      })
    : mergeTrees(objects, parentTree, onto, commit.tree, { ours: "HEAD", theirs: label });
}

/** Takes one commit over, or (`revert`) takes it back. */
export async function pickCommit(
  repository: Repository,
  tree: WorkTree,
  target: string,
  kind: "cherry-pick" | "revert",
): Promise<Outcome> {
  ensureIdle(repository);
  const { objects, refs } = repository;
  const id = getCommit(repository, target);
  const commit = objects.readCommit(id);
  if (commit.parents.length > 1) {
    throw new WebrunnerError("git/invalid", {
      message: `${id.slice(0, 7)} is a merge; which side of it is meant cannot be told.`,
    });
  }
  const identity = getIdentity(repository);
  const head = getHead(repository);
  const headTree = objects.readCommit(head).tree;
  const merge = pickMerge(repository, headTree, commit, id, kind === "revert");
  const message =
    kind === "revert" ? `Revert "${subjectOf(commit.message)}"\n\nThis reverts commit ${id}.\n` : commit.message;
  if (merge.conflicts.length > 0) {
    await showConflicts(repository, tree, headTree, merge);
    writeText(repository, "MERGE_MSG", message);
    writeText(repository, kind === "revert" ? "REVERT_HEAD" : "CHERRY_PICK_HEAD", id);
    repository.release();
    return { result: "conflicts", head, conflicts: conflictsOf(merge) };
  }
  const result = changeTree(objects, headTree, merge.changes);
  if (result === headTree) return { result: "up-to-date", head, conflicts: [] };
  ensureClean(repository, tree, new Set());
  const now = signNow(identity);
  const next = await writeCommitObject(repository, {
    tree: result,
    parents: [head],
    author: kind === "revert" ? now : commit.author,
    committer: now,
    message,
  });
  await checkoutTree(repository, tree, headTree, result);
  const log = { who: now, message: `${kind}: ${subjectOf(message)}` };
  await refs.change({ name: refs.headBranch() ?? "HEAD", id: next, expected: { id: head }, log });
  repository.release();
  return { result: "done", head: next, conflicts: [] };
}

/** Moves the commits that HEAD has beyond `upstream` on top of `onto` (default: `upstream`). */
export async function rebaseOnto(repository: Repository, tree: WorkTree, upstream: string): Promise<Outcome> {
  ensureIdle(repository);
  const { refs } = repository;
  const onto = getCommit(repository, upstream);
  const head = getHead(repository);
  if (isAncestor(repository, onto, head)) return { result: "up-to-date", head, conflicts: [] };
  if (isAncestor(repository, head, onto)) return mergeInto(repository, tree, upstream, "only");
  getIdentity(repository);
  const branch = refs.headBranch();
  ensureClean(repository, tree, new Set());
  return replay(repository, tree, {
    onto,
    tip: onto,
    head,
    branch,
    done: [],
    rest: listCommitsBetween(repository, onto, head),
  });
}

interface Replay {
  readonly onto: ObjectId;
  /** The new line so far. */
  readonly tip: ObjectId;
  /** Where the branch was before the rebase. */
  readonly head: ObjectId;
  readonly branch: string | undefined;
  readonly done: readonly ObjectId[];
  readonly rest: readonly ObjectId[];
}

async function replay(repository: Repository, tree: WorkTree, start: Replay): Promise<Outcome> {
  const { refs, objects } = repository;
  const who = logIdentity(repository);
  let tip = start.tip;
  for (const [at, id] of start.rest.entries()) {
    const commit = objects.readCommit(id);
    const tipTree = objects.readCommit(tip).tree;
    const merge = pickMerge(repository, tipTree, commit, id, false);
    if (merge.conflicts.length > 0) {
      const current = getHead(repository);
      await checkoutTree(repository, tree, objects.readCommit(current).tree, tipTree);
      await refs.setHead({ id: tip }, { who, message: `rebase (pick): ${subjectOf(commit.message)}` });
      await showConflicts(repository, tree, tipTree, merge);
      const todo = (ids: readonly ObjectId[]): string =>
        ids.map((each) => `pick ${each} ${subjectOf(objects.readCommit(each).message)}\n`).join("");
      const done = [...start.done, ...start.rest.slice(0, at + 1)];
      const rest = start.rest.slice(at + 1);
      for (const [name, text] of [
        ["onto", start.onto],
        ["orig-head", start.head],
        ["git-rebase-todo", todo(rest)],
        ["done", todo(done)],
        ["msgnum", String(done.length)],
        ["end", String(done.length + rest.length)],
        ["interactive", ""],
        ["stopped-sha", id],
        ["message", commit.message],
        ["author-script", authorScript(commit)],
        ["head-name", start.branch ?? "detached HEAD"],
      ] as const) {
        writeText(repository, `${REBASE}/${name}`, text);
      }
      writeText(repository, "MERGE_MSG", commit.message);
      writeText(repository, "CHERRY_PICK_HEAD", id);
      repository.release();
      return { result: "conflicts", head: tip, conflicts: conflictsOf(merge) };
    }
    const result = changeTree(objects, tipTree, merge.changes);
    // What upstream already has becomes empty and is left out, as git does.
    if (result === tipTree) continue;
    const committer = signNow(getIdentity(repository));
    tip = await writeCommitObject(repository, {
      tree: result,
      parents: [tip],
      author: commit.author,
      committer,
      message: commit.message,
    });
  }
  const current = getHead(repository);
  await checkoutTree(repository, tree, objects.readCommit(current).tree, objects.readCommit(tip).tree);
  writeText(repository, "ORIG_HEAD", start.head);
  const message = `rebase (finish): ${start.branch ?? "HEAD"} onto ${start.onto}`;
  if (start.branch === undefined) await refs.setHead({ id: tip }, { who, message });
  else {
    await refs.change({ name: start.branch, id: tip, expected: { id: start.head }, log: { who, message } });
    if (refs.headBranch() !== start.branch)
      await refs.setHead({ branch: start.branch }, { who, message: `rebase (finish): returning to ${start.branch}` });
  }
  clearRebase(repository);
  repository.release();
  return { result: "done", head: tip, conflicts: [] };
}

/** As git writes it: shell words, quoted, of which only git reads the three values. */
function authorScript({ author }: CommitObject): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const offset = Math.abs(author.offsetMinutes);
  const zone = `${author.offsetMinutes < 0 ? "-" : "+"}${String(Math.floor(offset / 60)).padStart(2, "0")}${String(offset % 60).padStart(2, "0")}`;
  return `GIT_AUTHOR_NAME=${quote(author.name)}\nGIT_AUTHOR_EMAIL=${quote(author.email)}\nGIT_AUTHOR_DATE=${quote(`@${author.seconds} ${zone}`)}\n`;
}

function clearRebase(repository: Repository): void {
  for (const { name } of repository.git.list(REBASE) ?? []) repository.git.remove(`${REBASE}/${name}`);
  repository.git.removeFolder(REBASE);
  for (const name of ["CHERRY_PICK_HEAD", "MERGE_MSG", "REBASE_HEAD"]) repository.git.remove(name);
}

export async function continueOngoing(repository: Repository, tree: WorkTree, message?: string): Promise<Outcome> {
  const ongoing = findOngoing(repository);
  if (!ongoing)
    throw new WebrunnerError("git/nothing-to-do", { message: "Nothing is going on that could be continued." });
  const { objects } = repository;
  const kept = repository.git
    .read("MERGE_MSG")
    ?.toString("utf8")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  const original = ongoing.commit && ongoing.kind !== "merge" ? objects.readCommit(ongoing.commit) : undefined;
  const text = message ?? kept ?? original?.message ?? "";
  if (ongoing.kind === "stash") return concludeStash(repository);
  if (ongoing.kind !== "rebase") {
    const head = getHead(repository);
    const { id } = await createCommit(repository, {
      message: text,
      allowEmpty: true,
      ...(ongoing.kind === "merge" && { parents: [head, ongoing.commit!] }),
      ...(ongoing.kind === "cherry-pick" && { author: original?.author }),
      ...(ongoing.kind !== "merge" && { logPrefix: ongoing.kind }),
    });
    return { result: "done", head: id, conflicts: [] };
  }
  const read = (name: string): string => repository.git.read(`${REBASE}/${name}`)?.toString("utf8").trim() ?? "";
  const idsOf = (todo: string): ObjectId[] =>
    [...todo.matchAll(/^pick ([0-9a-f]{7,40})/gm)].map(([, id]) => getCommit(repository, id!));
  const state = {
    onto: getCommit(repository, read("onto")),
    head: getCommit(repository, read("orig-head")),
    done: idsOf(read("done")),
    rest: idsOf(read("git-rebase-todo")),
  };
  const name = read("head-name");
  // Nothing left of the commit after resolving: it is passed over.
  const isEmpty = !readStatus(repository, tree, { renames: false }).some((entry) => entry.staged !== " ");
  if (!isEmpty)
    await createCommit(repository, { message: text, author: original?.author, logPrefix: "rebase (continue)" });
  return replay(repository, tree, {
    ...state,
    tip: getHead(repository),
    branch: name.startsWith("refs/heads/") ? name : undefined,
  });
}

/** Back to before; changes to files that had nothing to do with it stay. */
export async function abortOngoing(repository: Repository, tree: WorkTree, keepCopy?: KeepCopy): Promise<void> {
  const ongoing = findOngoing(repository);
  if (!ongoing)
    throw new WebrunnerError("git/nothing-to-do", { message: "Nothing is going on that could be aborted." });
  const { objects, refs } = repository;
  if (ongoing.kind === "stash") return takeStashBack(repository, tree, keepCopy);
  await restoreHead(repository, tree, keepCopy);
  if (ongoing.kind === "rebase") {
    const head = getCommit(repository, repository.git.read(`${REBASE}/orig-head`)?.toString("latin1").trim() ?? "");
    const name = repository.git.read(`${REBASE}/head-name`)?.toString("utf8").trim() ?? "";
    await checkoutTree(repository, tree, objects.readCommit(getHead(repository)).tree, objects.readCommit(head).tree);
    const log = { who: logIdentity(repository), message: `rebase (abort): returning to ${name}` };
    await refs.setHead(name.startsWith("refs/heads/") ? { branch: name } : { id: head }, log);
    clearRebase(repository);
  }
  clearOngoing(repository);
  repository.release();
}

/** Nothing is committed: a stash comes back as changes. */
async function concludeStash(repository: Repository): Promise<Outcome> {
  const { index } = repository.readIndex();
  if (index.entries.some((entry) => entry.stage > 0)) {
    throw new WebrunnerError("git/conflicts", {
      message: "There are unresolved conflicts.",
      hint: "Resolve them and mark the files as resolved, then continue.",
    });
  }
  const apply = readStashApply(repository);
  const position = apply?.drop ? listStashes(repository).find(({ id }) => id === apply.stash)?.position : undefined;
  if (position !== undefined) await dropStash(repository, position);
  clearOngoing(repository);
  repository.release();
  return { result: "done", head: repository.refs.resolve("HEAD"), conflicts: [] };
}

/** What the index has otherwise than HEAD goes back to HEAD, in index and work tree. */
async function restoreHead(repository: Repository, tree: WorkTree, keepCopy?: KeepCopy): Promise<void> {
  const files = listTree(repository.objects, repository.objects.readCommit(getHead(repository)).tree);
  await repository.updateIndex((loaded) => {
    const changes = new Map<string, readonly IndexEntry[]>();
    const staged = new Map<string, IndexEntry>();
    const unmerged = new Set<string>();
    for (const entry of loaded.index.entries) {
      if (entry.stage > 0) unmerged.add(entry.path);
      else staged.set(entry.path, entry);
    }
    for (const path of new Set([...files.keys(), ...staged.keys(), ...unmerged])) {
      const file = files.get(path);
      const entry = staged.get(path);
      if (!unmerged.has(path) && file && entry && file.id === entry.id && file.mode === entry.mode) continue;
      const bytes = repository.work.read(path);
      if (bytes && keepCopy) keepCopy(path, bytes);
      if (file) changes.set(path, [writeWorkFile(repository, tree, path, file)]);
      else {
        removeWorkFile(repository, path);
        changes.set(path, []);
      }
    }
    return changeIndex(repository, tree, loaded, changes);
  });
}

export interface ConflictSides {
  readonly base: Uint8Array | undefined;
  readonly ours: Uint8Array | undefined;
  readonly theirs: Uint8Array | undefined;
  readonly result: Uint8Array | undefined;
}

export function readConflict(repository: Repository, path: string): ConflictSides {
  const stages = repository.readIndex().index.entries.filter((entry) => entry.path === path && entry.stage > 0);
  if (stages.length === 0) throw new WebrunnerError("git/not-found", { message: `${path} has no conflict.` });
  const at = (stage: number): Uint8Array | undefined => {
    const entry = stages.find((each) => each.stage === stage);
    return entry && repository.objects.find(entry.id)?.bytes;
  };
  const sides = { base: at(1), ours: at(2), theirs: at(3), result: repository.work.read(path) };
  repository.release();
  return sides;
}

/** Takes one side whole, into work tree and index. */
export async function takeSide(
  repository: Repository,
  tree: WorkTree,
  path: string,
  side: "ours" | "theirs",
  keepCopy: KeepCopy,
): Promise<void> {
  await repository.updateIndex((loaded) => {
    const entry = loaded.index.entries.find((each) => each.path === path && each.stage === (side === "ours" ? 2 : 3));
    if (!loaded.index.entries.some((each) => each.path === path && each.stage > 0)) {
      throw new WebrunnerError("git/not-found", { message: `${path} has no conflict.` });
    }
    const bytes = repository.work.read(path);
    if (bytes) keepCopy(path, bytes);
    if (!entry) removeWorkFile(repository, path);
    return changeIndex(
      repository,
      tree,
      loaded,
      new Map([[path, entry ? [writeWorkFile(repository, tree, path, entry)] : []]]),
    );
  });
  repository.release();
}

/** Begins a conflict anew: the text with both sides between markers. */
export function restartConflict(repository: Repository, tree: WorkTree, path: string, keepCopy: KeepCopy): void {
  const stages = repository.readIndex().index.entries.filter((entry) => entry.path === path && entry.stage > 0);
  if (stages.length === 0) throw new WebrunnerError("git/not-found", { message: `${path} has no conflict.` });
  const [base, ours, theirs] = [1, 2, 3].map((stage) => stages.find((each) => each.stage === stage));
  if (!ours || !theirs) {
    throw new WebrunnerError("git/invalid", {
      message: `${path} was deleted by one side: there are no two texts to merge.`,
      hint: "Keep the file, or delete it.",
    });
  }
  const labels = { ours: "HEAD", theirs: findOngoing(repository)?.commit?.slice(0, 7) ?? "theirs" };
  const { file } = mergeFiles(repository.objects, base, ours, theirs, labels);
  const bytes = repository.work.read(path);
  if (bytes) keepCopy(path, bytes);
  tree.refresh();
  writeWorkFile(repository, tree, path, file);
  repository.release();
}
