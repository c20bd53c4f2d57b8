/**
 * The tutorial's first use case on the real engine and a real git server: a component from a tarball, a configure option
 * tried in the sandbox and seen in the built program, promoted, pushed, verified and built again.
 */
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
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readPartLine } from "@/lib/logs/run-progress";
import type {
  GestureAnswer,
  GitTask,
  InstanceInfo,
  PreMergeCheck,
  ReleaseInfo,
  RunInfo,
  RunPlanInfo,
  Verification,
} from "@/lib/protocol";
import { runVerify } from "@/server/cli/gestures/check-command";
import { type GitServer, startGitServer } from "../git/http-backend";
import { createRealRuns, type RealRuns } from "../runs/real-runs";
import { TEST_TOKEN } from "../server-harness";
import { until } from "../until";

const printed = vi.hoisted(() => ({ text: "" }));
vi.mock("@/server/cli/profile/output", () => ({
  writeOutput(text: string | Uint8Array) {
    printed.text += typeof text === "string" ? text : new TextDecoder().decode(text);
  },
}));

const TIMEOUT_MS = 180_000;
const RELEASE = "software/tiny/software.cfg";
const SANDBOX = "software/tiny/software.sandbox.cfg";
const COMPONENT = "component/tiny/buildout.cfg";

let runs: RealRuns;
let root: string;
let gitServer: GitServer;
let workspace: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "webrunner-tiny-"));
  gitServer = await startGitServer(join(root, "git"), { ada: { password: "secret-of-ada", mayPush: true } });
  gitServer.create("slapos.git");
  runs = await createRealRuns();
  vi.stubEnv("WEBRUNNER_URL", runs.server.url);
  vi.stubEnv("WEBRUNNER_TOKEN", TEST_TOKEN);
  workspace = join(runs.dataDirectory, "projects/sample/workspace");
  const tarball = makeTarball();
  const upload = await runs.server.api("PUT", "/projects/sample/upload?path=component/tiny/tiny-1.0.tar.gz", tarball);
  expect(upload.status).toBe(201);
  await runs.writeFile(RELEASE, "[buildout]\nparts =\nversions = versions\n\n[versions]\nslapos.recipe.cmmi = 0.23\n");
}, TIMEOUT_MS);
afterAll(async () => {
  vi.unstubAllEnvs();
  await runs?.dispose();
  await gitServer?.close();
  rmSync(root, { recursive: true, force: true });
});

const CONFIGURE = `#!/bin/sh
says=quiet
for option; do
  case "$option" in
    --prefix=*) prefix=\${option#--prefix=} ;;
    --enable-*) says="$says \${option#--enable-}" ;;
  esac
done
echo "PREFIX = $prefix" > config.mk
echo "SAYS = $says" >> config.mk
`;
const MAKEFILE = `include config.mk
all:
\tprintf '#!/bin/sh\\necho $(SAYS)\\n' > tiny
install:
\tmkdir -p $(PREFIX)/bin
\tinstall -m 755 tiny $(PREFIX)/bin/tiny
`;

/** `./configure && make && make install` of a program that says how it was configured. */
function makeTarball(): Uint8Array {
  const folder = join(root, "tiny-1.0");
  mkdirSync(folder);
  writeFileSync(join(folder, "configure"), CONFIGURE);
  writeFileSync(join(folder, "Makefile"), MAKEFILE);
  chmodSync(join(folder, "configure"), 0o755);
  execFileSync("tar", ["-czf", join(root, "tiny-1.0.tar.gz"), "-C", root, "tiny-1.0"]);
  return readFileSync(join(root, "tiny-1.0.tar.gz"));
}

