/** Fetch, pull and push that name no remote, over the API: what is meant, and what is said when that is open. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GitTask } from "@/lib/protocol";
import { createTestServer, type TestServer } from "../server-harness";
import { type GitServer, startGitServer } from "./http-backend";
import { type NativeGit, nativeGit } from "./native-git";
import { finishTask } from "./task";

let root: string;
let remote: GitServer;
let server: TestServer;
let mine: NativeGit;
let bob: NativeGit;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-default-remote-"));
  // The workspace may be the builder's, not ours.
  writeFileSync(join(root, ".gitconfig"), "[safe]\n\tdirectory = *\n");
  remote = await startGitServer(join(root, "served"), { ada: { password: "right", mayPush: true } });
  server = await createTestServer();
  mine = nativeGit(join(server.dataDirectory, "projects/sample/workspace"), root);
  mine("branch", "-M", "main");
  nativeGit(root, root)("clone", "-q", mine.directory, "bob");
  bob = nativeGit(join(root, "bob"), root);
  for (const name of ["east", "west"]) {
    remote.create(`${name}.git`);
    bob("commit", "-q", "--allow-empty", "-m", `For the ${name}`);
    bob("push", "-q", remote.path(`${name}.git`), "main");
  }
}, 60_000);
afterAll(async () => {
  await server?.close();
  await remote?.close();
  rmSync(root, { recursive: true, force: true });
});

const at = (path: string): string => `/projects/sample/git${path}`;
const transfer = async (kind: "fetch" | "pull" | "push", body: object = {}): Promise<GitTask> =>
  finishTask(server, "sample", await server.api("POST", at(`/${kind}`), body));
const add = (name: string, url = remote.url(`${name}.git`)): Promise<unknown> =>
  server.api("PUT", at(`/remotes?name=${name}`), { url: url.replace("://", "://ada:right@") });
const known = (): string[] => mine("for-each-ref", "--format=%(refname:short)", "refs/remotes").trim().split("\n");

it("says what to do when there is no remote", async () => {
  for (const kind of ["fetch", "push"] as const)
    expect(await transfer(kind)).toMatchObject({
      state: "failed",
      error: {
        code: "git/not-found",
        message: "This repository has no remote yet.",
        hint: expect.stringMatching(/connect your fork/),
      },
    });
});

it("fetches the only remote; of several all, and says which of them failed", async () => {
  await add("east");
  expect(await transfer("fetch")).toMatchObject({ state: "succeeded" });
  expect(known()).toEqual(["east/main"]);
  await add("west");
  await add("gone");
  const task = await transfer("fetch");
  expect(task).toMatchObject({
    state: "failed",
    error: { code: "git/remote-not-found", message: "gone: There is no such repository at the remote." },
  });
  expect(task.messages).toEqual(expect.arrayContaining(["east: fetched", "west: fetched"]));
  expect(known()).toEqual(["east/main", "west/main"]);
  await server.api("DELETE", at("/remotes?name=gone"));
});

it("fetches origin where there is one, and from then on what the branch follows", async () => {
  await add("origin", remote.url("west.git"));
  mine("update-ref", "-d", "refs/remotes/east/main");
  expect(await transfer("fetch")).toMatchObject({ state: "succeeded" });
  expect(known()).toEqual(["origin/main", "west/main"]);
  mine("config", "branch.main.remote", "east");
  mine("config", "branch.main.merge", "refs/heads/main");
  expect(await transfer("fetch")).toMatchObject({ state: "succeeded" });
  expect(known()).toContain("east/main");
  mine("config", "--remove-section", "branch.main");
});

it("pulls only what is followed or named, and never guesses where a push goes", async () => {
  expect(await transfer("pull", { mode: "merge" })).toMatchObject({
    state: "failed",
    error: { message: "This branch follows no branch of a remote." },
  });
  expect(await transfer("pull", { mode: "rebase", remote: "east" })).toMatchObject({ state: "succeeded" });
  expect(mine("log", "--format=%s")).toContain("For the east");
  expect(await transfer("push")).toMatchObject({
    state: "failed",
    error: {
      code: "git/invalid",
      message: "The branch follows no remote, and east, west, origin could be meant.",
      hint: "Name the remote to push to, or connect your fork.",
    },
  });
  remote.create("fork.git");
  await add("fork");
  expect(await transfer("push")).toMatchObject({ state: "succeeded" });
  const fork = nativeGit(remote.path("fork.git"), root);
  expect(fork("rev-parse", "main")).toBe(mine("rev-parse", "HEAD"));
  fork("fsck", "--full");
  mine("fsck", "--full");
});
