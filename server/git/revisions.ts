/** Revisions as a person writes them, made into commits; and how two lines of history lie to each other. */
import { WebrunnerError } from "@/lib/base/errors";
import { parseTag } from "@/lib/git/commit-object";
import { isObjectId, type ObjectId } from "@/lib/git/object-id";
import { parseRevision } from "@/lib/git/ref-name";
import type { Repository } from "./repository";

function unknown(text: string): WebrunnerError {
  return new WebrunnerError("git/not-found", { message: `There is no revision ${JSON.stringify(text)} here.` });
}

/** The commit that an id stands for, through annotated tags; undefined for a tree, a blob or an absent object. */
export function peelToCommit({ objects }: Repository, id: ObjectId): ObjectId | undefined {
  let current = id;
  for (let depth = 0; depth < 10; depth++) {
    const object = objects.find(current);
    if (object?.type === "commit") return current;
    if (object?.type !== "tag") return undefined;
    current = parseTag(object.bytes).object;
  }
  return undefined;
}

export function findCommit(repository: Repository, text: string): ObjectId | undefined {
  const revision = parseRevision(text);
  if (!revision) return undefined;
  const { refs, objects } = repository;
  const names = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"].map((prefix) => prefix + revision.base);
  const isName = (name: string): boolean => /^([A-Z_]*HEAD|refs\/.+)$/.test(name);
  const name = [...names, `refs/remotes/${revision.base}/HEAD`].find((each) => isName(each) && refs.resolve(each));
  let id = name === undefined ? undefined : refs.resolve(name);
  if (name !== undefined && revision.reflogPosition !== undefined) {
    const log = refs.readLog(name);
    id = revision.reflogPosition === 0 ? id : log[log.length - 1 - revision.reflogPosition]?.after;
  }
  if (!id && /^[0-9a-f]{4,40}$/.test(revision.base)) {
    const found = isObjectId(revision.base) ? [revision.base] : objects.findByPrefix(revision.base);
    const commits = found.filter((each) => peelToCommit(repository, each));
    if (commits.length > 1) {
      throw new WebrunnerError("git/invalid", { message: `${revision.base} is short for ${commits.length} commits.` });
    }
    id = commits[0];
  }
  let commit = id && peelToCommit(repository, id);
  for (const step of revision.steps) {
    if (!commit) return undefined;
    if (step.kind === "parent") {
      if (step.number > 0) commit = objects.readCommitFacts(commit).parents[step.number - 1];
    } else for (let i = 0; i < step.count && commit; i++) commit = objects.readCommitFacts(commit).parents[0];
  }
  return commit;
}

export function getCommit(repository: Repository, text: string): ObjectId {
  const commit = findCommit(repository, text);
  if (!commit) throw unknown(text);
  return commit;
}

/** Newest first by committer time; ties in the order they came. */
export interface CommitQueue {
  push(id: ObjectId): void;
  pop(): ObjectId | undefined;
  readonly size: number;
}

