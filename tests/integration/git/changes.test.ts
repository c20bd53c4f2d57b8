import { readlinkSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffTexts } from "@/lib/git/hunks";
import type { ObjectId } from "@/lib/git/object-id";
import { readBlame } from "@/server/git/blame";
import {
  createBranch,
  createTag,
  listBranches,
  listTags,
  readHead,
  removeBranch,
  removeTag,
  renameBranch,
  resetTo,
  switchTo,
} from "@/server/git/branches";
import { createCommit, findIdentity } from "@/server/git/commit";
import { compareCommits } from "@/server/git/differences";
import { readFileHistory } from "@/server/git/file-history";
import { readLog } from "@/server/git/log";
import { hashObject } from "@/server/git/object-store";
import { discardLines, discardPaths, stageLines, stagePaths, unstagePaths } from "@/server/git/staging";
import { type Scratch, withScratch } from "./scratch";

const lines = (...numbers: number[]): ReadonlySet<number> => new Set(numbers);
const blob = (text: string): ObjectId => hashObject("blob", Buffer.from(text));
const TEN = Array.from({ length: 10 }, (_, i) => `line ${i + 1}\n`).join("");

const both = (scratch: Scratch): string => {
  const ours = scratch.status();
  expect(ours).toBe(scratch.git.status());
  return ours;
};

describe("staging", () => {
  it("stages, unstages and discards paths, folders and deletions", () =>
    withScratch({ "a.txt": "a\n", "dir/b.txt": "b\n", "dir/c.txt": "c\n" }, async (scratch) => {
      const { repository, tree } = scratch;
      scratch.write("a.txt", "changed\n");
      scratch.write("dir/new.txt", "new\n");
      unlinkSync(join(scratch.work, "dir/c.txt"));
      symlinkSync("a.txt", join(scratch.work, "link"));
      await stagePaths(repository, tree, ["dir", "link"]);
      expect(both(scratch)).toBe(" M a.txt\nD  dir/c.txt\nA  dir/new.txt\nA  link\n");
      await unstagePaths(repository, tree, ["dir/c.txt"]);
      expect(both(scratch)).toBe(" M a.txt\n D dir/c.txt\nA  dir/new.txt\nA  link\n");
      await discardPaths(repository, tree, ["a.txt", "dir/c.txt"], scratch.keepCopy);
      expect(both(scratch)).toBe("A  dir/new.txt\nA  link\n");
      expect(scratch.kept.get("a.txt")).toBe("changed\n");
      await unstagePaths(repository, tree, [""]);
      await discardPaths(repository, tree, [""], scratch.keepCopy);
      expect(both(scratch)).toBe("");
      expect(scratch.kept.get("dir/new.txt")).toBe("new\n");
      await expect(stagePaths(repository, tree, ["nothing"])).rejects.toMatchObject({ code: "git/not-found" });
    }));

  it("stages the chosen lines only, and takes them back", () =>
    withScratch({ "a.txt": TEN }, async (scratch) => {
      const { repository, tree } = scratch;
      const changed = TEN.replace("line 2\n", "two\n").replace("line 9\n", "nine\nmore\n");
      scratch.write("a.txt", changed);
      const choice = { path: "a.txt", oldId: blob(TEN), newId: blob(changed) };
      await stageLines(
        repository,
        tree,
        { ...choice, selection: { oldLines: lines(9), newLines: lines(9, 10) } },
        "stage",
      );
      expect(scratch.git("show", ":a.txt")).toBe(TEN.replace("line 9\n", "nine\nmore\n"));
      expect(both(scratch)).toBe("MM a.txt\n");
      const staged = TEN.replace("line 9\n", "nine\nmore\n");
      const back = {
        path: "a.txt",
        oldId: blob(TEN),
        newId: blob(staged),
        selection: { oldLines: lines(), newLines: lines(10) },
      };
      await stageLines(repository, tree, back, "unstage");
      expect(scratch.git("show", ":a.txt")).toBe(TEN.replace("line 9\n", "nine\n"));
      await expect(stageLines(repository, tree, back, "unstage")).rejects.toMatchObject({ code: "git/changed" });
      const index = TEN.replace("line 9\n", "nine\n");
      await discardLines(
        repository,
        tree,
        {
          path: "a.txt",
          oldId: blob(index),
          newId: blob(changed),
          selection: { oldLines: lines(2), newLines: lines(2) },
        },
        scratch.keepCopy,
      );
      expect(scratch.read("a.txt")).toBe(TEN.replace("line 9\n", "nine\nmore\n"));
      expect(scratch.kept.get("a.txt")).toBe(changed);
    }));

  it("stages lines of a file without a final newline, and of a new file", () =>
    withScratch({ "a.txt": "one\ntwo" }, async (scratch) => {
      const { repository, tree } = scratch;
      scratch.write("a.txt", "one\ntwo\nthree");
      const diff = diffTexts("one\ntwo", "one\ntwo\nthree");
      expect(diff.changes).toHaveLength(1);
      await stageLines(
        repository,
        tree,
        {
          path: "a.txt",
          oldId: blob("one\ntwo"),
          newId: blob("one\ntwo\nthree"),
          selection: { oldLines: lines(2), newLines: lines(2, 3) },
        },
        "stage",
      );
      expect(both(scratch)).toBe("M  a.txt\n");
      scratch.write("n.txt", "x\ny\n");
      await stageLines(
        repository,
        tree,
        {
          path: "n.txt",
          oldId: undefined,
          newId: blob("x\ny\n"),
          selection: { oldLines: lines(), newLines: lines(1) },
        },
        "stage",
      );
      expect(scratch.git("show", ":n.txt")).toBe("x\n");
    }));
});

