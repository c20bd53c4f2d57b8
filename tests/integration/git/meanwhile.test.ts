/** While a remote is talked to, the repository is read, staged and committed in; what was begun then still ends well. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { GitStatus, GitTask } from "@/lib/protocol";
import { createTestServer, type TestServer } from "../server-harness";
import { until } from "../until";
import { type Forge, startForge } from "./forge";
import { type NativeGit, nativeGit } from "./native-git";
import { finishTask } from "./task";

let root: string;
let forge: Forge;
let server: TestServer;
let mine: NativeGit;
let bob: NativeGit;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-meanwhile-"));
  // The workspace may be the builder's, not ours.
  writeFileSync(join(root, ".gitconfig"), "[safe]\n\tdirectory = *\n");
  forge = await startForge("fork.git", "other.git");
  server = await createTestServer();
  mine = nativeGit(join(server.dataDirectory, "projects/sample/workspace"), root);
  mine("branch", "-M", "main");
  await server.api("PUT", at("/identity"), { name: "Ada", email: "ada@example.org" });
  await server.api("PUT", at("/remotes?name=fork"), { url: urlOf("fork.git") });
  await transfer("push", { setUpstream: true });
  nativeGit(root, root)("clone", "-q", forge.path("fork.git"), "bob");
  bob = nativeGit(join(root, "bob"), root);
}, 60_000);
afterAll(async () => {
  await server?.close();
  await forge?.close();
  rmSync(root, { recursive: true, force: true });
});
afterEach(() => {
  forge.holdFetches = false;
  forge.holdPushes = false;
});

const at = (path: string): string => `/projects/sample/git${path}`;
const urlOf = (name: string): string =>
  forge.url(name).replace("://", `://${forge.login.user}:${forge.login.password}@`);
const begin = (kind: string, body: object = {}): Promise<{ status: number; body: GitTask }> =>
  server.api("POST", at(`/${kind}`), body);
const finish = async (started: Awaited<ReturnType<typeof begin>>): Promise<GitTask> =>
  finishTask(server, "sample", started);
const transfer = async (kind: string, body: object = {}): Promise<GitTask> => finish(await begin(kind, body));
const readStatus = async (): Promise<GitStatus> => (await server.api<GitStatus>("GET", at("/status"))).body;
const commit = async (name: string): Promise<string> => {
  writeFileSync(join(mine.directory, name), "text\n");
  expect((await readStatus()).entries).toMatchObject([{ path: name }]);
  expect((await server.api("POST", at("/stage"), { paths: [name] })).status).toBe(204);
  const made = await server.api<{ id: string }>("POST", at("/commits"), { message: `Add ${name}` });
  expect(made.status).toBe(201);
  return made.body.id;
};
const pushByBob = (message: string): string => {
  bob("pull", "-q", "--rebase");
  bob("commit", "-q", "--allow-empty", "-m", message);
  bob("push", "-q", "origin", "main");
  return bob("rev-parse", "HEAD").trim();
};
/** Begun, and the remote was asked. */
const beginHeld = async (
  kind: "fetch" | "pull" | "push",
  body: object = {},
): Promise<Awaited<ReturnType<typeof begin>>> => {
  if (kind === "push") forge.holdPushes = true;
  else forge.holdFetches = true;
  const started = await begin(kind, body);
  await until(() => forge.held > 0);
  return started;
};
const release = (): void => {
  forge.holdFetches = false;
  forge.holdPushes = false;
};

it("reads, stages and commits while a fetch waits for the remote", async () => {
  const theirs = pushByBob("During the fetch");
  const fetch = await beginHeld("fetch");
  const id = await commit("during-fetch.cfg");
  for (const path of ["/log", "/branches", "/tags", "/stashes", "/reflog", "/remotes", "/blame?path=during-fetch.cfg"])
    expect([path, (await server.api("GET", at(path))).status]).toEqual([path, 200]);
  expect((await server.api<GitTask>("GET", at(`/tasks/${fetch.body.id}`))).body.state).toBe("running");
  release();
  expect(await finish(fetch)).toMatchObject({ state: "succeeded" });
  expect(mine("rev-parse", "HEAD", "fork/main").split("\n")).toEqual([id, theirs, ""]);
  expect(await readStatus()).toMatchObject({ ahead: 1, behind: 1, entries: [] });
});

