/** IN6: no path that a request names leads git out of the workspace, or into `.git`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestServer, type TestServer } from "../../integration/server-harness";

const CANARY = "the canary outside of the workspace";

let server: TestServer;
let outside: string;
beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), "wr-outside-"));
  writeFileSync(join(outside, "secret.txt"), CANARY);
  server = await createTestServer();
  const workspace = join(server.dataDirectory, "projects/sample/workspace");
  symlinkSync(outside, join(workspace, "out"));
  symlinkSync(join(outside, "secret.txt"), join(workspace, "out.txt"));
  mkdirSync(`${workspace}-sibling`);
  writeFileSync(join(`${workspace}-sibling`, "secret.txt"), CANARY);
});
afterAll(async () => {
  await server?.close();
  rmSync(outside, { recursive: true, force: true });
});

const at = (path: string): string => `/projects/sample/git/${path}`;
const paths = (): string[] => [
  "../secret.txt",
  "../workspace-sibling/secret.txt",
  "a/../../workspace-sibling/secret.txt",
  join(outside, "secret.txt"),
  `file://${outside}/secret.txt`,
  "out/secret.txt",
  "out.txt/x",
  "..%2fsecret.txt",
  ".git/config",
  ".GIT/config",
  "a/.git/config",
  "./.git/config",
  "secret.txt\0.cfg",
  "..\\secret.txt",
  "",
];
const ends = { from: "index", to: "worktree" };

it("IN6: reads, stages, discards and resolves nothing there, whatever the verb", async () => {
  const known = readdirSync(outside);
  for (const path of paths()) {
    const query = new URLSearchParams({ path }).toString();
    const body = { paths: [path] };
    const reading = ["worktree", "index", "head"].map((where) => server.api("GET", at(`file?${query}&at=${where}`)));
    const answers = await Promise.all([
      ...reading,
      server.api("GET", at(`diff?${query}&${new URLSearchParams(ends)}`)),
      server.api("GET", at(`diff?path=a&oldPath=${encodeURIComponent(path)}&${new URLSearchParams(ends)}`)),
      server.api("GET", at(`blame?${query}`)),
      server.api("GET", at(`conflict?${query}`)),
      server.api("GET", at(`log?${query}`)),
      server.api("GET", at(`status?repository=${encodeURIComponent(path || "../workspace-sibling")}`)),
      server.api("POST", at("conflict"), { path, side: "ours" }),
      server.api("POST", at("restore"), { files: [{ path, before: "absent" }] }),
      server.api("POST", at("clone"), { path: path || "..", url: "http://127.0.0.1:9/x" }),
      server.api("POST", at("repositories"), { path: path || ".." }),
      // All of the workspace is a thing that people stage and discard.
      ...(path === "" ? [] : ["stage", "unstage", "discard"].map((verb) => server.api("POST", at(verb), body))),
    ]);
    const texts = answers.map(({ body: answer }) => JSON.stringify(answer) ?? "");
    expect([path, texts.filter((text) => text.includes(CANARY))]).toEqual([path, []]);
    expect([path, texts.filter((text) => text.includes("repositoryformatversion"))]).toEqual([path, []]);
    expect([path, answers.filter(({ status }) => status >= 500 && status !== 502)]).toEqual([path, []]);
  }
  expect(readdirSync(outside)).toEqual(known);
  expect(readFileSync(join(outside, "secret.txt"), "utf8")).toBe(CANARY);
  expect((await server.api<{ repositories: string[] }>("GET", at("repositories"))).body.repositories).toEqual([""]);
}, 60_000);
