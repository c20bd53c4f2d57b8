/** A process that edits, stages and commits without end, until it is killed. Arguments: work tree, home. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBranch, switchTo } from "@/server/git/branches";
import { createCommit } from "@/server/git/commit";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import { stagePaths } from "@/server/git/staging";
import { createWorkTree } from "@/server/git/work-tree";

const [, , work = "", home = ""] = process.argv;
const repository = openRepository(work, "", readUserSettings(home));
const tree = createWorkTree(repository);
await switchTo(repository, tree, "main");
process.stdout.write("ready\n");
for (let round = 0; ; round++) {
  writeFileSync(join(work, `f${round % 7}.txt`), `${process.pid} ${round}\n`.repeat(200));
  await stagePaths(repository, tree, [""]);
  const { id } = await createCommit(repository, { message: `round ${round}` });
  process.stdout.write(`${id}\n`);
  if (round % 5 === 4) {
    const name = `branch-${process.pid}-${round}`;
    await createBranch(repository, name);
    await switchTo(repository, tree, name);
    await switchTo(repository, tree, "main");
  }
}
