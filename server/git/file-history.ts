/** The commits that changed a file, followed through renames; a merge that took it over from one side is left out. */

import { layoutGraph } from "@/lib/git/log-graph";
import type { ObjectId } from "@/lib/git/object-id";
import { type LogPage, type LogRequest, toLogEntry } from "./log";
import type { WalkStep } from "./log-walks";
import type { Repository } from "./repository";
import { createCommitQueue, createParentReader, getCommit, readShallow } from "./revisions";
import { createPathFinder, diffTreesWithRenames, isSamePlace, type PathFinder, type PathInTree } from "./tree-files";

export async function readFileHistory(repository: Repository, path: string, request: LogRequest): Promise<LogPage> {
  const { objects, refs } = repository;
  if (request.from === undefined && !refs.resolve("HEAD")) return { entries: [], graph: [], more: false };
  const start = getCommit(repository, request.from ?? "HEAD");
  const { found, more } = await repository.walks.readPage({
    ...request,
    key: ["file", path, readShallow(repository), start],
    start: () => walkFileHistory(repository, path, start),
  });
  const entries = found.map((each) => toLogEntry(each.id, objects.readCommit(each.id), [], each.path));
  return { entries, graph: layoutGraph(entries).rows, more };
}

/** What is looked for from a commit on, and where it stands in that commit. */
interface Waiting {
  readonly finder: PathFinder;
  readonly place: PathInTree;
}

function* walkFileHistory(repository: Repository, path: string, start: ObjectId): Generator<WalkStep> {
  const { objects } = repository;
  const parentsOf = createParentReader(repository);
  const queue = createCommitQueue((id) => objects.readCommitFacts(id).seconds);
  const seen = new Set<ObjectId>();
  const waiting = new Map<ObjectId, Waiting>();
  const push = (id: ObjectId, file: Waiting): void => {
    if (seen.has(id)) return;
    seen.add(id);
    waiting.set(id, file);
    queue.push(id);
  };
  const treeOf = (id: ObjectId): ObjectId => objects.readCommitFacts(id).tree;
  const finder = createPathFinder(objects, path);
  push(start, { finder, place: finder.find(treeOf(start)) });
  for (let id = queue.pop(); id; id = queue.pop()) {
    const file = waiting.get(id)!;
    waiting.delete(id);
    const parents = parentsOf(id).map((parent) => ({ parent, place: file.finder.find(treeOf(parent), file.place) }));
    const same = parents.find(({ place }) => isSamePlace(place, file.place));
    if (same) {
      push(same.parent, { ...file, place: same.place });
      yield undefined;
      continue;
    }
    const isThere = file.place.entry !== undefined;
    for (const { parent, place } of parents) {
      const origin = isThere && !place.entry ? findOrigin(repository, parent, id, file.finder.path) : undefined;
      if (origin === undefined) push(parent, { ...file, place });
      else {
        const before = createPathFinder(objects, origin);
        push(parent, { finder: before, place: before.find(treeOf(parent)) });
      }
    }
    yield isThere || parents.length > 0 ? { id, path: file.finder.path } : undefined;
  }
}

/** What a file that is new in `id` was called in its parent. */
export function findOrigin(repository: Repository, parent: ObjectId, id: ObjectId, path: string): string | undefined {
  const { objects } = repository;
  const differences = diffTreesWithRenames(
    objects,
    objects.readCommitFacts(parent).tree,
    objects.readCommitFacts(id).tree,
  );
  return differences.find((each) => each.path === path)?.from;
}
