/** LD10: the work tree of a repository of SlapOS's size, 2,246 files in some 700 folders. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { formatPorcelain } from "@/lib/git/status-model";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import { readStatus } from "@/server/git/status";
import { createWorkTree } from "@/server/git/work-tree";
import { toBusyLimit } from "../integration/busy-limit";
import { withScratch } from "../integration/git/scratch";

it(
  "LD10: shows the status within two seconds, cold and after an edit",
  () =>
    withScratch({}, (scratch) => {
      const { work, git, write } = scratch;
      let stream = "commit refs/heads/main\ncommitter A <a@example.org> 1100000000 +0000\ndata 5\nstart";
      for (let number = 0; number < 2246; number++) {
        const text = `[part-${number}]\nrecipe = slapos.recipe.cmmi\n`;
        stream += `\nM 100644 inline component/part-${number % 690}/file-${Math.floor(number / 690)}.cfg\ndata ${text.length}\n${text}`;
      }
      const imported = spawnSync("git", ["fast-import", "--quiet"], { cwd: work, input: `${stream}\n` });
      expect(imported.status).toBe(0);
      git("reset", "-q", "--hard", "main");
      const limitMs = toBusyLimit(2_000);
      const started = performance.now();
      const fresh = openRepository(work, "", readUserSettings(undefined));
      const tree = createWorkTree(fresh);
      expect(readStatus(fresh, tree)).toEqual([]);
      expect(performance.now() - started).toBeLessThan(limitMs);
      write("component/part-3/file-0.cfg", "edited\n");
      const again = performance.now();
      const entries = readStatus(fresh, tree);
      expect(performance.now() - again).toBeLessThan(limitMs);
      expect(formatPorcelain(entries)).toBe(git.status());
      fresh.close();
    }),
  60_000,
);
