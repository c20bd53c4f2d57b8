/** A repository as it was at a commit, whatever a test left in it or stopped in the middle of. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const git = (directory: string, ...parameters: string[]): string =>
  execFileSync("git", ["-C", directory, "-c", "safe.directory=*", ...parameters], {
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });

/** Only `main`, at this commit; no other branch, tag, stash, remote, change or new file. */
export function restoreRepository(workspace: string, commit: string): void {
  for (const ongoing of ["rebase-merge", "rebase-apply", "sequencer"])
    rmSync(join(workspace, ".git", ongoing), { recursive: true, force: true });
  git(workspace, "checkout", "-q", "-f", "-B", "main", commit);
  git(workspace, "reset", "-q", "--hard");
  git(workspace, "clean", "-fdq");
  for (const remote of git(workspace, "remote").split("\n").filter(Boolean)) git(workspace, "remote", "remove", remote);
  removeReferences(workspace, "refs/heads/main");
}

/** A bare repository without branches and tags. */
export const emptyRepository = (directory: string): void => removeReferences(directory);

function removeReferences(directory: string, kept?: string): void {
  const names = git(directory, "for-each-ref", "--format=%(refname)").split("\n").filter(Boolean);
  const gone = names.filter((name) => name !== kept);
  if (gone.length === 0) return;
  execFileSync("git", ["-C", directory, "-c", "safe.directory=*", "update-ref", "--stdin"], {
    input: gone.map((name) => `delete ${name}\n`).join(""),
  });
}
