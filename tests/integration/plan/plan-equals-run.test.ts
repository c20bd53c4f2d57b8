/**
 * The plan says what the run then does: for each edit, the lines of the plan are the `Installing`, `Updating` and
 * `Uninstalling` lines that the real engine prints, in the same order. The edits of a list follow each other.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { provisionEngine, SAMPLE } from "../engine-python/engine-harness";
import {
  append,
  CASCADE,
  CASCADE_EDITS,
  type Edit,
  GARDEN,
  GARDEN_EDITS,
  nothing,
  replace,
  TEMPLATE,
  TEMPLATED,
  TEMPLATED_EDITS,
} from "./planned-edits";
import { RealBuilds, toLines } from "./real-builds";

const TIMEOUT_MS = 120_000;

function checkEdits(open: () => RealBuilds, edits: readonly Edit[]): void {
  for (const { title, edit, installs, uninstalls = [], failsAt } of edits) {
    it(
      title,
      async () => {
        const builds = open();
        edit(builds);
        const read = builds.plan();
        const planned = toLines(read);
        const { code, output, lines } = await builds.run();
        expect(lines, output).toEqual(
          failsAt === undefined ? planned : planned.slice(0, planned.indexOf(`Installing ${failsAt}.`) + 1),
        );
        expect(code, output).toBe(failsAt === undefined ? 0 : 1);
        const of = (action: string): string[] =>
          read.plan.steps.filter((step) => step.action === action).map(({ part }) => part);
        expect(of("install").sort()).toEqual([...installs].sort());
        const reinstalled = read.plan.parts.filter(({ action }) => action === "reinstall").map(({ part }) => part);
        expect(of("uninstall").sort()).toEqual([...reinstalled, ...uninstalls].sort());
        expect(read.plan.notes).toEqual([]);
      },
      TIMEOUT_MS,
    );
  }
}

beforeAll(() => provisionEngine(), 300_000);

describe("the sample release", () => {
  const SOFTWARE = "software/hello-web/software.cfg";
  let builds: RealBuilds;
  beforeAll(() => {
    builds = new RealBuilds(SOFTWARE);
    builds.place.copy(SAMPLE, "ws");
  });
  afterAll(() => builds?.dispose());

  checkEdits(
    () => builds,
    [
      {
        title: "is installed whole at first",
        edit: nothing,
        installs: [
          "slapos-cookbook",
          "greeter",
          "waitress",
          "greeting-card",
          "app.py.in",
          "check-page.py",
          "software.cfg.json",
          "instance-input-schema.json",
          "instance-profile",
        ],
      },
      { title: "is kept whole when nothing changed", edit: nothing, installs: [] },
      {
        title: "has its card and its instance profile made again for another greeting",
        edit: replace(SOFTWARE, "greeting = Hello", "greeting = Bonjour"),
        installs: ["greeting-card", "instance-profile"],
      },
      {
        title: "has its component made again for another configure option, and what uses it",
        edit: replace(SOFTWARE, "--with-mark=!", "--with-mark=?"),
        installs: ["greeter", "greeting-card", "instance-profile"],
      },
      {
        title: "has all parts of its own recipe made again when the recipe's code changed",
        edit: append("slapos/recipe/greeting_card.py", "\n# One more line.\n"),
        installs: ["greeting-card"],
      },
      {
        title: "loses a part that is taken from the list",
        edit: replace("stack/hello/buildout.cfg", "  waitress\n  instance-profile", "  instance-profile"),
        installs: ["greeting-card"],
        uninstalls: ["waitress"],
      },
      {
        title: "has a part made again whose program was deleted",
        edit: (real) => real.remove("build/parts/greeter"),
        installs: ["greeter"],
      },
    ],
  );

  it("is planned as if unsaved text were saved", async () => {
    const path = builds.place.path("ws", SOFTWARE);
    const text = (await import("node:fs")).readFileSync(path, "utf8").replace("frame = *", "frame = #");
    const read = builds.plan(new Map([[path, text]]));
    expect(read.plan.parts.find(({ part }) => part === "greeting-card")).toMatchObject({ action: "reinstall" });
    expect(builds.plan().plan.steps.every(({ action }) => action === "update")).toBe(true);
  });
});

describe("parts that depend on each other", () => {
  let builds: RealBuilds;
  beforeAll(() => {
    builds = new RealBuilds("top.cfg");
    builds.place.fixture(GARDEN);
  });
  afterAll(() => builds?.dispose());

  checkEdits(() => builds, GARDEN_EDITS);
});

describe("parts that take values of each other", () => {
  let builds: RealBuilds;
  beforeAll(() => {
    builds = new RealBuilds("top.cfg");
    builds.place.fixture(CASCADE);
  });
  afterAll(() => builds?.dispose());

  checkEdits(() => builds, CASCADE_EDITS);
});

describe("parts that a template or an environment brings in", () => {
  let builds: RealBuilds;
  beforeAll(() => {
    builds = new RealBuilds("top.cfg");
    builds.place.fixture(TEMPLATED);
  });
  afterAll(() => builds?.dispose());

  checkEdits(() => builds, TEMPLATED_EDITS);

  it("are planned with the template as it is edited", () => {
    const path = builds.place.path("ws", TEMPLATE);
    const { plan } = builds.plan(new Map([[path, `d = \${alpha:output}\n`]]));
    expect(plan.parts.map(({ part, action }) => `${action} ${part}`)).toEqual([
      "keep zeta",
      "install alpha",
      "reinstall instance",
      "keep eta",
      "keep tool",
      "uninstall beta",
      "uninstall gamma",
    ]);
  });
});
