import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createCommit } from "@/server/git/commit";
import { cloneInto, type ExchangeContext, fetchRemote, pullBranch, pushBranch, testPush } from "@/server/git/exchange";
import { createEmptyRepository, readUserSettings } from "@/server/git/open-repository";
import { getAllowedUrl, renameRemote, saveRemote } from "@/server/git/remotes";
import type { Repository } from "@/server/git/repository";
import { stagePaths } from "@/server/git/staging";
import { createWorkTree, type WorkTree } from "@/server/git/work-tree";
import { createGitTransport, findGitProgram, type GitTransport } from "@/server/platform/git-transport";
import type { RunIdentity } from "@/server/platform/run-identity";
import { type GitServer, startGitServer } from "./http-backend";
import { nativeGit, temporaryPlace } from "./native-git";

const USERS = {
  ada: { password: "ada-secret-token", mayPush: true },
  bob: { password: "bob-secret-token", mayPush: true },
  eve: { password: "eve-secret-token", mayPush: false },
};
const SELF: RunIdentity = {
  uid: userInfo().uid,
  gid: userInfo().gid,
  name: userInfo().username,
  home: userInfo().homedir,
  switched: false,
};

interface Setting {
  readonly server: GitServer;
  readonly root: string;
  readonly transport: GitTransport;
  readonly messages: string[];
  readonly phases: Set<string>;
  context(user: keyof typeof USERS | undefined, password?: string): ExchangeContext;
  clone(
    name: string,
    user: keyof typeof USERS,
    options?: { depth?: number; branch?: string },
  ): Promise<{ repository: Repository; tree: WorkTree; work: string }>;
  /** A native clone with the admin's eyes. */
  look(repository: string, ...args: string[]): string;
}

async function withServer(transport: GitTransport, test: (setting: Setting) => Promise<void>): Promise<void> {
  const place = temporaryPlace();
  const server = await startGitServer(join(place.root, "served"), USERS);
  const messages: string[] = [];
  const phases = new Set<string>();
  const open: Repository[] = [];
  try {
    server.create("up.git");
    writeFileSync(join(place.home, ".gitconfig"), "[user]\n\tname = Grace\n\temail = grace@example.org\n");
    const seed = nativeGit(place.work, place.home);
    seed("init", "-q", "-b", "main");
    for (let i = 0; i < 40; i++) {
      writeFileSync(join(place.work, `f${i}.cfg`), `[part${i}]\nrecipe = x\n`);
      seed("add", ".");
      if (i % 10 === 9) seed("commit", "-q", "-m", `commit ${i}`);
    }
    seed("tag", "v1");
    seed("push", "-q", server.path("up.git"), "main", "v1");
    const context: Setting["context"] = (user, password) => ({
      transport,
      login: async () => (user ? { user, password: password ?? USERS[user].password } : undefined),
      onMessage: (text) => messages.push(text),
      onProgress: ({ phase }) => phases.add(phase),
    });
    await test({
      server,
      root: place.root,
      transport,
      messages,
      phases,
      context,
      async clone(name, user, options = {}) {
        const workspace = join(place.root, name);
        mkdirSync(workspace);
        const settings = readUserSettings(place.home);
        const repository = createEmptyRepository(workspace, "", settings);
        open.push(repository);
        const tree = createWorkTree(repository);
        await cloneInto(repository, tree, context(user), { url: getAllowedUrl(server.url("up.git")), ...options });
        return { repository, tree, work: workspace };
      },
      look: (repository, ...args) =>
        execFileSync("git", ["-C", server.path(repository), ...args], { encoding: "utf8" }),
    });
    for (const repository of open) nativeGit(repository.work.root, place.home).fsck();
    execFileSync("git", ["-C", server.path("up.git"), "fsck", "--full"]);
  } finally {
    for (const repository of open) repository.close();
    await server.close();
    place.dispose();
  }
}

async function edit(
  { repository, tree, work }: { repository: Repository; tree: WorkTree; work: string },
  file: string,
  text: string,
): Promise<string> {
  writeFileSync(join(work, file), text);
  await stagePaths(repository, tree, [file]);
  return (await createCommit(repository, { message: `Edit ${file}` })).id;
}

const native = createGitTransport({ identity: SELF });
const fallback = createGitTransport({ identity: SELF, gitProgram: undefined });

