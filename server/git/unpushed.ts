/** What a repository has that is nowhere else, as far as it knows: for whoever is about to give it up. */
import type { ObjectId } from "@/lib/git/object-id";
import type { Repository } from "./repository";
import { createParentReader } from "./revisions";

/** Commits of local branches and HEAD that no branch of a remote has. */
export function countUnpushed(repository: Repository): number {
  const { refs, objects } = repository;
  const parentsOf = createParentReader(repository);
  const isCommit = (id: ObjectId | undefined): id is ObjectId =>
    id !== undefined && objects.find(id)?.type === "commit";
  const tipsOf = (prefix: string): ObjectId[] =>
    refs
      .list(prefix)
      .map(({ id }) => id)
      .filter(isCommit);
  const walk = (tips: readonly ObjectId[], seen: Set<ObjectId>): void => {
    const pending = [...tips];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      pending.push(...parentsOf(id));
    }
  };
  const pushed = new Set<ObjectId>();
  walk(tipsOf("refs/remotes/"), pushed);
  const all = new Set(pushed);
  walk([...tipsOf("refs/heads/"), refs.resolve("HEAD")].filter(isCommit), all);
  return all.size - pushed.size;
}
