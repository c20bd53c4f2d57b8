/**
 * The way back from a discard: what stood in the work tree is a blob of the repository, named by what the discard
 * answered. Nothing refers to it, so git's own clean-up takes it away after its two weeks.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { ObjectId } from "@/lib/git/object-id";
import { decodePath, encodePath } from "@/lib/git/path-bytes";
import { ensureSafePath, type KeepCopy, removeWorkFile } from "./checkout";
import type { Repository } from "./repository";

/** One file as it was before it was discarded; without `id` it was not there, or is too large to be undone. */
export interface DiscardedFile {
  readonly path: string;
  readonly before: "file" | "executable" | "link" | "absent" | "large";
  readonly id?: ObjectId;
}

/** Larger files are data that somebody can make again; the local history has what it takes of them. */
const UNDO_LIMIT_BYTES = 32 * 1024 * 1024;

export function keepForUndo({ work, objects }: Repository, path: string): DiscardedFile {
  const stat = work.stat(path);
  if (!stat || stat.kind === "folder" || stat.kind === "other") return { path, before: "absent" };
  if (stat.size > UNDO_LIMIT_BYTES) return { path, before: "large" };
  if (stat.kind === "link")
    return { path, before: "link", id: objects.write("blob", encodePath(work.readLink(path)!)) };
  const id = objects.write("blob", work.read(path)!);
  return { path, before: stat.executable ? "executable" : "file", id };
}

/** Puts files back as they were; what has come into their place since is kept in the local history. */
export function restoreDiscarded(repository: Repository, files: readonly DiscardedFile[], keepCopy: KeepCopy): void {
  const { work, objects } = repository;
  const contents = files.map(({ path, before, id }) => {
    ensureSafePath(path);
    if (before === "absent") return undefined;
    const object = id && objects.find(id);
    if (object?.type === "blob") return object.bytes;
    throw new WebrunnerError("git/not-found", {
      message: `What ${path} was is not in the repository any more.`,
      hint: "Look into its local history.",
    });
  });
  for (const [at, { path, before }] of files.entries()) {
    const bytes = contents[at];
    const current = work.stat(path)?.kind === "file" ? work.read(path) : undefined;
    if (current && !(bytes && Buffer.compare(current, bytes) === 0)) keepCopy(path, current);
    if (!bytes) removeWorkFile(repository, path);
    else if (before === "link") work.replaceLink(path, decodePath(bytes));
    else work.replace(path, bytes, { executable: before === "executable" });
  }
  repository.release();
}
