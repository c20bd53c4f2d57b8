/** Every example of docs/api.md, copied into a shell as a reader would, against a real server and engine. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "@/lib/protocol";
import { COMMANDS } from "@/server/cli/commands";
import { projectRoot } from "../../tidy/source-files";
import { endEngineProcesses } from "../engine-processes";
import { startEngineServer } from "../runs/engine-server";
import { makeDataDirectory, type ServerProcess, TEST_TOKEN } from "../server-harness";

const TIMEOUT_MS = 240_000;
const text = readFileSync(join(projectRoot, "docs/api.md"), "utf8");
const examples = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!);

/** What this document is about; other areas have documents of their own, and all are in the OpenAPI document. */
const NOUNS = ["login", "project", "file", "run", "instance", "engine", "token"];
const SHOWN = [
  ...(["health", "readSession", "listTokens", "createToken", "removeToken", "readEngine"] as const),
  ...(["listProjects", "readProject", "listEntries", "listFiles", "createEntry", "moveEntry", "copyEntry"] as const),
  ...(["removeEntry", "readFile", "replaceFile", "downloadEntry", "uploadFile", "searchFiles"] as const),
  ...(["listDrafts", "keepDraft", "removeDraft", "startRun", "listRuns", "readRun", "stopRun", "readLog"] as const),
  ...(["searchLog", "listInstances", "readInstance", "requestInstance"] as const),
];

let dataDirectory: string;
let home: string;
let server: ServerProcess;
beforeAll(async () => {
  dataDirectory = await makeDataDirectory();
  home = await mkdtemp(join(tmpdir(), "webrunner-docs-"));
  server = await startEngineServer(dataDirectory);
}, TIMEOUT_MS);
afterAll(async () => {
  server?.child.kill("SIGKILL");
  await server?.exited;
  await endEngineProcesses(dataDirectory);
  await rm(dataDirectory, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
});

describe("docs/api.md", () => {
  it("has examples that all work", { timeout: TIMEOUT_MS }, async () => {
    const hasCurl = spawnSync("curl", ["--version"]).status === 0;
    const script = [
      "set -eEu -o pipefail",
      `webrunner() { "${process.execPath}" "${projectRoot}dist/webrunner.js" "$@"; }`,
      hasCurl ? "" : `curl() { "${process.execPath}" "${projectRoot}tests/integration/docs/curl.mjs" "$@"; }`,
      "trap 'echo \"failed: $BASH_COMMAND\" >&2' ERR",
      ...examples,
    ].join("\n");
    await writeFile(join(home, "examples.sh"), script);
    const { code, output } = await runShell();
    expect(code, output.slice(-4_000)).toBe(0);
    expect(output).toContain("Salut");
    expect(output).not.toContain(TEST_TOKEN);
  });

  it("shows every noun and verb of the command line", async () => {
    for (const noun of NOUNS) {
      expect(COMMANDS).toHaveProperty(noun);
      const usage = spawnSync(process.execPath, ["dist/webrunner.js", noun, "--help"], {
        cwd: projectRoot,
        encoding: "utf8",
      });
      expect(usage.status).toBe(0);
      const commands = [...usage.stdout.matchAll(/^(?: {2}|usage: )webrunner (\w+)(?: ([a-z]+))?/gm)];
      expect(commands.length).toBeGreaterThan(0);
      for (const [, name, verb] of commands) {
        expect(text, `${name} ${verb ?? ""}`).toContain(verb ? `webrunner ${name} ${verb}` : `webrunner ${name}`);
      }
    }
  });

  it("shows every route of projects, files, runs, instances, the engine and tokens", () => {
    const missing = SHOWN.filter((name) => !isShown(routes[name].path));
    expect(missing).toEqual([]);
  });
});

function isShown(path: string): boolean {
  const pattern = path
    .replace("{project}", "sample")
    .replace("{run}", "\\$RUN")
    .replace("{instance}", "hello-web")
    .replace("{token}", "\\$\\(");
  return new RegExp(`\\$API${pattern}(?:["?]|[^"/]*")`).test(text);
}

function runShell(): Promise<{ code: number | null; output: string }> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("WEBRUNNER_")),
  );
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["examples.sh"], {
      cwd: home,
      env: {
        ...environment,
        NODE_ENV: "production",
        HOME: home,
        WEBRUNNER_URL: server.url,
        WEBRUNNER_TOKEN: TEST_TOKEN,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part) => (output += part));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