/** A heap over commits by committer time. */
export function createCommitQueue(secondsOf: (id: ObjectId) => number): CommitQueue {
  const heap: { id: ObjectId; seconds: number; order: number }[] = [];
  let order = 0;
  const isBefore = (a: number, b: number): boolean =>
    heap[a]!.seconds > heap[b]!.seconds || (heap[a]!.seconds === heap[b]!.seconds && heap[a]!.order < heap[b]!.order);
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  return {
    get size() {
      return heap.length;
    },
    push(id) {
      heap.push({ id, seconds: secondsOf(id), order: order++ });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!isBefore(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (top && last && heap.length > 0) {
        heap[0] = last;
        for (let at = 0; ; ) {
          let best = at;
          for (const child of [at * 2 + 1, at * 2 + 2]) if (child < heap.length && isBefore(child, best)) best = child;
          if (best === at) break;
          swap(at, best);
          at = best;
        }
      }
      return top?.id;
    },
  };
}

/** Where a shallow clone ends: a name a line. */
export function readShallow(repository: Repository): string {
  return repository.git.read("shallow")?.toString("latin1") ?? "";
}

/** Parents that are there: a shallow clone ends where its `shallow` file says. */
export function createParentReader(repository: Repository): (id: ObjectId) => readonly ObjectId[] {
  const shallow = new Set(readShallow(repository).split("\n"));
  return (id) => (shallow.has(id) ? [] : repository.objects.readCommitFacts(id).parents);
}

const LEFT = 1;
const RIGHT = 2;
const STALE = 4;

/** Which of two each commit is reachable from, as far down as either has commits of its own. */
function paint(repository: Repository, left: ObjectId, right: ObjectId): Map<ObjectId, number> {
  const parentsOf = createParentReader(repository);
  const queue = createCommitQueue((id) => repository.objects.readCommitFacts(id).seconds);
  const flags = new Map<ObjectId, number>();
  const queued = new Set<ObjectId>();
  let fresh = 0;
  const add = (id: ObjectId, flag: number): void => {
    const before = flags.get(id) ?? 0;
    if ((before | flag) === before) return;
    const after = before | flag;
    flags.set(id, after);
    if (queued.has(id)) {
      if (!(before & STALE) && after & STALE) fresh--;
      return;
    }
    queued.add(id);
    queue.push(id);
    if (!(after & STALE)) fresh++;
  };
  add(left, LEFT);
  add(right, RIGHT);
  while (fresh > 0) {
    const id = queue.pop()!;
    queued.delete(id);
    const flag = flags.get(id)!;
    if (!(flag & STALE)) fresh--;
    const both = (flag & (LEFT | RIGHT)) === (LEFT | RIGHT);
    for (const parent of parentsOf(id)) add(parent, both ? flag | STALE : flag);
  }
  return flags;
}

/** The best common ancestors; more than one after criss-cross merges, none for unrelated histories. */
export function findMergeBases(repository: Repository, left: ObjectId, right: ObjectId): ObjectId[] {
  if (left === right) return [left];
  const flags = paint(repository, left, right);
  const common = [...flags]
    .filter(([, flag]) => (flag & (LEFT | RIGHT)) === (LEFT | RIGHT) && !(flag & STALE))
    .map(([id]) => id);
  if (common.length < 2) return common;
  return common.filter((id) => !common.some((other) => other !== id && isAncestor(repository, id, other)));
}

export function isAncestor(repository: Repository, ancestor: ObjectId, descendant: ObjectId): boolean {
  if (ancestor === descendant) return true;
  const parentsOf = createParentReader(repository);
  const limit = repository.objects.readCommitFacts(ancestor).seconds;
  const seen = new Set<ObjectId>([descendant]);
  const pending = [descendant];
  // A day of slack: clocks of committers differ.
  while (pending.length > 0) {
    const id = pending.pop()!;
    for (const parent of parentsOf(id)) {
      if (parent === ancestor) return true;
      if (seen.has(parent)) continue;
      seen.add(parent);
      if (repository.objects.readCommitFacts(parent).seconds >= limit - 86_400) pending.push(parent);
    }
  }
  return false;
}

/** How many commits each of two has that the other lacks. */
export function countAheadBehind(
  repository: Repository,
  local: ObjectId,
  other: ObjectId,
): { ahead: number; behind: number } {
  if (local === other) return { ahead: 0, behind: 0 };
  const counts = { ahead: 0, behind: 0 };
  for (const flag of paint(repository, local, other).values()) {
    if ((flag & (LEFT | RIGHT)) === LEFT) counts.ahead++;
    else if ((flag & (LEFT | RIGHT)) === RIGHT) counts.behind++;
  }
  return counts;
}

/** The commits that `tip` has beyond `base`, oldest first, merges left out: what a rebase takes along. */
export function listCommitsBetween(repository: Repository, base: ObjectId, tip: ObjectId): ObjectId[] {
  const flags = paint(repository, tip, base);
  const mine = [...flags].filter(([, flag]) => (flag & (LEFT | RIGHT)) === LEFT).map(([id]) => id);
  const set = new Set(mine);
  const ordered: ObjectId[] = [];
  const visited = new Set<ObjectId>();
  const pending: { id: ObjectId; done: boolean }[] = [{ id: tip, done: false }];
  while (pending.length > 0) {
    const { id, done } = pending.pop()!;
    if (done) {
      ordered.push(id);
      continue;
    }
    if (visited.has(id) || !set.has(id)) continue;
    visited.add(id);
    pending.push({ id, done: true });
    for (const parent of [...repository.objects.readCommitFacts(id).parents].reverse())
      pending.push({ id: parent, done: false });
  }
  return ordered.filter((id) => repository.objects.readCommitFacts(id).parents.length < 2);
}
