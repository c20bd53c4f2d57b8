import { describe, expect, it } from "vitest";
import { WebrunnerError } from "@/lib/base/errors";
import { ProfileAnalysis } from "@/lib/buildout";
import type { RunInfo, TutorialInfo } from "@/lib/protocol";
import { createMemoryFiles } from "@/server/platform/memory-files";
import type { ActionPorts } from "@/server/tutorial/tutorial-actions";
import { findOverrides, type TutorialFacts } from "@/server/tutorial/tutorial-checks";
import { createTutorialKeeper } from "@/server/tutorial/tutorial-keeper";
import { until } from "../../../integration/until";

const RELEASE = "software/hello/software.cfg";
const OWN = "software/my-hello/software.cfg";
const STARTED = "2026-01-01T00:00:00.000Z";

const TEXTS: Readonly<Record<string, string>> = {
  "/ws/component/php/buildout.cfg":
    "[buildout]\nparts = php\n\n[php]\nrecipe = slapos.recipe.cmmi\nconfigure-options =\n  --one\n",
  "/ws/software/hello/software.cfg": "[buildout]\nextends = ../../component/php/buildout.cfg\nparts = php\n",
  "/ws/software/my-hello/software.cfg":
    "[buildout]\nextends =\n  ../hello/software.cfg\n\n[php]\nconfigure-options +=\n  --two\n",
};

function toFacts(changes: Partial<TutorialFacts> = {}): TutorialFacts {
  const read = (path: string) => TEXTS[path] ?? { problem: "missing" as const, message: "none" };
  return {
    engineReady: true,
    engineDetail: "ready",
    identity: undefined,
    root: "/ws",
    analysis: new ProfileAnalysis({ source: { read, exists: (path) => path in TEXTS }, dialect: "slapos" }),
    release: RELEASE,
    own: undefined,
    runs: [],
    done: new Set(),
    startedAt: STARTED,
    changed: new Set(),
    uncommitted: new Set(),
    pushed: { ok: false, detail: "No fork is connected." },
    committedAt: undefined,
    templates: [],
    developed: undefined,
    pythonErrors: undefined,
    instances: [],
    runAll: undefined,
    ...changes,
  };
}

function createKeeper(files = createMemoryFiles()) {
  const world: { facts: Partial<TutorialFacts>; ports: Partial<ActionPorts> } = { facts: {}, ports: {} };
  const keeper = createTutorialKeeper({
    files,
    path: "/state/tutorials.json",
    findStart: async () => ({ baseline: "0".repeat(40), release: RELEASE }),
    readFacts: async (_project, { done, release }) => toFacts({ done, release, ...world.facts }),
    openActions: async () => world.ports as ActionPorts,
    onChanged: () => undefined,
    log: { warn: () => undefined, error: () => undefined },
    now: () => new Date(STARTED),
  });
  const done = async (account = "ada"): Promise<string[]> =>
    (await keeper.read("p", account, "customize-slapos")).steps.filter(({ doneAt }) => doneAt).map(({ id }) => id);
  const doToEnd = async (step: string, values: Readonly<Record<string, string>> = {}): Promise<TutorialInfo> => {
    await keeper.doStep("p", "ada", "customize-slapos", step, values);
    return until(async () => {
      const info = await keeper.read("p", "ada", "customize-slapos");
      return info.doing?.state !== "running" && info;
    });
  };
  return { keeper, world, files, done, doToEnd };
}

const softwareRun = { kind: "software", state: "succeeded", profile: OWN, createdAt: "2026-01-02", id: "r" } as RunInfo;

