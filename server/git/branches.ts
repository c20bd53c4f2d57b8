/** Branches, tags, and moving HEAD: switch, detach, reset. Every move leaves a way back in the reflog. */
import git from "isomorphic-git";
import { WebrunnerError } from "@/lib/base/errors";
import { cleanMessage, type Signature, subjectOf } from "@/lib/git/commit-object";
import { type ObjectId, ZERO_ID } from "@/lib/git/object-id";
import { isBranchName, isRefName } from "@/lib/git/ref-name";
import { type CheckoutOptions, checkoutTree } from "./checkout";
import { getIdentity, logIdentity, signNow } from "./commit";
import { createEntry } from "./index-change";
import { createIsomorphicFs } from "./isomorphic-fs";
import { clearOngoing, ensureIdle, findOngoing } from "./ongoing";
import type { Repository } from "./repository";
import { countAheadBehind, getCommit, isAncestor, peelToCommit } from "./revisions";
import { listTree } from "./tree-files";
import type { WorkTree } from "./work-tree";

export interface BranchInfo {
  readonly name: string;
  readonly id: ObjectId;
  readonly current: boolean;
  readonly remote: boolean;
  readonly subject: string;
  readonly committedAt: string;
  readonly upstream?: string;
  readonly ahead?: number;
  readonly behind?: number;
  /** The upstream was deleted. */
  readonly upstreamGone?: boolean;
}

export interface HeadInfo {
  /** Short name, or undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** Undefined before the first commit. */
  readonly id: ObjectId | undefined;
  readonly upstream?: string;
  readonly ahead?: number;
  readonly behind?: number;
}

