/** Bearer tokens and own authorities, by native git and by isomorphic-git, and how the server keeps them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloneInto, type ExchangeContext, fetchRemote } from "@/server/git/exchange";
import { createEmptyRepository, readUserSettings } from "@/server/git/open-repository";
import { getAllowedUrl } from "@/server/git/remotes";
import { createWorkTree } from "@/server/git/work-tree";
import { createGitTransport, type GitTransport } from "@/server/platform/git-transport";
import { createTestServer } from "../server-harness";
import { makeCertificate } from "./certificate";
import { type GitServer, startGitServer } from "./http-backend";
import { nativeGit, temporaryPlace } from "./native-git";
import { finishTask } from "./task";

const TOKEN = "canary-bearer-5b1f-token";
const { uid, gid, username: name, homedir: home } = userInfo();
const identity = { uid, gid, name, home, switched: false };

let root: string;
let remote: GitServer;
let cert: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-bearer-"));
  const tls = makeCertificate(root);
  cert = tls.cert;
  remote = await startGitServer(
    join(root, "served"),
    { ada: { password: TOKEN, mayPush: true } },
    { bearer: true, tls },
  );
  remote.create("up.git");
  const place = temporaryPlace();
  const seed = nativeGit(place.work, place.home);
  seed("init", "-q", "-b", "main");
  seed("commit", "-q", "--allow-empty", "-m", "start");
  seed("push", "-q", remote.path("up.git"), "main");
  place.dispose();
});
afterAll(async () => {
  await remote?.close();
  rmSync(root, { recursive: true, force: true });
});

describe.each<[string, GitTransport]>([
  ["native git", createGitTransport({ identity })],
  ["isomorphic-git", createGitTransport({ identity, gitProgram: undefined })],
])("by %s", (kind, transport) => {
  it("clones with a bearer token from an authority of our own, and gives it to no other host", async () => {
    const workspace = join(root, kind.replace(" ", "-"));
    mkdirSync(workspace);
    const repository = createEmptyRepository(workspace, "", readUserSettings(undefined));
    const url = getAllowedUrl(remote.url("up.git"));
    const context = (scheme: "basic" | "bearer", certificates?: string): ExchangeContext => ({
      transport,
      login: async () => ({ user: "ada", password: TOKEN, scheme }),
      trust: async () => ({ ...(certificates !== undefined && { certificates }) }),
    });
    try {
      const tree = createWorkTree(repository);
      await expect(cloneInto(repository, tree, context("bearer"), { url })).rejects.toMatchObject({
        code: "git/certificate-refused",
      });
      await expect(cloneInto(repository, tree, context("basic", cert), { url })).rejects.toMatchObject({
        code: "git/authentication-failed",
      });
      await cloneInto(repository, tree, context("bearer", cert), { url });
      nativeGit(workspace, root).fsck();

      const thief = await startGitServer(join(root, `thief-${kind}`), { ada: { password: TOKEN, mayPush: true } });
      try {
        thief.create("up.git");
        remote.redirectTo = thief.url("").replace(/\/$/, "");
        await expect(fetchRemote(repository, context("bearer", cert), "origin")).rejects.toMatchObject({
          code: expect.stringMatching(/^git\//),
        });
        expect(thief.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
      } finally {
        remote.redirectTo = undefined;
        await thief.close();
      }
    } finally {
      repository.close();
    }
    const found = spawnSync("grep", ["-rlaF", "--", TOKEN, root, "/dev/shm"]);
    expect([found.status, found.stdout.toString()]).toEqual([1, ""]);
  }, 60_000);
});

it("is asked for over the API: the certificate of a page or of a setting, the token sealed", async () => {
  const clone = async (environment: Readonly<Record<string, string>>, pem: string | undefined): Promise<unknown> => {
    const server = await createTestServer({ environment });
    try {
      const at = (path: string): string => `/projects/sample/git${path}`;
      const body = { url: remote.url("up.git"), path: "checkout", password: TOKEN, scheme: "bearer" };
      if (pem !== undefined) {
        const junk = await server.api("PUT", at("/trust/certificate"), { url: body.url, pem: "junk" });
        expect(junk).toMatchObject({ status: 400, body: { code: "git/invalid" } });
        const saved = await server.api("PUT", at("/trust/certificate"), { url: body.url, pem });
        expect(saved).toMatchObject({ body: { certificates: [{ subject: "CN=test authority" }] } });
      }
      const task = await finishTask(server, "sample", await server.api("POST", at("/clone"), body));
      expect((await server.api("GET", at("/logins"))).body).toMatchObject({ logins: [{ scheme: "bearer" }] });
      const found = spawnSync("grep", ["-rlaF", "--", TOKEN, server.dataDirectory]);
      expect([found.status, found.stdout.toString()]).toEqual([1, ""]);
      return task;
    } finally {
      await server.close();
    }
  };
  expect(await clone({}, undefined)).toMatchObject({ error: { code: "git/certificate-refused" } });
  expect(await clone({}, cert)).toMatchObject({ state: "succeeded" });
  const path = join(root, "authority.pem");
  writeFileSync(path, cert);
  expect(await clone({ WEBRUNNER_GIT_CA: path }, undefined)).toMatchObject({ state: "succeeded" });
}, 60_000);
