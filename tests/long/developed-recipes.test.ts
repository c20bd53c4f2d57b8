/**
 * Recipe eggs in development mode on the real engine (A9.1, A9.2, A9.4): used in the first run, by the software and by
 * its instances, and taken back; and what the hack that this replaces does.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCookbookFork } from "../integration/engine-python/cookbook-fork";
import {
  ENGINE,
  EngineNode,
  Place,
  PYTHON,
  provisionEngine,
  runAsUser,
} from "../integration/engine-python/engine-harness";

const MARKER = "marker of the changed recipe";

const site = (): string => {
  const lib = join(ENGINE, "venv/lib");
  return join(lib, readdirSync(lib).find((name) => name.startsWith("python3"))!, "site-packages");
};

/** A release that uses slapos.cookbook while it is built and in its instances. */
function write(place: Place, version: string): string {
  place.fixture(`#- /ws/software.cfg
[buildout]
parts = eggs directory instance.cfg

[eggs]
recipe = zc.recipe.egg
eggs = slapos.cookbook
scripts =

[directory]
recipe = slapos.cookbook:mkdirectory
here = \${buildout:parts-directory}/here

[instance.cfg]
recipe = slapos.recipe.template:jinja2
output = \${buildout:directory}/instance.cfg
url = \${buildout:directory}/../../../ws/instance.cfg.in
context = section buildout buildout

[versions]
slapos.cookbook = ${version}
zc.recipe.egg = 6.0.0
slapos.recipe.template = 5.1
#- /ws/instance.cfg.in
[buildout]
parts = directory
eggs-directory = {{ buildout['eggs-directory'] }}
develop-eggs-directory = {{ buildout['develop-eggs-directory'] }}
offline = true

[directory]
recipe = slapos.cookbook:mkdirectory
etc = \${buildout:directory}/etc
`);
  return place.path("ws/software.cfg");
}

/** The fork's mkdirectory says so when it works. */
function change(fork: string): void {
  const path = join(fork, "slapos/recipe/mkdirectory.py");
  const text = readFileSync(path, "utf8");
  const changed = text.replace(/^( +)def install\(self\):\n/m, (line, indent: string) => {
    return `${line}${indent}${indent}print("${MARKER}")\n`;
  });
  if (changed === text) throw new Error("mkdirectory has another shape");
  writeFileSync(path, changed);
}

describe("a recipe egg in development mode", { timeout: 240_000 }, () => {
  let engine: EngineNode;
  let profile: string;
  let fork: string;

  beforeAll(async () => {
    provisionEngine();
    engine = new EngineNode();
    fork = engine.place.path("fork");
    profile = write(engine.place, makeCookbookFork(site(), fork));
    change(fork);
    engine.place.own();
    await engine.start();
  }, 300_000);
  afterAll(() => engine.close());

  const develop = () => [{ egg: "slapos.cookbook", directory: fork }];

  it("A9.1: is used in the first run of a clean node", async () => {
    const { code, output } = await engine.driver("software", { profile, develop: develop() });
    expect(output).toContain(`webrunner: The recipe egg slapos.cookbook is in development mode: ${fork}`);
    expect(output).toContain(`Develop: '${fork}'`);
    expect(output).toContain(MARKER);
    expect(code).toBe(0);
  });

  it("A9.4: is used by the instances too", async () => {
    const { code, output } = await engine.driver("instance", { profile, name: "one" });
    expect(output).toContain(MARKER);
    expect(code).toBe(0);
  });

  it("is built again when a source of the recipe changes, and not when nothing does", async () => {
    const again = await engine.driver("software", { profile, develop: develop() });
    expect(again.output).toContain("webrunner: Nothing to do");
    writeFileSync(join(fork, "slapos/recipe/mkdirectory.py"), "\n# another line\n", { flag: "a" });
    const { output } = await engine.driver("software", { profile, develop: develop() });
    expect(output).toContain("webrunner: Building because mkdirectory.py changed");
    expect(output).toContain("Installing directory.");
  });

  it("A9.2: gives way to the released egg in the next run", async () => {
    const { code, output } = await engine.driver("software", { profile });
    expect(output).toContain("webrunner: Building because other recipe eggs are in development mode");
    expect(output).toContain("Installing directory.");
    expect(output).not.toContain(MARKER);
    expect(output).not.toContain("Develop:");
    expect(code).toBe(0);
    expect((await engine.driver("instance", { profile, name: "one" })).output).not.toContain(MARKER);
  });

  it("names the mend when the checkout is gone", async () => {
    const { code, output } = await engine.driver("software", {
      profile,
      develop: [{ egg: "slapos.cookbook", directory: "/nowhere" }],
    });
    expect({ code, output }).toEqual({
      code: 1,
      output:
        "webrunner: Error: The recipe egg slapos.cookbook is in development mode, but its checkout has no setup.py: /nowhere. Go back to the released egg, or check it out again\n",
    });
  });
});

describe("the hack of the old tutorial, a clone made by a part", { timeout: 240_000 }, () => {
  const place = new Place();
  afterAll(() => place.remove());

  it("needs a second run: buildout develops eggs before it installs the part that clones them", async () => {
    provisionEngine();
    const version = makeCookbookFork(site(), place.path("fork"));
    change(place.path("fork"));
    place.fixture(`#- /ws/buildout.cfg
[buildout]
parts = slaposcookbook directory
develop = \${:parts-directory}/slaposcookbook

[slaposcookbook]
recipe = plone.recipe.command
location = \${buildout:parts-directory}/\${:_buildout_section_name_}
command = cp -r ${place.path("fork")} \${:location}
update-command = true

[directory]
recipe = slapos.cookbook:mkdirectory
here = \${buildout:parts-directory}/here

[versions]
slapos.cookbook =
`);
    const spec = { directory: place.path("build"), profile: place.path("ws/buildout.cfg") };
    place.write({ "spec.json": JSON.stringify({ ...spec, options: { "buildout:newest": "false" } }) });
    const build = () => runAsUser(PYTHON, ["-m", "webrunner_engine", "buildout", "--spec", place.path("spec.json")]);
    const first = await build();
    expect(first.output).toContain("Couldn't develop");
    expect(first.output).not.toContain(MARKER);
    expect(first.code).toBe(0);
    const second = await build();
    expect(second.output).toContain("Develop:");
    expect(second.output).toContain(MARKER);
    expect(version).not.toBe("");
  });

  it("cannot even be read as the tutorial prints it, without its headers", async () => {
    place.write({
      "pasted.cfg":
        "slaposcookbook_recipe_location = ${:parts-directory}/slaposcookbook\ndevelop =\nrecipe = plone.recipe.command\n",
    });
    place.write({ "pasted.json": JSON.stringify({ directory: place.path("b2"), profile: place.path("pasted.cfg") }) });
    const { code, output } = await runAsUser(PYTHON, [
      "-m",
      "webrunner_engine",
      "buildout",
      "--spec",
      place.path("pasted.json"),
    ]);
    expect(code).toBe(1);
    expect(output).toContain("MissingSectionHeaderError");
  });
});
