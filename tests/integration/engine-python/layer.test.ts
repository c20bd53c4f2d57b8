/**
 * Each gap between the released packages and SlapOS's profiles: closed by the layer, and still there without it.
 *
 * A gap that no longer shows without its module fails here: then upstream has moved, and the module can go.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ENGINE, type Finished, Place, PYTHON, provisionEngine, runAsUser } from "./engine-harness";

const SCRIPTS = resolve("tests/integration/engine-python");

let scripts: Place;
let place: Place;

beforeAll(() => {
  provisionEngine();
  scripts = new Place();
  for (const name of ["show-options.py", "merge-random-profiles.py", "ask-index.py"]) {
    scripts.copy(`${SCRIPTS}/${name}`, name);
  }
}, 300_000);
afterAll(() => scripts.remove());
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

interface How {
  /** The gap that is left open. */
  readonly without?: string;
  readonly dialect?: "upstream";
}

function environment({ without = "", dialect }: How): Record<string, string> {
  return {
    WEBRUNNER_ENGINE_WITHOUT: without,
    PYTHONUNBUFFERED: "",
    ...(dialect ? { WEBRUNNER_ENGINE_DIALECT: dialect } : {}),
  };
}

function python(args: readonly string[], how: How = {}): Promise<Finished> {
  return runAsUser(PYTHON, args, { cwd: place.directory, env: environment(how) });
}

function script(name: string, args: readonly string[], how: How = {}): Promise<Finished> {
  return python([scripts.path(name), ...args], how);
}

/** Runs buildout in the place; an index that has nothing keeps the network out. */
function buildout(args: readonly string[], how: How = {}): Promise<Finished> {
  mkdirSync(place.path("index"), { recursive: true });
  const assignments = [`buildout:index=file://${place.path("index")}/`];
  return runAsUser(`${ENGINE}/venv/bin/buildout`, ["-N", ...assignments, ...args], {
    cwd: place.directory,
    env: environment(how),
  });
}

async function options(section: string, how: How = {}, profile = "buildout.cfg"): Promise<Record<string, unknown>> {
  const { code, output } = await script("show-options.py", [profile, section], how);
  if (code !== 0) throw new Error(output);
  const shown = JSON.parse(output.trim().split("\n").at(-1)!) as Record<string, Record<string, unknown>>;
  return { ...shown[section], reads: shown.reads };
}

/** A recipe egg as zc.buildout installs it, with its metadata in a .dist-info directory. */
function eggOf(name: string, requires = ""): string {
  const version = execFileSync(PYTHON, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
    encoding: "utf8",
  }).trim();
  const egg = `eggs/v5/${name}-1.0-py${version}.egg`;
  return `#- /${egg}/${name}.py
class Recipe:
    def __init__(self, buildout, name, options):
        pass
    def install(self):
        return []
    update = install
#- /${egg}/${name}-1.0.dist-info/METADATA
Metadata-Version: 2.1
Name: ${name}
Version: 1.0
${requires}
#- /${egg}/${name}-1.0.dist-info/entry_points.txt
[zc.buildout]
default = ${name}:Recipe
`;
}

describe("software_types", () => {
  it("runs the profile of a software type inside of the instance's", async () => {
    place.fixture(`#- /buildout.cfg
[buildout]
parts = switch
offline = true
[slap-connection]
computer-id = local
[slap-configuration]
recipe = slapos.recipe.build
slap-software-type = default
init =
  options["configuration"] = {"text": "a and 100%", "list": [1, True], "like": "$" "{no:reference}"}
  options["configuration.like"] = "$" "{no:reference}"
[default]
profile = \${buildout:directory}/inner.cfg
[switch]
recipe = slapos.cookbook:switch-softwaretype
default = default:profile
#- /inner.cfg
[buildout]
parts = show
[show]
recipe = slapos.recipe.build
shown = \${slap-configuration:configuration}
inside = <\${:like}>
like = \${slap-configuration:configuration.like}
init = print("shown", options["shown"], options["like"], options["inside"])
`);
    const { code, output } = await buildout([]);
    expect(code, output).toBe(0);
    const like = `\${no:reference}`;
    expect(output).toContain(`shown {'like': '${like}', 'list': [1, True], 'text': 'a and 100%'} ${like} <${like}>`);
    const without = await buildout([], { without: "software_types" });
    expect(without.code).not.toBe(0);
    expect(without.output).toContain("cannot import name 'dumps'");
  });
});

