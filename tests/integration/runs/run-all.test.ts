/**
 * Run all, the first-run checklist and the state of the tutorial, through the command line on the real engine.
 * One project, one story: the tests follow each other.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DoctorReport, RunAllInfo, TutorialInfo } from "@/lib/protocol";
import { runCommandLine } from "../cli/run-command-line";
import { type Forge, startForge } from "../git/forge";
import { until } from "../until";
import { createRealRuns, type RealRuns } from "./real-runs";

const PROFILE = "software/hello-web/software.cfg";
const TIMEOUT_MS = 180_000;

let runs: RealRuns;
let forge: Forge;

beforeAll(async () => {
  forge = await startForge("fork");
  runs = await createRealRuns();
}, TIMEOUT_MS);
afterAll(async () => {
  await runs?.dispose();
  await forge?.close();
});

const cli = (...words: string[]) => runCommandLine(runs.server.url, words);
const workspace = (): string => join(runs.dataDirectory, "projects/sample/workspace");
const doneSteps = (info: TutorialInfo): string[] => info.steps.filter(({ doneAt }) => doneAt).map(({ id }) => id);

describe("the tutorial and the first-run checklist, before anything is done", { timeout: TIMEOUT_MS }, () => {
  it("A0.1: lists eleven steps in their order on a fresh account; A0.2: none is green by asking", async () => {
    const { code, stdout } = await cli("tutorial", "status", "--json");
    const info = JSON.parse(stdout) as TutorialInfo;
    expect(info.steps.map(({ id }) => id)).toEqual(Array.from({ length: 11 }, (_, index) => `step-${index + 1}`));
    expect(info.steps.map(({ title }) => title)).toEqual([
      "Get ready",
      "A release is a profile",
      "Find your way, and make a place of your own",
      "Two reasons to customise",
      "Check what you extend",
      "Try it in the sandbox",
      "Promote, commit, push, verify",
      "Configuration files are templates",
      "Use a recipe from git",
      "Modify the recipe, check, run all",
      "Debug an instance",
    ]);
    expect(doneSteps(info)).toEqual([]);
    expect(code).toBe(1);
    expect(
      (await runs.server.api("POST", "/projects/sample/tutorials/customize-slapos/steps/step-99/do", {})).status,
    ).toBe(404);
  });

  it("A1.1: the doctor says what is missing, each with its mend", async () => {
    const { code, stdout } = await cli("doctor", "--json");
    const report = JSON.parse(stdout) as DoctorReport;
    expect(report.checks.map(({ id }) => id)).toEqual(["account", "identity", "fork", "engine", "machine", "built"]);
    expect(report.checks.filter(({ ok }) => !ok).map(({ id, fix }) => [id, fix?.title])).toEqual([
      ["identity", "Set name and email"],
      ["fork", "Connect my fork"],
      ["built", "Run software"],
    ]);
    expect({ ok: report.ok, code }).toEqual({ ok: false, code: 1 });
  });

  it("A1.3: a wrong token makes the fork red with the forge's words, and is shown nowhere", async () => {
    await runs.server.api("PUT", "/projects/sample/git/remotes?name=fork", {
      url: forge.url("fork").replace("//", "//ada:wrong-t0ken@"),
    });
    const { stdout } = await cli("doctor", "--json");
    const fork = (JSON.parse(stdout) as DoctorReport).checks.find(({ id }) => id === "fork")!;
    expect(fork.ok).toBe(false);
    expect(fork.detail).toMatch(/login|password|token|authenti/i);
    const processes = execFileSync("ps", ["axww", "-o", "args"], { encoding: "utf8" });
    for (const text of [stdout, processes, readFileSync(join(workspace(), ".git/config"), "utf8")])
      expect(text).not.toContain("wrong-t0ken");
  });
});

describe("Run all", { timeout: TIMEOUT_MS }, () => {
  it("A10.4: with a failing promise ends red with exit 2, and names the promise", async () => {
    const request = { profile: PROFILE, parameters: { port: 1 } };
    expect((await runs.server.api("PUT", "/projects/sample/instances/broken", request)).status).toBeLessThan(300);
    const { code, stdout, stderr } = await cli("run", "all", PROFILE, "--instance", "broken", "--json");
    const info = JSON.parse(stdout) as RunAllInfo;
    expect(
      info.steps.map(({ id, state }) => `${id} ${state}`),
      stderr,
    ).toEqual(["check done", "commit skipped", "software done", "instance done", "promises failed", "open pending"]);
    expect(info.steps.find(({ id }) => id === "promises")?.summary).toContain("page-answers");
    expect({ code, state: info.state }).toEqual({ code: 2, state: "failed" });
  });

  it("stops at an undefined name before anything is built", async () => {
    const path = "slapos/recipe/greeting_card.py";
    const { text } = await runs.readFile(path);
    await runs.writeFile(path, text.replace("def install(self):\n", "def install(self):\n        undefined_name\n"));
    const { code, stderr } = await cli("run", "all", PROFILE);
    await runs.writeFile(path, text);
    expect(stderr).toContain("✗ pyflakes: slapos/recipe/greeting_card.py:");
    expect(stderr).toContain("undefined name 'undefined_name'");
    expect(stderr).not.toContain("run software");
    expect(code).toBe(1);
  });

  it("ends with the address of the service when all is green, and can be stopped", async () => {
    await runs.server.api("PUT", "/projects/sample/instances/green", { profile: PROFILE });
    const done = await cli("run", "all", PROFILE, "--instance", "green");
    expect(done.code, done.stderr).toBe(0);
    expect(await (await fetch(done.stdout.trim())).text()).toContain("Hello");
    await runs.server.api("POST", "/projects/sample/run-all", { profile: PROFILE });
    expect(
      (await runs.server.api<{ code: string }>("POST", "/projects/sample/run-all", { profile: PROFILE })).body.code,
    ).toBe("run/busy");
    expect((await cli("run", "all", "--stop")).code).toBe(0);
    await until(async () => {
      const { runAll } = (await runs.server.api<{ runAll?: RunAllInfo }>("GET", "/projects/sample/run-all")).body;
      return runAll?.state === "cancelled" || runAll?.state === "succeeded";
    });
  });
});
