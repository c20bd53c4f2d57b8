/** Where HEAD or a branch was before: what git itself wrote down at each move, newest first. */
import { WebrunnerError } from "@/lib/base/errors";
import type { ObjectId } from "@/lib/git/object-id";
import { isBranchName } from "@/lib/git/ref-name";
import type { Repository } from "./repository";
import { peelToCommit } from "./revisions";

export interface ReflogMove {
  /** As in `HEAD@{2}`. */
  readonly position: number;
  readonly before: ObjectId | undefined;
  readonly after: ObjectId;
  readonly message: string;
  readonly who: string;
  readonly at: string;
  /** The commit is still in the repository, so going back to it is possible. */
  readonly present: boolean;
}

export function readReflog(repository: Repository, name: string, limit: number): ReflogMove[] {
  if (name !== "HEAD" && !isBranchName(name))
    throw new WebrunnerError("git/invalid", { message: `${JSON.stringify(name)} cannot be the name of a branch.` });
  const full = name === "HEAD" ? name : `refs/heads/${name}`;
  return repository.refs
    .readLog(full)
    .reverse()
    .slice(0, limit)
    .map(({ before, after, message, who }, position) => ({
      position,
      before: /^0+$/.test(before) ? undefined : before,
      after,
      message,
      who: who.name,
      at: new Date(who.seconds * 1000).toISOString(),
      present: peelToCommit(repository, after) !== undefined,
    }));
}
