import { describe, expect, it } from "vitest";
import { createFixture } from "./language-fixture";

const FILES = `#- /base.cfg
[buildout]
parts = tool

[place]
directory = /srv

[tool]
recipe = some.recipe
list =
  one
  two
#- /top.cfg
[buildout]
extends = base.cfg
parts += mine

[place]
directory = /opt

[tool]
list += three
home = \${place:directory}/tool
made = \${mine:location}/x

[mine]
<= tool
recipe = other.recipe
bad = \${nothing:at-all}
`;

function open() {
  return createFixture(FILES).service;
}

describe("effective section", () => {
  it("counts a step that several ways of extends lead to", () => {
    const { service } = createFixture(
      `#- /top.cfg\n[buildout]\nextends =\n  left.cfg\n  right.cfg\n[tool]\nlist += top\n#- /left.cfg\n[buildout]\nextends = base.cfg\n#- /right.cfg\n[buildout]\nextends = base.cfg\n#- /base.cfg\n[tool]\nlist += base\n`,
    );
    const [list] = service.effectiveSection("/workspace/top.cfg", "tool")!.options;
    expect(list!.steps.map(({ place, times }) => [place?.path, times])).toEqual([
      ["/workspace/base.cfg", 2],
      ["/workspace/top.cfg", 1],
    ]);
  });

  it("says each final value with its steps, oldest first", () => {
    const found = open().effectiveSection("/workspace/top.cfg", "tool")!;
    expect(found.places.map(({ path, position }) => `${path}:${position.line + 1}`)).toEqual([
      "/workspace/base.cfg:7",
      "/workspace/top.cfg:8",
    ]);
    const byName = new Map(found.options.map((option) => [option.name, option]));
    expect(byName.get("list")!.value).toBe("one\ntwo\nthree");
    expect(
      byName
        .get("list")!
        .steps.map(({ operation, text, place }) => [operation, text, place?.path, place?.position.line]),
    ).toEqual([
      ["=", "one\ntwo", "/workspace/base.cfg", 8],
      ["+=", "three", "/workspace/top.cfg", 8],
    ]);
    expect(byName.get("home")).toMatchObject({
      value: "/opt/tool",
      raw: "${place:directory}/tool",
      problem: undefined,
    });
  });

  it("names the macro that an option is of, and what cannot be known", () => {
    const found = open().effectiveSection("/workspace/top.cfg", "mine")!;
    expect(found.macros).toEqual(["tool"]);
    const byName = new Map(found.options.map((option) => [option.name, option]));
    expect(byName.get("home")).toMatchObject({ value: "/opt/tool", fromMacro: "tool" });
    expect(byName.get("recipe")!.fromMacro).toBeUndefined();
    expect(byName.get("bad")!.problem).toContain("nothing");
  });

  it("of a section that is nowhere, says so", () => {
    expect(open().effectiveSection("/workspace/top.cfg", "none")).toMatchObject({ exists: false, options: [] });
    expect(open().effectiveSection("/none.cfg", "a")).toBeUndefined();
  });

  it("knows who reads the profile in the end", () => {
    expect(open().tops("/workspace/base.cfg")).toEqual(["/workspace/top.cfg"]);
    expect(open().tops("/workspace/top.cfg")).toEqual([]);
  });
});

describe("extends view", () => {
  it("gives sizes, marks what is missing and what leads back", () => {
    const { service } = createFixture(`#- /a.cfg
[buildout]
extends =
  b.cfg
  gone.cfg
#- /b.cfg
[buildout]
extends = a.cfg
[x]
y = 1
`);
    const { files, problems } = service.extendsView("/workspace/a.cfg")!;
    expect(
      files.map(({ path, extends: extended, cycles, missing, sections }) => [
        path,
        extended,
        cycles,
        missing,
        sections,
      ]),
    ).toEqual([
      ["/workspace/a.cfg", ["/workspace/b.cfg", "/workspace/gone.cfg"], [], false, 1],
      ["/workspace/b.cfg", [], ["/workspace/a.cfg"], false, 2],
      ["/workspace/gone.cfg", [], [], true, 0],
    ]);
    expect(problems.map(({ place }) => `${place.path}:${place.position.line + 1}`).sort()).toEqual([
      "/workspace/a.cfg:4",
      "/workspace/b.cfg:2",
    ]);
  });
});

describe("parts", () => {
  it("has those that only the unsaved text of a template brings in", () => {
    const { service, change } = createFixture(
      `#- /software.cfg\n[buildout]\nparts = instance\n[instance]\nrecipe = slapos.recipe.template\nurl = \${:_profile_base_location_}/instance.cfg.in\noutput = i\n[a]\nrecipe = r\n[b]\nrecipe = r\n#- /instance.cfg.in\nx = \${b:location} $\${a:x}\n`,
    );
    const names = () => service.parts("/workspace/software.cfg")!.map(({ name }) => name);
    expect(names()).toEqual(["b", "instance"]);
    change("/instance.cfg.in", "x = ${a:location} ${b:location}\n");
    expect(names()).toEqual(["a", "b", "instance"]);
  });

  it("come in build order with what they wait for", () => {
    const parts = open().parts("/workspace/top.cfg")!;
    expect(parts.map(({ name, requested, recipe }) => [name, requested, recipe])).toEqual([
      ["mine", true, "other.recipe"],
      ["tool", true, "some.recipe"],
    ]);
    expect(parts[1]!.dependencies).toContain("mine");
    expect(parts[0]!.place).toEqual({ path: "/workspace/top.cfg", position: { line: 12, column: 0 } });
  });
});
