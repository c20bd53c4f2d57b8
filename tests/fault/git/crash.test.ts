import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stagePaths } from "@/server/git/staging";
import { withScratch } from "../../integration/git/scratch";
import { runContention } from "./contention-rounds";
import { runKillRounds } from "./kill-rounds";

describe("FT3, G1: killed in mid-commit", () => {
  it("leaves a repository that git finds nothing wrong with, and that works on at once", async () => {
    const { complaints, commits } = await runKillRounds(7, 12);
    expect(complaints).toEqual([]);
    expect(commits).toBeGreaterThan(0);
  }, 120_000);
});

describe("FT6, G2: native git at once", () => {
  it("loses no entry of either side", async () => {
    const { missing } = await runContention(40);
    expect(missing).toEqual([]);
  }, 120_000);
});

describe("G2: locks", () => {
  it("takes away the lock of a killed server, and leaves the lock of another git alone", () =>
    withScratch({ "a.txt": "1\n" }, async ({ repository, tree, work, write }) => {
      write("a.txt", "2\n");
      // A process number that is not in use: the largest there can be.
      writeFileSync(join(work, ".git/index.lock"), "webrunner 4194304 gone:1\n");
      await stagePaths(repository, tree, ["a.txt"]);
      write("a.txt", "3\n");
      mkdirSync(join(work, ".git/refs/heads"), { recursive: true });
      writeFileSync(join(work, ".git/index.lock"), "");
      await expect(stagePaths(repository, tree, ["a.txt"])).rejects.toMatchObject({
        code: "git/locked",
        retryable: true,
      });
    }));
});
