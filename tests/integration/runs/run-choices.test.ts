/** What a user chooses for runs, through the API on the real engine: keep going, parts, preflight, limits, pause, shell. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseInstalledState } from "@/lib/buildout";
import { readPartLine } from "@/lib/logs/run-progress";
import type { DownloadCheck, RunFailure, RunInfo, RunPlanInfo, RunSettings, TerminalInfo } from "@/lib/protocol";
import { findCommandProcess } from "@/server/platform/durable-processes";
import { findProcess, listProcesses } from "@/server/platform/process-table";
import { toBusyLimit } from "../busy-limit";
import { runCommandLine } from "../cli/run-command-line";
import { TEST_TOKEN } from "../server-harness";
import { until } from "../until";
import { serveEgg } from "./egg-files";
import { createFileServer, type FileServer, md5Of } from "./file-server";
import { createRealRuns, type RealRuns } from "./real-runs";

const TIMEOUT_MS = 120_000;
let runs: RealRuns;
let web: FileServer;
beforeAll(async () => {
  web = await createFileServer();
  runs = await createRealRuns();
}, TIMEOUT_MS);
afterAll(async () => {
  await runs?.dispose();
  await web?.close();
});

async function writeProfile(name: string, lines: readonly string[]): Promise<string> {
  const path = `${name}/buildout.cfg`;
  if ((await runs.server.api("GET", `/projects/sample/entries?path=${name}`)).status !== 200) {
    await runs.server.api("POST", "/projects/sample/entries", { path: name, kind: "directory" });
  }
  await runs.writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

/** `good` and `last` are independent of `bad`; `uses-bad` is not. */
const FOUR_PARTS = (install: string): string[] => [
  "[buildout]",
  "parts = good bad uses-bad last",
  ...["good", "last"].flatMap((name) => [
    `[${name}]`,
    "recipe = slapos.recipe.build",
    "install = import os; os.mkdir(location)",
  ]),
  "[bad]",
  "recipe = slapos.recipe.build",
  `install = ${install}`,
  "[uses-bad]",
  "recipe = slapos.recipe.build",
  "seen = ${bad:location}",
  "install = import os; os.mkdir(location)",
];

function download(name: string, url: string, md5sum?: string): string[] {
  return [
    `[${name}]`,
    "recipe = slapos.recipe.build:download",
    `url = ${url}`,
    ...(md5sum ? [`md5sum = ${md5sum}`] : []),
  ];
}

async function readPartLines(run: string): Promise<string[]> {
  return (await runs.readLog(run)).split("\n").flatMap((line) => {
    const found = readPartLine(line);
    return found ? [`${found.action} ${found.part}`] : [];
  });
}

async function readFailure(run: string): Promise<RunFailure> {
  return (await runs.server.api<RunFailure>("GET", `/runs/${run}/failure`)).body;
}

async function readPlan(profile: string): Promise<RunPlanInfo> {
  const path = `/projects/sample/plan?kind=buildout&profile=${encodeURIComponent(profile)}`;
  return (await runs.server.api<RunPlanInfo>("GET", path)).body;
}

async function choose(settings: RunSettings): Promise<void> {
  expect((await runs.server.api("PUT", "/projects/sample/run-settings", settings)).status).toBe(200);
}

function installedParts(build: RunInfo): string[] {
  const [folder] = build.profile.split("/");
  const root = join(runs.dataDirectory, "projects/sample/build");
  const path = join(root, readdirSync(root).find((one) => one.startsWith(`${folder}-`))!, ".installed.cfg");
  return parseInstalledState(path, readFileSync(path, "utf8")).parts.map(({ name }) => name);
}