const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await runs.server.api<T>(method, `/projects/sample${path}`, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const make = async (intent: object): Promise<Extract<GestureAnswer, { kind: "proposed" }>> => {
  const answer = await api<GestureAnswer>("POST", "/gestures", { intent });
  if (answer.kind === "refused") throw new Error(answer.reason);
  return answer;
};
const planOf = (profile: string): Promise<RunPlanInfo> => api("GET", `/plan?kind=software&profile=${profile}`);
const build = async (profile: string): Promise<{ lines: string[]; nothingToDo: boolean; log: string }> => {
  const run = await runs.run({ kind: "software", profile });
  const log = await runs.readLog(run.id);
  expect(run.state, log.slice(-3000)).toBe("succeeded");
  const lines = log.split("\n").flatMap((line) => {
    const found = readPartLine(line);
    return found && found.action !== "updating" ? [`${found.action} ${found.part}`] : [];
  });
  return { lines, nothingToDo: run.nothingToDo === true, log };
};
/** What the built programs say, of every release that was built. */
const says = (): string[] => {
  const software = join(runs.dataDirectory, "projects/sample/slapos/soft");
  return readdirSync(software)
    .map((name) => join(software, name, "parts/tiny/bin/tiny"))
    .filter((path) => existsSync(path))
    .map((path) => execFileSync(path, { encoding: "utf8" }).trim())
    .sort();
};
const toLines = ({ steps }: RunPlanInfo): string[] =>
  steps
    .filter(({ action }) => action !== "update")
    .map(({ action, part }) => `${action === "install" ? "installing" : "uninstalling"} ${part}`);
const git = (...words: string[]): string =>
  execFileSync("git", ["-C", workspace, "-c", `safe.directory=${workspace}`, ...words], { encoding: "utf8" });
const push = async (): Promise<void> => {
  let task = await api<GitTask>("POST", "/git/push", { remote: "fork", setUpstream: true });
  while (task.state === "running") task = await api<GitTask>("GET", `/git/tasks/${task.id}?waitMs=10000`);
  expect(task.state).toBe("succeeded");
};
const change = (value: string) => ({ section: "tiny", option: "configure-options", operator: "+=", value });

describe("the first use case of the tutorial", { timeout: TIMEOUT_MS }, () => {
  it("A4.3 a new component from a tarball builds green", async () => {
    const made = await make({
      gesture: "new-component",
      name: "tiny",
      file: "component/tiny/tiny-1.0.tar.gz",
      configureOptions: ["--enable-base"],
      into: RELEASE,
    });
    expect(made.files.map(({ path }) => path)).toEqual([COMPONENT, RELEASE]);
    await build(RELEASE);
    expect(says()).toEqual(["quiet base"]);
  });

  it("A6.3 has nothing to do when nothing changed: it says so before slapgrid is started", async () => {
    const { nothingToDo, log, lines } = await build(RELEASE);
    expect(nothingToDo).toBe(true);
    expect(lines).toEqual([]);
    expect(log).toContain("Nothing to do");
    expect(log).not.toMatch(/Building because|slapos\[\d+\]/);
  });

  it("A5.2 A6.3 builds what is edited in a component file, without a commit", async () => {
    await make({ gesture: "override", profile: COMPONENT, ...change("--enable-edited") });
    const { nothingToDo, log } = await build(RELEASE);
    expect(nothingToDo).toBe(false);
    expect(log).toMatch(/Building because[\s\S]*slapos\[\d+\]/);
    expect(says()).toEqual(["quiet base edited"]);
  });

  it("A6.1 A6.2 an override reinstalls the parts that the plan names, and no other", async () => {
    const made = await make({ gesture: "override", profile: RELEASE, ...change("--enable-override") });
    expect(made.effects).toMatchObject([
      {
        section: "tiny",
        option: "configure-options",
        before: "--enable-base\n--enable-edited",
        after: "--enable-base\n--enable-edited\n--enable-override",
      },
    ]);
    const plan = await planOf(RELEASE);
    expect(toLines(plan)).toEqual(["uninstalling tiny", "installing tiny"]);
    expect((await build(RELEASE)).lines).toEqual(toLines(plan));
    expect(says()).toEqual(["quiet base edited override"]);
  });

  it("A7.1 A7.7 promoted, the configuration is equal and no part changes", async () => {
    const made = await make({ gesture: "promote", profile: RELEASE, section: "tiny" });
    expect(made.effects).toEqual([]);
    expect(made.message).toBe("component/tiny: enable override");
    expect((await planOf(RELEASE)).steps.filter(({ action }) => action !== "update")).toEqual([]);
    expect((await build(RELEASE)).lines).toEqual([]);
  });

  it("A6.1 A7.2 runs an override from the sandbox, and has no trace of it when it is promoted", async () => {
    const made = await make({ gesture: "override", profile: RELEASE, ...change("--enable-sandbox"), place: "sandbox" });
    expect(made).toMatchObject({ runs: SANDBOX, files: [{ path: SANDBOX, fate: "created" }] });
    const { releases } = await api<{ releases: ReleaseInfo[] }>("GET", "");
    expect(releases.find(({ profile }) => profile === SANDBOX)).toMatchObject({
      engine: "slapos",
      title: "tiny (sandbox)",
    });
    await build(SANDBOX);
    expect(says()).toEqual(["quiet base edited override", "quiet base edited override sandbox"]);
    const promoted = await make({ gesture: "promote", profile: SANDBOX, section: "tiny" });
    expect(promoted).toMatchObject({ runs: RELEASE, message: "component/tiny: enable sandbox" });
    expect(promoted.files.map(({ path, fate }) => [path, fate])).toEqual([
      [COMPONENT, undefined],
      [SANDBOX, "removed"],
    ]);
    await expect(runs.readFile(SANDBOX)).rejects.toThrow("file/not-found");
    await build(RELEASE);
    expect(new Set(says())).toEqual(new Set(["quiet base edited override sandbox"]));
  });

  it("A7.3 A7.4 commits only the component, pushes it to the fork, and verifies what was pushed", async () => {
    await api("PUT", "/git/identity", { name: "Ada", email: "ada@example.com" });
    await api("POST", "/git/stage", { paths: ["component/tiny", "software/tiny"] });
    await api("POST", "/git/commits", { message: "component/tiny: new component" });
    await api("POST", "/git/fork", {
      url: gitServer.url("slapos.git"),
      user: "ada",
      password: "secret-of-ada",
      name: "fork",
    });
    await make({ gesture: "override", profile: RELEASE, ...change("--enable-pushed"), place: "sandbox" });
    const promoted = await make({ gesture: "promote", profile: SANDBOX, section: "tiny" });
    expect(git("diff", "--name-only").trim()).toBe(COMPONENT);
    const verify = () => api<Verification>("GET", `/verification?path=${RELEASE}`);
    expect(await verify()).toMatchObject({ pushed: false, changed: [COMPONENT] });
    await api("POST", "/git/stage", { paths: [COMPONENT] });
    await api("POST", "/git/commits", { message: promoted.message });
    await push();
    expect(await verify()).toMatchObject({ pushed: true, changed: [], equal: true, remote: "fork" });
    const remote = execFileSync("git", ["-C", gitServer.path("slapos.git"), "rev-parse", "main"], { encoding: "utf8" });
    expect(remote).toBe(git("rev-parse", "HEAD"));
    expect(git("config", "--local", "--list")).not.toContain("secret-of-ada");
    await runs.writeFile(COMPONENT, `${(await runs.readFile(COMPONENT)).text}environment = A=1\n`);
    expect(await verify()).toMatchObject({ equal: false, changed: [COMPONENT] });
  });

  it("A7.7 verifies by a build from the pushed commit, red with the name of a file that was forgotten, green with it", async () => {
    git("checkout", "-q", COMPONENT);
    const text = "$${buildout:parts-directory}\n";
    await runs.writeFile("software/tiny/extra.in", text);
    const extra =
      "\n[extra]\nrecipe = slapos.recipe.template\nurl = ${:_profile_base_location_}/extra.in\noutput = ${buildout:parts-directory}/extra\n";
    const before = (await runs.readFile(RELEASE)).text;
    await runs.writeFile(RELEASE, before.replace("  tiny\n", "  tiny\n  extra\n").concat(extra));
    await api("POST", "/git/stage", { paths: [RELEASE] });
    await api("POST", "/git/commits", { message: "software/tiny: extra" });
    await push();
    expect(await api<Verification>("GET", `/verification?path=${RELEASE}`)).toMatchObject({
      pushed: true,
      equal: true,
      missing: ["software/tiny/extra.in"],
    });
    const built = says();
    expect(await runVerify([RELEASE, "--build"])).toBe(1);
    expect(printed.text).toContain(
      "software/tiny/extra.in is not in the pushed commit as here: commit it and push.\nthe pushed commit does not build\n",
    );

    await api("POST", "/git/stage", { paths: ["software/tiny/extra.in"] });
    await api("POST", "/git/commits", { message: "software/tiny: what extra is made from" });
    await push();
    printed.text = "";
    expect(await runVerify([RELEASE, "--build", "--json"])).toBe(0);
    const { run } = JSON.parse(printed.text) as { run: RunInfo };
    const commit = git("rev-parse", "HEAD").trim();
    expect(run).toMatchObject({ kind: "verification", state: "succeeded", profile: RELEASE });
    expect(run.verification).toEqual({ remote: "fork", branch: "main", commit });
    expect(await runs.readLog(run.id)).not.toContain("secret-of-ada");
    const { runs: all } = await api<{ runs: RunInfo[] }>("GET", "/runs");
    expect(all.slice(0, 2).map(({ kind, state }) => [kind, state])).toEqual([
      ["verification", "succeeded"],
      ["verification", "failed"],
    ]);
    gitServer.holdFetches = true;
    const held = await runs.start({ kind: "verification", profile: RELEASE });
    const cloning = async (): Promise<string | undefined> =>
      (await runs.server.api<RunInfo>("GET", `/runs/${held.id}`)).body.cloning?.phase;
    await until(async () => (await cloning()) === "connecting", { timeoutMs: 60_000, what: "the clone to begin" });
    await runs.server.api("POST", `/runs/${held.id}/stop`);
    expect(await runs.untilEnd(held.id)).toMatchObject({ state: "cancelled" });
    gitServer.holdFetches = false;
    const left = join(runs.dataDirectory, "projects/sample/verification");
    await until(async () => !existsSync(left), { timeoutMs: 60_000, what: "the clone to go away" });
    expect(says()).toEqual(built);
    expect((await planOf(RELEASE)).steps.map(({ part }) => part)).toContain("extra");
  });
});

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe("a sandbox with an instance", { timeout: TIMEOUT_MS }, () => {
  const FOLDER = "software/greeter-service";
  const INSTANCE_PROFILE = `[buildout]
parts = publish
eggs-directory = \${buildout:eggs-directory}
develop-eggs-directory = \${buildout:develop-eggs-directory}
offline = true

[publish]
recipe = slapos.cookbook:publish
greeting = \${instance-profile:greeting}
`;
  const deploy = async (profile: string): Promise<InstanceInfo> => {
    await build(profile);
    const run = await runs.run({ kind: "instance", profile });
    expect(run.state, (await runs.readLog(run.id)).slice(-3000)).toBe("succeeded");
    return runs.getInstance(run.instance!);
  };

  it("A6.1 is a release of its own, with an instance of its own beside that of the release", async () => {
    await runs.writeFile(`${FOLDER}/instance.cfg.in`, INSTANCE_PROFILE);
    await runs.writeFile(
      `${FOLDER}/software.cfg`,
      "[buildout]\nparts = instance-profile\n\n[instance-profile]\nrecipe = slapos.recipe.template\nurl = ${:_profile_base_location_}/instance.cfg.in\noutput = ${buildout:directory}/instance.cfg\ngreeting = Hello\n",
    );
    await make({
      gesture: "override",
      profile: `${FOLDER}/software.cfg`,
      section: "instance-profile",
      option: "greeting",
      operator: "=",
      value: "Ahoy",
      place: "sandbox",
    });
    expect(await deploy(`${FOLDER}/software.sandbox.cfg`)).toMatchObject({
      name: "greeter-service-sandbox",
      profile: `${FOLDER}/software.sandbox.cfg`,
      connection: { greeting: "Ahoy" },
    });
    expect(await deploy(`${FOLDER}/software.cfg`)).toMatchObject({
      name: "greeter-service",
      profile: `${FOLDER}/software.cfg`,
      connection: { greeting: "Hello" },
    });
    expect(await runs.getInstance("greeter-service-sandbox")).toMatchObject({ connection: { greeting: "Ahoy" } });
  });

  it("gets a promise for a service that has none, which is kept once the service listens", async () => {
    const port = await findFreePort();
    const service = `
[directory]
recipe = slapos.cookbook:mkdirectory
service = $\${buildout:directory}/etc/service

[web]
recipe = slapos.cookbook:wrapper
ip = 127.0.0.1
port = ${port}
command-line = \${buildout:executable} -m http.server --bind $\${:ip} $\${:port}
wrapper-path = $\${directory:service}/web
`;
    const profile = `${FOLDER}/software.cfg`;
    await runs.writeFile(`${FOLDER}/instance.cfg.in`, INSTANCE_PROFILE.replace("publish\n", "publish web\n") + service);
    const { findings } = await api<PreMergeCheck>("GET", `/check?path=${profile}`);
    const { id, fix } = findings.find(({ kind }) => kind === "promise")!;
    expect(fix).toEqual({ title: "Check that web listens", how: "mend" });
    await make({ gesture: "mend", profile, finding: id });
    const { partitions } = await deploy(profile);
    expect(partitions.flatMap(({ promises }) => promises.map(({ name, ok }) => [name, ok]))).toEqual([
      ["web-listens", true],
    ]);
  });
});
