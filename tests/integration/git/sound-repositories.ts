/** Git's own check of what a test leaves behind: the last word of the helpers that tests work in. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Projects hold repositories at their root and in folders of it; a git server holds bare ones. */
const DEPTH = 2;

/** Fails unless `git fsck --full` finds nothing wrong in the repositories at and below a folder. */
export function ensureSoundRepositories(folder: string): void {
  for (const repository of findRepositories(folder, DEPTH)) {
    const output = execFileSync(
      "git",
      ["-c", "safe.directory=*", "-C", repository, "fsck", "--full", "--no-dangling", "--no-progress"],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C" } },
    );
    if (output.trim() !== "") throw new Error(`git fsck in ${repository}: ${output}`);
  }
}

/** The same for the workspaces of all projects below a data directory. */
export function ensureSoundWorkspaces(dataDirectory: string): void {
  const projects = join(dataDirectory, "projects");
  if (!existsSync(projects)) return;
  // What is being removed is no project any more, and may lose its files meanwhile.
  for (const project of readdirSync(projects).filter((name) => !name.startsWith(".")))
    ensureSoundRepositories(join(projects, project, "workspace"));
}

function findRepositories(folder: string, depth: number): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = new Set(entries.map((entry) => entry.name));
  if (names.has("HEAD") && names.has("objects") && names.has("refs")) return [folder];
  const own = names.has(".git") ? [folder] : [];
  if (depth === 0) return own;
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== ".git");
  return own.concat(folders.flatMap(({ name }) => findRepositories(join(folder, name), depth - 1)));
}
