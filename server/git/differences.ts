/** What lies between two commits, and between two texts. */
import { diffTexts, type Hunk, toHunks } from "@/lib/git/hunks";
import { isBinary } from "@/lib/git/line-endings";
import { toByteString } from "@/lib/git/path-bytes";
import type { Repository } from "./repository";
import { getCommit } from "./revisions";
import { diffTreesWithRenames, type TreeDifference } from "./tree-files";

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