describe("after a part that fails", { timeout: TIMEOUT_MS }, () => {
  it("all parts that failed are explained, each with its cause and place, over the API and the command line", async () => {
    const profile = await writeProfile("several", [
      ...FOUR_PARTS("raise Exception('not today')"),
      "[also-bad]",
      "recipe = plone.recipe.command",
      "stop-on-error = true",
      "command = test -d /no-such-directory",
      "[buildout]",
      "parts += also-bad",
    ]);
    const run = await runs.run({ kind: "buildout", profile, keepGoing: true });
    expect(run.error).toBe("Exception: not today (the first of 2 failures)");
    const { others, ...first } = await readFailure(run.id);
    expect(first).toMatchObject({ kind: "inline-code", part: "bad", place: { path: profile, line: 11 } });
    expect(others).toMatchObject([
      { kind: "command", part: "also-bad", place: { path: profile, line: 19, column: 11 } },
    ]);
    const log = Buffer.from(await runs.readLog(run.id));
    for (const { logOffset, lines } of [first, ...others])
      expect(log.subarray(logOffset).toString().startsWith(lines[0]!)).toBe(true);
    const { stdout } = await runCommandLine(runs.server.url, ["run", "explain", run.id]);
    expect(stdout).toContain(`part bad: Exception: not today\n${profile}:11:1\n`);
    expect(stdout).toContain(`part also-bad: Error: Non zero exit code (1) while running command.\n${profile}:19:11\n`);
  });

  it("the independent parts are installed when the run keeps going, and the next run only does the rest", async () => {
    const profile = await writeProfile("keep", FOUR_PARTS("raise Exception('not today')"));
    const run = await runs.run({ kind: "buildout", profile, keepGoing: true });
    expect(run).toMatchObject({ state: "failed", code: 1, keepGoing: true });
    const log = await runs.readLog(run.id);
    expect(log).toContain("Skipping uses-bad: it uses bad, which is not installed.");
    expect(log).toContain("Kept going to the end. Failed: bad; skipped: uses-bad");
    expect(installedParts(run)).toEqual(["good", "last"]);
    expect(await readFailure(run.id)).toMatchObject({
      kind: "inline-code",
      part: "bad",
      place: { path: profile, line: 11 },
    });

    await writeProfile("keep", FOUR_PARTS("import os; os.mkdir(location)"));
    const next = await runs.run({ kind: "buildout", profile });
    expect(next.state).toBe("succeeded");
    expect(await readPartLines(next.id)).toEqual([
      "updating good",
      "installing bad",
      "installing uses-bad",
      "updating last",
    ]);
  });

  it("without it the run ends there, as ever", async () => {
    const profile = await writeProfile("stop", FOUR_PARTS("raise Exception('not today')"));
    const run = await runs.run({ kind: "buildout", profile });
    expect(run.state).toBe("failed");
    expect(await readPartLines(run.id)).toEqual(["installing good", "installing bad"]);
    expect(installedParts(run)).toEqual(["good"]);
  });

  it("one part is retried, with what it uses and nothing else", async () => {
    const profile = await writeProfile("stop", FOUR_PARTS("import os; os.mkdir(location)"));
    const run = await runs.run({ kind: "buildout", profile, parts: ["uses-bad"] });
    expect(run).toMatchObject({ state: "succeeded", parts: ["uses-bad"] });
    expect(await readPartLines(run.id)).toEqual(["installing bad", "installing uses-bad"]);
    expect(installedParts(run)).toEqual(["good", "bad", "uses-bad"]);
    expect(await readPartLines((await runs.run({ kind: "buildout", profile })).id)).toEqual([
      "updating good",
      "updating bad",
      "updating uses-bad",
      "installing last",
    ]);
  });

  it("a part that fails in an update is not counted as installed", async () => {
    const lines = (fails: boolean): string[] => [
      "[buildout]",
      "parts = a b",
      "[a]",
      "recipe = slapos.recipe.build",
      `update = ${"import os; os.path.exists(os.path.join(self.buildout['buildout']['directory'], 'fail')) and 1/0"}`,
      "[b]",
      "recipe = slapos.recipe.build",
      `install = import os; os.mkdir(location) # ${fails}`,
    ];
    const profile = await writeProfile("update", lines(false));
    expect((await runs.run({ kind: "buildout", profile })).state).toBe("succeeded");
    const root = join(runs.dataDirectory, "projects/sample/build");
    const folder = readdirSync(root).find((one) => one.startsWith("update-"))!;
    writeFileSync(join(root, folder, "fail"), "");
    await writeProfile("update", lines(true));
    const run = await runs.run({ kind: "buildout", profile, keepGoing: true });
    expect(run.state).toBe("failed");
    expect(installedParts(run)).toEqual(["b"]);
  });

  it("a part of a software release is retried without taking the release for complete", async () => {
    const path = "software/parts";
    await runs.server.api("POST", "/projects/sample/entries", { path, kind: "directory" });
    const profile = `${path}/software.cfg`;
    await runs.writeFile(profile, `${FOUR_PARTS("raise Exception('not today')").join("\n")}\n`);
    const first = await runs.run({ kind: "software", profile, keepGoing: true });
    expect(first).toMatchObject({ state: "failed", code: 1 });
    expect(await runs.readLog(first.id)).toContain("Kept going to the end. Failed: bad; skipped: uses-bad");
    await runs.writeFile(profile, `${FOUR_PARTS("import os; os.mkdir(location)").join("\n")}\n`);
    const retried = await runs.run({ kind: "software", profile, parts: ["bad"] });
    expect(retried.state, await runs.readLog(retried.id)).toBe("succeeded");
    expect(await readPartLines(retried.id)).toEqual(["installing bad"]);
    const rest = await runs.run({ kind: "software", profile });
    expect(await readPartLines(rest.id)).toEqual([
      "updating good",
      "updating bad",
      "installing uses-bad",
      "updating last",
    ]);
    expect((await runs.run({ kind: "software", profile })).nothingToDo).toBe(true);
  });
});

