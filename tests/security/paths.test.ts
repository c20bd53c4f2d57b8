import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry, Problem } from "@/lib/protocol";
import { createTestServer, TEST_TOKEN, type TestServer } from "../integration/server-harness";

const CANARY = "the canary outside the workspace";
const SWAP = `
import ctypes, sys
libc = ctypes.CDLL(None)
a, b = (name.encode() for name in sys.argv[1:])
print("swapping", flush=True)
while True:
    assert libc.renameat2(-100, a, -100, b, 2) == 0
`;
let server: TestServer;
let root: string;
let canary: string;
beforeAll(async () => {
  server = await createTestServer();
  root = join(server.dataDirectory, "projects/sample/workspace");
  canary = join(server.dataDirectory, "canary");
  await mkdir(canary);
  await writeFile(join(canary, "secret.txt"), CANARY);
  await mkdir(`${root}-sibling`);
  await writeFile(`${root}-sibling/secret.txt`, CANARY);
  await symlink(canary, join(root, "out"));
  await symlink(join(canary, "secret.txt"), join(root, "out.txt"));
  await symlink("../../../canary/secret.txt", join(root, "relative.txt"));
  await symlink(join(canary, "made-by-link.txt"), join(root, "dangling.txt"));
  await symlink(".git", join(root, "git-link"));
  await symlink("out", join(root, "chain"));
  await symlink("loop", join(root, "loop"));
  await symlink("software", join(root, "inside"));
});
afterAll(() => server.close());

const base = "/projects/sample";
const at = (path: string): string => `?path=${encodeURIComponent(path)}`;

/** Every verb that takes a path, with what it would do there. */
const VERBS: Record<string, (path: string) => Promise<{ status: number; body: unknown }>> = {
  list: (path) => server.api("GET", `${base}/entries${at(path)}`),
  read: (path) => server.api("GET", `${base}/file${at(path)}`),
  save: (path) => server.api("PUT", `${base}/file${at(path)}`, { text: "x", tag: "0".repeat(64) }),
  saveNew: (path) => server.api("PUT", `${base}/file${at(path)}`, { text: "x", tag: null }),
  create: (path) => server.api("POST", `${base}/entries`, { path, kind: "file" }),
  createFolder: (path) => server.api("POST", `${base}/entries`, { path, kind: "directory" }),
  moveFrom: (path) => server.api("POST", `${base}/entries/move`, { from: path, to: "moved-here" }),
  moveTo: (path) => server.api("POST", `${base}/entries/move`, { from: "setup.py", to: path }),
  copyFrom: (path) => server.api("POST", `${base}/entries/copy`, { from: path, to: "copied-here" }),
  copyTo: (path) => server.api("POST", `${base}/entries/copy`, { from: "setup.py", to: path }),
  remove: (path) => server.api("DELETE", `${base}/entries${at(path)}`),
  download: (path) => server.api("GET", `${base}/download${at(path)}`),
  upload: (path) => server.api("PUT", `${base}/upload${at(path)}`, Buffer.from("x")),
  overwrite: (path) => server.api("PUT", `${base}/upload${at(path)}&overwrite=true`, Buffer.from("x")),
  keepDraft: (path) => server.api("PUT", `${base}/draft${at(path)}`, { text: "x", baseTag: null }),
  removeDraft: (path) => server.api("DELETE", `${base}/draft${at(path)}`),
};

/** Outside by their spelling alone: no verb may do anything but say that it is not there. */
const SPELLINGS = [
  "..",
  "../workspace-sibling/secret.txt",
  "../../../canary/secret.txt",
  "software/../../../../canary/secret.txt",
  "software/..",
  "./setup.py",
  "/etc/passwd",
  "//etc/passwd",
  "software//hello-web",
  "software/",
  "setup.py\0.cfg",
  "\0",
  ".git/config",
  ".git",
  ".GIT/config",
  "software/.Git/hooks/post-commit",
  "a".repeat(300),
];

/** Outside by a link in the tree: the same for whoever would follow it. */
const LINKED = ["out/secret.txt", "out/new.txt", "chain/secret.txt", "git-link/config", "loop/x", "out/deep/new.txt"];

const readCanary = async (): Promise<string[]> => [
  ...(await readdir(canary)),
  await readFile(join(canary, "secret.txt"), "utf8"),
  await readFile(`${root}-sibling/secret.txt`, "utf8"),
  await readFile(join(root, ".git/HEAD"), "utf8"),
];

