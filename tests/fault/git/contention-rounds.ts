/** FT6 (G2): native git and we at once on one index and one branch; both sides' work must all be there. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import { stagePaths } from "@/server/git/staging";
import { createWorkTree } from "@/server/git/work-tree";
import { nativeGit, temporaryPlace } from "../../integration/git/native-git";

const run = promisify(execFile);

/** Gives the names that are missing from the index at the end. */
export async function runContention(each: number): Promise<{ missing: string[]; refusals: number }> {
  const place = temporaryPlace();
  const git = nativeGit(place.work, place.home);
  let refusals = 0;
  try {
    git("init", "-q");
    const ours = Array.from({ length: each }, (_, i) => `ours-${i}`);
    const theirs = Array.from({ length: each }, (_, i) => `theirs-${i}`);
    for (const name of [...ours, ...theirs]) writeFileSync(join(place.work, name), name);
    const repository = openRepository(place.work, "", readUserSettings(place.home));
    const tree = createWorkTree(repository);
    const native = async (): Promise<void> => {
      for (const name of theirs) {
        // git does not wait for a lock: a person would press the key again.
        for (let tries = 0; ; tries++) {
          try {
            await run("git", ["add", "--", name], { cwd: place.work });
            break;
          } catch (error) {
            if (tries > 500 || !/index\.lock/.test((error as { stderr: string }).stderr)) throw error;
            refusals++;
          }
        }
      }
    };
    const own = async (): Promise<void> => {
      for (const name of ours) {
        await stagePaths(repository, tree, [name]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([native(), own()]);
    const staged = new Set(git("ls-files").split("\n"));
    git.fsck();
    repository.close();
    return { missing: [...ours, ...theirs].filter((name) => !staged.has(name)), refusals };
  } finally {
    place.dispose();
  }
}
