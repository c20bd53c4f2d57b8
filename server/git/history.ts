/** The log, the history of one file, blame, and what lies between two states. Long walks let others in between. */
import { WebrunnerError } from "@/lib/base/errors";
import { type CommitObject, subjectOf } from "@/lib/git/commit-object";
import { diffTexts, type Hunk, toHunks } from "@/lib/git/hunks";
import { diffLines, splitLines } from "@/lib/git/line-diff";
import { isBinary } from "@/lib/git/line-endings";
import type { ObjectId } from "@/lib/git/object-id";
import { toByteString } from "@/lib/git/path-bytes";
import { createBreather } from "./breather";
import type { Repository } from "./repository";
import { createCommitQueue, createParentReader, getCommit, peelToCommit } from "./revisions";
import { diffTreesWithRenames, findInTree, type TreeDifference } from "./tree-files";

export interface LogEntry {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly subject: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string; readonly at: string };
  readonly committer: { readonly name: string; readonly email: string; readonly at: string };
  /** Branches and tags that stand here. */
  readonly refs: readonly string[];
  /** In a file's history: what it was called then. */
  readonly path?: string;
}

export interface LogRequest {
  /** Default HEAD; `all`: every branch and tag. */
  readonly from?: string;
  readonly all?: boolean;
  readonly skip?: number;
  readonly limit: number;
  /** In message, author or id; lower case is not minded. */
  readonly text?: string;
  readonly signal?: AbortSignal;
}

const iso = (seconds: number): string => new Date(Math.min(Math.max(seconds, 0), 8.64e12) * 1000).toISOString();

export function toLogEntry(id: ObjectId, commit: CommitObject, refs: readonly string[] = [], path?: string): LogEntry {
  const { author, committer } = commit;
  return {
    id,
    parents: commit.parents,
    subject: subjectOf(commit.message),
    message: commit.message,
    author: { name: author.name, email: author.email, at: iso(author.seconds) },
    committer: { name: committer.name, email: committer.email, at: iso(committer.seconds) },
    refs,
    ...(path !== undefined && { path }),
  };
}