const short = (name: string): string => name.replace(/^refs\/(heads|remotes|tags)\//, "");

/** `refs/remotes/origin/main` that a branch follows, from the configuration. */
export function findUpstream(
  repository: Repository,
  branch: string,
): { remote: string; ref: string; tracking: string } | undefined {
  const config = repository.config();
  const remote = config.get("branch", branch, "remote");
  const ref = config.get("branch", branch, "merge");
  if (remote === undefined || ref === undefined || !ref.startsWith("refs/heads/")) return undefined;
  const name = ref.slice("refs/heads/".length);
  const tracking = remote === "." ? ref : `refs/remotes/${remote}/${name}`;
  return isRefName(tracking) ? { remote, ref, tracking } : undefined;
}

function trackingFacts(repository: Repository, branch: string, id: ObjectId | undefined): Partial<BranchInfo> {
  const upstream = findUpstream(repository, branch);
  if (!upstream) return {};
  const other = repository.refs.resolve(upstream.tracking);
  if (!other || !id) return { upstream: short(upstream.tracking), upstreamGone: !other };
  return { upstream: short(upstream.tracking), ...countAheadBehind(repository, id, other) };
}

export function readHead(repository: Repository): HeadInfo {
  const ref = repository.refs.headBranch();
  const id = repository.refs.resolve("HEAD");
  if (ref === undefined) return { branch: undefined, id };
  const { upstream, ahead, behind } = trackingFacts(repository, short(ref), id);
  return { branch: short(ref), id, ...(upstream !== undefined && { upstream, ahead, behind }) };
}

export function listBranches(repository: Repository): BranchInfo[] {
  const head = repository.refs.headBranch();
  const branches = ["refs/heads/", "refs/remotes/"].flatMap((prefix) => repository.refs.list(prefix));
  return branches.flatMap(({ name, id }): BranchInfo[] => {
    const remote = name.startsWith("refs/remotes/");
    if ((remote && name.endsWith("/HEAD")) || !peelToCommit(repository, id)) return [];
    const commit = repository.objects.readCommit(id);
    return [
      {
        name: short(name),
        id,
        current: name === head,
        remote,
        subject: subjectOf(commit.message),
        committedAt: new Date(commit.committer.seconds * 1000).toISOString(),
        ...(!remote && trackingFacts(repository, short(name), id)),
      },
    ];
  });
}

function ensureBranchName(name: string): void {
  if (isBranchName(name)) return;
  throw new WebrunnerError("git/invalid", { message: `${JSON.stringify(name)} cannot be the name of a branch.` });
}

export async function createBranch(repository: Repository, name: string, from = "HEAD"): Promise<void> {
  ensureBranchName(name);
  if (repository.refs.resolve(`refs/heads/${name}`)) {
    throw new WebrunnerError("git/name-taken", { message: `There is a branch ${name} already.` });
  }
  const id = getCommit(repository, from);
  const log = { who: logIdentity(repository), message: `branch: Created from ${from}` };
  await repository.refs.change({ name: `refs/heads/${name}`, id, expected: { id: undefined }, log });
  const remote =
    from.includes("/") && repository.refs.resolve(`refs/remotes/${from}`) ? from.split("/")[0]! : undefined;
  if (remote !== undefined) await setUpstream(repository, name, remote, from.slice(remote.length + 1));
}

export async function setUpstream(
  repository: Repository,
  branch: string,
  remote: string,
  remoteBranch: string,
): Promise<void> {
  await repository.changeConfig([
    { section: "branch", subsection: branch, key: "remote", value: remote },
    { section: "branch", subsection: branch, key: "merge", value: `refs/heads/${remoteBranch}` },
  ]);
}

/** The branch follows no remote branch any more. */
export async function clearUpstream(repository: Repository, branch: string): Promise<void> {
  await repository.changeConfig([
    { section: "branch", subsection: branch, key: "remote", value: undefined },
    { section: "branch", subsection: branch, key: "merge", value: undefined },
  ]);
}

export async function renameBranch(repository: Repository, from: string, to: string): Promise<void> {
  ensureBranchName(to);
  const { refs } = repository;
  const id = refs.resolve(`refs/heads/${from}`);
  if (!id) throw new WebrunnerError("git/not-found", { message: `There is no branch ${from}.` });
  const log = { who: logIdentity(repository), message: `Branch: renamed refs/heads/${from} to refs/heads/${to}` };
  if (refs.resolve(`refs/heads/${to}`))
    throw new WebrunnerError("git/name-taken", { message: `There is a branch ${to} already.` });
  const history = refs.readLog(`refs/heads/${from}`);
  const isCurrent = refs.headBranch() === `refs/heads/${from}`;
  const isNested = to.startsWith(`${from}/`) || from.startsWith(`${to}/`);
  if (isNested) await refs.change({ name: `refs/heads/${from}`, id: undefined, expected: { id }, log });
  await refs.change({ name: `refs/heads/${to}`, id, expected: { id: undefined }, log });
  await refs.replaceLog(`refs/heads/${to}`, [...history, ...refs.readLog(`refs/heads/${to}`)]);
  if (isCurrent) await refs.setHead({ branch: `refs/heads/${to}` }, log);
  if (!isNested) await refs.change({ name: `refs/heads/${from}`, id: undefined, expected: { id }, log });
  await repository.changeSection("branch", from, to);
}

/** A branch with commits that are nowhere else is kept unless `force`. */
export async function removeBranch(repository: Repository, name: string, force = false): Promise<{ id: ObjectId }> {
  const ref = `refs/heads/${name}`;
  const id = repository.refs.resolve(ref);
  if (!id) throw new WebrunnerError("git/not-found", { message: `There is no branch ${name}.` });
  if (repository.refs.headBranch() === ref) {
    throw new WebrunnerError("git/invalid", {
      message: `${name} is checked out.`,
      hint: "Switch to another branch first.",
    });
  }
  if (!force) {
    const others = [
      repository.refs.resolve("HEAD"),
      repository.refs.resolve(findUpstream(repository, name)?.tracking ?? ""),
    ];
    if (!others.some((other) => other && isAncestor(repository, id, other))) {
      throw new WebrunnerError("git/would-overwrite", {
        message: `${name} has commits that are in no other place.`,
        hint: "Delete it all the same to give them up; its last commit stays in the log of this message.",
        id,
      });
    }
  }
  const log = { who: logIdentity(repository), message: "branch: deleted" };
  await repository.refs.change({ name: ref, id: undefined, expected: { id }, log });
  await repository.changeSection("branch", name, undefined);
  return { id };
}

/** To a branch (made from a remote one of that name when there is no local one), or detached to any commit. */
export async function switchTo(
  repository: Repository,
  tree: WorkTree,
  target: string,
  options: CheckoutOptions = {},
): Promise<HeadInfo> {
  const { refs, objects } = repository;
  // Half of a merge must not end up as part of another branch.
  if (!options.force || findOngoing(repository)?.kind === "rebase") ensureIdle(repository);
  const head = refs.resolve("HEAD");
  if (!refs.resolve(`refs/heads/${target}`) && isBranchName(target)) {
    const remotes = refs
      .list("refs/remotes/")
      .filter(({ name }) => name.replace(/^refs\/remotes\/[^/]+\//, "") === target);
    if (remotes.length === 1) await createBranch(repository, target, short(remotes[0]!.name));
  }
  const branch = refs.resolve(`refs/heads/${target}`) ? `refs/heads/${target}` : undefined;
  const id = branch ? refs.resolve(branch)! : getCommit(repository, target);
  await checkoutTree(repository, tree, head && objects.readCommit(head).tree, objects.readCommit(id).tree, options);
  const before = readHead(repository);
  const log = {
    who: logIdentity(repository),
    message: `checkout: moving from ${before.branch ?? before.id ?? ZERO_ID} to ${target}`,
  };
  await refs.setHead(branch ? { branch } : { id }, log);
  clearOngoing(repository);
  repository.release();
  return readHead(repository);
}

export type ResetMode = "soft" | "mixed" | "hard";

/** Gives back where HEAD was: resetting to that undoes it. */
export async function resetTo(
  repository: Repository,
  tree: WorkTree,
  target: string,
  mode: ResetMode,
  options: CheckoutOptions = {},
): Promise<{ before: ObjectId | undefined; after: ObjectId }> {
  const { refs, objects, git: disk } = repository;
  const before = refs.resolve("HEAD");
  const after = getCommit(repository, target);
  const commit = objects.readCommit(after);
  if (mode === "hard") {
    await checkoutTree(repository, tree, before && objects.readCommit(before).tree, commit.tree, {
      ...options,
      force: true,
    });
  } else if (mode === "mixed") {
    const files = listTree(objects, commit.tree);
    await repository.updateIndex(({ index }) => {
      const known = new Map(index.entries.filter((entry) => entry.stage === 0).map((entry) => [entry.path, entry]));
      const entries = [...files].map(([path, file]) => {
        const entry = known.get(path);
        return entry && entry.id === file.id && entry.mode === file.mode ? entry : createEntry(path, file);
      });
      return { version: index.version, entries, cacheTree: undefined };
    });
  }
  if (before) disk.replace("ORIG_HEAD", Buffer.from(`${before}\n`));
  await refs.change({
    name: refs.headBranch() ?? "HEAD",
    id: after,
    expected: { id: before },
    log: { who: logIdentity(repository), message: `reset: moving to ${target}` },
  });
  if (mode !== "soft") clearOngoing(repository);
  repository.release();
  return { before, after };
}

export interface TagInfo {
  readonly name: string;
  readonly id: ObjectId;
  readonly commit: ObjectId | undefined;
  readonly annotated: boolean;
}

export function listTags(repository: Repository): TagInfo[] {
  return repository.refs.list("refs/tags/").map(({ name, id }) => {
    const commit = peelToCommit(repository, id);
    return { name: short(name), id, commit, annotated: commit !== id };
  });
}

/** With a message an annotated tag, without one a light tag. */
export async function createTag(
  repository: Repository,
  name: string,
  target: string,
  message?: string,
): Promise<TagInfo> {
  if (!isRefName(name))
    throw new WebrunnerError("git/invalid", { message: `${JSON.stringify(name)} cannot be the name of a tag.` });
  const commit = getCommit(repository, target);
  let id = commit;
  if (message !== undefined && message.trim() !== "") {
    const who: Signature = signNow(getIdentity(repository));
    id = (await git.writeTag({
      fs: createIsomorphicFs(repository.git, repository.work) as never,
      gitdir: "/git",
      tag: {
        object: commit,
        type: "commit",
        tag: name,
        tagger: { name: who.name, email: who.email, timestamp: who.seconds, timezoneOffset: -who.offsetMinutes },
        message: cleanMessage(message),
      },
    })) as ObjectId;
  }
  if (repository.refs.resolve(`refs/tags/${name}`))
    throw new WebrunnerError("git/name-taken", { message: `There is a tag ${name} already.` });
  const log = { who: logIdentity(repository), message: "tag: created" };
  await repository.refs.change({ name: `refs/tags/${name}`, id, expected: { id: undefined }, log });
  return { name, id, commit, annotated: id !== commit };
}

export async function removeTag(repository: Repository, name: string): Promise<void> {
  const id = repository.refs.resolve(`refs/tags/${name}`);
  if (!id || !isRefName(name)) throw new WebrunnerError("git/not-found", { message: `There is no tag ${name}.` });
  const log = { who: logIdentity(repository), message: "tag: deleted" };
  await repository.refs.change({ name: `refs/tags/${name}`, id: undefined, expected: { id }, log });
}
