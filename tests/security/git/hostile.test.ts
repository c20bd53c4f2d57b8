import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ObjectId } from "@/lib/git/object-id";
import { encodeTree } from "@/lib/git/tree";
import { readBlame } from "@/server/git/blame";
import { createBranch, switchTo } from "@/server/git/branches";
import { createCommit, signNow, writeCommitObject } from "@/server/git/commit";
import { readLog } from "@/server/git/log";
import { findRepository, readUserSettings } from "@/server/git/open-repository";
import { mergeInto, pickCommit } from "@/server/git/sequencer";
import { stagePaths } from "@/server/git/staging";
import { saveStash } from "@/server/git/stash";
import { type Scratch, withScratch } from "../../integration/git/scratch";

/** Everything of a repository that native git would run, each touching the canary. */
function arm({ work }: Scratch, canary: string): void {
  const script = join(work, ".git/evil");
  writeFileSync(script, `#!/bin/sh\ntouch ${canary}\ncat\n`);
  chmodSync(script, 0o755);
  mkdirSync(join(work, ".git/hooks"), { recursive: true });
  for (const hook of [
    "pre-commit",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "pre-push",
    "post-merge",
    "reference-transaction",
    "post-index-change",
    "prepare-commit-msg",
    "pre-rebase",
    "post-rewrite",
  ]) {
    writeFileSync(join(work, ".git/hooks", hook), `#!/bin/sh\ntouch ${canary}\n`);
    chmodSync(join(work, ".git/hooks", hook), 0o755);
  }
  const config = readFileSync(join(work, ".git/config"), "utf8");
  writeFileSync(
    join(work, ".git/config"),
    `${config}[core]\n\tfsmonitor = ${script}\n\tsshCommand = ${script}\n\teditor = ${script}\n\tpager = ${script}\n\tgitProxy = ${script}\n\taskPass = ${script}\n\thooksPath = ${join(work, ".git/hooks")}\n[filter "evil"]\n\tclean = ${script}\n\tsmudge = ${script}\n\tprocess = ${script}\n\trequired = true\n[diff "evil"]\n\tcommand = ${script}\n\ttextconv = ${script}\n[merge "evil"]\n\tdriver = ${script}\n[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = ${script}\n[credential]\n\thelper = ${script}\n[alias]\n\tstatus = !${script}\n`,
  );
  writeFileSync(join(work, ".gitattributes"), "* filter=evil diff=evil merge=evil\n");
}

