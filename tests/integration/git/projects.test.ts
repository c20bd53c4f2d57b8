/** New projects: empty, cloned, and clones that fail or are cancelled. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io } from "socket.io-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GitStatus, GitTask, ProjectInfo } from "@/lib/protocol";
import { createTestServer, TEST_TOKEN, type TestServer } from "../server-harness";
import { until } from "../until";
import { type GitServer, startGitServer } from "./http-backend";
import { nativeGit, temporaryPlace } from "./native-git";
import { finishTask } from "./task";

let root: string;
let remote: GitServer;
let server: TestServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-projects-"));
  remote = await startGitServer(join(root, "served"), { ada: { password: "right", mayPush: true } });
  remote.create("slapos.git");
  const place = temporaryPlace();
  const seed = nativeGit(place.work, place.home);
  seed("init", "-q", "-b", "main");
  for (const number of [1, 2, 3]) {
    writeFileSync(join(place.work, "software.cfg"), `[buildout]\nparts =\n# ${number}\n`);
    seed("add", ".");
    seed("commit", "-q", "-m", `commit ${number}`);
  }
  seed("push", "-q", remote.path("slapos.git"), "main", "main~1:refs/heads/older");
  place.dispose();
  server = await createTestServer();
}, 60_000);
afterAll(async () => {
  await server?.close();
  await remote?.close();
  rmSync(root, { recursive: true, force: true });
});

const folders = (): string[] => readdirSync(join(server.dataDirectory, "projects")).sort();
const listNames = async (): Promise<string[]> =>
  (await server.api<{ projects: ProjectInfo[] }>("GET", "/projects")).body.projects.map(({ name }) => name).sort();
const clone = (body: object): Promise<{ status: number; body: { project: string; task: GitTask } }> =>
  server.api("POST", "/projects/clone", { url: remote.url("slapos.git"), user: "ada", ...body });
const finish = async ({ status, body }: Awaited<ReturnType<typeof clone>>): Promise<GitTask> =>
  finishTask(server, body.project, { status, body: body.task });

it("makes an empty project with a repository", async () => {
  const made = await server.api<ProjectInfo>("POST", "/projects", { name: "Étude № 1" });
  expect(made).toMatchObject({ status: 201, body: { id: "etude-no-1", name: "Étude № 1" } });
  const status = await server.api<GitStatus>("GET", `/projects/${made.body.id}/git/status`);
  expect(status).toMatchObject({ status: 200, body: { branch: "main", entries: [] } });
});

it("clones a branch shallow into a project of its own, and deepens it", async () => {
  const started = await clone({ password: "right", branch: "older", depth: 1 });
  expect(started.body.project).toBe("slapos");
  expect(await finish(started)).toMatchObject({ state: "succeeded", kind: "clone" });
  const at = (path: string): string => `/projects/slapos/git${path}`;
  const log = (): Promise<{ body: { commits: { subject: string }[] } }> => server.api("GET", at("/log"));
  expect((await log()).body.commits.map(({ subject }) => subject)).toEqual(["commit 2"]);
  const deepened = await server.api("POST", at("/fetch"), { remote: "origin", unshallow: true });
  expect(await finishTask(server, "slapos", deepened)).toMatchObject({ state: "succeeded" });
  expect((await log()).body.commits.map(({ subject }) => subject)).toEqual(["commit 2", "commit 1"]);
  expect((await server.api("GET", "/projects/slapos")).body).toMatchObject({
    name: "slapos",
    releases: [{ profile: "software.cfg" }],
  });
  nativeGit(join(server.dataDirectory, "projects/slapos/workspace"), root)("-c", "safe.directory=*", "fsck", "--full");
});

it("leaves nothing of a clone that fails or is cancelled, and gives a second one another id", async () => {
  const before = [folders(), await listNames()];
  expect(await finish(await clone({ password: "wrong" }))).toMatchObject({
    state: "failed",
    error: { code: "git/authentication-failed" },
  });
  expect(await finish(await clone({ password: "right", branch: "none" }))).toMatchObject({ state: "failed" });
  expect(await clone({ url: "ext::sh -c id" })).toMatchObject({ status: 400, body: { code: "git/url-refused" } });

  remote.holdFetches = true;
  try {
    const { body } = await clone({ password: "right" });
    expect(body.project).toBe("slapos-2");
    await until(() => remote.requests.some(({ method }) => method === "POST"));
    expect(folders()).toContain(".making-slapos-2");
    expect(await listNames()).toEqual(before[1]);
    await server.api("POST", `/projects/${body.project}/git/tasks/${body.task.id}/cancel`);
    expect(await finish({ status: 202, body })).toMatchObject({ state: "cancelled" });
  } finally {
    remote.holdFetches = false;
  }
  expect([folders(), await listNames()]).toEqual(before);
}, 60_000);

it("remembers which project was opened last, until it is removed", async () => {
  const socket = io(server.url, {
    transports: ["websocket"],
    extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
  });
  const readLast = async (): Promise<string | undefined> =>
    (await server.api<{ last?: string }>("GET", "/projects")).body.last;
  const watch = (payload: object): Promise<unknown> => socket.timeout(10_000).emitWithAck("project:watch", payload);
  try {
    expect(await readLast()).toBeUndefined();
    expect(await watch({ project: "sample", opened: true })).toEqual({});
    await watch({ project: "etude-no-1", opened: true });
    // A page that only comes back to a server opens nothing.
    await watch({ project: "sample", opened: false });
    expect(await readLast()).toBe("etude-no-1");
    await server.api("DELETE", `/projects/etude-no-1?name=${encodeURIComponent("Étude № 1")}&force=true`);
    expect(await readLast()).toBeUndefined();
  } finally {
    socket.disconnect();
  }
});
