import { describe, expect, it } from "vitest";
import { switchTo } from "@/server/git/branches";
import { createCommit } from "@/server/git/commit";
import { findOngoing } from "@/server/git/ongoing";
import {
  abortOngoing,
  continueOngoing,
  mergeInto,
  pickCommit,
  readConflict,
  rebaseOnto,
  restartConflict,
  takeSide,
} from "@/server/git/sequencer";
import { stagePaths } from "@/server/git/staging";
import { applyStash, dropStash, listStashes, saveStash } from "@/server/git/stash";
import { type Scratch, withScratch } from "./scratch";

const TEXT = Array.from({ length: 12 }, (_, i) => `line ${i + 1}\n`).join("");

/** `main` and `side` go apart from one commit. */
async function withFork(
  main: Readonly<Record<string, string>>,
  side: Readonly<Record<string, string>>,
  test: (scratch: Scratch) => Promise<void>,
): Promise<void> {
  await withScratch({ "a.txt": TEXT, "b.txt": "b\n" }, async (scratch) => {
    scratch.git("checkout", "-q", "-b", "side");
    for (const [path, text] of Object.entries(side)) scratch.write(path, text);
    scratch.commit("on side");
    scratch.git("checkout", "-q", "main");
    for (const [path, text] of Object.entries(main)) scratch.write(path, text);
    scratch.commit("on main");
    await test(scratch);
    expect(scratch.status()).toBe(scratch.git.status());
  });
}

const ours = TEXT.replace("line 2\n", "ours\n");
const far = TEXT.replace("line 10\n", "theirs\n");
const near = TEXT.replace("line 2\n", "theirs\n");

describe("merge", () => {
  it("merges what lies apart into the very tree that git makes", () =>
    withFork({ "a.txt": ours }, { "a.txt": far, "dir/new.txt": "new\n" }, async ({ repository, tree, git, read }) => {
      git("branch", "copy");
      expect(await mergeInto(repository, tree, "side")).toMatchObject({ result: "done" });
      expect(read("a.txt")).toBe(ours.replace("line 10\n", "theirs\n"));
      const tip = git("rev-parse", "HEAD^{tree}");
      git("checkout", "-q", "copy");
      git("merge", "-q", "-m", "x", "side");
      expect(git("rev-parse", "HEAD^{tree}")).toBe(tip);
      git("checkout", "-q", "main");
    }));

  it("fast-forwards, and is up to date afterwards", () =>
    withScratch({ "a.txt": "1\n" }, async ({ repository, tree, git, write, commit, read }) => {
      git("checkout", "-q", "-b", "side");
      write("a.txt", "2\n");
      commit("two");
      git("checkout", "-q", "main");
      expect(await mergeInto(repository, tree, "side", "only")).toMatchObject({ result: "fast-forward" });
      expect(read("a.txt")).toBe("2\n");
      expect(await mergeInto(repository, tree, "side")).toMatchObject({ result: "up-to-date" });
    }));

  it("shows a conflict as git does; it is resolved and continued", () =>
    withFork({ "a.txt": ours }, { "a.txt": near, "c.txt": "c\n" }, async (scratch) => {
      const { repository, tree, git, read, write } = scratch;
      expect(await mergeInto(repository, tree, "side")).toMatchObject({ result: "conflicts", conflicts: ["a.txt"] });
      expect(read("a.txt")).toBe(TEXT.replace("line 2\n", "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> side\n"));
      expect(scratch.status()).toBe(git.status());
      expect(git("ls-files", "-u").trim().split("\n")).toHaveLength(3);
      expect(Buffer.from(readConflict(repository, "a.txt").theirs!).toString()).toBe(near);
      await expect(continueOngoing(repository, tree)).rejects.toMatchObject({ code: "git/conflicts" });
      await expect(mergeInto(repository, tree, "side")).rejects.toMatchObject({ code: "git/in-progress" });
      write("a.txt", TEXT.replace("line 2\n", "both\n"));
      await stagePaths(repository, tree, ["a.txt"]);
      expect(await continueOngoing(repository, tree)).toMatchObject({ result: "done" });
      expect(git("log", "-1", "--format=%P %s").trim().split(" ")).toHaveLength(5);
      expect(findOngoing(repository)).toBeUndefined();
    }));

  it("aborts a merge and keeps other changes; git can abort ours", () =>
    withFork({ "a.txt": ours }, { "a.txt": near }, async (scratch) => {
      const { repository, tree, git, read, write } = scratch;
      write("b.txt", "local\n");
      await mergeInto(repository, tree, "side");
      await abortOngoing(repository, tree, scratch.keepCopy);
      expect(read("a.txt")).toBe(ours);
      expect(scratch.status()).toBe(" M b.txt\n");
      await mergeInto(repository, tree, "side");
      git("merge", "--abort");
      expect(scratch.status()).toBe(" M b.txt\n");
      await mergeInto(repository, tree, "side");
      await takeSide(repository, tree, "a.txt", "theirs", scratch.keepCopy);
      expect(read("a.txt")).toBe(near);
      await continueOngoing(repository, tree, "taken");
    }));

  it("takes changes along a rename, and calls delete against change a conflict", () =>
    withFork({ "b.txt": "changed\n" }, {}, async (scratch) => {
      const { repository, tree, git, read } = scratch;
      git("mv", "a.txt", "moved.txt");
      scratch.commit("move");
      git("checkout", "-q", "side");
      scratch.write("a.txt", far);
      scratch.commit("change");
      git("rm", "-q", "b.txt");
      scratch.commit("remove");
      git("checkout", "-q", "main");
      expect(await mergeInto(repository, tree, "side")).toMatchObject({ conflicts: ["b.txt"] });
      expect(read("moved.txt")).toBe(far);
      expect(scratch.status()).toBe(git.status());
      await abortOngoing(repository, tree);
    }));
});

