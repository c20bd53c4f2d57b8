/** Who changed some lines of a file last: nobody has committed them yet, or the newest commit among them. */
import { WebrunnerError } from "@/lib/base/errors";
import { splitLines } from "@/lib/git/line-diff";
import type { ObjectId } from "@/lib/git/object-id";
import { toByteString } from "@/lib/git/path-bytes";
import { mapUnchanged, readBlame } from "./blame";
import type { GitService, OpenedRepository } from "./git-service";

export interface LineChange {
  /** Undefined when the lines differ from HEAD. */
  readonly commit?: ObjectId;
  readonly at?: string;
  readonly author?: string;
  readonly summary: string;
}

/** `text` is the file as it is now; lines are one-based, the end included. Undefined for a file that git does not know. */
export async function findLineChange(
  { repository }: OpenedRepository,
  path: string,
  text: string,
  range: { readonly from: number; readonly to: number },
): Promise<LineChange | undefined> {
  const blame = await readBlame(repository, path);
  const committed = splitLines(toByteString(repository.objects.readBlob(blame.blob)));
  const now = splitLines(toByteString(Buffer.from(text, "utf8")));
  const origin = mapUnchanged(committed, now);
  const commits = new Map(blame.commits.map((entry) => [entry.id, entry]));
  let newest: (typeof blame.commits)[number] | undefined;
  for (let line = range.from - 1; line < Math.min(range.to, now.length); line++) {
    const before = origin[line]!;
    if (before < 0) return { summary: "Not committed yet" };
    const blamed = blame.lines[before];
    const entry = blamed && commits.get(blamed.commit);
    if (entry && (newest === undefined || Date.parse(entry.committer.at) > Date.parse(newest.committer.at))) {
      newest = entry;
    }
  }
  if (!newest) return undefined;
  return { commit: newest.id, at: newest.committer.at, author: newest.author.name, summary: newest.subject };
}

/** In the repository that has the file; undefined where none has it. */
export async function findLastChange(
  git: Pick<GitService, "list" | "run">,
  project: string,
  path: string,
  text: string,
  range: { readonly from: number; readonly to: number },
): Promise<LineChange | undefined> {
  const repositories = (await git.list(project)).filter((root) => root === "" || path.startsWith(`${root}/`));
  const root = repositories.sort((a, b) => b.length - a.length)[0];
  if (root === undefined) return undefined;
  const inRepository = root === "" ? path : path.slice(root.length + 1);
  try {
    return await git.run(project, root, (opened) => findLineChange(opened, inRepository, text, range));
  } catch (error) {
    // A file that was never committed, or a repository without a commit, has no history to tell of.
    if (error instanceof WebrunnerError && error.code.startsWith("git/")) return { summary: "Not committed yet" };
    throw error;
  }
}