describe("the tutorial", () => {
  it("A0.2: turns a step green by the workspace alone: doing one that changes nothing leaves it red", async () => {
    const { keeper, world, done } = createKeeper();
    world.ports = { provision: async () => undefined, saveIdentity: async () => undefined };
    expect(await done()).toEqual([]);
    await keeper.doStep("p", "ada", "customize-slapos", "step-1", { name: "Ada", email: "a@b" });
    await until(async () => (await keeper.read("p", "ada", "customize-slapos")).doing?.state === "done");
    expect(await done()).toEqual([]);
    world.facts = { identity: "Ada <a@b>" };
    expect(await done()).toEqual(["step-1"]);
  });

  it("A0.3: keeps for each account what was reached, also when it no longer holds, and over a restart", async () => {
    const { world, files, done } = createKeeper();
    world.facts = { identity: "Ada <a@b>" };
    await done();
    world.facts = {};
    expect(await done()).toEqual(["step-1"]);
    expect(await done("bob")).toEqual([]);
    expect(await createKeeper(files).done()).toEqual(["step-1"]);
  });

  it("begins anew when it is asked to", async () => {
    const { keeper, world, done } = createKeeper();
    world.facts = { identity: "Ada <a@b>" };
    await done();
    world.facts = {};
    await keeper.restart("p", "ada", "customize-slapos");
    expect(await done()).toEqual([]);
  });

  it("sees an override of a component in one's own release, and asks for a run with it", async () => {
    const { world, done } = createKeeper();
    expect(findOverrides(toFacts({ own: OWN }))).toEqual([
      { section: "php", option: "configure-options", definedIn: "component/php/buildout.cfg" },
    ]);
    world.facts = { own: OWN };
    expect(await done()).not.toContain("step-6");
    world.facts = { own: OWN, runs: [softwareRun] };
    expect(await done()).toContain("step-6");
  });

  it("asks of the promotion that it is committed, pushed and built, after it was tried", async () => {
    const { world, done } = createKeeper();
    const promoted: Partial<TutorialFacts> = {
      own: RELEASE,
      changed: new Set(["component/php/buildout.cfg"]),
      committedAt: "2026-01-01T12:00:00.000Z",
      pushed: { ok: true, detail: "fork/main" },
      runs: [{ ...softwareRun, profile: RELEASE }],
    };
    world.facts = promoted;
    expect(await done()).not.toContain("step-7");
    world.facts = { own: OWN, runs: [softwareRun] };
    await done();
    world.facts = { ...promoted, uncommitted: new Set(["component/php/buildout.cfg"]) };
    expect(await done()).not.toContain("step-7");
    world.facts = promoted;
    expect(await done()).toContain("step-7");
  });

  it("is about the release that is named at the second step, and says so when it is not there", async () => {
    const { doToEnd, world } = createKeeper();
    const asked: unknown[] = [];
    world.ports = {
      say: () => undefined,
      readText: async (path) => TEXTS[`/ws/${path}`],
      run: async (request) => {
        asked.push(request);
        return { ...softwareRun, profile: request.profile };
      },
    };
    const choose = (release: string) => doToEnd("step-2", { release });
    const missing = await choose("software/gone/software.cfg");
    expect(missing.doing?.message).toMatch("There is no file software/gone/software.cfg.");
    expect((await choose(OWN)).release).toBe(OWN);
    expect(asked).toEqual([{ kind: "software", profile: OWN }]);
  });

  it("sees what one's own release extends from elsewhere, and what is not there", async () => {
    const { keeper, world, done } = createKeeper();
    const own = "software/odd/software.cfg";
    const texts: Record<string, string> = {
      [`/ws/${own}`]: "[buildout]\nextends =\n  https://a.b/c.cfg\n  gone.cfg\n",
    };
    const read = (path: string) => texts[path] ?? { problem: "missing" as const, message: "none" };
    world.facts = { own, analysis: new ProfileAnalysis({ source: { read, exists: (path) => path in texts } }) };
    const { conditions } = (await keeper.read("p", "ada", "customize-slapos")).steps[4]!;
    expect(conditions.map(({ ok, detail }) => [ok, detail])).toEqual([
      [true, undefined],
      [false, "software/odd/gone.cfg"],
      [false, "https://a.b/c.cfg"],
    ]);
    expect(await done()).not.toContain("step-5");
  });

  it("changes nothing when what a step stands on is not there, and says what to do", async () => {
    const { doToEnd, world } = createKeeper();
    world.ports = { say: () => undefined };
    world.facts = { own: OWN };
    expect((await doToEnd("step-7")).doing).toMatchObject({
      state: "failed",
      message: "The override is not built yet, so nobody knows whether it is good. Do step 6 first.",
    });
    const developed = { egg: "slapos.cookbook", checkouts: [], imported: [], developed: { path: "", since: STARTED } };
    world.facts = { own: OWN, developed };
    expect((await doToEnd("step-10")).doing?.message).toMatch(/No section of .* has a recipe of slapos\.cookbook/);
    world.facts = { own: "software/away/software.cfg" };
    expect((await doToEnd("step-5")).doing?.message).toBe(
      "software/away/software.cfg cannot be read. Correct the extends that names it.",
    );
  });

  it("tells why a step could not be done, and does one at a time", async () => {
    const { keeper, world } = createKeeper();
    let fail: (error: unknown) => void = () => undefined;
    world.ports = {
      say: () => undefined,
      run: () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    };
    await keeper.doStep("p", "ada", "customize-slapos", "step-2", {});
    await expect(keeper.doStep("p", "ada", "customize-slapos", "step-2", {})).rejects.toMatchObject({
      code: "run/busy",
    });
    fail(new WebrunnerError("run/refused", { message: "No.", hint: "Mend it." }));
    await until(async () => (await keeper.read("p", "ada", "customize-slapos")).doing?.state === "failed");
    expect((await keeper.read("p", "ada", "customize-slapos")).doing?.message).toBe("No. Mend it.");
    await expect(keeper.doStep("p", "ada", "customize-slapos", "step-12", {})).rejects.toMatchObject({
      code: "request/not-found",
    });
  });
});
