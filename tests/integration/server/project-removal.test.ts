/** Removing a project: what is said before, what is refused, what is gone and what is not. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GitTask, ProjectRemoval, TerminalInfo } from "@/lib/protocol";
import { runCommandLine } from "../cli/run-command-line";
import { type GitServer, startGitServer } from "../git/http-backend";
import { nativeGit } from "../git/native-git";
import { finishTask } from "../git/task";
import { createTestServer, type TestServer } from "../server-harness";
import { until } from "../until";

let root: string;
let remote: GitServer;
let server: TestServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-removal-"));
  remote = await startGitServer(join(root, "served"), { ada: { password: "right", mayPush: true } });
  remote.create("profiles.git");
  const seed = nativeGit(root, root);
  seed("init", "-q", "-b", "main", "seed");
  seed("-C", "seed", "commit", "-q", "--allow-empty", "-m", "start");
  seed("-C", "seed", "push", "-q", remote.path("profiles.git"), "main");
  server = await createTestServer();
}, 60_000);
afterAll(async () => {
  await server?.close();
  await remote?.close();
  rmSync(root, { recursive: true, force: true });
});

const folders = (): string[] => readdirSync(join(server.dataDirectory, "projects")).sort();
const workspace = (project: string): string => join(server.dataDirectory, "projects", project, "workspace");
const look = async (project: string): Promise<ProjectRemoval> =>
  (await server.api<ProjectRemoval>("GET", `/projects/${project}/removal`)).body;
const remove = (project: string, name: string, force = false) =>
  server.api("DELETE", `/projects/${project}?name=${encodeURIComponent(name)}${force ? "&force=true" : ""}`);
const clone = async (): Promise<string> => {
  const body = { url: remote.url("profiles.git"), user: "ada", password: "right" };
  const started = await server.api<{ project: string; task: GitTask }>("POST", "/projects/clone", body);
  const { project, task } = started.body;
  expect(await finishTask(server, project, { status: started.status, body: task })).toMatchObject({
    state: "succeeded",
  });
  return project;
};

it("keeps the only project, and says what to do", async () => {
  expect(await look("sample")).toMatchObject({ refused: { message: "It is the only project." } });
  expect(await remove("sample", "Sample", true)).toMatchObject({ status: 409, body: { code: "project/busy" } });
  expect(await remove("none", "None")).toMatchObject({ status: 404, body: { code: "project/not-found" } });
  expect(folders()).toEqual(["sample"]);
});

it("removes a clone of which everything is at its remote by its exact name alone", async () => {
  expect(await clone()).toBe("profiles");
  expect((await look("profiles")).lost).toEqual({
    unpushedCommits: 0,
    changedFiles: 0,
    stashes: 0,
    drafts: 0,
    unreadable: 0,
  });
  for (const name of ["Profiles", "", "sample"])
    expect(await remove("profiles", name)).toMatchObject({ status: 400, body: { code: "request/invalid" } });
  expect((await remove("profiles", "profiles")).status).toBe(204);
  expect((await server.api("GET", "/projects/profiles")).status).toBe(404);
  await until(() => folders().join() === "sample");
});

it("counts what is nowhere else, gives it up only by force, ends shells, and follows no link", async () => {
  // The id of a removed project is not given again: what knew the old one may not take the new one for it.
  const id = await clone();
  expect(id).toBe("profiles-2");
  const git = (path: string) => `/projects/${id}/git/${path}`;
  const write = (path: string, text: string) =>
    server.api("PUT", `/projects/${id}/file?path=${path}`, { text, tag: null });
  await server.api("PUT", git("identity"), { name: "Ada", email: "ada@example.org" });
  await write("a.cfg", "[a]\n");
  await server.api("POST", git("stage"), { paths: [""] });
  await server.api("POST", git("commits"), { message: "Not pushed" });
  await write("b.cfg", "[b]\n");
  await server.api("POST", git("stashes"), { includeUntracked: true });
  await write("c.cfg", "[c]\n");
  await server.api("POST", git("repositories"), { path: "inner" });
  await write("inner/d.cfg", "[d]\n");
  await server.api("PUT", `/projects/${id}/draft?path=c.cfg`, { text: "unsaved", baseTag: null });
  const opened = await server.api<TerminalInfo>("POST", `/projects/${id}/terminals`, { columns: 80, rows: 24 });
  const outside = join(root, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "kept.txt"), "kept\n");
  symlinkSync(outside, join(workspace(id), "way-out"));

  const { lost, terminals } = await look(id);
  // The file, the link and the folder of the inner repository, whose file is one more.
  expect([lost, terminals]).toEqual([{ unpushedCommits: 1, changedFiles: 4, stashes: 1, drafts: 1, unreadable: 0 }, 1]);
  const refused = await remove(id, "profiles");
  expect(refused).toMatchObject({ status: 409, body: { code: "project/has-work" } });
  expect(JSON.stringify(refused.body)).toContain("1 unpushed commit, 4 changed files, 1 stash, 1 unsaved text");
  // A repository that is damaged does not keep the project.
  const broken = join(workspace(id), "broken/.git");
  for (const folder of ["objects", "refs"]) mkdirSync(join(broken, folder), { recursive: true });
  writeFileSync(join(broken, "HEAD"), "ref: refs/heads/main\n");
  writeFileSync(join(broken, "config"), "[core]\n\trepositoryformatversion = 99\n");
  expect((await look(id)).lost).toMatchObject({ unreadable: 1 });
  expect((await remove(id, "profiles", true)).status).toBe(204);
  expect((await server.api("GET", `/terminals/${opened.body.id}`)).status).toBe(404);
  await until(() => folders().join() === "sample");
  expect(existsSync(join(outside, "kept.txt"))).toBe(true);
});

it("is refused while a transfer goes on", async () => {
  expect(await clone()).toBe("profiles-3");
  remote.holdFetches = true;
  nativeGit(root, root)("-C", "seed", "commit", "-q", "--allow-empty", "-m", "next");
  nativeGit(root, root)("-C", "seed", "push", "-q", remote.path("profiles.git"), "main");
  const { body: task } = await server.api<GitTask>("POST", "/projects/profiles-3/git/fetch", {});
  const refused = await remove("profiles-3", "profiles", true);
  expect(refused).toMatchObject({ status: 409, body: { code: "project/busy" } });
  expect(JSON.stringify(refused.body)).toContain("A fetch is going on.");
  remote.holdFetches = false;
  await server.api("POST", `/projects/profiles-3/git/tasks/${task.id}/cancel`);
  await finishTask(server, "profiles-3", { status: 202, body: task });
});

it("is told and done from the command line", async () => {
  const cli = (...words: string[]) => runCommandLine(server.url, ["project", "remove", "profiles-3", ...words]);
  const asked = await cli();
  expect([asked.code, asked.stdout, asked.stderr]).toEqual([
    4,
    expect.stringMatching(/unpushed commits +0\n/),
    expect.stringContaining('to remove profiles, say --name "profiles"'),
  ]);
  expect((await cli("--name", "sample")).code).toBe(4);
  expect(await cli("--name", "profiles")).toMatchObject({ code: 0, stdout: "profiles-3: removed\n" });
  expect(folders().filter((name) => !name.startsWith("."))).toEqual(["sample"]);
});
