/**
 * The whole tutorial from the command line, on the real engine and a git server: the main job without a page.
 * One project, one story: the tests follow each other.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TutorialInfo } from "@/lib/protocol";
import { runCommandLine } from "../integration/cli/run-command-line";
import { type Forge, startForge } from "../integration/git/forge";
import { createRealRuns, type RealRuns } from "../integration/runs/real-runs";

const MINE = "software/my-hello-web/software.cfg";
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
const readTutorial = async (): Promise<TutorialInfo> =>
  (await runs.server.api<TutorialInfo>("GET", "/projects/sample/tutorials/customize-slapos")).body;
const doneSteps = (info: TutorialInfo): string[] => info.steps.filter(({ doneAt }) => doneAt).map(({ id }) => id);

async function doStep(number: number, ...values: string[]): Promise<void> {
  const { code, stdout, stderr } = await cli("tutorial", "do", String(number), ...values);
  expect({ number, code }, `${stderr}\n${stdout}`).toEqual({ number, code: 0 });
}

describe("the tutorial, done from the command line", { timeout: TIMEOUT_MS }, () => {
  it("goes through the whole tutorial, from nothing to a pushed commit and a mended instance", async () => {
    await doStep(1, "name=Ada", "email=ada@example.com");
    await doStep(2);
    await doStep(3);
    await doStep(4);
    await doStep(5);
    await doStep(6);
    const greeter = execFileSync(
      "find",
      [join(runs.dataDirectory, "projects/sample/slapos/soft"), "-path", "*my-greeter/bin/greeter"],
      { encoding: "utf8" },
    ).trim();
    expect(execFileSync(greeter, ["Hello", "you"], { encoding: "utf8" })).toBe("Hello, you?\n");
    await doStep(7, `url=${forge.url("fork")}`, `user=${forge.login.user}`, `password=${forge.login.password}`);
    expect(execFileSync(greeter, ["Hello", "you"], { encoding: "utf8" })).toBe("Hello, you?\n");
    const head = execFileSync("git", ["-C", workspace(), "-c", "safe.directory=*", "rev-parse", "HEAD"], {
      encoding: "utf8",
    });
    expect(execFileSync("git", ["-C", forge.path("fork"), "rev-parse", "--all"], { encoding: "utf8" })).toContain(
      head.trim(),
    );
    expect(readFileSync(join(workspace(), "component/my-greeter/buildout.cfg"), "utf8")).toContain("--with-mark=?");
    expect(readFileSync(join(workspace(), MINE), "utf8")).not.toContain("[my-greeter]");
    expect(doneSteps(await readTutorial())).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => `step-${number}`));
  });

  it("A1.1: the doctor exits 0 now that all is there", async () => {
    const { code, stdout } = await cli("doctor");
    expect({ code, stdout }).toMatchObject({ code: 0 });
  });

  it("goes on with templates, a recipe in development mode, Run all, and a broken instance", async () => {
    await doStep(8);
    await doStep(9);
    await doStep(10);
    await doStep(11);
    const { code, stdout } = await cli("tutorial", "status");
    expect({ code, stdout }).toMatchObject({ code: 0 });
  });
});
