/** Ways back: from a discard, and from any move of HEAD; and what the message box begins with. */
import { chmodSync, existsSync, lstatSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffTexts } from "@/lib/git/hunks";
import type { ObjectId } from "@/lib/git/object-id";
import { clearUpstream, createBranch, readHead, resetTo, setUpstream, switchTo } from "@/server/git/branches";
import { readMessageDraft } from "@/server/git/commit";
import { restoreDiscarded } from "@/server/git/discarded";
import { hashObject } from "@/server/git/object-store";
import { readReflog } from "@/server/git/reflog";
import { discardLines, discardPaths, stageLines } from "@/server/git/staging";
import { applyStash, dropStash, saveStash } from "@/server/git/stash";
import { withScratch } from "./scratch";

const blob = (text: string): ObjectId => hashObject("blob", Buffer.from(text));

describe("discard", () => {
  it("is undone for changed, new, executable, linked and deleted files, with what came since kept", () =>
    withScratch({ "a.txt": "a\n", "run.sh": "#!/bin/sh\n", "gone.txt": "gone\n" }, async (scratch) => {
      const { repository, tree, work } = scratch;
      scratch.write("a.txt", "changed\r\n\0bytes");
      scratch.write("dir/new.txt", "new\n");
      chmodSync(join(work, "run.sh"), 0o755);
      symlinkSync("a.txt", join(work, "link"));
      rmSync(join(work, "gone.txt"));
      const before = scratch.git.status();
      const discarded = await discardPaths(repository, tree, [""], scratch.keepCopy);
      expect(scratch.git.status()).toBe("");
      expect(discarded.map(({ path, before }) => [path, before]).sort()).toEqual([
        ["a.txt", "file"],
        ["dir/new.txt", "file"],
        ["gone.txt", "absent"],
        ["link", "link"],
        ["run.sh", "executable"],
      ]);
      scratch.write("dir/new.txt", "written since\n");
      restoreDiscarded(repository, discarded, scratch.keepCopy);
      expect(scratch.git.status()).toBe(before);
      expect(scratch.read("a.txt")).toBe("changed\r\n\0bytes");
      expect(readlinkSync(join(work, "link"))).toBe("a.txt");
      expect(lstatSync(join(work, "link")).isSymbolicLink()).toBe(true);
      expect(statSync(join(work, "run.sh")).mode & 0o111).not.toBe(0);
      expect(existsSync(join(work, "gone.txt"))).toBe(false);
      expect(scratch.kept.get("dir/new.txt")).toBe("written since\n");
    }));

  it("of lines is undone; a blob that is not there is refused before anything is written", () =>
    withScratch({ "a.txt": "1\n2\n3\n" }, async (scratch) => {
      const { repository, tree } = scratch;
      scratch.write("a.txt", "one\n2\nthree\n");
      const choice = { path: "a.txt", oldId: blob("1\n2\n3\n"), newId: blob("one\n2\nthree\n") };
      const selection = { oldLines: new Set([1]), newLines: new Set([1]) };
      const discarded = await discardLines(repository, tree, { ...choice, selection }, scratch.keepCopy);
      expect(scratch.read("a.txt")).toBe("1\n2\nthree\n");
      const unknown = { path: "b.txt", before: "file", id: blob("nowhere") } as const;
      expect(() => restoreDiscarded(repository, [...discarded, unknown], scratch.keepCopy)).toThrow(
        expect.objectContaining({ code: "git/not-found" }),
      );
      expect(scratch.read("a.txt")).toBe("1\n2\nthree\n");
      restoreDiscarded(repository, discarded, scratch.keepCopy);
      expect(scratch.read("a.txt")).toBe("one\n2\nthree\n");
    }));
});

describe("single lines of one changed block", () => {
  it("stay in their places when only some of them are staged", () =>
    withScratch({ "a.txt": "1\n2\n3\nend\n" }, async (scratch) => {
      const { repository, tree } = scratch;
      const changed = "one\ntwo\nthree\nend\n";
      scratch.write("a.txt", changed);
      expect(diffTexts("1\n2\n3\nend\n", changed).changes).toHaveLength(1);
      const selection = { oldLines: new Set([2]), newLines: new Set([2]) };
      const choice = { path: "a.txt", oldId: blob("1\n2\n3\nend\n"), newId: blob(changed), selection };
      await stageLines(repository, tree, choice, "stage");
      expect(scratch.git("show", ":a.txt")).toBe("1\ntwo\n3\nend\n");
    }));
});

describe("HEAD", () => {
  it("tells where it was, and a reset to there undoes", () =>
    withScratch({ "a.txt": "a\n" }, async (scratch) => {
      const { repository, tree, git } = scratch;
      const first = git("rev-parse", "HEAD").trim();
      scratch.write("a.txt", "b\n");
      const second = scratch.commit("second");
      await resetTo(repository, tree, "HEAD~1", "hard", { keepCopy: scratch.keepCopy });
      const [move, before] = readReflog(repository, "HEAD", 10);
      expect(move).toMatchObject({ position: 0, before: second, after: first, message: "reset: moving to HEAD~1" });
      expect(before).toMatchObject({ position: 1, after: second, message: "commit: second", present: true });
      await resetTo(repository, tree, before!.after, "hard", { keepCopy: scratch.keepCopy });
      expect(git("rev-parse", "HEAD").trim()).toBe(second);
      expect(scratch.read("a.txt")).toBe("b\n");
      await createBranch(repository, "side");
      await switchTo(repository, tree, "side");
      expect(readReflog(repository, "HEAD", 1)[0]?.message).toMatch(/^checkout: moving from main to side$/);
      expect(() => readReflog(repository, "../../config", 1)).toThrow(expect.objectContaining({ code: "git/invalid" }));
    }));

  it("follows a remote branch, and follows none any more", () =>
    withScratch({ "a.txt": "a\n" }, async ({ repository, git }) => {
      git("update-ref", "refs/remotes/origin/main", "HEAD");
      await setUpstream(repository, "main", "origin", "main");
      expect(readHead(repository)).toMatchObject({ upstream: "origin/main", ahead: 0, behind: 0 });
      await clearUpstream(repository, "main");
      expect(readHead(repository).upstream).toBeUndefined();
    }));
});

describe("a stash", () => {
  it("is not dropped or applied in the place of another that was looked at", () =>
    withScratch({ "a.txt": "a\n" }, async ({ repository, tree, git, write }) => {
      write("a.txt", "first\n");
      const first = await saveStash(repository, tree, { message: "first" });
      write("a.txt", "second\n");
      git("stash", "push", "-q", "-m", "second");
      await expect(dropStash(repository, 0, first.id)).rejects.toMatchObject({ code: "git/changed" });
      await expect(applyStash(repository, tree, 0, true, first.id)).rejects.toMatchObject({ code: "git/changed" });
      await dropStash(repository, 1, first.id);
      expect(git("stash", "list").trim()).toBe("stash@{0}: On main: second");
    }));
});

describe("the message box", () => {
  it("begins with the template of the repository without its comments, and reads nothing outside", () =>
    withScratch({ ".gitmessage": "component: \n\n# Say why.\n" }, async ({ repository, git, root }) => {
      expect(readMessageDraft(repository)).toBe("");
      git("config", "commit.template", ".gitmessage");
      expect(readMessageDraft(repository)).toBe("component:");
      writeFileSync(join(root, "secret"), "secret");
      for (const path of [join(root, "secret"), "../secret", ".git/config", "~/.gitconfig"]) {
        git("config", "commit.template", path);
        expect(readMessageDraft(repository), path).toBe("");
      }
    }));
});
