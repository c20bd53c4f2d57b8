/** What is kept of runs on the real engine: git state, environment, changes; the bundle; retention; the webhook. */
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  RunChanges,
  RunEnvironment,
  RunInfo,
  RunKeeping,
  RunSource,
  RunSourceChanges,
  WebhookDelivery,
} from "@/lib/protocol";
import { TEST_TOKEN } from "../server-harness";
import { until } from "../until";
import { createRealRuns, type RealRuns } from "./real-runs";
import { TRACED_PROFILE, toTracedProfile, webrunner } from "./traced-runs";

const run = promisify(execFile);
const request = { kind: "buildout" as const, profile: TRACED_PROFILE };
const KNOWN = "known-only-to-the-git-server";

let runs: RealRuns;
let green: RunInfo;
let second: RunInfo;
const get = async <T>(path: string): Promise<T> => {
  const reply = await runs.server.api<T>("GET", path);
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
};
const folderOf = (id: string) => join(runs.dataDirectory, "projects/sample/runs", id);
const profile = (extra: readonly string[] = []) =>
  toTracedProfile({ one: [`print('the password is ${KNOWN}, token=abcdef123456')`, ...extra] }, [
    "[versions]",
    "zc.recipe.egg = 3.0.0",
    "[secret]",
    "password = in-the-profile",
  ]);

beforeAll(async () => {
  runs = await createRealRuns();
  await runs.writeFile(TRACED_PROFILE, profile());
  await runs.server.api("PUT", "/projects/sample/git/logins", {
    url: "https://git.example/a.git",
    user: "ada",
    password: KNOWN,
  });
  green = await runs.run(request);
});
afterAll(() => runs.dispose());