describe("downloads before the run", { timeout: TIMEOUT_MS }, () => {
  it("are fetched once for all builds, and never again", async () => {
    const names = ["a", "b", "c"];
    const lines = (name: string): string[] => {
      const body = Buffer.from(`content of ${name}`);
      web.files.set(`/${name}.bin`, { body });
      return download(name, `${web.url}/${name}.bin`, md5Of(body));
    };
    const text = ["[buildout]", `parts = ${names.join(" ")}`, ...names.flatMap(lines)];
    const profile = await writeProfile("fetch", text);
    expect((await readPlan(profile)).downloads).toMatchObject({ missingBytes: 0, unknownCount: 3 });
    const body = { kind: "buildout", profile };
    const checked = await runs.server.api<RunPlanInfo>("POST", "/projects/sample/plan/downloads", body);
    expect(checked.body.downloads).toMatchObject({ missingBytes: 36, unknownCount: 0 });
    expect(checked.body.downloads!.files[0]).toMatchObject({
      part: "a",
      state: "missing",
      sizeBytes: 12,
      place: { path: profile },
    });

    const run = await runs.run({ kind: "buildout", profile });
    expect(run.state, await runs.readLog(run.id)).toBe("succeeded");
    expect(await runs.readLog(run.id)).toMatch(/^webrunner: Downloads: 3 of 3, 0\.0 MB, took/m);
    const fetched = web.asked.filter((one) => one.startsWith("GET"));
    expect(fetched.sort()).toEqual(["GET /a.bin", "GET /b.bin", "GET /c.bin"]);

    const other = await writeProfile("fetch-too", text);
    expect((await readPlan(other)).downloads!.files.map(({ state }) => state)).toEqual(["cached", "cached", "cached"]);
    expect((await runs.run({ kind: "buildout", profile: other })).state).toBe("succeeded");
    expect(web.asked.filter((one) => one.startsWith("GET"))).toHaveLength(3);
  });

  it("fill the download cache that a profile has, under the name that its recipe looks for", async () => {
    const body = Buffer.from("cached by the profile");
    web.files.set("/cache.bin", { body });
    const lines = download("a", `${web.url}/cache.bin`, md5Of(body));
    const profile = await writeProfile("cache", ["[buildout]", "parts = a", "download-cache = cache", ...lines]);
    expect((await runs.run({ kind: "buildout", profile })).state).toBe("succeeded");
    expect(web.asked.filter((one) => one === "GET /cache.bin")).toHaveLength(1);
    expect((await readPlan(profile)).parts[0]!.action).toBe("keep");
  });

  it("that cannot be had end the run before anything is changed, each named with its part", async () => {
    const body = Buffer.from("another");
    web.files.set("/wrong.bin", { body });
    const profile = await writeProfile("dead", [
      "[buildout]",
      "parts = first gone wrong",
      "[first]",
      "recipe = slapos.recipe.build",
      "install = import os; os.mkdir(location)",
      ...download("gone", `${web.url}/gone.bin?token=secret`, "0".repeat(32)),
      ...download("wrong", `${web.url}/wrong.bin`, "1".repeat(32)),
    ]);
    const run = await runs.run({ kind: "buildout", profile });
    expect(run).toMatchObject({
      state: "failed",
      error: `Cannot download for part gone: ${web.url}/gone.bin: 404 Not Found (the first of 2 failures)`,
    });
    const log = await runs.readLog(run.id);
    expect(log).toContain(`webrunner: Cannot download for part gone: ${web.url}/gone.bin: 404 Not Found`);
    expect(log).toContain(`the file has ${md5Of(body)}, the profile says ${"1".repeat(32)}`);
    expect(log).not.toContain("secret");
    expect(await readPartLines(run.id)).toEqual([]);
    const failure = await readFailure(run.id);
    expect(failure).toMatchObject({ phase: "downloading", part: "gone", place: { path: profile, line: 8 } });
    expect(failure.others).toMatchObject([{ kind: "md5-mismatch", part: "wrong", place: { path: profile, line: 13 } }]);
    const going = await runs.run({ kind: "buildout", profile, keepGoing: true });
    expect(installedParts(going)).toEqual(["first"]);
  });

  it("whose checksum is another are mended by the fix that the card offers", async () => {
    const body = Buffer.from("the file as it is now");
    web.files.set("/moved.bin", { body });
    const url = `${web.url}/moved.bin`;
    const profile = await writeProfile("moved", ["[buildout]", "parts = a", ...download("a", url, "2".repeat(32))]);
    const failure = await readFailure((await runs.run({ kind: "buildout", profile })).id);
    expect(failure).toMatchObject({ kind: "md5-mismatch", part: "a", place: { path: profile, line: 6, column: 1 } });
    const [fix] = failure.fixes;
    expect(fix!.title).toBe(`Set md5sum to \`${md5Of(body)}\`, which the file has now`);
    const { text } = await runs.readFile(profile);
    const [edit] = fix!.edits;
    const lines = text.split("\n");
    const line = lines[edit!.line - 1]!;
    lines[edit!.line - 1] = line.slice(0, edit!.column - 1) + edit!.text + line.slice(edit!.endColumn - 1);
    await runs.writeFile(profile, lines.join("\n"));
    expect((await runs.run({ kind: "buildout", profile })).state).toBe("succeeded");
  });

  it("are not fetched when the user does not want it", async () => {
    const profile = await writeProfile("unfetched", [
      "[buildout]",
      "parts = gone",
      ...download("gone", `${web.url}/gone.bin`, "0".repeat(32)),
    ]);
    const run = await runs.run({ kind: "buildout", profile, preflight: false });
    expect(await readPartLines(run.id)).toEqual(["installing gone"]);
    expect(run.state).toBe("failed");
  });

  it("are tried again when the server is busy, with the reason shown, and not when the file is not there", async () => {
    const body = Buffer.from("patience");
    web.files.set("/busy.bin", { body, failFirst: [503, 503] });
    web.files.set("/busy-too.bin", { body, failFirst: [503] });
    const profile = await writeProfile("busy", [
      "[buildout]",
      "parts = a b",
      ...download("a", `${web.url}/busy.bin`, md5Of(body)),
      // Without a checksum the recipe fetches it in the run itself.
      ...download("b", `${web.url}/busy-too.bin`),
    ]);
    const run = await runs.run({ kind: "buildout", profile });
    expect(run.state, await runs.readLog(run.id)).toBe("succeeded");
    expect(run.retries).toEqual({ count: 3, reason: "503 Service Unavailable" });
    const before = web.asked.length;
    const gone = await writeProfile("gone", [
      "[buildout]",
      "parts = a",
      ...download("a", `${web.url}/not-there.bin`, "0".repeat(32)),
    ]);
    expect((await runs.run({ kind: "buildout", profile: gone })).retries).toBeUndefined();
    expect(web.asked.slice(before)).toEqual(["GET /not-there.bin"]);
  });

  it("are eggs too, fetched once for the preflight and the run together, and never for another build", async () => {
    serveEgg(web, "wheel", "webrunner-thing", []);
    for (const name of ["egg-a", "egg-b"]) {
      const profile = await writeProfile(name, [
        "[buildout]",
        "parts = a",
        `index = ${web.url}/simple/`,
        "[versions]",
        "webrunner-thing = 1.0",
        "[a]",
        "recipe = zc.recipe.egg",
        "eggs = webrunner-thing",
      ]);
      const run = await runs.run({ kind: "buildout", profile });
      expect(run.state, await runs.readLog(run.id)).toBe("succeeded");
      expect(web.asked.filter((one) => one.startsWith("GET /files/"))).toHaveLength(1);
    }
  });

  it("are told before any run, with what eggs require in turn, once they were asked for", async () => {
    serveEgg(web, "wheel", "webrunner-first", ["webrunner-second>=1", "webrunner-none"]);
    serveEgg(web, "source", "webrunner-second", []);
    const wheel = "/files/webrunner_first-1.0-py3-none-any.whl";
    const metadata = "Name: webrunner-first\nRequires-Dist: webrunner-second\nRequires-Dist: webrunner-none\n";
    web.files.set(`${wheel}.metadata`, { body: Buffer.from(metadata) });
    const profile = await writeProfile("asked", [
      "[buildout]",
      "parts = a clone",
      `index = ${web.url}/simple/`,
      "[versions]",
      "webrunner-first = 1.0",
      "webrunner-second = 1.0",
      "[a]",
      "recipe = zc.recipe.egg",
      "eggs = webrunner-first",
      "[clone]",
      "recipe = slapos.recipe.build:gitclone",
      `repository = ${web.url}/none.git`,
      "branch = main",
    ]);
    const before = (await readPlan(profile)).downloads!;
    expect(before).toMatchObject({ missingBytes: 0, unknownCount: 1 });
    expect(before.checkouts).toMatchObject([{ part: "clone", state: "missing", reference: "main" }]);
    const words = ["run", "plan", profile, "--buildout", "--check-downloads", "--all", "--project", "sample"];
    const { stdout, code } = await runCommandLine(runs.server.url, words);
    expect(code).toBe(1);
    const { downloads } = await readPlan(profile);
    const sizes = [wheel, "/files/webrunner-second-1.0.tar.gz"].map((path) => web.files.get(path)!.body.length);
    const eggs = downloads!.eggs.filter(({ state }) => state !== "present");
    expect(eggs).toMatchObject([
      { part: "a", requirement: "webrunner-first==1.0", state: "missing", sizeBytes: sizes[0] },
      { requirement: "webrunner-second==1.0", requiredBy: "webrunner-first", state: "cached", sizeBytes: sizes[1] },
      { requirement: "webrunner-none", requiredBy: "webrunner-first", problem: "the index has no such version" },
    ]);
    expect(downloads).toMatchObject({ missingBytes: sizes[0], unknownCount: 1 });
    expect(downloads!.checkouts![0]!.problem).toContain("not found");
    expect(web.asked).not.toContain(`GET ${wheel}`);
    expect(stdout).toContain("2 eggs and 1 repository to download, ");
    expect(stdout).toContain("    a: webrunner-none: the index has no such version\n");
    expect(stdout).toContain("    a: webrunner-first==1.0, 0.");
  });

  it("leave out the eggs that the buildout makes of sources of its own", async () => {
    const profile = await writeProfile("own", [
      "[buildout]",
      "parts = a",
      "develop = ${:_profile_base_location_}/../own-egg",
      "[a]",
      "recipe = zc.recipe.egg",
      "eggs = webrunner.own",
    ]);
    await writeProfile("own-egg", []);
    await runs.writeFile(
      "own-egg/setup.py",
      'from setuptools import setup\nsetup(name="webrunner-own", version="1")\n',
    );
    expect((await readPlan(profile)).downloads).toMatchObject({
      eggs: [{ state: "present" }, { requirement: "webrunner.own", state: "present" }],
      unknownCount: 0,
    });
  });

  it("are asked for until the user stops it, and of a server that does not answer each says so", async () => {
    const silent = createNetServer();
    const asked = new Promise<void>((resolve) => silent.once("connection", () => resolve()));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const index = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/simple/`;
    const egg = ["[a]", "recipe = zc.recipe.egg", "eggs = webrunner-slow"];
    const profile = await writeProfile("silent", ["[buildout]", "parts = a", `index = ${index}`, ...egg]);
    const path = "/projects/sample/plan/downloads";
    const controller = new AbortController();
    const request = fetch(`${runs.server.url}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ kind: "buildout", profile }),
      signal: controller.signal,
    });
    await asked;
    const readCheck = async () => (await runs.server.api<{ check?: DownloadCheck }>("GET", path)).body.check;
    await until(async () => (await readCheck())?.total === 1, { what: "the progress" });
    controller.abort();
    await expect(request).rejects.toThrow();
    await until(async () => (await readCheck()) === undefined, { what: "the check to end" });
    silent.close();
    const plan = await runs.server.api<RunPlanInfo>("POST", path, { kind: "buildout", profile });
    expect(plan.body.downloads!.eggs).toMatchObject([
      { state: "present" },
      { requirement: "webrunner-slow", problem: "the index cannot be asked: Connection refused" },
    ]);
    await writeProfile("silent", ["[buildout]", "parts = a", "offline = true", `index = ${index}`, ...egg]);
    expect((await readPlan(profile)).downloads).toMatchObject({ eggs: [], files: [], unknownCount: 0 });
  });

  it("are also what eggs require in turn, repositories and profiles of the web, each with its place", async () => {
    serveEgg(web, "wheel", "webrunner-top", ["webrunner-dead"]);
    const profile = await writeProfile("in-turn", [
      "[buildout]",
      "parts = a clone",
      `index = ${web.url}/simple/`,
      "[versions]",
      "webrunner-top = 1.0",
      "webrunner-dead = 1.0",
      "[a]",
      "recipe = zc.recipe.egg",
      "eggs = webrunner-top",
      "[clone]",
      "recipe = slapos.recipe.build:gitclone",
      `repository = ${web.url}/gone.git`,
    ]);
    const { others, ...first } = await readFailure((await runs.run({ kind: "buildout", profile })).id);
    expect(first).toMatchObject({ kind: "missing-distribution", part: "a", place: { path: profile, line: 6 } });
    expect(others).toMatchObject([{ kind: "download", part: "clone", place: { path: profile, line: 12, column: 14 } }]);

    const top = await writeProfile("of-the-web", ["[buildout]", "parts =", `extends = ${web.url}/gone.cfg`]);
    const run = await runs.run({ kind: "buildout", profile: top });
    expect(run.error).toBe(`Cannot download for extends: ${web.url}/gone.cfg: 404 Not Found`);
    const failure = await readFailure(run.id);
    expect(failure).toMatchObject({ phase: "downloading", place: { path: top, line: 3, column: 11 }, others: [] });
  });

  it("name an egg that no index has within seconds", async () => {
    const limitMs = toBusyLimit(20_000);
    const begin = performance.now();
    const profile = await writeProfile("egg", [
      "[buildout]",
      "parts = a",
      `index = ${web.url}/simple/`,
      "[a]",
      "recipe = zc.recipe.egg",
      "eggs = no-such-egg-at-all",
    ]);
    const run = await runs.run({ kind: "buildout", profile });
    expect(run.state).toBe("failed");
    expect(await readFailure(run.id)).toMatchObject({
      kind: "missing-distribution",
      part: "a",
      place: { path: profile, line: 6 },
    });
    expect(web.asked.filter((one) => one.startsWith("GET /simple"))).not.toContain("GET /simple/");
    expect(performance.now() - begin).toBeLessThan(limitMs);
  });
});