describe("a merge that goes on", () => {
  it("is concluded by a plain commit, not amended, and not carried to another branch", () =>
    withFork({ "a.txt": ours }, { "a.txt": near }, async (scratch) => {
      const { repository, tree, git, read, keepCopy } = scratch;
      await mergeInto(repository, tree, "side");
      await takeSide(repository, tree, "a.txt", "ours", keepCopy);
      await expect(createCommit(repository, { message: "x", amend: true })).rejects.toMatchObject({
        code: "git/in-progress",
      });
      await expect(switchTo(repository, tree, "side")).rejects.toMatchObject({ code: "git/in-progress" });
      await createCommit(repository, { message: "Merge by hand" });
      expect(git("log", "-1", "--format=%P").trim().split(" ")).toHaveLength(2);
      expect(findOngoing(repository)).toBeUndefined();
      expect(read("a.txt")).toBe(ours);
    }));

  it("begins a conflict anew, with both texts between markers", () =>
    withFork({ "a.txt": ours }, { "a.txt": near }, async (scratch) => {
      const { repository, tree, read, write, keepCopy, kept } = scratch;
      await mergeInto(repository, tree, "side");
      write("a.txt", "spoilt\n");
      restartConflict(repository, tree, "a.txt", keepCopy);
      expect(kept.get("a.txt")).toBe("spoilt\n");
      expect(read("a.txt")).toMatch(/<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> [0-9a-f]{7}\n/);
      await abortOngoing(repository, tree);
    }));
});

describe("single commits", () => {
  it("keeps the author of a picked commit that was resolved and committed by hand", () =>
    withFork({ "a.txt": ours }, { "a.txt": near }, async ({ repository, tree, git, keepCopy }) => {
      await pickCommit(repository, tree, "side", "cherry-pick");
      await takeSide(repository, tree, "a.txt", "theirs", keepCopy);
      await createCommit(repository, { message: "picked" });
      expect(git("log", "-1", "--format=%an %cn")).toBe("Ada Grace\n");
    }));

  it("cherry-picks and reverts", () =>
    withFork({ "a.txt": ours }, { "a.txt": far }, async ({ repository, tree, git, read }) => {
      await pickCommit(repository, tree, "side", "cherry-pick");
      expect(read("a.txt")).toBe(ours.replace("line 10\n", "theirs\n"));
      expect(git("log", "-1", "--format=%an %s")).toBe("Ada on side\n");
      await pickCommit(repository, tree, "HEAD", "revert");
      expect(read("a.txt")).toBe(ours);
      expect(git("log", "-1", "--format=%s")).toBe('Revert "on side"\n');
    }));
});