function readDecorations(repository: Repository): Map<ObjectId, string[]> {
  const names = new Map<ObjectId, string[]>();
  const add = (id: ObjectId | undefined, name: string): void => {
    if (id) names.set(id, [...(names.get(id) ?? []), name]);
  };
  if (repository.refs.headBranch() === undefined) add(repository.refs.resolve("HEAD"), "HEAD");
  for (const { name, id, peeled } of repository.refs.list("refs/")) {
    if (!/^refs\/(heads|remotes|tags)\//.test(name) || name.endsWith("/HEAD")) continue;
    add(name.startsWith("refs/tags/") ? (peeled ?? peelToCommit(repository, id)) : id, name);
  }
  return names;
}

export async function readLog(
  repository: Repository,
  request: LogRequest,
): Promise<{ entries: LogEntry[]; more: boolean }> {
  const { objects, refs } = repository;
  const parentsOf = createParentReader(repository);
  const decorations = readDecorations(repository);
  const queue = createCommitQueue((id) => objects.readCommit(id).committer.seconds);
  const seen = new Set<ObjectId>();
  const push = (id: ObjectId | undefined): void => {
    if (!id || seen.has(id)) return;
    seen.add(id);
    queue.push(id);
  };
  if (request.all) {
    for (const { name, id } of refs.list("refs/"))
      if (/^refs\/(heads|remotes|tags)\//.test(name)) push(peelToCommit(repository, id));
    push(refs.resolve("HEAD"));
  } else if (request.from !== undefined || refs.resolve("HEAD")) push(getCommit(repository, request.from ?? "HEAD"));
  const wanted = request.text?.toLowerCase();
  const entries: LogEntry[] = [];
  let skipped = 0;
  const breathe = createBreather(request.signal);
  for (let id = queue.pop(); id; id = queue.pop()) {
    const commit = objects.readCommit(id);
    for (const parent of parentsOf(id)) push(parent);
    if (breathe.isDue()) await breathe.now();
    if (
      wanted !== undefined &&
      !`${commit.message}\n${commit.author.name} ${commit.author.email} ${id}`.toLowerCase().includes(wanted)
    )
      continue;
    if (skipped < (request.skip ?? 0)) {
      skipped++;
      continue;
    }
    if (entries.length === request.limit) return { entries, more: true };
    entries.push(toLogEntry(id, commit, decorations.get(id)));
  }
  return { entries, more: false };
}

/** The commits that changed a file, followed through renames; a merge that took it over from one side is left out. */
export async function readFileHistory(
  repository: Repository,
  path: string,
  request: LogRequest,
): Promise<{ entries: LogEntry[]; more: boolean }> {
  const { objects, refs } = repository;
  if (request.from === undefined && !refs.resolve("HEAD")) return { entries: [], more: false };
  const parentsOf = createParentReader(repository);
  const queue = createCommitQueue((id) => objects.readCommit(id).committer.seconds);
  const paths = new Map<ObjectId, string>();
  const push = (id: ObjectId, name: string): void => {
    if (paths.has(id)) return;
    paths.set(id, name);
    queue.push(id);
  };
  const stateOf = (id: ObjectId, name: string): string => {
    const entry = findInTree(objects, objects.readCommit(id).tree, name);
    return entry ? `${entry.mode} ${entry.id}` : "";
  };
  push(getCommit(repository, request.from ?? "HEAD"), path);
  const entries: LogEntry[] = [];
  let skipped = 0;
  const breathe = createBreather(request.signal);
  for (let id = queue.pop(); id; id = queue.pop()) {
    if (breathe.isDue()) await breathe.now();
    const name = paths.get(id)!;
    const state = stateOf(id, name);
    const parents = parentsOf(id);
    const same = parents.find((parent) => stateOf(parent, name) === state);
    if (same) {
      push(same, name);
      continue;
    }
    if (state === "" && parents.length === 0) continue;
    if (skipped < (request.skip ?? 0)) skipped++;
    else if (entries.length === request.limit) return { entries, more: true };
    else entries.push(toLogEntry(id, objects.readCommit(id), [], name));
    for (const parent of parents) {
      const isThere = stateOf(parent, name) !== "";
      push(parent, isThere || state === "" ? name : (findOrigin(repository, parent, id, name) ?? name));
    }
  }
  return { entries, more: false };
}

function findOrigin(repository: Repository, parent: ObjectId, id: ObjectId, path: string): string | undefined {
  const { objects } = repository;
  const differences = diffTreesWithRenames(objects, objects.readCommit(parent).tree, objects.readCommit(id).tree);
  return differences.find((each) => each.path === path)?.from;
}

export interface BlameLine {
  /** One-based line in the text that was asked for. */
  readonly line: number;
  readonly commit: ObjectId;
  /** What the file was called there, and the line in it. */
  readonly path: string;
  readonly originalLine: number;
}

interface Suspect {
  readonly id: ObjectId;
  readonly path: string;
  /** Lines of the suspect's text → lines of the final text, both zero-based. */
  lines: { own: number; final: number }[];
}

/** Who last changed each line of a file as it is in a commit; found by handing lines to parents that have them. */
export async function readBlame(
  repository: Repository,
  path: string,
  from = "HEAD",
  signal?: AbortSignal,
): Promise<{ lines: BlameLine[]; commits: LogEntry[]; blob: ObjectId }> {
  const { objects } = repository;
  const parentsOf = createParentReader(repository);
  const start = getCommit(repository, from);
  const blobOf = (id: ObjectId, name: string): ObjectId | undefined =>
    findInTree(objects, objects.readCommit(id).tree, name)?.id;
  const linesOf = (blob: ObjectId): string[] => splitLines(toByteString(objects.readBlob(blob)));
  const blob = blobOf(start, path);
  if (!blob) throw new WebrunnerError("git/not-found", { message: `${path} is not in that commit.` });
  const queue = createCommitQueue((id) => objects.readCommit(id).committer.seconds);
  const suspects = new Map<ObjectId, Map<string, Suspect>>();
  const give = (id: ObjectId, name: string, lines: Suspect["lines"]): void => {
    if (lines.length === 0) return;
    const known = suspects.get(id);
    if (!known) queue.push(id);
    const byPath = known ?? new Map<string, Suspect>();
    suspects.set(id, byPath);
    const suspect = byPath.get(name);
    if (suspect) suspect.lines.push(...lines);
    else byPath.set(name, { id, path: name, lines: [...lines] });
  };
  const result: BlameLine[] = [];
  give(
    start,
    path,
    linesOf(blob).map((_, line) => ({ own: line, final: line })),
  );
  const breathe = createBreather(signal);
  for (let id = queue.pop(); id; id = queue.pop()) {
    const waiting = suspects.get(id);
    suspects.delete(id);
    for (const suspect of waiting?.values() ?? []) {
      if (breathe.isDue()) await breathe.now();
      const own = blobOf(id, suspect.path)!;
      const parents = parentsOf(id).map((parent) => {
        let name = suspect.path;
        let theirs = blobOf(parent, name);
        if (!theirs) {
          name = findOrigin(repository, parent, id!, name) ?? name;
          theirs = blobOf(parent, name);
        }
        return { parent, name, theirs };
      });
      const same = parents.find(({ theirs }) => theirs === own);
      if (same) {
        give(same.parent, same.name, suspect.lines);
        continue;
      }
      let rest = suspect.lines;
      for (const { parent, name, theirs } of parents) {
        if (!theirs || rest.length === 0) continue;
        const map = mapUnchanged(linesOf(theirs), linesOf(own));
        const handed = rest.flatMap(({ own: line, final }) => (map[line]! >= 0 ? [{ own: map[line]!, final }] : []));
        give(parent, name, handed);
        rest = rest.filter(({ own: line }) => map[line]! < 0);
      }
      for (const { own: line, final } of rest) {
        result.push({ line: final + 1, commit: id, path: suspect.path, originalLine: line + 1 });
      }
    }
  }
  result.sort((a, b) => a.line - b.line);
  const commits = [...new Set(result.map((each) => each.commit))].map((id) => toLogEntry(id, objects.readCommit(id)));
  return { lines: result, commits, blob };
}

/** For each new line the old line that it is, or -1. */
export function mapUnchanged(oldLines: readonly string[], newLines: readonly string[]): Int32Array {
  const map = new Int32Array(newLines.length).fill(-1);
  let oldLine = 0;
  let newLine = 0;
  for (const change of [...diffLines(oldLines, newLines), undefined]) {
    const until = change ? change.newStart : newLines.length;
    while (newLine < until) map[newLine++] = oldLine++;
    if (!change) break;
    oldLine = change.oldEnd;
    newLine = change.newEnd;
  }
  return map;
}

/** What changed between two commits; without `before`, what the commit changed against its first parent. */
export function compareCommits(repository: Repository, before: string | undefined, after: string): TreeDifference[] {
  const { objects } = repository;
  const to = getCommit(repository, after);
  const from = before === undefined ? objects.readCommit(to).parents[0] : getCommit(repository, before);
  return diffTreesWithRenames(objects, from && objects.readCommit(from).tree, objects.readCommit(to).tree);
}

export interface FileDiff {
  readonly hunks: readonly Hunk[];
  readonly binary: boolean;
}

/** Larger texts are called binary: nobody reads such a diff, and it would block the server. */
const DIFF_LIMIT_BYTES = 4 * 1024 * 1024;

export function diffBytes(before: Uint8Array | undefined, after: Uint8Array | undefined, context = 3): FileDiff {
  const sides = [before ?? new Uint8Array(0), after ?? new Uint8Array(0)] as const;
  if (sides.some((each) => each.length > DIFF_LIMIT_BYTES || isBinary(each))) return { hunks: [], binary: true };
  return { hunks: toHunks(diffTexts(toByteString(sides[0]), toByteString(sides[1])), context), binary: false };
}
