/** `webrunner git` and `webrunner project` where other repositories and conflicts are concerned, as the built program. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectRoot } from "../../tidy/source-files";
import { type GitServer, startGitServer } from "../git/http-backend";
import { type NativeGit, nativeGit } from "../git/native-git";
import { createTestServer, TEST_TOKEN, type TestServer } from "../server-harness";

const TOKEN = "cli-secret-token-77";
let root: string;
let remote: GitServer;
let server: TestServer;
let bob: NativeGit;
const write = (name: string, text: string): void => writeFileSync(join(root, "bob", name), text);
const lines = (change: Readonly<Record<number, string>>): string =>
  Array.from({ length: 20 }, (_, at) => `${change[at] ?? `line ${at}`}\n`).join("");
const hashes = (text: string): string =>
  `[a]\nfilename = a.in\nmd5sum = ${createHash("md5").update(text).digest("hex")}\n`;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-git-cli-"));
  remote = await startGitServer(join(root, "served"), { ada: { password: TOKEN, mayPush: true } });
  remote.create("up.git");
  nativeGit(root, root)("init", "-q", "-b", "main", "bob");
  bob = nativeGit(join(root, "bob"), root);
  write("a.in", lines({}));
  write("buildout.hash.cfg", hashes(lines({})));
  bob("add", ".");
  bob("commit", "-q", "-m", "start");
  bob("push", "-q", remote.path("up.git"), "main");
  server = await createTestServer();
}, 60_000);
afterAll(async () => {
  await server?.close();
  await remote?.close();
  rmSync(root, { recursive: true, force: true });
});

function webrunner(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, "dist/webrunner.js"), ...words], {
      cwd: root,
      env: {
        NODE_ENV: "production",
        PATH: process.env.PATH,
        HOME: root,
        WEBRUNNER_DATA: join(root, "none"),
        WEBRUNNER_URL: server.url,
        WEBRUNNER_TOKEN: TEST_TOKEN,
        WEBRUNNER_GIT_PASSWORD: TOKEN,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const text = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (part) => (text.out += part));
    child.stderr.setEncoding("utf8").on("data", (part) => (text.err += part));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...text }));
  });
}

it("clones a project, resolves a conflict by computing its hashes, renames the remote and pushes", async () => {
  expect(await webrunner("project", "clone", remote.url("up.git"), "mine", "--user", "ada")).toMatchObject({
    code: 0,
    out: "done\n",
  });
  const git = (...words: string[]): ReturnType<typeof webrunner> => webrunner("git", ...words, "--project", "mine");
  await git("identity", "Ada", "ada@example.org");
  const at = (path: string): string => `/projects/mine/file?path=${path}`;
  for (const [path, text] of Object.entries({
    "a.in": lines({ 2: "ada" }),
    "buildout.hash.cfg": hashes(lines({ 2: "ada" })),
  })) {
    const { tag } = (await server.api<{ tag: string }>("GET", at(path))).body;
    await server.api("PUT", at(path), { text, tag });
  }
  await git("stage", ".");
  expect((await git("commit", "--message", "By Ada")).code).toBe(0);
  write("a.in", lines({ 15: "bob" }));
  write("buildout.hash.cfg", hashes(lines({ 15: "bob" })));
  bob("commit", "-q", "-am", "By Bob");
  bob("push", "-q", remote.path("up.git"), "main");

  const rejected = await git("push");
  expect(rejected).toMatchObject({
    code: expect.any(Number),
    err: expect.stringContaining("commits that you do not have"),
  });
  expect(rejected.code).not.toBe(0);
  expect(await git("pull", "--merge")).toMatchObject({ code: 6, out: expect.stringContaining("git rehash") });
  expect(await git("conflict", "buildout.hash.cfg", "--theirs")).toMatchObject({ out: hashes(lines({ 15: "bob" })) });
  expect(await git("rehash")).toMatchObject({ code: 0, out: "resolved: buildout.hash.cfg\n" });
  expect((await git("continue")).code).toBe(0);

  expect((await git("remote", "origin", "--rename", "upstream")).code).toBe(0);
  expect((await git("remote")).out).toMatch(/^upstream +http/);
  expect((await git("push", "upstream")).code).toBe(0);
  const look = nativeGit(remote.path("up.git"), root);
  expect(look("show", "main:buildout.hash.cfg")).toBe(hashes(lines({ 2: "ada", 15: "bob" })));
  look.fsck();

  expect(await git("ssh-key")).toMatchObject({
    code: expect.any(Number),
    err: expect.stringContaining("ssh-key create"),
  });
  expect((await git("ssh-key", "create")).out).toMatch(/^ssh-ed25519 \S+ webrunner\n$/);
  const key = "AAAAC3NzaC1lZDI1NTE5AAAAIBNJxmrhNwRrTS5KWHQSVrkSmuMXzfPiP1mTbXyZFdEa";
  expect((await git("trust", "host", "[git.example.org]:2222", "ssh-ed25519", key)).out).toContain("SHA256:");
  expect((await git("trust", "host", "[git.example.org]:2222", "--delete")).out).toBe("");
  const said = await Promise.all([git("login", remote.url("up.git"), "--user", "ada"), git("remote"), git("status")]);
  expect(JSON.stringify(said)).not.toContain(TOKEN);
  expect(await webrunner("project", "create", "Second one")).toMatchObject({
    code: 0,
    out: "second-one: Second one\n",
  });
}, 60_000);
