/** The log: commits newest first, of a branch or of everything, page by page. */
import { type CommitObject, subjectOf } from "@/lib/git/commit-object";
import { type GraphRow, layoutGraph } from "@/lib/git/log-graph";
import type { ObjectId } from "@/lib/git/object-id";
import type { WalkStep } from "./log-walks";
import type { ObjectStore } from "./object-store";
import type { Repository } from "./repository";
import { createCommitQueue, createParentReader, getCommit, peelToCommit, readShallow } from "./revisions";

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
  /** Commits of the pages before; going on where the last page ended costs no walk from the start. */
  readonly skip?: number;
  readonly limit: number;
  /** In message, author or id; lower case is not minded. */
  readonly text?: string;
  readonly signal?: AbortSignal;
}

export interface LogPage {
  readonly entries: LogEntry[];
  readonly graph: readonly GraphRow[];
  readonly more: boolean;
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

export async function readLog(repository: Repository, request: LogRequest): Promise<LogPage> {
  const { objects } = repository;
  const tips = listTips(repository, request);
  const wanted = request.text?.toLowerCase();
  const decorations = readDecorations(repository);
  const { found, graph, more } = await repository.walks.readPage({
    ...request,
    key: ["log", wanted, readShallow(repository), ...tips],
    // Lanes between commits that are left out would lead nowhere.
    lanes: wanted === undefined ? (id) => objects.readCommitFacts(id).parents : undefined,
    start: () => walkLog(repository, tips, wanted),
  });
  const entries = found.map(({ id }) => toLogEntry(id, objects.readCommit(id), decorations.get(id)));
  return { entries, graph: graph ?? layoutGraph(entries).rows, more };
}

function listTips(repository: Repository, { all, from }: LogRequest): ObjectId[] {
  const { refs } = repository;
  const head = refs.resolve("HEAD");
  if (!all) return from === undefined && !head ? [] : [getCommit(repository, from ?? "HEAD")];
  const named = refs.list("refs/").filter(({ name }) => /^refs\/(heads|remotes|tags)\//.test(name));
  const ids = [...named.map(({ id }) => id), ...(head ? [head] : [])];
  return [...new Set(ids.flatMap((id) => peelToCommit(repository, id) ?? []))];
}

function* walkLog(repository: Repository, tips: readonly ObjectId[], wanted: string | undefined): Generator<WalkStep> {
  const { objects } = repository;
  const parentsOf = createParentReader(repository);
  const queue = createCommitQueue((id) => objects.readCommitFacts(id).seconds);
  const seen = new Set<ObjectId>();
  const push = (id: ObjectId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    queue.push(id);
  };
  tips.forEach(push);
  for (let id = queue.pop(); id; id = queue.pop()) {
    parentsOf(id).forEach(push);
    yield wanted === undefined || isAbout(objects, id, wanted) ? { id } : undefined;
  }
}

function isAbout(objects: ObjectStore, id: ObjectId, wanted: string): boolean {
  if (id.includes(wanted)) return true;
  // Most commits do not have the words anywhere, and need not be taken apart to know it.
  const { buffer, byteOffset, length } = objects.read(id).bytes;
  const text = Buffer.from(buffer, byteOffset, length).toString("utf8");
  if (!/^encoding /m.test(text) && !text.toLowerCase().includes(wanted)) return false;
  const { message, author } = objects.readCommit(id);
  return `${message}\n${author.name} ${author.email}`.toLowerCase().includes(wanted);
}