describe.each([
  ["native git", native],
  ["isomorphic-git", fallback],
])("exchange by %s", (_, transport) => {
  it("clones, commits and pushes; a native clone sees exactly that commit", () =>
    withServer(transport, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      const git = nativeGit(mine.work, setting.root);
      expect(git.status()).toBe("");
      expect(git("rev-parse", "--abbrev-ref", "HEAD", "@{upstream}")).toBe("main\norigin/main\n");
      expect(git("tag")).toBe("v1\n");
      const id = await edit(mine, "f3.cfg", "[part3]\nrecipe = changed\n");
      const pushed = await pushBranch(mine.repository, setting.context("ada"), { remote: "origin" });
      expect(pushed.refs.map((each) => each.outcome)).toEqual(["updated"]);
      expect(setting.look("up.git", "rev-parse", "main").trim()).toBe(id);
      expect(setting.phases).toContain("connecting");
    }));

  it("refuses a wrong token and an unknown repository, and says which it was", () =>
    withServer(transport, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      await expect(fetchRemote(mine.repository, setting.context("ada", "wrong"), "origin")).rejects.toMatchObject({
        code: "git/authentication-failed",
      });
      await expect(fetchRemote(mine.repository, setting.context(undefined), "origin")).rejects.toMatchObject({
        code: "git/authentication-failed",
      });
      await saveRemote(mine.repository, "gone", setting.server.url("gone.git"));
      await expect(fetchRemote(mine.repository, setting.context("ada"), "gone")).rejects.toMatchObject({
        code: "git/remote-not-found",
      });
    }));

  it("tells who may not push, before and while pushing, and changes nothing", () =>
    withServer(transport, async (setting) => {
      const mine = await setting.clone("mine", "eve");
      const before = setting.look("up.git", "for-each-ref");
      await edit(mine, "f1.cfg", "changed\n");
      await expect(pushBranch(mine.repository, setting.context("eve"), { remote: "origin" })).rejects.toMatchObject({
        code: "git/permission-denied",
      });
      const url = getAllowedUrl(setting.server.url("up.git"));
      await expect(testPush(mine.repository, setting.context("eve"), url)).rejects.toMatchObject({
        code: "git/permission-denied",
      });
      await testPush(mine.repository, setting.context("ada"), url);
      expect(setting.look("up.git", "for-each-ref")).toBe(before);
    }));

  it("rejects the second of two who push; fetch and rebase lets it in, a lease forces it", () =>
    withServer(transport, async (setting) => {
      const ada = await setting.clone("ada", "ada");
      const bob = await setting.clone("bob", "bob");
      await edit(ada, "f1.cfg", "by ada\n");
      await edit(bob, "f2.cfg", "by bob\n");
      await pushBranch(ada.repository, setting.context("ada"), { remote: "origin" });
      await expect(pushBranch(bob.repository, setting.context("bob"), { remote: "origin" })).rejects.toMatchObject({
        code: "git/push-rejected",
      });
      await expect(
        pushBranch(bob.repository, setting.context("bob"), { remote: "origin", forceWithLease: true }),
      ).rejects.toMatchObject({ code: "git/push-rejected" });
      expect(await pullBranch(bob.repository, bob.tree, setting.context("bob"), "rebase")).toMatchObject({
        result: "done",
      });
      await pushBranch(bob.repository, setting.context("bob"), { remote: "origin" });
      expect(setting.look("up.git", "log", "--format=%s", "-2", "main")).toBe("Edit f2.cfg\nEdit f1.cfg\n");
      expect(await pullBranch(ada.repository, ada.tree, setting.context("ada"), "fast-forward")).toMatchObject({
        result: "fast-forward",
      });
    }));

  it("loses nothing when the server dies in mid-push; the next push goes through", () =>
    withServer(transport, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      const noise = randomBytes(150_000).toString("hex");
      const id = await edit(mine, "large.txt", noise);
      setting.server.dieAfterBytes = 20_000;
      await expect(pushBranch(mine.repository, setting.context("ada"), { remote: "origin" })).rejects.toMatchObject({
        code: "git/remote-failed",
      });
      setting.server.dieAfterBytes = undefined;
      setting.look("up.git", "fsck", "--full");
      expect(setting.look("up.git", "rev-parse", "main").trim()).not.toBe(id);
      await pushBranch(mine.repository, setting.context("ada"), { remote: "origin" });
      expect(setting.look("up.git", "rev-parse", "main").trim()).toBe(id);
    }));
});

