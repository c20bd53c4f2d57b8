/** Gestures over the API and the command line, on a real repository with a fork on a real git server. No engine. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type {
  ExtendsSources,
  GestureAnswer,
  OverrideInfo,
  PreMergeCheck,
  SourceDownload,
  WebProfile,
} from "@/lib/protocol/gestures";
import type { GitTask } from "@/lib/protocol/git";
import type { RunInfo } from "@/lib/protocol/runs";
import { run as runCheck, runVerify } from "@/server/cli/gestures/check-command";
import { run as runComponent } from "@/server/cli/gestures/component-command";
import { run as runExtends } from "@/server/cli/gestures/extends-command";
import { runOverride, runPromote } from "@/server/cli/gestures/gesture-command";
import { run as runRecipe } from "@/server/cli/recipe-command";
import { run as runTutorial } from "@/server/cli/tutorial-command";
import { type GitServer, startGitServer } from "../git/http-backend";
import { createTestServer, TEST_TOKEN, type TestServer } from "../server-harness";

const printed = vi.hoisted(() => ({ text: "" }));
vi.mock("@/server/cli/profile/output", () => ({
  writeOutput: (text: string) => {
    printed.text += text;
  },
}));

const PHP = "component/apache-php/buildout.cfg";
const PHP_TEXT = `[buildout]
extends =
  ../apache/buildout.cfg
  ../libxml2/buildout.cfg
parts =
  apache-php

[apache-php]
recipe = slapos.recipe.cmmi
configure-options =
  --disable-static
  --with-libxml-dir=\${libxml2:location}
environment =
  PATH=/bin
`;
const part = (name: string): string =>
  `[buildout]\nparts = ${name}\n\n[${name}]\nrecipe = slapos.recipe.cmmi\nlocation = /${name}\n`;

let server: TestServer;
let gitServer: GitServer;
let root: string;
let workspace: string;
let web: Server;
let webUrl: string;
let stall: (() => void) | undefined;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "webrunner-gestures-"));
  gitServer = await startGitServer(join(root, "git"), {
    ada: { password: "right", mayPush: true },
    bob: { password: "reader", mayPush: false },
  });
  gitServer.create("slapos.git");
  server = await createTestServer();
  workspace = join(server.dataDirectory, "projects/sample/workspace");
  web = createServer((request, response) => {
    if (request.url === "/pypi/six/json")
      response.end(JSON.stringify({ info: { version: "1.17.0" }, releases: { "1.16.0": [], "1.17.0": [{}] } }));
    else if (request.url === "/slow-1.0.tar.gz") {
      response.writeHead(200, { "content-length": "1000000" });
      response.write(Buffer.alloc(300_000));
      stall = () => response.destroy();
    } else if (request.url?.endsWith(".tar.gz")) response.end("sources");
    else if (request.url === "/group/slapos/raw/main/component/gmp/buildout.cfg") response.end("[gmp]\nversion = 7\n");
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  vi.stubEnv("WEBRUNNER_URL", server.url);
  vi.stubEnv("WEBRUNNER_TOKEN", TEST_TOKEN);
  vi.stubEnv("WEBRUNNER_PYPI_URL", webUrl);
  write(PHP, PHP_TEXT);
  for (const name of ["apache", "libxml2", "gmp"]) write(`component/${name}/buildout.cfg`, part(name));
  write("software/lamp/software.cfg", "[buildout]\nextends =\n  ../../component/apache-php/buildout.cfg\n");
  git("add", "--all");
  git("commit", "-qm", "Components");
  await server.api("POST", "/projects/sample/git/fork", {
    url: gitServer.url("slapos.git"),
    user: "ada",
    password: "right",
    name: "fork",
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  stall?.();
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  await server.close();
  await gitServer.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => {
  printed.text = "";
});

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), text);
};
const read = (path: string): string => readFileSync(join(workspace, path), "utf8");
const git = (...words: string[]): string =>
  execFileSync(
    "git",
    ["-C", workspace, "-c", `safe.directory=${workspace}`, "-c", "user.name=A", "-c", "user.email=a@b.c", ...words],
    {
      encoding: "utf8",
    },
  );
const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await server.api<T>(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const make = (intent: object, more: object = {}): Promise<GestureAnswer> =>
  api("POST", "/projects/sample/gestures", { intent, ...more });
const diffOf = (answer: GestureAnswer): string =>
  answer.kind === "proposed" ? answer.files.map(({ path, diff }) => `${path}\n${diff}`).join("") : answer.reason;

describe("customising a component", () => {
  const change = {
    gesture: "override",
    profile: PHP,
    section: "apache-php",
    option: "configure-options",
    operator: "+=",
    value: "--with-gmp=${gmp:location}",
  };

  it("A4.2 says which extends a new reference needs, before any run", async () => {
    const answer = await make(change, { dryRun: true });
    expect(answer).toMatchObject({
      kind: "refused",
      reason: "Section [gmp] does not exist: it is defined in component/gmp/buildout.cfg, which is not extended.",
      missing: [{ section: "gmp", profiles: ["component/gmp/buildout.cfg"] }],
    });
  });

  it("A4.1 adds a configure option and the extends that it needs: two lines", async () => {
    const answer = await make({ ...change, extend: ["component/gmp/buildout.cfg"] });
    expect(answer).toMatchObject({ kind: "proposed", written: true });
    expect(
      git("diff", "-U0", PHP)
        .split("\n")
        .filter((line) => /^[+-][^+-]/.test(line)),
    ).toEqual(["+  ../gmp/buildout.cfg", "+  --with-gmp=${gmp:location}"]);
    git("checkout", "-q", PHP);
  });

  it("works on unsaved texts, writes nothing then, and nothing when a file changed meanwhile", async () => {
    const text = PHP_TEXT.replace("--disable-static", "--enable-static");
    const texts = [{ path: PHP, text }];
    const intent = { ...change, value: "--with-x" };
    const answer = await make(intent, { texts });
    expect(answer.kind === "proposed" && answer.files[0]).toMatchObject({ before: text });
    expect(read(PHP)).toBe(PHP_TEXT);
    await expect(make(intent, { texts, dryRun: false })).rejects.toThrow("Unsaved texts cannot be written");
  });

  it("refuses what is outside of the workspace", async () => {
    await expect(make({ ...change, profile: "../../etc/passwd" })).rejects.toThrow("404");
  });

  it("is done from the command line", async () => {
    expect(await runComponent(["customise", PHP, "apache-php", "configure-options+=--with-x", "--dry-run"])).toBe(0);
    expect(printed.text).toContain("+  --with-x\n");
    expect(read(PHP)).toBe(PHP_TEXT);
  });
});

describe("a new component", () => {
  const digest = createHash("md5").update("sources").digest("hex");

  it("is made from a tarball of the workspace, and becomes a part of a release", async () => {
    write("component/hello/hello-1.0.tar.gz", "sources");
    const into = "software/lamp/software.cfg";
    const answer = await make({
      gesture: "new-component",
      name: "hello",
      file: "component/hello/hello-1.0.tar.gz",
      into,
    });
    expect(answer).toMatchObject({ kind: "proposed", written: true, message: "component/hello: new component" });
    expect(read("component/hello/buildout.cfg")).toBe(
      `[buildout]\nparts = hello\n\n[hello]\nrecipe = slapos.recipe.cmmi\nurl = \${:_profile_base_location_}/hello-1.0.tar.gz\nmd5sum = ${digest}\n`,
    );
    expect(read(into)).toBe(
      "[buildout]\nextends =\n  ../../component/apache-php/buildout.cfg\n  ../../component/hello/buildout.cfg\nparts +=\n  hello\n",
    );
    expect(await make({ gesture: "new-component", name: "hello", file: into })).toMatchObject({ kind: "refused" });
    git("checkout", "-q", into);
    rmSync(join(workspace, "component/hello"), { recursive: true });
  });

  it("does not fetch from the private network, but from where the user has a remote", async () => {
    const start = (url: string) => api<SourceDownload>("POST", "/projects/sample/source-downloads", { url });
    const look = ({ id }: SourceDownload) =>
      api<SourceDownload>("GET", `/projects/sample/source-downloads/${id}?waitMs=10000`);
    const wait = async (download: SourceDownload) => {
      let state = download;
      while (state.state === "running") state = await look(state);
      return state;
    };
    expect(await wait(await start(`${webUrl}/hello-1.0.tar.gz`))).toMatchObject({
      state: "failed",
      problem: "The sources cannot be fetched: 127.0.0.1 is in a private network.",
    });
    await expect(start("file:///etc/passwd")).rejects.toThrow("400");
    git("remote", "add", "friend", `${webUrl}/slapos.git`);
    expect(await wait(await start(`${webUrl}/hello-1.0.tar.gz`))).toMatchObject({
      state: "succeeded",
      md5sum: digest,
      name: "hello",
    });
    expect(await wait(await start(`${webUrl}/nothing`))).toMatchObject({
      state: "failed",
      problem: "The sources cannot be fetched: the server answers 404.",
    });
    const slow = await start(`${webUrl}/slow-1.0.tar.gz`);
    expect(await look(slow)).toMatchObject({ state: "running", totalBytes: 1_000_000 });
    await api("DELETE", `/projects/sample/source-downloads/${slow.id}`);
    expect(await wait(slow)).toMatchObject({ state: "cancelled" });
    expect(await runComponent(["new", "hello", `${webUrl}/hello-1.0.tar.gz`, "--dry-run", "--json"])).toBe(0);
    expect(JSON.parse(printed.text)).toMatchObject({ kind: "proposed", written: false });
    git("remote", "remove", "friend");
  });
});

describe("sources of extends", () => {
  const release = "software/lamp/software.cfg";
  const list = (reach = false) =>
    api<ExtendsSources>("GET", `/projects/sample/extends?path=${release}${reach ? "&reach=true" : ""}`);

  it("A5.1 A5.3 A5.4 are switched to a branch of the fork and back", async () => {
    const before = read(release);
    const branch = git("branch", "--show-current").trim();
    expect(await runExtends(["switch", release, "fork", branch])).toBe(0);
    expect(read(release)).toContain(`/slapos/raw/${branch}/component/apache-php/buildout.cfg`);
    const found = await list();
    expect(found.edges[0]).toMatchObject({ source: "fork", remote: "fork", ref: branch, checkout: PHP, line: 3 });
    expect(await runExtends(["check", release])).toBe(1);
    expect(printed.text).toContain("the server answers");
    printed.text = "";
    expect(await runExtends(["check", release, "--offline"])).toBe(1);

    expect(await runExtends(["switch", release, "checkout", "--json"])).toBe(0);
    expect(read(release)).toBe(before);
    expect(await runExtends(["check", release])).toBe(0);
    expect(await runExtends(["switch", release, "fork"])).toBe(4);
  });

  it("A5.3 warns of commits that the branch does not have, and refuses what is not there", async () => {
    const branch = git("branch", "--show-current").trim();
    git("push", "-q", gitServer.path("slapos.git"), `HEAD:${branch}`);
    git("update-ref", `refs/remotes/fork/${branch}`, "HEAD");
    for (const subject of ["one", "two", "three"]) git("commit", "-q", "--allow-empty", "-m", subject);
    const to = { kind: "remote", remote: "fork", ref: branch };
    const intent = { gesture: "switch-extends", profile: release, to };
    expect(await make(intent, { dryRun: true })).toMatchObject({ kind: "proposed", unpushed: 3 });
    expect(await runExtends(["switch", release, "fork", branch, "--dry-run"])).toBe(0);
    expect(printed.text).toContain("3 commits not pushed: the build will not see them");

    write("component/new/buildout.cfg", part("new"));
    write(release, `${read(release)}  ../../component/new/buildout.cfg\n`);
    expect(diffOf(await make(intent, { dryRun: true }))).toContain(
      "has no component/new/buildout.cfg. Commit and push it first.",
    );
    git("checkout", "-q", release);
    expect(await make({ ...intent, to: { ...to, remote: "nobody" } })).toMatchObject({
      kind: "refused",
      reason: "There is no remote nobody. There are: fork.",
    });
  });
});

describe("a profile by its address", () => {
  const find = (url: string) =>
    server.api<WebProfile & { title?: string }>("GET", `/projects/sample/web-profile?url=${encodeURIComponent(url)}`);

  it("A2.4 is read with its origin, from hosts of the public network and of one's remotes alone", async () => {
    const url = `${webUrl}/group/slapos/raw/main/component/gmp/buildout.cfg`;
    expect(await find(url)).toMatchObject({ status: 404, body: { title: expect.stringMatching(/private network/) } });
    expect(await find("../gmp/buildout.cfg")).toMatchObject({ status: 400 });
    git("remote", "add", "mirror", `${webUrl}/group/slapos.git`);
    expect((await find(url)).body).toMatchObject({
      text: "[gmp]\nversion = 7\n",
      source: "fork",
      remote: "mirror",
      ref: "main",
      checkout: "component/gmp/buildout.cfg",
      differs: true,
    });
    expect(await find(`${url}.gone`)).toMatchObject({ status: 404, body: { title: expect.stringMatching(/404/) } });
    expect(await runExtends(["show", url])).toBe(0);
    expect(printed.text).toBe("[gmp]\nversion = 7\n");
    git("remote", "remove", "mirror");
  });
});

describe("pushing what was promoted", () => {
  const push = async (): Promise<GitTask> => {
    let task = await api<GitTask>("POST", "/projects/sample/git/push", { remote: "fork" });
    while (task.state === "running")
      task = await api<GitTask>("GET", `/projects/sample/git/tasks/${task.id}?waitMs=10000`);
    return task;
  };

  it("A7.5 A7.6 is refused with the way out where the branch went on or the user may not push, and never forced", async () => {
    const branch = git("branch", "--show-current").trim();
    const bare = gitServer.path("slapos.git");
    const tree = git("rev-parse", "HEAD^{tree}").trim();
    git("push", "-q", bare, `HEAD:${branch}`);
    const other = git("commit-tree", tree, "-p", "HEAD", "-m", "Somebody else's").trim();
    git("push", "-q", bare, `${other}:${branch}`);
    git("commit", "-q", "--allow-empty", "-m", "Mine");
    expect(await push()).toMatchObject({ state: "failed", error: { code: "git/push-rejected" } });
    expect(git("ls-remote", bare, branch)).toContain(other);

    await api("PUT", "/projects/sample/git/logins", {
      url: gitServer.url("slapos.git"),
      user: "bob",
      password: "reader",
    });
    const refused = await push();
    expect(refused).toMatchObject({ state: "failed", error: { code: "git/permission-denied" } });
    expect(refused.error?.hint).toMatch(/fork/i);
    expect(JSON.stringify(refused)).not.toContain("reader");
    git("reset", "-q", "--hard", "HEAD~1");
  });
});

describe("overrides", () => {
  const release = "software/lamp/software.cfg";
  const list = async () =>
    (await api<{ overrides: OverrideInfo[] }>("GET", `/projects/sample/overrides?path=${release}`)).overrides;

  it("A6.4 are stale when the component changes what they override", async () => {
    const before = read(release);
    write(release, `${before}\n[apache-php]\nconfigure-options += --with-x\n`);
    expect(await list()).toMatchObject([
      {
        section: "apache-php",
        option: "configure-options",
        operator: "+=",
        line: 6,
        definedIn: { path: PHP, line: 10 },
        isStale: false,
      },
    ]);
    write(PHP, PHP_TEXT.replace("--disable-static", "--enable-static"));
    expect(await list()).toMatchObject([{ isStale: true, baseThen: expect.stringContaining("--disable-static") }]);
    const found = await api<PreMergeCheck>("GET", `/projects/sample/check?path=${release}`);
    expect(found.findings.map(({ message }) => message)).toContain(
      `Stale override: configure-options of [apache-php] changed since in ${PHP}:10.`,
    );
    await api("POST", "/projects/sample/overrides/accept", {
      path: release,
      section: "apache-php",
      option: "configure-options",
    });
    expect(await list()).toMatchObject([{ isStale: false }]);
    write(PHP, PHP_TEXT);
    write(release, before);
    expect(await list()).toEqual([]);
  });

  it("A6.5 a pasted section is seen as a copy and reduced to its one difference", async () => {
    const before = read(release);
    const pasted = PHP_TEXT.slice(PHP_TEXT.indexOf("[apache-php]")).replace("PATH=/bin", "PATH=/usr/bin");
    write(release, `${before}\n${pasted}`);
    expect((await list()).map(({ option, isCopy }) => [option, isCopy])).toEqual([
      ["recipe", true],
      ["configure-options", true],
      ["environment", false],
    ]);
    const answer = await make({ gesture: "reduce", profile: release, section: "apache-php" });
    expect(answer).toMatchObject({
      summary: "2 of 3 options of [apache-php] are copies: take them out",
      effectCount: 0,
      written: true,
    });
    expect(read(release)).toBe(`${before}\n[apache-php]\nenvironment =\n  PATH=/usr/bin\n`);
    write(release, before);
  });
});

describe("the pre-merge check", () => {
  const release = "software/hello-web/software.cfg";
  const check = (path = release) => api<PreMergeCheck>("GET", `/projects/sample/check?path=${path}`);
  const kinds = ({ findings }: PreMergeCheck) => findings.map(({ kind, path }) => `${kind} ${path.split("/").at(-1)}`);
  const commit = () => {
    git("add", "--all");
    git("commit", "-qm", "Change");
  };

  it("passes the sample as it is", async () => {
    commit();
    const found = await check();
    expect(found.findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(found.passed).toBe(true);
    expect(await runCheck([release])).toBe(0);
    expect(printed.text).toContain("nothing is in the way");
  });

  it("reports each crime with its fix, and mends what can be mended", async () => {
    const before = read(release);
    const folder = "software/hello-web";
    write(
      release,
      before
        .replace("parts +=", "develop = ../../mine\nparts +=")
        .replace(
          "../../stack/hello/buildout.cfg",
          "../../stack/hello/buildout.cfg\n  https://lab.example/friend/slapos/raw/x/component/greeter/buildout.cfg",
        )
        .concat("\n[extra]\nrecipe = zc.recipe.egg\neggs =\n  six\n  nosuchegg\n[buildout]\nparts += extra\n"),
    );
    const app = read(`${folder}/app.py.in`);
    write(`${folder}/app.py.in`, `${app}# changed\n`);
    const description = read(`${folder}/software.cfg.json`);
    write(
      `${folder}/software.cfg.json`,
      description.replace("instance-input-schema.json", "instance-input-shema.json"),
    );
    write(`${folder}/instance-input-schema.json`, '{"type": "int", "minimum": [],}\n');
    write(`${folder}/broken.py`, "import os\nimport shutil\n\ndef f():\n    return undefined_name, sys.path, os\n");
    const instance = read(`${folder}/instance.cfg.in`);
    write(`${folder}/instance.cfg.in`, instance.replace(/promise/gi, "nothing"));
    const found = await check();
    const fixes = found.findings.map(({ kind, path, fix }) => `${kind} ${path.split("/").at(-1)}: ${fix.title}`);
    expect(fixes.filter((fix) => !fix.startsWith("changes ")).sort()).toEqual([
      "develop software.cfg: Take it out",
      "extends software.cfg: Switch to the checkout",
      "hash buildout.hash.cfg: Update md5sum",
      "hash buildout.hash.cfg: Update md5sum",
      "hash buildout.hash.cfg: Update md5sum",
      "hash buildout.hash.cfg: Update md5sum",
      "promise instance.cfg.in: Check that webservice listens",
      "python broken.py: Import sys",
      "python broken.py: Open",
      "python broken.py: Remove the import of shutil",
      "schema instance-input-schema.json: Did you mean `integer`?",
      "schema instance-input-schema.json: Open",
      "schema instance-input-schema.json: Take the comma out",
      "schema software.cfg.json: Did you mean `instance-input-schema.json`?",
      "version software.cfg: Pin the newest version",
      "version software.cfg: Pin the newest version",
      "version software.cfg: Pin the newest version",
    ]);
    expect(fixes).toContain("changes software.cfg: Stage & commit…");
    expect(found.findings.find(({ message }) => message.includes("undefined_name"))).toMatchObject({
      line: 5,
      column: 12,
    });
    const python = found.findings.filter(({ kind }) => kind === "python");
    expect(python.map(({ message, severity }) => `${severity}: ${message}`).sort()).toEqual([
      "error: undefined name 'sys'",
      "error: undefined name 'undefined_name'",
      "warning: 'shutil' imported but unused",
    ]);
    for (const { fix } of found.findings) expect(fix.how === "mend" || fix.advice).toBeTruthy();
    expect(found.passed).toBe(false);
    const develop = found.findings.find(({ kind }) => kind === "develop");
    expect(await make({ gesture: "mend", profile: release, finding: develop?.id })).toMatchObject({ written: true });
    expect(await make({ gesture: "mend", profile: release, finding: develop?.id })).toMatchObject({
      kind: "refused",
      reason: "That is not in the way any more.",
    });

    const status = git("status", "--porcelain");
    expect(await runCheck([release, "--fix", "--dry-run", "--json"])).toBe(1);
    expect(JSON.parse(printed.text).mends.map(({ kind }: GestureAnswer) => kind)).toContain("proposed");
    expect(git("status", "--porcelain")).toBe(status);

    printed.text = "";
    expect(await runCheck([release, "--fix"])).toBe(1);
    expect(printed.text).toContain("mended: Pin six to 1.17.0");
    expect(printed.text).toContain("not mended: The package index has no nosuchegg: write its version by hand.");
    expect(printed.text).toContain(
      "broken.py:5:12: error: python: undefined name 'undefined_name'\n  Correct the line",
    );
    const after = (await check()).findings.filter(({ kind }) => kind !== "changes");
    expect(after.map(({ kind, path, fix }) => [kind, path.split("/").at(-1), fix.how].join(" "))).toEqual([
      "python broken.py open",
      "schema instance-input-schema.json open",
      "version software.cfg mend",
    ]);
    expect(read(release)).toContain("../../component/greeter/buildout.cfg");
    expect(read("stack/hello/buildout.cfg")).toContain("six = 1.17.0");
    expect(read(release)).not.toContain("develop");
    expect(read(`${folder}/software.cfg.json`)).toBe(description);
    expect(read(`${folder}/instance-input-schema.json`)).toBe('{"type": "integer", "minimum": []}\n');
    expect(read(`${folder}/broken.py`)).toBe(
      "import sys\nimport os\n\ndef f():\n    return undefined_name, sys.path, os\n",
    );
    expect(read(`${folder}/instance.cfg.in`)).toContain(
      "[promise-webservice]\nrecipe = slapos.cookbook:check_port_listening\nhostname = ${port:ip}\nport = ${port:port}\n",
    );
    commit();
    git("revert", "--no-edit", "HEAD");
    expect(await check()).toMatchObject({ passed: true });
  });

  it("mends what does not resolve where the editor knows how, and leads to the rest", async () => {
    const before = read(release);
    write(release, `${before}\n[typo]\na = \${greter:location}\nb = \${gmp:location}\nc = \${no-such-section:x}\n`);
    const profile = (await check()).findings.filter(({ kind }) => kind === "profile");
    expect(profile.map(({ fix }) => fix.title).sort()).toEqual([
      "Did you mean `greeter`?",
      "Open",
      "[gmp] is defined in component/gmp/buildout.cfg: extend it",
    ]);
    expect(await runCheck([release, "--fix"])).toBe(1);
    expect(printed.text).toContain("Extend the profile that defines the section, or correct its name.");
    expect(read(release)).toBe(
      before
        .replace("hello/buildout.cfg\n", "hello/buildout.cfg\n  ../../component/gmp/buildout.cfg\n")
        .concat("\n[typo]\na = ${greeter:location}\nb = ${gmp:location}\nc = ${no-such-section:x}\n"),
    );
    write(release, before);
  });

  it("tells a sandbox that is left over", async () => {
    write("software/hello-web/software.sandbox.cfg", "[buildout]\nextends = software.cfg\n");
    expect(kinds(await check("software/hello-web/software.sandbox.cfg"))).toContain("sandbox software.sandbox.cfg");
    rmSync(join(workspace, "software/hello-web/software.sandbox.cfg"));
  });
});

describe("every gesture on the command line", () => {
  const release = "software/hello-web/software.cfg";
  const here = (): string => join(workspace, release);
  const GESTURES: readonly (readonly [string, number, object, (flags: string[]) => number | Promise<number>])[] = [
    ["override", 0, { written: false }, (flags) => runOverride([here(), "greeter", "make-options=-k", ...flags])],
    ["promote", 0, { written: false }, (flags) => runPromote([here(), "greeter:configure-options", ...flags])],
    ["extends check", 0, { profile: release }, (flags) => runExtends(["check", release, ...flags])],
    ["extends switch", 0, { written: false }, (flags) => runExtends(["switch", release, "checkout", ...flags])],
    [
      "recipe develop",
      0,
      { egg: "hello.recipe", path: "" },
      (flags) => runRecipe(["develop", "hello.recipe", ...flags]),
    ],
    ["recipe release", 1, { egg: "hello.recipe" }, (flags) => runRecipe(["release", "hello.recipe", ...flags])],
    [
      "recipe test",
      0,
      { recipe: "hello.recipe:greeting-card", options: { frame: "*", greeting: "Hello" } },
      (flags) => runRecipe(["test", "greeting-card", release, ...flags]),
    ],
    [
      "component new",
      0,
      { written: false, message: "component/gadget: new component" },
      (flags) => runComponent(["new", "gadget", "component/greeter/greeter-1.0.tar.gz", ...flags]),
    ],
    ["check", 0, { passed: true }, (flags) => runCheck([release, "--fix", ...flags])],
    ["verify", 1, { profile: release }, (flags) => runVerify([release, "--build", ...flags])],
    ["tutorial status", 1, { steps: expect.any(Array) }, (flags) => runTutorial(["status", ...flags])],
  ];
  it.each(GESTURES)("%s only tells with --dry-run, in JSON with --json", async (_name, status, answer, run) => {
    const state = async () => [
      git("status", "--porcelain"),
      (await api<{ runs: RunInfo[] }>("GET", "/projects/sample/runs")).runs,
      await api("GET", "/projects/sample/recipes"),
    ];
    const before = await state();
    expect(await run(["--dry-run", "--json"])).toBe(status);
    expect(JSON.parse(printed.text)).toMatchObject(answer);
    printed.text = "";
    expect(await run(["--dry-run"])).toBe(status);
    expect(printed.text).not.toBe("");
    expect(await state()).toEqual(before);
  });
});