describe("paths from outside (IN6)", () => {
  const UNTOUCHED = ["secret.txt", CANARY, CANARY, "ref: refs/heads/main\n"];

  it.each([...SPELLINGS, ...LINKED])("%j is not there, for every verb", async (path) => {
    for (const [verb, act] of Object.entries(VERBS)) {
      // A draft is kept by name and touches no file of the workspace.
      if (LINKED.includes(path) && verb.endsWith("Draft")) continue;
      const { status, body } = await act(path);
      if (LINKED.includes(path) && verb === "save") {
        expect(body).toMatchObject({ code: "file/conflict", data: { current: null } });
        continue;
      }
      expect([verb, status, (body as Problem).code]).toEqual([verb, 404, "file/not-found"]);
      expect({ ...(body as Problem), requestId: "" }).toEqual({
        code: "file/not-found",
        requestId: "",
        retryable: false,
        status: 404,
        title: "There is no such file.",
      });
    }
    expect(await readCanary()).toEqual(UNTOUCHED);
  });

  it.each(["out.txt", "relative.txt", "dangling.txt", "out"])("the link %j is not followed out", async (path) => {
    for (const verb of ["read", "download", "overwrite"]) {
      expect([verb, ((await VERBS[verb]!(path)).body as Problem).code]).toEqual([verb, "file/not-found"]);
    }
    expect((await VERBS.save!(path)).body).toMatchObject({ code: "file/conflict", data: { current: null } });
    for (const verb of ["saveNew", "create", "createFolder", "moveTo", "copyTo", "upload"]) {
      expect((await VERBS[verb]!(path)).status, verb).toBeGreaterThanOrEqual(400);
    }
    expect(await readCanary()).toEqual(UNTOUCHED);
  });

  it("removing, moving and copying a link take the link, not what it leads to", async () => {
    await symlink(canary, join(root, "removed"));
    expect((await VERBS.remove!("removed")).status).toBe(204);
    await server.api("POST", `${base}/entries/copy`, { from: "out", to: "copy-of-out" });
    await server.api("POST", `${base}/entries/move`, { from: "copy-of-out", to: "moved-out" });
    expect((await server.api<{ entries: Entry[] }>("GET", `${base}/entries${at("")}`)).body.entries).toContainEqual(
      expect.objectContaining({ path: "moved-out", kind: "link" }),
    );
    expect(await readCanary()).toEqual(UNTOUCHED);
  });

  it("follows a link that stays inside", async () => {
    expect((await VERBS.read!("inside/hello-web/software.cfg")).status).toBe(200);
  });

  it("takes percent signs, dashes and both forms of é for what they are", async () => {
    const names = [
      "%2e%2e%2fcanary",
      "-rf",
      "--checkpoint-action=exec=sh",
      "caf\u00e9.cfg",
      "cafe\u0301.cfg",
      "a b\nc.cfg",
    ];
    for (const name of names) {
      expect((await VERBS.saveNew!(name)).status).toBe(200);
      const { body } = await server.api<{ text: string; path: string }>("GET", `${base}/file${at(name)}`);
      expect(body).toMatchObject({ text: "x", path: name });
    }
    const { entries } = (await server.api<{ entries: Entry[] }>("GET", `${base}/entries${at("")}`)).body;
    expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    const { hits } = (await server.api<{ hits: unknown[] }>("GET", `${base}/search?text=x&regex=true`)).body;
    expect(hits.length).toBeGreaterThan(0);
    await mkdir(join(root, "-C"), { recursive: true });
    const response = await fetch(`${server.url}/api/v1${base}/download${at("-C")}`, {
      headers: { authorization: `Bearer ${TEST_TOKEN}` },
    });
    expect(execFileSync("tar", ["-tzf", "-"], { input: Buffer.from(await response.arrayBuffer()) }).toString()).toBe(
      "./-C/\n",
    );
  });

  it("is not outrun by somebody who swaps a folder for a link", async () => {
    const folder = join(root, "swapped");
    const fake = join(root, "swapped-fake");
    await mkdir(folder);
    await writeFile(join(folder, "secret.txt"), "harmless");
    await symlink(canary, fake);
    // In a process of its own and by an exchange, so that there is always one of the two and never a gap.
    const swapper = spawn("python3", ["-c", SWAP, folder, fake], { stdio: ["ignore", "pipe", "inherit"] });
    await once(swapper.stdout, "data");
    const seen = new Set<unknown>();
    const codes = new Set<unknown>();
    try {
      for (let round = 0; round < 150; round++) {
        const [read, list] = await Promise.all([
          VERBS.read!("swapped/secret.txt"),
          VERBS.list!("swapped"),
          VERBS.saveNew!(`swapped/new-${round}.txt`),
          VERBS.overwrite!("swapped/over.txt"),
        ]);
        seen.add((read.body as { text?: string }).text);
        codes.add((read.body as Problem).code);
        for (const entry of (list.body as { entries?: Entry[] }).entries ?? [])
          seen.add(entry.sizeBytes === CANARY.length);
      }
    } finally {
      swapper.kill();
    }
    expect([...seen]).not.toContain(CANARY);
    // Both were met, or nothing was raced.
    expect([...seen]).toContain("harmless");
    expect([...codes]).toContain("file/not-found");
    expect(seen).not.toContain(true);
    expect(await readCanary()).toEqual(UNTOUCHED);
  }, 60_000);

  it("does not show or replace somebody else's file by a hard link", async () => {
    if (process.getuid?.() !== 0) {
      // Without root the server has no rights beyond the user's own, and a link grants none.
      expect((await stat(root)).uid).toBe(process.getuid?.());
      return;
    }
    await link(join(canary, "secret.txt"), join(root, "hard.txt"));
    for (const verb of ["read", "download", "overwrite"]) {
      expect([verb, ((await VERBS[verb]!("hard.txt")).body as Problem).code]).toEqual([verb, "file/not-found"]);
    }
    await rm(join(root, "hard.txt"));
    expect(await readCanary()).toEqual(UNTOUCHED);
  });

  it("does not wait for a pipe", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect((await VERBS.read!("pipe")).status).toBe(403);
    expect((await VERBS.download!("pipe")).status).toBe(403);
  });
});
