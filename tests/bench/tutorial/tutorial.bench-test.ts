/**
 * What the page asks again and again while the tutorial is open, beside the git status of the same repository in the
 * same run: a tree of SlapOS's size, and the checkout that WEBRUNNER_SLAPOS names. Prints one JSON object a tree.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TutorialInfo } from "@/lib/protocol";
import { createTestServer, type TestServer } from "../../integration/server-harness";
import { generateTree } from "../resolver/generated-tree";

const { WEBRUNNER_SLAPOS } = process.env;
const ROUNDS = 15;
/** Measured 1.5 to 1.8 (docs/benchmarks.md): beyond the status it looks at history, templates and instances too, and at the profiles that changed. */
const MAX_RATIO = 4;

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server?.close());

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function measure(name: string, fill: (workspace: string) => void): Promise<void> {
  await server.api("POST", "/projects", { name });
  const workspace = join(server.dataDirectory, "projects", name, "workspace");
  fill(workspace);
  const git = (...args: string[]) => execFileSync("git", ["-C", workspace, "-c", "safe.directory=*", ...args]);
  git("add", "-A");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-qm", "as it is");
  execFileSync("chown", ["-R", `--reference=${workspace}`, workspace]);
  git("status");

  const time = async (path: string): Promise<number> => {
    const start = performance.now();
    const { status } = await server.api("GET", `/projects/${name}${path}`);
    expect(status).toBe(200);
    return performance.now() - start;
  };
  const tutorial = "/tutorials/customize-slapos";
  const first = await time(tutorial);
  const read: number[] = [];
  const status: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    read.push(await time(tutorial));
    status.push(await time("/git/status"));
  }
  const { body } = await server.api<TutorialInfo>("GET", `/projects/${name}${tutorial}`);
  expect(body.release).toBeDefined();
  const ratio = median(read) / median(status);
  console.log(JSON.stringify({ name, first, read: median(read), status: median(status), ratio }));
  expect(ratio).toBeLessThan(MAX_RATIO);
}

test("a generated tree", () =>
  measure("generated", (workspace) => {
    generateTree(workspace);
  }));

if (WEBRUNNER_SLAPOS !== undefined)
  test("SlapOS", () =>
    measure("slapos", (workspace) => {
      mkdirSync(workspace, { recursive: true });
      cpSync(WEBRUNNER_SLAPOS, workspace, {
        recursive: true,
        filter: (source) => source !== join(WEBRUNNER_SLAPOS, ".git"),
      });
    }));
