/**
 * A recipe developed from a fork, as a user does it: the fork is cloned, the plan says so, the first run uses it, the
 * recipe alone is tested, and one word brings the released egg back. API and command line, on the real engine.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecipeEgg, RunPlanInfo } from "@/lib/protocol";
import { runCommandLine } from "../cli/run-command-line";
import { makeCookbookFork } from "../engine-python/cookbook-fork";
import { type GitServer, startGitServer } from "../git/http-backend";
import { TEST_ENGINE } from "../server-harness";
import { createRealRuns, type RealRuns } from "./real-runs";

const PROFILE = "software/dirs/software.cfg";
const MARKER = "marker of the fork";
const software = { kind: "software" as const, profile: PROFILE };
const TIMEOUT_MS = 180_000;

let runs: RealRuns;
let server: GitServer;
let place: string;

const git = (directory: string, ...args: string[]): string =>
  execFileSync("git", ["-C", directory, "-c", "user.name=A", "-c", "user.email=a@b", ...args], { encoding: "utf8" });

const cli = (...args: string[]) => runCommandLine(runs.server.url, args);

beforeAll(async () => {
  runs = await createRealRuns();
  place = mkdtempSync(join(tmpdir(), "wr-fork-"));
  chmodSync(place, 0o755);
  const lib = join(TEST_ENGINE, "venv/lib");
  const site = join(lib, readdirSync(lib).find((name) => name.startsWith("python3"))!, "site-packages");
  const tree = join(place, "tree");
  mkdirSync(tree);
  const version = makeCookbookFork(site, tree);
  const recipe = join(tree, "slapos/recipe/mkdirectory.py");
  writeFileSync(
    recipe,
    readFileSync(recipe, "utf8").replace(
      /^( +)def install\(self\):\n/m,
      (all, i: string) => `${all}${i}${i}print("${MARKER}")\n`,
    ),
  );
  git(tree, "init", "-q", "-b", "work");
  git(tree, "add", ".");
  git(tree, "commit", "-qm", "A fork");
  server = await startGitServer(join(place, "git"));
  server.create("fork");
  git(tree, "push", "-q", server.path("fork"), "work");
  git(server.path("fork"), "symbolic-ref", "HEAD", "refs/heads/work");
  await runs.writeFile(
    PROFILE,
    `[buildout]
parts = eggs directory instance-profile

[eggs]
recipe = zc.recipe.egg
eggs =
  slapos.cookbook
  slapos.recipe.template
scripts =

[directory]
recipe = slapos.cookbook:mkdirectory
here = \${buildout:parts-directory}/here

[instance-profile]
recipe = slapos.recipe.template:jinja2
url = \${:_profile_base_location_}/instance.cfg.in
output = \${buildout:directory}/instance.cfg
context = section buildout buildout

[versions]
slapos.cookbook = ${version}
slapos.recipe.template = 5.1
zc.recipe.egg = 6.0.0
`,
  );
  await runs.writeFile(
    "software/dirs/instance.cfg.in",
    `[buildout]
parts = directory
eggs-directory = {{ buildout['eggs-directory'] }}
develop-eggs-directory = {{ buildout['develop-eggs-directory'] }}
offline = true

[directory]
recipe = slapos.cookbook:mkdirectory
etc = \${buildout:directory}/etc
`,
  );
}, TIMEOUT_MS);
afterAll(async () => {
  await runs?.dispose();
  await server?.close();
  rmSync(place, { recursive: true, force: true });
});

const readPlan = async (): Promise<RunPlanInfo> =>
  (
    await runs.server.api<RunPlanInfo>(
      "GET",
      `/projects/sample/plan?kind=software&profile=${encodeURIComponent(PROFILE)}`,
    )
  ).body;

const steps = (plan: RunPlanInfo): string[] => plan.steps.map(({ action, part }) => `${action} ${part}`);

describe("a recipe developed from a fork", { timeout: TIMEOUT_MS }, () => {
  it("refuses without a checkout and without an address, and names the mend", async () => {
    const { status, body } = await runs.server.api<{ code: string; hint: string }>(
      "PUT",
      "/projects/sample/recipes/slapos.cookbook/develop",
      {},
    );
    expect({ status, code: body.code, hint: body.hint }).toEqual({
      status: 422,
      code: "recipe/no-checkout",
      hint: "Give the address of your fork: it is cloned into the workspace first.",
    });
    expect((await runs.run(software)).state).toBe("succeeded");
  });

  it("clones the fork, and says in the plan what it changes", async () => {
    const { code, stdout } = await cli("recipe", "develop", "slapos.cookbook", "--from", server.url("fork"));
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "slapos.cookbook is used from slapos.cookbook in the next run.\n",
    });
    const plan = await readPlan();
    expect(plan.because).toBe("Other recipe eggs are in development mode.");
    const part = plan.parts.find((one) => one.part === "directory");
    expect(part).toMatchObject({
      action: "reinstall",
      reasons: [
        { kind: "recipe-source", text: "its recipe's slapos-cookbook comes from the checkout slapos.cookbook" },
      ],
    });
  });

  it("A9.1: uses it in the next run, as planned, and shows what was really imported", async () => {
    const plan = await readPlan();
    const run = await runs.run(software);
    const log = await runs.readLog(run.id);
    expect(log).toContain(`Develop: '${runs.dataDirectory}/projects/sample/workspace/slapos.cookbook'`);
    expect(log).toContain(MARKER);
    const done = [...log.matchAll(/ (Installing|Updating|Uninstalling) (\S+)\.$/gm)].map(
      ([, word, name]) => `${word === "Installing" ? "install" : word === "Updating" ? "update" : "uninstall"} ${name}`,
    );
    expect(done).toEqual(steps(plan));
    const { eggs } = (await runs.server.api<{ eggs: RecipeEgg[] }>("GET", "/projects/sample/recipes")).body;
    expect(eggs.find(({ egg }) => egg === "slapos.cookbook")).toMatchObject({
      checkouts: ["slapos.cookbook"],
      developed: { path: "slapos.cookbook", branch: "work" },
      imported: [{ profile: PROFILE, location: "slapos.cookbook" }],
    });
    expect(await readPlan()).toMatchObject({ outcome: "nothing" });
  });

  it("A9.4: the instances use it too", async () => {
    const run = await runs.run({ kind: "instance", profile: PROFILE });
    expect(run.state).toBe("succeeded");
    expect(await runs.readLog(run.id)).toContain(MARKER);
  });

  it("A10.3: tests the recipe alone from the command line", async () => {
    const { code, stdout } = await cli("recipe", "test", "directory", PROFILE, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ kind: "recipe", section: "directory", state: "succeeded", files: [] });
    expect(code).toBe(0);
    const missing = await cli("recipe", "test", "nowhere", PROFILE);
    expect(missing.stdout).toContain("The profile has no section [nowhere]");
    expect(missing.code).toBe(1);
  });

  it("A9.2: goes back to the released egg, as planned", async () => {
    expect((await cli("recipe", "release", "slapos.cookbook")).code).toBe(0);
    const plan = await readPlan();
    expect(plan.parts.find((one) => one.part === "directory")?.reasons[0]?.text).toBe(
      "its recipe's slapos.cookbook comes no longer from a checkout",
    );
    const log = await runs.readLog((await runs.run(software)).id);
    expect(log).toContain("Installing directory.");
    expect(log).not.toContain(MARKER);
    expect(await readPlan()).toMatchObject({ outcome: "nothing" });
    expect((await cli("recipe", "release", "slapos.cookbook")).code).toBe(1);
  });

  it("takes an egg of the workspace itself, whose folder it finds", async () => {
    const { code, stdout } = await cli("recipe", "develop", "hello.recipe", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ egg: "hello.recipe", developed: { path: "" } });
    expect(code).toBe(0);
    expect((await cli("recipe", "list")).stdout).toMatch(/^hello.recipe +developed from the workspace/m);
    expect((await cli("recipe", "release", "hello.recipe", "--dry-run")).code).toBe(0);
    expect((await cli("recipe", "release", "hello.recipe")).code).toBe(0);
    expect((await cli("recipe", "release", "hello.recipe", "--dry-run")).code).toBe(1);
  });
});