describe("what a run may use", { timeout: TIMEOUT_MS }, () => {
  it("is what the settings say: jobs, niceness and memory", async () => {
    await choose({ preflight: true, keepGoing: false, jobs: 3, nice: 7, memoryMiB: 3000 });
    const profile = await writeProfile("limits", [
      "[buildout]",
      "parts = a",
      "[a]",
      "recipe = slapos.recipe.build",
      "install =",
      "  import os, resource",
      "  os.mkdir(location)",
      "  print('limits', os.environ['MAKEFLAGS'], os.nice(0), resource.getrlimit(resource.RLIMIT_AS)[0])",
    ]);
    const run = await runs.run({ kind: "buildout", profile });
    expect(await runs.readLog(run.id)).toContain(`limits -j3 7 ${3000 * 1024 * 1024}`);
    expect((await runs.server.api<RunSettings>("GET", "/projects/sample/run-settings")).body.nice).toBe(7);
    await choose({ preflight: true, keepGoing: false });
    const bad = await runs.server.api("PUT", "/projects/sample/run-settings", {
      preflight: true,
      keepGoing: false,
      nice: 20,
    });
    expect(bad.status).toBe(400);
  });
});

describe("a run that is paused", { timeout: TIMEOUT_MS }, () => {
  const counting = (name: string) =>
    writeProfile(name, [
      "[buildout]",
      "parts = a",
      "[a]",
      "recipe = slapos.recipe.build",
      "install =",
      "  import os, subprocess",
      "  os.mkdir(location)",
      "  subprocess.check_call(['sh', '-c', 'n=0; while [ $n -lt 600 ]; do echo line $n; n=$((n+1)); sleep 0.05; done'])",
    ]);

  const untilPrinting = (id: string) =>
    until(async () => (await runs.readLog(id)).includes("line 3"), { timeoutMs: 30_000, what: "the first lines" });

  it("does nothing until it goes on, and can be stopped meanwhile", async () => {
    const profile = await counting("paused");
    const { id } = await runs.start({ kind: "buildout", profile });
    await untilPrinting(id);
    const paused = await runs.server.api<RunInfo>("POST", `/runs/${id}/pause`);
    expect(paused.body).toMatchObject({ state: "running", paused: true });
    const size = (await runs.readLog(id)).length;
    const directory = join(runs.dataDirectory, "projects/sample/runs", id);
    // Stopped, or in the kernel until a child goes on that is stopped while it begins.
    expect(["T", "D"]).toContain((await findCommandProcess(directory))!.state);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await runs.readLog(id)).length).toBe(size);
    const resumed = await runs.server.api<RunInfo>("POST", `/runs/${id}/resume`);
    expect(resumed.body.paused).toBeUndefined();
    await until(async () => (await runs.readLog(id)).length > size, { timeoutMs: 10_000, what: "more lines" });

    await runs.server.api("POST", `/runs/${id}/pause`);
    const { pid } = (await findCommandProcess(directory))!;
    await runs.server.api("POST", `/runs/${id}/stop`);
    expect(await runs.untilEnd(id)).toMatchObject({ state: "cancelled" });
    expect([undefined, "Z"]).toContain((await findProcess(pid))?.state);
    expect((await runs.server.api("POST", `/runs/${id}/pause`)).status).toBe(409);
  });
});