describe("IN8, G3: a hostile repository", () => {
  it("runs nothing, whatever is done with it", () =>
    withScratch({ "a.txt": "1\n2\n3\n", "b.txt": "b\n" }, async (scratch) => {
      const { repository, tree, root, write } = scratch;
      const canary = join(root, "canary");
      arm(scratch, canary);
      scratch.status();
      write("a.txt", "1\ntwo\n3\n");
      await stagePaths(repository, tree, [""]);
      await createCommit(repository, { message: "edit" });
      await createBranch(repository, "side", "HEAD~1");
      await switchTo(repository, tree, "side");
      write("b.txt", "side\n");
      await stagePaths(repository, tree, ["b.txt"]);
      await createCommit(repository, { message: "side" });
      await mergeInto(repository, tree, "main");
      await pickCommit(repository, tree, "HEAD~1", "revert");
      write("a.txt", "stash\n");
      await saveStash(repository, tree);
      await readLog(repository, { limit: 10 });
      await readBlame(repository, "a.txt");
      await switchTo(repository, tree, "main");
      expect(existsSync(canary)).toBe(false);
      // The canary would have been touched: git itself does it.
      expect(() => scratch.git("commit", "--allow-empty", "-m", "x")).toThrow();
      expect(existsSync(canary)).toBe(true);
      writeFileSync(join(scratch.work, ".git/config"), "[core]\n\trepositoryformatversion = 0\n");
      rmSync(join(scratch.work, ".git/hooks"), { recursive: true });
    }));

  it.each(["../outside", ".git/config", "a/../../outside", ".GIT/x", "git~1", "/etc/outside"])(
    "writes no %s out of a tree",
    (path) =>
      withScratch({ "a.txt": "1\n" }, async ({ repository, tree, root, read, git }) => {
        const { objects } = repository;
        const blob = objects.write("blob", Buffer.from("owned\n"));
        const root_ = objects.write("tree", encodeTree([{ mode: 0o100644, name: path, id: blob }]));
        const head = repository.refs.resolve("HEAD")!;
        const who = signNow({ name: "Eve", email: "eve@example.org" });
        const evil = await writeCommitObject(repository, {
          tree: root_,
          parents: [head],
          author: who,
          committer: who,
          message: "evil\n",
        });
        await expect(switchTo(repository, tree, evil)).rejects.toMatchObject({ code: "git/invalid" });
        expect(existsSync(join(root, "outside"))).toBe(false);
        expect(read("a.txt")).toBe("1\n");
        git("reflog", "expire", "--expire=now", "--all");
        git("prune", "--expire=now");
      }),
  );

  it("does not write or read through a link, be it in the tree or put there meanwhile", () =>
    withScratch({ "dir/a.txt": "1\n" }, async (scratch) => {
      const { repository, tree, root, work, git } = scratch;
      mkdirSync(join(root, "outside"));
      writeFileSync(join(root, "outside/a.txt"), "untouched\n");
      git("checkout", "-q", "-b", "other");
      scratch.write("dir/a.txt", "2\n");
      scratch.commit("two");
      rmSync(join(work, "dir"), { recursive: true });
      symlinkSync(join(root, "outside"), join(work, "dir"));
      expect(scratch.status()).toBe(git.status());
      await switchTo(repository, tree, "main", { force: true });
      expect(readFileSync(join(root, "outside/a.txt"), "utf8")).toBe("untouched\n");
      expect(readFileSync(join(work, "dir/a.txt"), "utf8")).toBe("1\n");
    }));

  it("inflates no object that would fill the memory, however few its bytes are, and touches nothing before it knows", () =>
    withScratch({ "a.txt": "1\n", "old.txt": "old\n" }, async ({ repository, tree, work, read, status }) => {
      const id = "c0ffee".padEnd(40, "0") as ObjectId;
      const place = join(work, ".git/objects", id.slice(0, 2));
      mkdirSync(place, { recursive: true });
      writeFileSync(
        join(place, id.slice(2)),
        deflateSync(Buffer.concat([Buffer.from("blob 6000000000\0"), Buffer.alloc(1 << 20)])),
      );
      const { objects } = repository;
      const who = signNow({ name: "Eve", email: "eve@example.org" });
      const bomb = await writeCommitObject(repository, {
        tree: objects.write(
          "tree",
          encodeTree([
            { mode: 0o100644, name: "a.txt", id: objects.write("blob", Buffer.from("2\n")) },
            { mode: 0o100644, name: "bomb", id },
          ]),
        ),
        parents: [repository.refs.resolve("HEAD")!],
        author: who,
        committer: who,
        message: "bomb\n",
      });
      await expect(switchTo(repository, tree, bomb)).rejects.toMatchObject({
        code: "git/too-large",
        message: "bomb is too large to be written here: 5723 MiB, and 512 MiB are the most.",
        data: { hint: expect.stringMatching(/^Nothing was changed.*terminal/) },
      });
      rmSync(join(place, id.slice(2)));
      await expect(switchTo(repository, tree, bomb)).rejects.toMatchObject({ code: "git/object-missing" });
      expect([read("a.txt"), read("old.txt"), status()]).toEqual(["1\n", "old\n", ""]);
    }));

  it("knows how large packed objects are, and what they are made from, without making them", () =>
    withScratch({ "a.txt": "1\n" }, ({ repository, write, commit, git }) => {
      const lines = Array.from({ length: 400 }, (_, line) => `line ${line} of ${line * 7919}`);
      for (let round = 0; round < 12; round++) {
        lines.splice(round * 20, 3, `changed in ${round}`);
        write("a.txt", `${lines.join("\n")}\n`);
        commit(`round ${round}`);
      }
      git("repack", "-adfq", "--depth=50");
      const blobs = git("cat-file", "--batch-all-objects", "--batch-check")
        .split("\n")
        .flatMap((line) => {
          const [id, type, size] = line.split(" ");
          return type === "blob" ? [{ id: id as ObjectId, size: Number(size) }] : [];
        });
      const largest = Math.max(...blobs.map(({ size }) => size));
      expect(blobs).toHaveLength(13);
      for (const { id, size } of blobs) {
        const measured = repository.objects.measure(id);
        expect([id, measured >= size, measured <= largest]).toEqual([id, true, true]);
        expect(repository.objects.readBlob(id).length).toBe(size);
      }
    }));

  it("does not follow a .git file or link out of the workspace", () =>
    withScratch({ "a.txt": "1\n" }, ({ work, root, repository }) => {
      const user = readUserSettings(undefined);
      mkdirSync(join(root, "space/inner"), { recursive: true });
      writeFileSync(join(root, "space/inner/.git"), "gitdir: ../../work/.git\n");
      expect(findRepository(join(root, "space"), "inner", user)).toBeUndefined();
      writeFileSync(join(root, "space/inner/.git"), `gitdir: ${work}/.git\n`);
      expect(findRepository(join(root, "space"), "inner", user)).toBeUndefined();
      rmSync(join(root, "space/inner/.git"));
      symlinkSync(join(work, ".git"), join(root, "space/inner/.git"));
      expect(findRepository(join(root, "space"), "inner", user)).toBeUndefined();
      expect(repository.refs.resolve("HEAD") satisfies ObjectId | undefined).toBeDefined();
    }));
});
