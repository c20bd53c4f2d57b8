import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GitDiff, GitStatus, GitTask } from "@/lib/protocol";
import { createTestServer, type TestServer } from "../server-harness";
import { type GitServer, startGitServer } from "./http-backend";
import { nativeGit, temporaryPlace } from "./native-git";

const TOKEN = "canary-7f3a9c-secret-token";
const TEXT = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`).join("");

async function withBoth(
  test: (both: {
    server: TestServer;
    remote: GitServer;
    git: (path: string) => string;
    look: (...args: string[]) => string;
  }) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "wr-git-"));
  const place = temporaryPlace();
  const remote = await startGitServer(join(root, "served"), {
    ada: { password: TOKEN, mayPush: true },
    eve: { password: `${TOKEN}-eve`, mayPush: false },
  });
  const server = await createTestServer();
  try {
    remote.create("up.git");
    const seed = nativeGit(place.work, place.home);
    seed("init", "-q", "-b", "main");
    writeFileSync(join(place.work, "software.cfg"), TEXT);
    seed("add", ".");
    seed("commit", "-q", "-m", "start");
    seed("push", "-q", remote.path("up.git"), "main");
    const look = nativeGit(remote.path("up.git"), place.home);
    const project = (await server.api<{ projects: { id: string }[] }>("GET", "/projects")).body.projects[0]!.id;
    await test({ server, remote, git: (path) => `/projects/${project}/git${path}`, look });
  } finally {
    await server.close();
    await remote.close();
    place.dispose();
    rmSync(root, { recursive: true, force: true });
  }
}

async function finish(
  server: TestServer,
  git: (path: string) => string,
  started: { status: number; body: unknown },
): Promise<GitTask> {
  expect(started).toMatchObject({ status: 202 });
  let task = started.body as GitTask;
  for (const deadline = Date.now() + 20_000; task.state === "running" && Date.now() < deadline; ) {
    task = (await server.api<GitTask>("GET", git(`/tasks/${task.id}?waitMs=2000`))).body;
  }
  return task;
}

describe("git over the API", () => {
  it("clones, edits, stages a hunk, commits, and pushes to a fork; no file keeps the token", () =>
    withBoth(async ({ server, remote, git, look }) => {
      const { api } = server;
      const clone = await finish(
        server,
        git,
        await api("POST", git("/clone"), { url: remote.url("up.git"), path: "checkout", user: "ada", password: TOKEN }),
      );
      expect(clone).toMatchObject({ state: "succeeded", kind: "clone" });
      const at = (path: string): string => git(`${path}${path.includes("?") ? "&" : "?"}repository=checkout`);
      const files = git("").replace(/\/git$/, "/file?path=checkout/software.cfg");
      const { tag } = (await api<{ tag: string }>("GET", files)).body;
      const edited = TEXT.replace("line 2\n", "two\n").replace("line 19\n", "nineteen\n");
      expect((await api("PUT", files, { text: edited, tag })).status).toBe(200);

      const diff = (await api<GitDiff>("GET", at("/diff?path=software.cfg&from=index&to=worktree"))).body;
      expect(diff.hunks).toHaveLength(2);
      const lines = diff.hunks[1]!.lines;
      const selection = {
        path: "software.cfg",
        oldId: diff.oldId,
        newId: diff.newId,
        oldLines: lines.flatMap((line) => (line.kind === "removed" ? [line.oldLine] : [])),
        newLines: lines.flatMap((line) => (line.kind === "added" ? [line.newLine] : [])),
      };
      expect((await api("POST", at("/stage"), selection)).status).toBe(204);
      expect((await api("PUT", at("/identity"), { name: "Ada", email: "ada@example.org" })).status).toBe(204);
      const commit = await api<{ id: string }>("POST", at("/commits"), { message: "Nineteen", signOff: true });
      expect(commit.status).toBe(201);
      const status = (await api<GitStatus>("GET", at("/status"))).body;
      expect(status).toMatchObject({ branch: "main", upstream: "origin/main", ahead: 1, behind: 0 });
      expect(status.entries).toMatchObject([{ path: "software.cfg", staged: " ", unstaged: "M" }]);

      const push = await finish(server, git, await api("POST", at("/push"), { remote: "origin" }));
      expect(push).toMatchObject({ state: "succeeded" });
      expect(look("show", "main:software.cfg")).toBe(TEXT.replace("line 19\n", "nineteen\n"));
      expect(look("rev-parse", "main").trim()).toBe(commit.body.id);

      const refused = await api("POST", at("/fork"), {
        url: remote.url("up.git"),
        user: "eve",
        password: `${TOKEN}-eve`,
      });
      expect(refused).toMatchObject({ status: 422, body: { code: "git/permission-denied" } });
      const fork = await api("POST", at("/fork"), { url: remote.url("up.git"), user: "ada", password: TOKEN });
      expect(fork).toMatchObject({ status: 200, body: { name: "fork" } });
      expect(JSON.stringify((await api("GET", git("/logins"))).body)).not.toContain(TOKEN);

      const found = spawnSync("grep", ["-rlF", "--", TOKEN, server.dataDirectory]);
      expect([found.status, found.stdout.toString()]).toEqual([1, ""]);
      const log = await api<{ commits: { subject: string }[] }>("GET", at("/log?limit=5"));
      expect(log.body.commits.map((each) => each.subject)).toEqual(["Nineteen", "start"]);
    }));

  it("leaves nothing of a clone that fails, and says why", () =>
    withBoth(async ({ server, remote, git }) => {
      const { api } = server;
      const failed = await finish(
        server,
        git,
        await api("POST", git("/clone"), { url: remote.url("up.git"), path: "broken", user: "ada", password: "wrong" }),
      );
      expect(failed).toMatchObject({ state: "failed", error: { code: "git/authentication-failed" } });
      const entries = await api<{ entries: { name: string }[] }>("GET", git("").replace(/\/git$/, "/entries?path="));
      expect(entries.body.entries.map((entry) => entry.name)).not.toContain("broken");
      const url = await api("POST", git("/clone"), { url: "ext::sh -c id", path: "x" });
      expect(url).toMatchObject({ status: 400, body: { code: "git/url-refused" } });
    }));

  it("answers paths that lead out like absent ones", () =>
    withBoth(async ({ server, git }) => {
      const { api } = server;
      await api("POST", git("/repositories"), { path: "own" });
      for (const path of [
        "../x",
        "a/../../x",
        ".git/config",
        "%2e%2e",
        "/etc/passwd",
        "a//b",
        "x/.GIT/hooks/post-commit",
        "-rf",
      ]) {
        const body = { paths: [path] };
        for (const verb of ["stage", "discard"]) {
          expect([path, (await api(`POST`, git(`/${verb}?repository=own`), body)).status]).toEqual([path, 404]);
        }
        expect((await api("GET", git(`/status?repository=${encodeURIComponent(`own/${path}`)}`))).status).toBe(404);
      }
    }));
});