/** Where processes of this machine work, as far as they can be looked at. */
async function listDirectories(): Promise<string[]> {
  return (await listProcesses()).flatMap(({ pid }) => {
    try {
      return [readlinkSync(`/proc/${pid}/cwd`)];
    } catch {
      return [];
    }
  });
}

describe("taking a run up by hand", { timeout: TIMEOUT_MS }, () => {
  it("opens a shell where the part left its sources", async () => {
    const source = mkdtempSync(join(tmpdir(), "webrunner-source-"));
    mkdirSync(join(source, "thing-1.0"));
    writeFileSync(join(source, "thing-1.0/configure"), "#!/bin/sh\necho 'configure: error: no gmp'\nexit 1\n", {
      mode: 0o755,
    });
    const body = execFileSync("tar", ["-C", source, "-czf", "-", "thing-1.0"]);
    rmSync(source, { recursive: true });
    web.files.set("/thing-1.0.tar.gz", { body });
    const profile = await writeProfile("by-hand", [
      "[buildout]",
      "parts = a",
      "[a]",
      "recipe = slapos.recipe.cmmi",
      `url = ${web.url}/thing-1.0.tar.gz`,
      `md5sum = ${md5Of(body)}`,
    ]);
    const run = await runs.run({ kind: "buildout", profile });
    expect(await readFailure(run.id)).toMatchObject({ kind: "configure", part: "a" });
    const opened = await runs.server.api<TerminalInfo>("POST", `/runs/${run.id}/shell`, {});
    expect(opened.status, JSON.stringify(opened.body)).toBe(201);
    expect(opened.body).toMatchObject({ name: "Part a", state: "running" });
    await until(async () => (await listDirectories()).some((path) => path.endsWith("/parts/a/.build/thing-1.0")), {
      what: "a shell in the directory of the sources",
    });
    await runs.server.api("DELETE", `/terminals/${opened.body.id}`);
  });

  it("opens the debugger, which holds the directory; a run waits for nobody and says so", async () => {
    const profile = await writeProfile("debug", FOUR_PARTS("raise Exception('not today')"));
    await runs.run({ kind: "buildout", profile });
    const request = { kind: "buildout", profile };
    const { status, body } = await runs.server.api<TerminalInfo>("POST", "/projects/sample/debugger", request);
    expect(status, JSON.stringify(body)).toBe(201);
    const held = await until(
      async () => {
        const run = await runs.run({ kind: "buildout", profile });
        return run.error?.startsWith("Another run works in this directory") ? run : undefined;
      },
      { timeoutMs: 30_000, what: "the debugger to hold the directory" },
    );
    expect(held.state).toBe("failed");
    const services = join(runs.dataDirectory, "projects/sample/services");
    const listRequests = () => readdirSync(services).filter((name) => name.startsWith("debugger-"));
    expect(listRequests()).toHaveLength(1);
    await runs.server.api("DELETE", `/terminals/${body.id}`);
    await until(() => listRequests().length === 0, { what: "the end of what the debugger was asked" });
  });
});