describe("rebase", () => {
  it("puts the commits on top, authors kept", () =>
    withFork({ "a.txt": ours }, { "a.txt": far }, async ({ repository, tree, git, read }) => {
      git("checkout", "-q", "side");
      expect(await rebaseOnto(repository, tree, "main")).toMatchObject({ result: "done" });
      expect(git("log", "--format=%an %s")).toBe("Ada on side\nAda on main\nAda start\n");
      expect(read("a.txt")).toBe(ours.replace("line 10\n", "theirs\n"));
      expect(git("symbolic-ref", "HEAD")).toBe("refs/heads/side\n");
    }));

  it("stops at a conflict, which is continued here, aborted here, or continued by git", () =>
    withFork({ "a.txt": ours }, { "a.txt": near }, async (scratch) => {
      const { repository, tree, git, read, write } = scratch;
      git("checkout", "-q", "side");
      write("c.txt", "c\n");
      const before = scratch.commit("after");
      expect(await rebaseOnto(repository, tree, "main")).toMatchObject({ result: "conflicts" });
      expect(findOngoing(repository)).toMatchObject({ kind: "rebase", step: 1, steps: 2, branch: "side" });
      expect(scratch.status()).toBe(git.status());
      await abortOngoing(repository, tree);
      expect(git("rev-parse", "side", "HEAD")).toBe(`${before}\n${before}\n`);
      expect(scratch.status()).toBe("");

      await rebaseOnto(repository, tree, "main");
      write("a.txt", "resolved\n");
      await stagePaths(repository, tree, ["a.txt"]);
      expect(await continueOngoing(repository, tree)).toMatchObject({ result: "done" });
      expect(git("log", "--format=%s")).toBe("after\non side\non main\nstart\n");
      expect(read("a.txt")).toBe("resolved\n");

      git("reset", "-q", "--hard", before);
      await rebaseOnto(repository, tree, "main");
      write("a.txt", "by git\n");
      git("add", "a.txt");
      git("-c", "core.editor=true", "rebase", "--continue");
      expect(git("log", "--format=%s")).toBe("after\non side\non main\nstart\n");
    }));
});

describe("stash", () => {
  it("saves, applies, pops and drops; git reads ours", () =>
    withScratch({ "a.txt": TEXT, "b.txt": "b\n" }, async (scratch) => {
      const { repository, tree, git, read, write } = scratch;
      write("a.txt", ours);
      write("b.txt", "staged\n");
      git("add", "b.txt");
      write("new.txt", "new\n");
      await saveStash(repository, tree, { message: "first", includeUntracked: true });
      expect(scratch.status()).toBe("");
      expect(git("stash", "list")).toBe("stash@{0}: On main: first\n");
      write("a.txt", far);
      scratch.commit("meanwhile");
      write("b.txt", "second\n");
      await saveStash(repository, tree);
      expect(listStashes(repository)).toHaveLength(2);
      await dropStash(repository, 0);
      expect(await applyStash(repository, tree, 0, true)).toMatchObject({ result: "done" });
      expect(read("a.txt")).toBe(ours.replace("line 10\n", "theirs\n"));
      expect(read("new.txt")).toBe("new\n");
      expect(git("stash", "list")).toBe("");
      expect(scratch.status()).toBe(git.status());
      git("add", "-A");
      git("stash", "-q");
      await applyStash(repository, tree, 0, true);
      expect(read("b.txt")).toBe("staged\n");
    }));

  it("comes back with conflicts, which are taken back, or resolved and then the stash goes", () =>
    withScratch({ "a.txt": TEXT, "b.txt": "b\n" }, async (scratch) => {
      const { repository, tree, git, read, write, keepCopy } = scratch;
      write("a.txt", ours);
      write("new.txt", "new\n");
      await saveStash(repository, tree, { includeUntracked: true });
      write("a.txt", near);
      scratch.commit("meanwhile");
      expect(await applyStash(repository, tree, 0, true)).toMatchObject({ conflicts: ["a.txt"] });
      expect(findOngoing(repository)).toMatchObject({ kind: "stash" });
      await expect(continueOngoing(repository, tree)).rejects.toMatchObject({ code: "git/conflicts" });
      await abortOngoing(repository, tree, keepCopy);
      expect(scratch.status()).toBe("");
      expect(read("a.txt")).toBe(near);
      expect(git("stash", "list").trim().split("\n")).toHaveLength(1);

      await applyStash(repository, tree, 0, true);
      write("a.txt", ours);
      await stagePaths(repository, tree, ["a.txt"]);
      await continueOngoing(repository, tree);
      expect(git("stash", "list")).toBe("");
      expect(read("new.txt")).toBe("new\n");
      expect(findOngoing(repository)).toBeUndefined();
      expect(scratch.status()).toBe(git.status());
    }));
});