describe("commits", () => {
  it("commits what is staged, with the trees that git would write", () =>
    withScratch({ "a/b/c.txt": "1\n", "a/d.txt": "2\n", "e.txt": "3\n" }, async (scratch) => {
      const { repository, tree } = scratch;
      scratch.write("a/b/c.txt", "changed\n");
      scratch.write("z/new.txt", "new\n");
      await stagePaths(repository, tree, [""]);
      const expected = scratch.git("write-tree").trim();
      const { id } = await createCommit(repository, { message: "Change things  \n\n\n\nmore \n", signOff: true });
      expect(scratch.git("rev-parse", "HEAD", "HEAD^{tree}")).toBe(`${id}\n${expected}\n`);
      expect(scratch.git("log", "-1", "--format=%an <%ae>%n%B")).toBe(
        "Grace <grace@example.org>\nChange things\n\nmore\n\nSigned-off-by: Grace <grace@example.org>\n\n",
      );
      expect(both(scratch)).toBe("");
      const amended = await createCommit(repository, { message: "Other words", amend: true });
      expect(scratch.git("log", "--format=%s")).toBe("Other words\nstart\n");
      expect(amended.id).not.toBe(id);
      await expect(createCommit(repository, { message: "Nothing" })).rejects.toMatchObject({
        code: "git/nothing-to-do",
      });
      expect(scratch.git("reflog", "--format=%gs").split("\n")[0]).toBe("commit (amend): Other words");
    }));

  it("makes the first commit, and asks for a name", () =>
    withScratch({}, async (scratch) => {
      const { repository, tree } = scratch;
      scratch.write("a.txt", "a\n");
      await stagePaths(repository, tree, ["a.txt"]);
      expect(both(scratch)).toBe("A  a.txt\n");
      expect(findIdentity(repository)).toEqual({ name: "Grace", email: "grace@example.org" });
      await createCommit(repository, { message: "first" });
      expect(scratch.git("log", "--format=%s")).toBe("first\n");
    }));
});

