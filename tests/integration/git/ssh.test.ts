/** Remotes over ssh: unknown and changed hosts, a key made here, clone and push, against a real sshd. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GitHostKey, GitSshKey, GitTask } from "@/lib/protocol";
import { createTestServer, type TestServer } from "../server-harness";
import { type SshServer, startSshServer } from "./ssh-server";
import { finishTask } from "./task";

let root: string;
let ssh: SshServer;
let server: TestServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-ssh-"));
  ssh = await startSshServer(join(root, "host"));
  server = await createTestServer();
  const { path, git } = ssh;
  git(".", "init", "-q", "-b", "main", "seed");
  git("seed", "-c", "user.name=S", "-c", "user.email=s@example.org", "commit", "-q", "--allow-empty", "-m", "start");
  git(".", "clone", "-q", "--bare", path("seed"), path("up.git"));
}, 60_000);
afterAll(async () => {
  await server?.close();
  await ssh?.close();
  rmSync(root, { recursive: true, force: true });
});

const at = (path: string): string => `/projects/sample/git${path}`;
const clone = async (path: string): Promise<GitTask> =>
  finishTask(server, "sample", await server.api("POST", at("/clone"), { url: ssh.url("up.git"), path }));
const asKey = ({ host, type, key }: GitHostKey): Omit<GitHostKey, "fingerprint"> => ({ host, type, key });

it("asks about a new host, shows the key to give to it, clones and pushes; a changed host is refused", async () => {
  const { api } = server;
  const unknown = await clone("one");
  expect(unknown).toMatchObject({ state: "failed", error: { code: "git/host-unknown" } });
  const [shown] = unknown.error!.hostKeys!;
  expect(shown).toMatchObject({ type: "ssh-ed25519", fingerprint: ssh.fingerprint() });
  expect((await api("PUT", at("/trust/host"), { ...asKey(shown!), key: "not a key" })).status).toBe(400);
  expect((await api("PUT", at("/trust/host"), asKey(shown!))).status).toBe(200);

  expect(await clone("two")).toMatchObject({
    state: "failed",
    error: { code: "git/authentication-failed", hint: expect.stringContaining("public key") },
  });
  const made = await api<GitSshKey>("POST", at("/ssh-key"), {});
  expect(made).toMatchObject({
    status: 201,
    body: { publicKey: expect.stringMatching(/^ssh-ed25519 \S+ webrunner$/) },
  });
  expect((await api("POST", at("/ssh-key"), {})).body).toMatchObject({ code: "git/name-taken" });
  expect((await api("GET", at("/ssh-key"))).body).toEqual({ key: made.body });
  ssh.authorize(made.body.publicKey);

  expect(await clone("three")).toMatchObject({ state: "succeeded" });
  const inClone = (path: string): string => at(`${path}?repository=three`);
  await api("PUT", inClone("/identity"), { name: "Ada", email: "ada@example.org" });
  const commit = await api<{ id: string }>("POST", inClone("/commits"), { message: "by ssh", allowEmpty: true });
  const push = await finishTask(server, "sample", await api("POST", inClone("/push"), { remote: "origin" }));
  expect(push).toMatchObject({ state: "succeeded" });
  expect(ssh.git("up.git", "rev-parse", "main").trim()).toBe(commit.body.id);
  ssh.git("up.git", "fsck", "--full");

  // The private half is in no file, and no half-made folder is left of what failed.
  const found = spawnSync("grep", ["-rlaE", "--", "PRIVATE KEY|openssh-key-v1", server.dataDirectory]);
  expect([found.status, found.stdout.toString()]).toEqual([1, ""]);
  expect((await api("GET", at("/repositories"))).body).toEqual({ repositories: ["", "three"] });

  await ssh.changeHostKey();
  const changed = await finishTask(server, "sample", await api("POST", inClone("/fetch"), { remote: "origin" }));
  expect(changed).toMatchObject({ state: "failed", error: { code: "git/host-changed" } });
  const other = changed.error!.hostKeys!.find(({ type }) => type === "ssh-ed25519")!;
  expect(other.fingerprint).toBe(ssh.fingerprint());
  expect((await api("PUT", at("/trust/host"), asKey(other))).body).toMatchObject({ code: "git/host-changed" });
  expect((await api("PUT", at("/trust/host"), { ...asKey(other), replace: true })).status).toBe(200);
  const fetched = await finishTask(server, "sample", await api("POST", inClone("/fetch"), { remote: "origin" }));
  expect(fetched).toMatchObject({ state: "succeeded" });
  await api("DELETE", at(`/trust?host=${encodeURIComponent(other.host)}`));
  expect((await api("GET", at("/trust"))).body).toEqual({ certificates: [], hosts: [] });
}, 60_000);
