import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../tidy/source-files";
import { createTestServer, TEST_TOKEN, type TestServer } from "../server-harness";

let server: TestServer;
let home: string;
beforeAll(async () => {
  server = await createTestServer();
  home = await mkdtemp(join(tmpdir(), "webrunner-cli-"));
});
afterAll(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built command line; nothing of the test's own environment but the path. */
function webrunner(
  words: readonly string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, "dist/webrunner.js"), ...words], {
      cwd: home,
      env: {
        NODE_ENV: "production",
        PATH: process.env.PATH,
        HOME: home,
        WEBRUNNER_DATA: join(home, "none"),
        ...options.env,
      },
    });
    const text = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (part) => (text.out += part));
    child.stderr.setEncoding("utf8").on("data", (part) => (text.err += part));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...text }));
    child.stdin.end(options.input ?? "");
  });
}

const owner = () => ({ WEBRUNNER_URL: server.url, WEBRUNNER_TOKEN: TEST_TOKEN });

describe("the command line", () => {
  it("explains itself", async () => {
    expect(await webrunner(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("run software") });
    const help = await webrunner(["run", "software", "--help"]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toContain("--follow");
  });

  it("ends with 4 for what is no command", async () => {
    for (const words of [["nonsense"], ["run"], ["run", "nonsense"], ["file", "read"], ["run", "list", "--nonsense"]]) {
      expect(await webrunner(words, { env: owner() }), words.join(" ")).toMatchObject({
        code: 4,
        out: expect.any(String),
      });
    }
    const extra = await webrunner(["run", "show", "a", "b"], { env: owner() });
    expect(extra).toMatchObject({ code: 4, err: expect.stringContaining("b is too much") });
  });

  it("ends with 1 and says what to do when there is no server", async () => {
    const none = await webrunner(["project", "list"]);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("npm start") });
    const away = await webrunner(["project", "list", "--url", "http://127.0.0.1:1"]);
    expect(away).toMatchObject({ code: 1, err: expect.stringContaining("does not answer") });
  });

  it("ends with 5 without a token, or with a wrong one", async () => {
    expect(await webrunner(["project", "list", "--url", server.url])).toMatchObject({ code: 5 });
    const wrong = { ...owner(), WEBRUNNER_TOKEN: "a-token-that-nobody-has" };
    expect(await webrunner(["project", "list"], { env: wrong })).toMatchObject({ code: 5 });
  });

  it("ends with 6 for a conflict, and leaves the file alone", async () => {
    const env = owner();
    const path = "software/hello-web/software.cfg";
    const before = JSON.parse((await webrunner(["file", "read", path, "--json"], { env })).out);
    expect(await webrunner(["file", "write", path], { env, input: `${before.text}# mine\n` })).toMatchObject({
      code: 0,
    });
    const stale = await webrunner(["file", "write", path, "--tag", before.tag, "--json"], { env, input: "lost" });
    expect(stale.code).toBe(6);
    expect(JSON.parse(stale.err)).toMatchObject({ code: "file/conflict", status: 409 });
    expect((await webrunner(["file", "read", path], { env })).out).toBe(`${before.text}# mine\n`);
  });

  it("ends with 1 for what is not there, told as JSON too", async () => {
    const words = ["run", "show", "20260101-000000-aaaaaa"];
    expect(await webrunner(words, { env: owner() })).toMatchObject({
      code: 1,
      err: "webrunner: There is no such run.\n",
    });
    const json = await webrunner([...words, "--json"], { env: owner() });
    expect(JSON.parse(json.err)).toMatchObject({ code: "run/not-found", status: 404 });
  });

  it("refuses to run while there is no engine, with a hint", async () => {
    const refused = await webrunner(["run", "software"], { env: owner() });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("still being made") });
    expect(await webrunner(["engine", "status"], { env: owner() })).toMatchObject({ code: 1 });
  });

  it("keeps a login, readable by its user only, and uses it", async () => {
    const login = await webrunner(["login", server.url], { input: `${TEST_TOKEN}\n` });
    expect(login).toMatchObject({ code: 0 });
    expect(login.out + login.err).not.toContain(TEST_TOKEN);
    const path = join(home, ".config/webrunner/credentials.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).toContain(TEST_TOKEN);
    expect(await webrunner(["project", "list", "--json"])).toMatchObject({ code: 0 });
    await rm(path);
  });

  it("does not keep a login that is refused", async () => {
    expect(await webrunner(["login", server.url], { input: "a-token-that-nobody-has\n" })).toMatchObject({ code: 5 });
    expect(await webrunner(["project", "list"])).toMatchObject({ code: 1 });
  });

  it("finds the server of this machine by its data directory", async () => {
    const env = { WEBRUNNER_DATA: server.dataDirectory };
    expect(await webrunner(["project", "list"], { env })).toMatchObject({
      code: 0,
      out: expect.stringContaining("sample"),
    });
    const link = (await webrunner(["login", "--link"], { env })).out.trim();
    const reply = await fetch(`${server.url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ loginToken: link.split("#")[1] }),
    });
    expect(reply.status).toBe(200);
  });
});