describe("branches", () => {
  it("creates, switches, renames and deletes; carries changes over or refuses", () =>
    withScratch({ "a.txt": "a\n", "b.txt": "b\n" }, async (scratch) => {
      const { repository, tree } = scratch;
      await createBranch(repository, "feature/one");
      await switchTo(repository, tree, "feature/one");
      scratch.write("a.txt", "feature\n");
      scratch.write("dir/deep/c.txt", "c\n");
      scratch.commit("on the branch");
      scratch.write("b.txt", "local\n");
      await switchTo(repository, tree, "main");
      expect(both(scratch)).toBe(" M b.txt\n");
      expect(scratch.read("a.txt")).toBe("a\n");
      scratch.write("a.txt", "mine\n");
      await expect(switchTo(repository, tree, "feature/one")).rejects.toMatchObject({
        code: "git/would-overwrite",
        data: { paths: ["a.txt"] },
      });
      expect(scratch.read("a.txt")).toBe("mine\n");
      scratch.write("a.txt", "a\n");
      scratch.write("dir/deep/c.txt", "untracked\n");
      await expect(switchTo(repository, tree, "feature/one")).rejects.toMatchObject({ code: "git/would-overwrite" });
      rmSync(join(scratch.work, "dir"), { recursive: true });
      await expect(removeBranch(repository, "feature/one")).rejects.toMatchObject({ code: "git/would-overwrite" });
      await renameBranch(repository, "feature/one", "feature/two");
      expect(listBranches(repository).map((each) => each.name)).toEqual(["feature/two", "main"]);
      await removeBranch(repository, "feature/two", true);
      expect(scratch.git("branch", "--format=%(refname:short)")).toBe("main\n");
      const head = await switchTo(repository, tree, "HEAD");
      expect(head.branch).toBeUndefined();
      expect(both(scratch)).toBe(" M b.txt\n");
    }));

  it("turns links, folders and modes into each other", () =>
    withScratch({ "a/x.txt": "x\n", "b.txt": "b\n", run: "#!\n" }, async (scratch) => {
      const { repository, tree } = scratch;
      scratch.git("checkout", "-q", "-b", "other");
      rmSync(join(scratch.work, "a"), { recursive: true });
      scratch.write("a", "a file\n");
      unlinkSync(join(scratch.work, "b.txt"));
      symlinkSync("run", join(scratch.work, "b.txt"));
      scratch.git("update-index", "--chmod=+x", "run");
      scratch.commit("other shapes");
      scratch.git("checkout", "-q", "-f", "other");
      await switchTo(repository, tree, "main");
      expect(both(scratch)).toBe("");
      expect(scratch.read("a/x.txt")).toBe("x\n");
      await switchTo(repository, tree, "other");
      expect(both(scratch)).toBe("");
      expect(readlinkSync(join(scratch.work, "b.txt"))).toBe("run");
    }));

  it("resets in three ways and names the way back", () =>
    withScratch({ "a.txt": "1\n" }, async (scratch) => {
      const { repository, tree } = scratch;
      scratch.write("a.txt", "2\n");
      const second = scratch.commit("second");
      expect((await resetTo(repository, tree, "HEAD~1", "soft")).before).toBe(second);
      expect(both(scratch)).toBe("M  a.txt\n");
      await resetTo(repository, tree, "HEAD", "mixed");
      expect(both(scratch)).toBe(" M a.txt\n");
      await resetTo(repository, tree, "HEAD", "hard", { keepCopy: scratch.keepCopy });
      expect(scratch.kept.get("a.txt")).toBe("2\n");
      await resetTo(repository, tree, second, "hard");
      expect(scratch.read("a.txt")).toBe("2\n");
      expect(readHead(repository).id).toBe(second);
    }));

  it("makes light and annotated tags", () =>
    withScratch({ "a.txt": "1\n" }, async (scratch) => {
      const { repository } = scratch;
      await createTag(repository, "v1", "HEAD");
      await createTag(repository, "v2", "HEAD", "Second release");
      expect(
        scratch.git("for-each-ref", "--format=%(refname:short) %(objecttype) %(contents:subject)", "refs/tags"),
      ).toBe("v1 commit start\nv2 tag Second release\n");
      expect(listTags(repository).map((tag) => tag.annotated)).toEqual([false, true]);
      await removeTag(repository, "v1");
      scratch.git("pack-refs", "--all");
      await removeTag(repository, "v2");
      expect(scratch.git("tag")).toBe("");
    }));
});

describe("history", () => {
  it("shows the log, a file's history through renames, and blame as git does", () =>
    withScratch({ "a.txt": TEN }, async (scratch) => {
      const { repository, git } = scratch;
      scratch.write("a.txt", TEN.replace("line 3", "three"));
      scratch.commit("third line");
      git("mv", "a.txt", "b.txt");
      scratch.commit("rename");
      scratch.write("b.txt", TEN.replace("line 3", "three").replace("line 7", "seven"));
      scratch.commit("seventh line");
      git("checkout", "-q", "-b", "side", "HEAD~1");
      scratch.write("other.txt", "x\n");
      scratch.commit("side");
      git("checkout", "-q", "main");
      git("merge", "-q", "--no-ff", "-m", "merge side", "side");
      const log = await readLog(repository, { limit: 100 });
      expect(log.entries.map((each) => each.id).sort()).toEqual(git("log", "--format=%H").trim().split("\n").sort());
      const file = await readFileHistory(repository, "b.txt", { limit: 100 });
      expect(file.entries.map((each) => each.subject)).toEqual(["seventh line", "rename", "third line", "start"]);
      const blame = await readBlame(repository, "b.txt");
      const theirs = git("blame", "-l", "-s", "-f", "b.txt")
        .trim()
        .split("\n")
        .map((line) => line.replace(/^\^?/, "").slice(0, 39));
      expect(blame.lines.map((line) => line.commit.slice(0, 39))).toEqual(theirs);
      expect(compareCommits(repository, "HEAD~1", "HEAD").map((each) => each.path)).toEqual(["other.txt"]);
      expect((await readLog(repository, { limit: 2, skip: 1 })).more).toBe(true);
      expect((await readLog(repository, { limit: 10, text: "SEVENTH" })).entries).toHaveLength(1);
    }));
});
