/** `webrunner git`: what the Source Control view does with changes, history, branches, stashes and tags, from a shell. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { projectRoot } from "../../tidy/source-files";
import { createTestServer, TEST_TOKEN, type TestServer } from "../server-harness";
import { type GitServer, startGitServer } from "./http-backend";
import { type NativeGit, nativeGit } from "./native-git";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let root: string;
let server: TestServer;
let remote: GitServer;
let native: NativeGit;
let project: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "webrunner-git-cli-"));
  remote = await startGitServer(join(root, "served"), { ada: { password: "right", mayPush: true } });
  remote.create("fork.git");
  server = await createTestServer();
  project = (await server.api<{ projects: { id: string }[] }>("GET", "/projects")).body.projects[0]!.id;
  native = nativeGit(join(server.dataDirectory, "projects", project, "workspace"), root);
  native("config", "--global", "safe.directory", "*");
});
afterAll(async () => {
  await server?.close();
  await remote?.close();
  rmSync(root, { recursive: true, force: true });
});

function git(words: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, "dist/webrunner.js"), "git", ...words], {
      env: {
        NODE_ENV: "production",
        PATH: process.env.PATH,
        HOME: root,
        WEBRUNNER_DATA: join(root, "none"),
        WEBRUNNER_URL: server.url,
        WEBRUNNER_TOKEN: TEST_TOKEN,
        ...environment,
      },
    });
    const text = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (part) => (text.out += part));
    child.stderr.setEncoding("utf8").on("data", (part) => (text.err += part));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(text.out) : reject(new Error(`git ${words.join(" ")}: ${code} ${text.err}`)),
    );
    child.stdin.end();
  });
}
const write = (text: string): void => writeFileSync(join(native.directory, "letter.cfg"), text);
const head = (revision = "HEAD"): string => native("rev-parse", revision).trim();

it("stages lines, commits, discards and takes the discard back", async () => {
  await git(["identity", "Ada", "ada@example.org"]);
  write("one\ntwo\nthree\n");
  await git(["stage", "letter.cfg"]);
  await git(["commit", "--message", "Write a letter"]);
  write("1\n2\n3\n");
  await git(["stage", "letter.cfg", "--removed", "2", "--added", "2"]);
  expect(native("show", ":letter.cfg")).toBe("one\n2\nthree\n");
  await git(["commit", "--message", "Number the second line", "--signoff"]);
  expect(native("log", "-1", "--format=%b")).toContain("Signed-off-by: Ada <ada@example.org>");
  const back = /back: webrunner git (restore file [0-9a-f]{40} letter\.cfg)/.exec(await git(["discard", "letter.cfg"]));
  expect(native("show", ":letter.cfg")).toBe("one\n2\nthree\n");
  expect(native.status()).toBe("");
  await git(back![1]!.split(" "));
  expect(native("diff", "--name-only").trim()).toBe("letter.cfg");
  await git(["commit", "--message", "x"]).then(
    () => expect.fail("nothing is staged"),
    (error: unknown) => expect(String(error)).toContain("Nothing is staged"),
  );
  native.fsck();
});

it("shows log, blame and what differs; resets, and goes back by the reflog; reverts and picks", async () => {
  await git(["discard", "."]);
  const second = head();
  expect(await git(["log", "--limit", "1"])).toContain("Number the second line");
  expect(await git(["blame", "letter.cfg"])).toMatch(/Ada .* 2 {2}2\n/);
  expect(await git(["compare", "HEAD~1", "HEAD"])).toBe("M  letter.cfg\n");
  expect(await git(["reset", "HEAD~1", "--hard"])).toContain(`back: webrunner git reset ${second}`);
  const [, before] = (await git(["reflog"])).split("\n");
  expect(before).toContain(`${second.slice(0, 12)} HEAD@{1}`);
  await git(["reset", "HEAD@{1}", "--hard"]);
  expect(head()).toBe(second);
  await git(["revert", "HEAD"]);
  expect(native("show", "HEAD:letter.cfg")).toBe("one\ntwo\nthree\n");
  await git(["cherry-pick", second]);
  expect(native("show", "HEAD:letter.cfg")).toBe("one\n2\nthree\n");
  native.fsck();
});

it("makes, follows, leaves and deletes branches; stashes; tags and pushes the tag", async () => {
  const fork = remote.url("fork.git");
  await git(["fork", fork, "--user", "ada"], { WEBRUNNER_GIT_PASSWORD: "right" });
  await git(["switch", "side", "--create"]);
  await git(["push", "fork", "--set-upstream"]);
  expect(await git(["branch"])).toMatch(/\* +side .*fork\/side/);
  await git(["branch", "side", "--unfollow"]);
  expect(() => native("rev-parse", "side@{upstream}")).toThrow();
  await git(["branch", "side", "--follow", "fork/side"]);
  expect(native("rev-parse", "--abbrev-ref", "side@{upstream}").trim()).toBe("fork/side");
  await git(["branch", "side", "--rename", "aside"]);

  write("put aside\n");
  await git(["stash", "save", "--message", "for later"]);
  expect(await git(["stash", "show"])).toMatch(/for later\nM {2}letter\.cfg\n/);
  await git(["stash", "pop"]);
  expect(native.status()).toBe(" M letter.cfg\n");
  await git(["discard", "letter.cfg"]);

  await git(["tag", "v1", "--message", "The first"]);
  await git(["tag", "v1", "--push", "fork"]);
  const there = nativeGit(remote.path("fork.git"), root);
  expect(there("tag", "--list").trim()).toBe("v1");
  await git(["tag", "v1", "--delete", "--push", "fork"]);
  expect(there("tag", "--list").trim()).toBe("");
  await git(["tag", "v1", "--delete"]);
  expect(native("tag", "--list")).toBe("");
  await git(["switch", "HEAD~1"]);
  expect(native("rev-parse", "--abbrev-ref", "HEAD").trim()).toBe("HEAD");
  native.fsck();
});