describe("the layer", { timeout: 60_000 }, () => {
  it("finds the templates of slapos.core's modules", async () => {
    const code =
      "import slapos.util as u; u.get_package_resource_bytes('slapos.grid.svcbackend', 'templates/supervisord.conf.in')";
    expect((await python(["-c", code])).code).toBe(0);
    const { code: exit, output } = await python(["-c", code], { without: "package_resources" });
    const old = execFileSync(PYTHON, ["-c", "import sys; print(sys.version_info < (3, 12))"], { encoding: "utf8" });
    if (old.trim() === "True") expect(output).toContain("is not a package");
    else expect(exit).toBe(0);
  });

  it("is there while slapgrid bootstraps a software", async () => {
    place.fixture("#- /buildout.cfg\n[buildout]\nparts =\nhere = ${:_profile_base_location_}\n");
    const code = `import logging, slapos.grid.utils as u
logging.basicConfig(level=logging.INFO)
u.bootstrapBuildout(${JSON.stringify(place.directory)}, logging.getLogger(), None, ["-c", "buildout.cfg"])`;
    const { code: exit, output } = await python(["-c", code]);
    expect(output).toContain("Generated script");
    expect(exit).toBe(0);
    expect((await python(["-c", code], { without: "bootstrap" })).output).toContain(
      "Referenced option does not exist: buildout _profile_base_location_",
    );
  });

  it("shows what a recipe prints before it dies", async () => {
    place.fixture(`#- /buildout.cfg
[buildout]
parts = a
[a]
recipe = slapos.recipe.build
install =
  import os
  print("seen")
  os._exit(3)
`);
    expect((await buildout([])).output).toContain("seen");
    expect((await buildout([], { without: "line_buffering" })).output).not.toContain("seen");
  });

  it("knows the directory of the profile that asks for it", async () => {
    place.fixture(`#- /software/a/software.cfg
[buildout]
extends = ../../stack/buildout.cfg
[user]
<= macro
[kept]
other = x
[moved]
own = \${:_profile_base_location_}/o
#- /stack/buildout.cfg
[macro]
url = \${:_profile_base_location_}/m
[kept]
url = \${:_profile_base_location_}/k
[moved]
url = \${:_profile_base_location_}/u
`);
    const profile = "software/a/software.cfg";
    expect((await options("user", {}, profile)).url).toBe(place.path("stack/m"));
    expect((await options("kept", {}, profile)).url).toBe(place.path("stack/k"));
    expect(await options("moved", {}, profile)).toMatchObject({
      url: place.path("software/a/u"),
      own: place.path("software/a/o"),
    });
    await expect(options("user", { without: "profile_base_location" }, profile)).rejects.toThrow(
      "Referenced option does not exist: user _profile_base_location_",
    );
  });

  it("reads a profile once, however many extend it", async () => {
    const depth = 8;
    const level = (index: number): string =>
      ["a", "b"]
        .map((side) => `#- /${side}${index}.cfg\n[buildout]\nextends = a${index + 1}.cfg b${index + 1}.cfg\n`)
        .join("");
    const levels = Array.from({ length: depth }, (_, index) => level(index)).join("");
    place.fixture(
      `#- /buildout.cfg\n[buildout]\nextends = a0.cfg b0.cfg\n${levels}` +
        `#- /a${depth}.cfg\n[x]\ny = 1\n#- /b${depth}.cfg\n[x]\ny = 2\n`,
    );
    expect(await options("x")).toEqual({ y: "2", reads: 2 * depth + 3 });
    expect(await options("x", { without: "extends_once" })).toEqual({ y: "2", reads: 2 ** (depth + 2) - 1 });
  });

  it("gives the values of reading every profile every time", async () => {
    const once = await script("merge-random-profiles.py", ["once"], { dialect: "upstream" });
    const again = await script("merge-random-profiles.py", ["again"], { dialect: "upstream", without: "extends_once" });
    expect(once.code).toBe(0);
    expect(once.output.split("\n")).toEqual(again.output.split("\n"));
    expect(new Set(once.output.split("\n")).size).toBeGreaterThan(50);
  });

  it("adds what one file adds once over a diamond of extends", async () => {
    place.fixture(`#- /buildout.cfg
[buildout]
extends = a.cfg b.cfg
#- /a.cfg
[buildout]
extends = c.cfg
#- /b.cfg
[buildout]
extends = c.cfg
#- /c.cfg
[x]
patches += one
`);
    expect((await options("x")).patches).toBe("one");
    expect((await options("x", { without: "repeated_additions" })).patches).toBe("one\none");
    expect((await options("x", { dialect: "upstream" })).patches).toBe("one\none");
  });

  it("takes values that are no texts from recipes, and keeps them", async () => {
    place.fixture(`#- /buildout.cfg
[buildout]
parts = a
[a]
recipe = slapos.recipe.build
init =
  options["port"] = 8080
  options["tree"] = {"a": [1]}
[b]
text = port \${a:port}
tree = \${a:tree}
`);
    expect(await options("b")).toMatchObject({ text: "port 8080", tree: { a: [1] } });
    await expect(options("b", { without: "option_values" })).rejects.toThrow("Option values must be strings");
  });

  it("hands out $${ as ${, and installs nothing again for it", async () => {
    place.fixture(`#- /buildout.cfg
[buildout]
parts = a
[a]
recipe = slapos.recipe.build
text = $\${b:c} $$x
init = print("text: " + options["text"])
`);
    expect((await options("a")).text).toBe("${b:c} $$x");
    expect((await options("a", { without: "option_values" })).text).toBe("$${b:c} $$x");
    expect((await buildout([])).output).toContain("text: ${b:c} $$x");
    expect((await buildout([])).output).toContain("Updating a.");
  });

  it("looks for eggs where an instance's profile says they are", async () => {
    place.fixture("#- /buildout.cfg\n[buildout]\neggs-directory = /e/eggs/v5\n".replace("/e/", `${place.path("e")}/`));
    expect((await options("buildout"))["eggs-directory"]).toBe(place.path("e/eggs/v5"));
    expect((await options("buildout", { without: "eggs_directory" }))["eggs-directory"]).toBe(
      place.path("e/eggs/v5/v5"),
    );
  });

  it("finds installed eggs when offline", async () => {
    place.fixture(`#- /buildout.cfg\n[buildout]\nparts = a\n[a]\nrecipe = tiny\n${eggOf("tiny")}`);
    expect((await buildout(["-o"])).output).toContain("Installing a.");
    expect((await buildout(["-o"], { without: "offline_eggs" })).output).toContain(
      "We don't have a distribution for tiny",
    );
  });

  it.each([
    ["zc.buildout = 3.0.1+slapos010", "The embedded zc-buildout"],
    ["pip = 23.2.1", "The engine's pip"],
    ["setuptools = 67.8.0:whl", "The engine's setuptools"],
  ])("stands in for the pin %s, and says so", async (pin, words) => {
    place.fixture(`#- /buildout.cfg
[buildout]
parts = a
[versions]
${pin}
[a]
recipe = tiny
${eggOf("tiny", "Requires-Dist: zc.buildout")}`);
    const { code, output } = await buildout([]);
    expect(output).toContain(words);
    expect(output).toContain("stands in for the pinned");
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("Installing a.") });
    expect((await buildout([], { without: "stand_in,engine_recipes" })).code).toBe(1);
  });

  it("runs recipes beside the engine's version of what they need", async () => {
    place.fixture(`#- /buildout.cfg
[buildout]
parts = a
[versions]
slapos.recipe.build = 0.50
[a]
recipe = tiny
${eggOf("tiny", "Requires-Dist: slapos.recipe.build")}`);
    const { code, output } = await buildout([]);
    expect(output).toContain("For the recipes, the engine's slapos-recipe-build");
    expect(code).toBe(0);
    expect((await buildout([], { without: "engine_recipes" })).code).toBe(1);
  });

  it("goes on without the extension that builds another Python", async () => {
    place.fixture("#- /buildout.cfg\n[buildout]\nextensions = slapos.rebootstrap\nparts =\n");
    const { code, output } = await buildout([]);
    expect(output).toContain("The extension slapos.rebootstrap is skipped");
    expect(code).toBe(0);
    expect((await buildout([], { without: "extensions" })).code).toBe(1);
  });

  it("installs a part again when a part or a file that it uses has changed", async () => {
    const profile = (greeting: string): string => `#- /buildout.cfg
[buildout]
parts = page
[words]
greeting = ${greeting}
[page]
recipe = slapos.recipe.template:jinja2
inline = {{ greeting }}
output = \${buildout:directory}/page
context = key greeting words:greeting
`;
    for (const [without, expected] of [
      ["part_inputs", "Hello"],
      ["", "Bonjour"],
    ] as const) {
      place.fixture(profile("Hello"));
      expect((await buildout([], { without })).code).toBe(0);
      place.fixture(profile("Bonjour"));
      expect((await buildout([], { without })).code).toBe(0);
      expect(readFileSync(place.path("page"), "utf8")).toBe(expected);
    }
  });

  it.each([
    ["part_inputs", "Updating copy."],
    ["", "MD5 checksum mismatch for local resource"],
  ])("does not lose the edit of a local file in silence (without %j: %s)", async (without, words) => {
    const md5sum = createHash("md5").update("old").digest("hex");
    place.fixture(`#- /b/buildout.cfg
[buildout]
parts = copy
[copy]
recipe = slapos.recipe.build:download
url = \${buildout:directory}/../source
md5sum = ${md5sum}
destination = \${buildout:directory}/copied
`);
    place.write({ source: "old" });
    const args = ["-c", place.path("b/buildout.cfg")];
    expect((await buildout(args, { without })).code).toBe(0);
    place.write({ source: "new" });
    expect((await buildout(args, { without })).output).toContain(words);
  });

  it("does not read the list of all packages for a name that is unknown", async () => {
    const seen = async (how: How): Promise<{ asked: string[]; error: string }> =>
      JSON.parse((await script("ask-index.py", [], how)).output.trim().split("\n").at(-1)!);
    const { asked, error } = await seen({});
    expect(error).toContain("Couldn't find a distribution for 'no-such-egg'");
    expect(asked).toContain("/simple/no-such-egg/");
    expect(asked).not.toContain("/simple/");
    expect((await seen({ without: "index_scan" })).asked).toContain("/simple/");
  });

  it("copies local files, and does not link them", async () => {
    const code = "import sys, zc.buildout.download as d; d.Download()(sys.argv[1], path=sys.argv[2])";
    place.write({ source: "text" });
    await python(["-c", code, place.path("source"), place.path("copied")]);
    expect(statSync(place.path("source")).nlink).toBe(1);
    await python(["-c", code, place.path("source"), place.path("linked")], { without: "hard_links" });
    expect(statSync(place.path("source")).nlink).toBe(2);
  });
});