describe("what is kept of a run", () => {
  it("is the revision and what was not committed, whatever happens to the files later", async () => {
    const source = await get<RunSource>(`/runs/${green.id}/source`);
    expect(source.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(source.files).toMatchObject([{ path: TRACED_PROFILE, kind: "added", binary: false }]);
    expect(source.files[0]!.diff).toContain("+parts = one\n");
    const kept = await readFile(join(folderOf(green.id), "source.json"), "utf8");
    await runs.writeFile(TRACED_PROFILE, profile(["print('more')"]).replace("3.0.0", "3.0.1"));
    await mkdir(join(runs.dataDirectory, "projects/sample/workspace/traced/new"), { recursive: true });
    await writeFile(join(runs.dataDirectory, "projects/sample/workspace/traced/new/note.txt"), "hello\n");
    expect(await get(`/runs/${green.id}/source`)).toEqual(source);
    second = await runs.run(request);
    expect(await readFile(join(folderOf(green.id), "source.json"), "utf8")).toBe(kept);
  });

  it("is the environment, an allow-list without secrets", async () => {
    const environment = await get<RunEnvironment>(`/runs/${green.id}/environment`);
    expect(environment.engine).toHaveProperty("zc.buildout");
    expect(environment.variables).toHaveProperty("PATH");
    expect(Object.keys(environment.variables).filter((name) => name.startsWith("WEBRUNNER"))).toEqual([]);
    expect(JSON.stringify(environment)).not.toContain(TEST_TOKEN);
    expect(environment.machine.processors).toBeGreaterThan(0);
  });

  it("says what changed since the last green run, by meaning and as text", async () => {
    const changes = await get<RunChanges>(`/runs/${second.id}/changes`);
    expect(changes.since).toBe(green.id);
    expect(changes.changes.map(({ kind, section, option }) => [kind, section, option])).toEqual([
      ["option", "one", "install"],
      ["version", "versions", "zc.recipe.egg"],
    ]);
    const text = await get<RunSourceChanges>(`/runs/${second.id}/source-changes`);
    expect(text).toMatchObject({ since: green.id, truncated: false });
    expect(text.files.map(({ path, kind }) => [path, kind])).toEqual([
      [TRACED_PROFILE, "modified"],
      ["traced/new/note.txt", "added"],
    ]);
    expect(text.files[0]!.diff).toContain("-zc.recipe.egg = 3.0.0\n+zc.recipe.egg = 3.0.1\n");
    const printed = await webrunner(runs, "run", "compare", second.id, "--text");
    expect(printed).toContain("+zc.recipe.egg = 3.0.1");
    expect(await webrunner(runs, "run", "compare", second.id)).toContain("versions:zc.recipe.egg (version)");
    expect(await webrunner(runs, "run", "source", second.id)).toContain("added traced/new/note.txt");
    expect(await webrunner(runs, "run", "environment", second.id)).toContain("zc.buildout ");
  });

  it("is compared over commits too, and names the code of recipes", async () => {
    const workspace = join(runs.dataDirectory, "projects/sample/workspace");
    const git = (...words: string[]) =>
      run("git", ["-c", "safe.directory=*", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...words], {
        cwd: workspace,
      });
    await git("add", "-A");
    await git("commit", "-q", "-m", "traced");
    await mkdir(join(workspace, "traced/egg"), { recursive: true });
    await writeFile(join(workspace, "traced/egg/setup.py"), "from setuptools import setup\nsetup(name='traced-egg')\n");
    await runs.writeFile(
      TRACED_PROFILE,
      profile().replace("[buildout]", () => "[buildout]\ndevelop = ${:_profile_base_location_}/egg"),
    );
    const third = await runs.run(request);
    const text = await get<RunSourceChanges>(`/runs/${third.id}/source-changes?since=${second.id}`);
    expect(text.revision).not.toBe(text.sinceRevision);
    expect(text.files.map(({ path, kind, recipeOf }) => [path, kind, recipeOf])).toEqual([
      [TRACED_PROFILE, "modified", undefined],
      ["traced/egg/setup.py", "added", "traced/egg"],
    ]);
    await runs.writeFile(TRACED_PROFILE, profile());
  });
});

describe("the bundle", () => {
  it("is one file with all that explains the run, and without its secrets (AC8)", async () => {
    const file = join(runs.dataDirectory, "bundle.tar.gz");
    expect(await webrunner(runs, "run", "bundle", second.id, file)).toBe(`${file}\n`);
    const { stdout: names } = await run("tar", ["tzf", file]);
    const folder = `run-${second.id}`;
    expect(names.split("\n").filter(Boolean).sort()).toEqual(
      [
        "README.txt",
        "changes.json",
        "environment.json",
        "log.txt",
        "plan.json",
        "run.json",
        "source.json",
        "timeline.json",
        "uncommitted.diff",
        "values.json",
        "warnings.json",
      ].map((name) => `${folder}/${name}`),
    );
    const read = async (name: string) => (await run("tar", ["xzOf", file, `${folder}/${name}`])).stdout;
    const { stdout: all } = await run("tar", ["xzOf", file], { maxBuffer: 64 * 1024 * 1024 });
    expect(all).not.toContain(KNOWN);
    expect(all).not.toContain("abcdef123456");
    expect(all).not.toContain("in-the-profile");
    const log = await read("log.txt");
    expect(log).toContain("the password is [redacted], token=[redacted]");
    expect(log.split("\n").length).toBe((await runs.readLog(second.id)).split("\n").length);
    expect(JSON.parse(await read("values.json")).versions).toMatchObject({ "zc.recipe.egg": "3.0.1" });
    expect(JSON.parse(await read("timeline.json"))).toMatchObject({ run: second.id, state: "succeeded" });
  });
});

describe("the webhook", () => {
  let receiver: Server;
  const heard: { headers: IncomingHttpHeaders; body: string }[] = [];
  let answers: number[] = [];
  let url: string;
  beforeAll(async () => {
    receiver = createServer((message, response) => {
      let body = "";
      message.setEncoding("utf8").on("data", (text) => (body += text));
      message.on("end", () => {
        heard.push({ headers: message.headers, body });
        const status = answers.shift() ?? 200;
        response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end("what it answers");
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterAll(() => receiver.close());
  const change = (body: object) => runs.server.api<RunKeeping>("PATCH", "/projects/sample/run-keeping", body);

  it("hears of the end of a run, again when it failed to, and can tell who says so", async () => {
    const changed = await change({ webhookUrl: url, webhookSecret: "shared" });
    expect(changed.body).toMatchObject({ webhookUrl: url, hasWebhookSecret: true });
    expect(JSON.stringify(changed.body)).not.toContain("shared");
    answers = [503];
    const { id } = await runs.run(request);
    await until(() => heard.length === 2, { timeoutMs: 20_000, what: "two calls" });
    const { body, headers } = heard[1]!;
    expect(heard[0]!.body).toBe(body);
    expect(headers["x-webrunner-signature"]).toBe(
      `sha256=${createHmac("sha256", "shared").update(body).digest("hex")}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      event: "run.finished",
      run: { id, state: "succeeded" },
      link: `/?run=${id}`,
      text: expect.stringContaining("succeeded"),
    });
    const settings = await until(async () => {
      const now = await get<RunKeeping>("/projects/sample/run-keeping");
      return now.lastDelivery?.run === id ? now : undefined;
    });
    expect(settings.lastDelivery).toMatchObject({ status: 200, attempts: 2 });
  });

  it("is tried out by hand, and no redirect is followed", async () => {
    heard.length = 0;
    answers = [302];
    const delivery = await runs.server.api<WebhookDelivery>("POST", "/projects/sample/run-keeping/webhook-test");
    expect(delivery.body).toMatchObject({ status: 302, attempts: 1, error: "The receiver answered 302." });
    expect(heard).toHaveLength(1);
    expect(await webrunner(runs, "run", "keeping", "--test-webhook")).toBe("the webhook answered 200\n");
  });

  it("is no way to addresses where secrets of the machine are", async () => {
    for (const bad of [
      "http://169.254.169.254/latest/meta-data/",
      "http://[fe80::1]/",
      "http://[::ffff:169.254.169.254]/",
      "http://0.0.0.0/",
      "http://ada:secret@example.org/",
      "file:///etc/passwd",
      "nonsense",
    ]) {
      const reply = await change({ webhookUrl: bad });
      expect(reply.status, bad).toBe(400);
    }
    expect((await get<RunKeeping>("/projects/sample/run-keeping")).webhookUrl).toBe(url);
    await change({ webhookUrl: null });
  });
});

describe("retention", () => {
  it("removes the oldest beyond the size, never the last green one, and nothing else of it stays", async () => {
    await runs.writeFile(TRACED_PROFILE, profile(["print('x' * 600000)"]));
    const large = await runs.run(request);
    await runs.writeFile(TRACED_PROFILE, profile(["print('x' * 600000)", "raise ValueError('no')"]));
    const failures = [await runs.run(request), await runs.run(request)];
    expect(await webrunner(runs, "run", "keeping", "keep-megabytes=1")).toContain("keep-megabytes: 1\n");
    const { runs: left } = await get<{ runs: RunInfo[] }>("/projects/sample/runs");
    // The newest and the last green one; together they are more than 1 MB.
    expect(left.map(({ id }) => id)).toEqual([failures[1]!.id, large.id]);
    expect(existsSync(folderOf(green.id))).toBe(false);
    expect(existsSync(folderOf(failures[0]!.id))).toBe(false);
    expect(existsSync(folderOf(large.id))).toBe(true);
    expect((await runs.server.api("GET", `/runs/${green.id}`)).status).toBe(404);
  });

  it("refuses what is no limit", async () => {
    for (const body of [{ keepDays: 0 }, { keepMegabytes: -1 }, { keepDays: "many" }]) {
      expect((await runs.server.api("PATCH", "/projects/sample/run-keeping", body)).status).toBe(400);
    }
  });
});
