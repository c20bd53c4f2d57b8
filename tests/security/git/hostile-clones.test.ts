/** IN8: repositories made to do harm, served by a real git server and cloned: a clear error, and nothing left of them. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { ObjectId } from "@/lib/git/object-id";
import { encodeTree } from "@/lib/git/tree";
import type { GitTask } from "@/lib/protocol";
import { toBusyLimit } from "../../integration/busy-limit";
import { type GitServer, startGitServer } from "../../integration/git/http-backend";
import { finishTask } from "../../integration/git/task";
import { createTestServer, type TestServer } from "../../integration/server-harness";

const FILE = 0o100644;
const LINK = 0o120000;
const FOLDER = 0o040000;

let root: string;
let remote: GitServer;
let server: TestServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-hostile-"));
  // What transfers need for a while is made here, and seen when it is left behind.
  chmodSync(root, 0o711);
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  vi.stubEnv("TMPDIR", join(root, "tmp"));
  remote = await startGitServer(join(root, "served"), undefined, { hostile: true });
  server = await createTestServer();
}, 60_000);
afterAll(async () => {
  await server?.close();
  await remote?.close();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

interface Bare {
  blob(bytes: Uint8Array | string): ObjectId;
  /** Names that git itself would refuse, too. */
  tree(entries: readonly { readonly mode: number; readonly name: string; readonly id: ObjectId }[]): ObjectId;
}

/** Serves a repository whose only commit has the tree that `make` gives. */
function serve(name: string, make: (bare: Bare) => ObjectId): string {
  const path = remote.path(name);
  remote.create(name);
  const git = (args: readonly string[], input?: Uint8Array | string): string =>
    execFileSync("git", ["-C", path, ...args], { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] }).trim();
  const write = (type: string, bytes: Uint8Array | string): ObjectId =>
    git(["hash-object", "-t", type, "-w", "--literally", "--stdin"], bytes) as ObjectId;
  const tree = make({ blob: (bytes) => write("blob", bytes), tree: (all) => write("tree", encodeTree(all)) });
  const who = "Eve <eve@example.org> 1700000000 +0000";
  git(["update-ref", "refs/heads/main", write("commit", `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nevil\n`)]);
  return remote.url(name);
}

/** Clones it as a project and into a folder, and looks at what there is afterwards. */
async function clone(url: string): Promise<GitTask> {
  const before = listAll();
  const apart = await server.api<{ project: string; task: GitTask }>("POST", "/projects/clone", { url });
  const task = await finishTask(server, apart.body.project, { status: apart.status, body: apart.body.task });
  const inside = await server.api("POST", "/projects/sample/git/clone", { url, path: "inside/it" });
  const second = await finishTask(server, "sample", inside);
  expect([second.state, second.error?.code]).toEqual([task.state, task.error?.code]);
  expect(task.state).toBe("failed");
  expect(listAll()).toEqual(before);
  expect((await server.api("GET", "/projects/sample/git/status")).status).toBe(200);
  return task;
}
const listAll = (): string[] => [
  ...readdirSync(join(server.dataDirectory, "projects")),
  ...readdirSync(join(server.dataDirectory, "projects/sample/workspace")),
  ...readdirSync(tmpdir()),
];

it.each([
  ["files", false],
  ["empty folders", true],
])(
  "IN8: does not begin with a tree that stands for ten milliards of %s",
  async (what, isEmpty) => {
    const url = serve(`bomb-${isEmpty}.git`, ({ blob, tree }) => {
      let id = isEmpty ? tree([]) : tree([{ mode: FILE, name: "f", id: blob("boom\n") }]);
      for (let level = 0; level < 10; level++)
        id = tree(Array.from({ length: 10 }, (_, at) => ({ mode: FOLDER, name: `d${at}`, id })));
      return id;
    });
    const limitMs = toBusyLimit(20_000);
    const begunAt = Date.now();
    const { error } = await clone(url);
    expect([what, error?.code]).toEqual([what, "git/too-large"]);
    expect(error?.hint).toContain("Nothing of it was written");
    expect(Date.now() - begunAt).toBeLessThan(limitMs);
  },
  60_000,
);

it("IN8: does not follow folders that are deeper than a path can be", async () => {
  const url = serve("deep.git", ({ blob, tree }) => {
    let id = tree([{ mode: FILE, name: "f", id: blob("deep\n") }]);
    for (let level = 0; level < 60; level++) id = tree([{ mode: FOLDER, name: "d".repeat(200), id }]);
    return id;
  });
  expect((await clone(url)).error).toMatchObject({ message: expect.stringMatching(/name|path/i) });
});

it.each([".git/hooks/post-checkout", "../canary", ".GIT/config", "git~1/config", "a/../../canary"])(
  "IN8: writes nothing of a tree with the path %s",
  async (path) => {
    const url = serve(`path-${path.replace(/\W/g, "-")}.git`, ({ blob, tree }) => {
      const [last, ...folders] = path.split("/").reverse() as [string, ...string[]];
      let id = tree([{ mode: FILE, name: last, id: blob("#!/bin/sh\n") }]);
      for (const name of folders) id = tree([{ mode: FOLDER, name, id }]);
      return id;
    });
    expect((await clone(url)).error).toMatchObject({ code: "git/invalid" });
    expect(existsSync(join(tmpdir(), "canary"))).toBe(false);
  },
);

it("IN8: writes no file through a link of the same tree", async () => {
  const url = serve("through.git", ({ blob, tree }) => {
    const inner = tree([{ mode: FILE, name: "canary", id: blob("owned\n") }]);
    return tree([
      { mode: LINK, name: "a", id: blob(root) },
      { mode: FOLDER, name: "a", id: inner },
    ]);
  });
  const before = listAll();
  const body = { url, path: "linked" };
  await finishTask(server, "sample", await server.api("POST", "/projects/sample/git/clone", body));
  expect(existsSync(join(root, "canary"))).toBe(false);
  rmSync(join(server.dataDirectory, "projects/sample/workspace/linked"), { recursive: true, force: true });
  expect(listAll()).toEqual(before);
});

it("IN8: takes no pack that is not what it says", async () => {
  const url = serve("corrupt.git", ({ blob, tree }) => tree([{ mode: FILE, name: "f", id: blob("x".repeat(20_000)) }]));
  const path = remote.path("corrupt.git");
  execFileSync("git", ["-C", path, "repack", "-q", "-a", "-d"]);
  const folder = join(path, "objects/pack");
  const pack = join(folder, readdirSync(folder).find((name) => name.endsWith(".pack"))!);
  execFileSync("chmod", ["u+w", pack]);
  const bytes = readFileSync(pack);
  bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 16);
  writeFileSync(pack, bytes);
  expect((await clone(url)).error?.code).toMatch(/^git\//);
});