describe("exchange", () => {
  it("clones shallow, deepens, and leaves nothing of a cancelled fetch", () =>
    withServer(native, async (setting) => {
      const shallow = await setting.clone("shallow", "ada", { depth: 1 });
      const git = nativeGit(shallow.work, setting.root);
      expect(git("rev-list", "--count", "HEAD")).toBe("1\n");
      await fetchRemote(shallow.repository, setting.context("ada"), "origin", { unshallow: true });
      expect(git("rev-list", "--count", "HEAD")).toBe("4\n");
      const controller = new AbortController();
      controller.abort();
      const context = { ...setting.context("ada"), signal: controller.signal };
      await expect(fetchRemote(shallow.repository, context, "origin")).rejects.toThrow(/abort/i);
      expect(readdirSync(join(shallow.work, ".git/objects/pack")).filter((name) => name.startsWith("tmp"))).toEqual([]);
    }));

  it("gives the login to nobody else: not after a redirect, not into any file of the repository", () =>
    withServer(native, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      const thief = await startGitServer(join(setting.root, "thief"), USERS);
      try {
        thief.create("up.git");
        setting.server.redirectTo = thief.url("").replace(/\/$/, "");
        await expect(fetchRemote(mine.repository, setting.context("ada"), "origin")).rejects.toMatchObject({
          code: expect.stringMatching(/^git\//),
        });
        expect(thief.requests.length).toBeGreaterThan(0);
        expect(thief.requests.filter((each) => each.authorization !== undefined)).toEqual([]);
      } finally {
        setting.server.redirectTo = undefined;
        await thief.close();
      }
      // grep ends with 1 when it finds nothing.
      const found = spawnSync("grep", ["-rl", "--", "ada-secret-token", setting.root]);
      expect([found.status, found.stdout.toString()]).toEqual([1, ""]);
    }));

  it("tells what a remote says that declines a push, and moves nothing", () =>
    withServer(native, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      await edit(mine, "f1.cfg", "changed\n");
      const hook = join(setting.server.path("up.git"), "hooks/pre-receive");
      writeFileSync(hook, "#!/bin/sh\necho 'Not on a Sunday.'\nexit 1\n", { mode: 0o755 });
      await expect(pushBranch(mine.repository, setting.context("ada"), { remote: "origin" })).rejects.toMatchObject({
        code: "git/push-declined",
        data: { details: expect.arrayContaining(["Not on a Sunday."]) },
      });
      expect(setting.messages).toContain("Not on a Sunday.");
      writeFileSync(hook, "#!/bin/sh\necho 'GitLab: You are not allowed to push code to this project.'\nexit 1\n");
      await expect(pushBranch(mine.repository, setting.context("ada"), { remote: "origin" })).rejects.toMatchObject({
        code: "git/permission-denied",
      });
    }));

  it("renames a remote with its branches and those that follow them", () =>
    withServer(native, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      const git = nativeGit(mine.work, setting.root);
      const before = git("rev-parse", "refs/remotes/origin/main");
      await expect(renameRemote(mine.repository, "origin", "-x")).rejects.toMatchObject({ code: "git/invalid" });
      expect(await renameRemote(mine.repository, "origin", "upstream")).toMatchObject({ name: "upstream" });
      expect(git("rev-parse", "refs/remotes/upstream/main", "main@{upstream}")).toBe(before + before);
      expect(git("for-each-ref", "refs/remotes/origin")).toBe("");
      git("fetch", "-q", setting.server.path("up.git"));
      await fetchRemote(mine.repository, setting.context("ada"), "upstream");
      await saveRemote(mine.repository, "fork", setting.server.url("up.git"));
      await expect(renameRemote(mine.repository, "fork", "upstream")).rejects.toMatchObject({ code: "git/name-taken" });
      await expect(renameRemote(mine.repository, "none", "x")).rejects.toMatchObject({ code: "git/not-found" });
    }));

  it("says what an ssh address needs where no git is installed, before anything is tried", () =>
    withServer(fallback, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      for (const address of ["ssh://git@127.0.0.1:9/up.git", "git@127.0.0.1:up.git"]) {
        const url = getAllowedUrl(address);
        const said = { code: "git/unsupported", data: { hint: expect.stringMatching(/https:\/\/.* install/s) } };
        await expect(testPush(mine.repository, setting.context("ada"), url)).rejects.toMatchObject(said);
        await saveRemote(mine.repository, "far", address);
        await expect(fetchRemote(mine.repository, setting.context("ada"), "far")).rejects.toMatchObject(said);
      }
    }));

  it("says the same when git finds no ssh program", () =>
    withServer(native, async (setting) => {
      const mine = await setting.clone("mine", "ada");
      await saveRemote(mine.repository, "far", "ssh://git@127.0.0.1:9/up.git");
      const path = process.env.PATH;
      const context = {
        ...setting.context("ada"),
        transport: createGitTransport({ identity: SELF, gitProgram: findGitProgram(path) }),
      };
      const bare = join(setting.root, "bin");
      mkdirSync(bare);
      for (const name of ["sh", "git", "env"])
        symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(bare, name));
      vi.stubEnv("PATH", bare);
      try {
        await expect(fetchRemote(mine.repository, context, "far")).rejects.toMatchObject({ code: "git/unsupported" });
      } finally {
        vi.unstubAllEnvs();
      }
    }));

  it("has native git here, or the first half of these tests would be the second twice", () => {
    expect(findGitProgram()).toBeDefined();
    expect(native.native).toBe(true);
    expect(fallback.native).toBe(false);
  });
});