it("merges what was committed while a pull waited for the remote", async () => {
  const pull = await beginHeld("pull", { mode: "merge" });
  const id = await commit("during-pull.cfg");
  release();
  expect(await finish(pull)).toMatchObject({ state: "succeeded", outcome: { conflicts: [] } });
  expect(mine("rev-parse", "HEAD^1").trim()).toBe(id);
});

it("pushes what there was at the beginning; a commit made meanwhile is ahead of it", async () => {
  const before = mine("rev-parse", "HEAD").trim();
  const push = await beginHeld("push");
  await commit("during-push.cfg");
  release();
  expect(await finish(push)).toMatchObject({ state: "succeeded" });
  expect(nativeGit(forge.path("fork.git"), root)("rev-parse", "main").trim()).toBe(before);
  expect(await readStatus()).toMatchObject({ ahead: 1, behind: 0, entries: [] });
});

it("merges nothing into a branch that was switched to while a pull waited", async () => {
  pushByBob("For main alone");
  const pull = await beginHeld("pull", { mode: "merge" });
  mine("branch", "aside", "main");
  expect((await server.api("POST", at("/switch"), { target: "aside" })).status).toBe(200);
  release();
  expect(await finish(pull)).toMatchObject({
    state: "failed",
    error: { code: "git/changed", hint: "Switch back to main, then pull again." },
  });
  expect(mine("rev-parse", "aside")).toBe(mine("rev-parse", "main"));
  await server.api("POST", at("/switch"), { target: "main" });
  expect(await transfer("pull", { mode: "merge" })).toMatchObject({ state: "succeeded" });
});

it("takes nothing in of a remote that was pointed elsewhere during the fetch", async () => {
  pushByBob("From the old place");
  const before = mine("rev-parse", "fork/main");
  const fetch = await beginHeld("fetch");
  expect((await server.api("PUT", at("/remotes?name=fork"), { url: urlOf("other.git") })).status).toBe(200);
  release();
  expect(await finish(fetch)).toMatchObject({ state: "failed", error: { code: "git/changed" } });
  expect(mine("rev-parse", "fork/main")).toBe(before);
  await server.api("PUT", at("/remotes?name=fork"), { url: urlOf("fork.git") });
  expect(await transfer("pull", { mode: "merge" })).toMatchObject({ state: "succeeded" });
});

it("cancels a transfer during which something was committed, and leaves nothing of it", async () => {
  const before = mine("rev-parse", "fork/main");
  for (const kind of ["fetch", "push"] as const) {
    const task = await beginHeld(kind);
    const id = await commit(`cancelled-${kind}.cfg`);
    expect((await server.api("POST", at(`/tasks/${task.body.id}/cancel`))).status).toBe(202);
    expect(await finish(task)).toMatchObject({ state: "cancelled" });
    release();
    expect(mine("rev-parse", "HEAD").trim()).toBe(id);
  }
  expect(mine("rev-parse", "fork/main")).toBe(before);
  const packs = readdirSync(join(mine.directory, ".git/objects/pack"));
  expect(packs.filter((name) => !/^pack-[0-9a-f]+\.(pack|idx|rev)$/.test(name))).toEqual([]);
});

it("shows a repository that is being cloned when it is whole, not before", async () => {
  forge.holdFetches = true;
  const clone = await begin("clone", { url: urlOf("fork.git"), path: "checkout" });
  await until(() => forge.held > 0);
  const list = async (): Promise<string[]> =>
    (await server.api<{ repositories: string[] }>("GET", at("/repositories"))).body.repositories;
  expect(await list()).toEqual([""]);
  expect(await server.api("GET", at("/status?repository=checkout"))).toMatchObject({
    status: 404,
    body: { code: "git/no-repository", title: "The repository is still being cloned." },
  });
  release();
  expect(await finish(clone)).toMatchObject({ state: "succeeded" });
  expect(await list()).toEqual(["", "checkout"]);
  expect(await server.api("GET", at("/status?repository=checkout"))).toMatchObject({
    status: 200,
    body: { branch: "main", entries: [] },
  });
});
