import { describe, expect, it } from "vitest";
import { parseSyntax } from "@/lib/buildout";
import { describePythonRecipe, readEntryPoints } from "@/lib/language/recipes/python-recipe";
import { createRecipeCatalogue } from "@/lib/language/recipes/recipe-catalogue";
import { compareVersions } from "@/lib/language/versions/version-order";

const catalogue = createRecipeCatalogue(() => ({ names: () => [], find: () => undefined }));

describe("recipe catalogue", () => {
  it("has the recipes of SlapOS", () => {
    const names = catalogue.names();
    expect(names.filter((name) => name.startsWith("slapos.cookbook")).length).toBeGreaterThanOrEqual(90);
    for (const name of ["slapos.recipe.build", "slapos.recipe.cmmi", "zc.recipe.egg:custom", "plone.recipe.command"]) {
      expect(names).toContain(name);
    }
  });

  it("says where each was read", () => {
    for (const name of catalogue.names()) expect(catalogue.find(name)?.source?.file, name).toMatch(/\.py$/);
  });

  it("has documentation, an example, and of every option what it is", () => {
    for (const name of catalogue.names()) {
      const recipe = catalogue.find(name)!;
      expect(recipe.doc, name).not.toBe("");
      expect(recipe.example, name).toMatch(/^\[[-\w.]+\]\n/);
      expect(
        recipe.example!.split("\n").map((line) => line.replace(/\s+/g, " ")),
        name,
      ).toContain(`recipe = ${name}`);
      for (const [option, { type, doc }] of Object.entries(recipe.options)) {
        expect(type, `type of ${option} of ${name}`).toBeTruthy();
        expect(doc, `what ${option} of ${name} is`).toBeTruthy();
      }
    }
  });

  it("gives examples in which nothing is missing", () => {
    for (const name of catalogue.names()) {
      const { example, options, oneOf = [] } = catalogue.find(name)!;
      const written = new Set(
        parseSyntax(example!).nodes.flatMap((node) => (node.kind === "option" ? [node.name] : [])),
      );
      // A macro brings what is not written.
      if (written.has("<")) continue;
      const grouped = new Set(oneOf.flat());
      const required = Object.keys(options).filter((option) => options[option]!.required && !grouped.has(option));
      expect(
        required.filter((option) => !written.has(option)),
        name,
      ).toEqual([]);
    }
  });

  it("takes a recipe's name with constraints and the default entry point", () => {
    expect(catalogue.find("slapos.recipe.cmmi:default")).toBe(catalogue.find("slapos.recipe.cmmi"));
    expect(catalogue.find("zc.recipe.egg[x] >= 2:scripts")).toBe(catalogue.find("zc.recipe.egg:scripts"));
  });
});

describe("recipes of a workspace", () => {
  it("reads entry points", () =>
    expect(readEntryPoints("setup(name='e', entry_points={'zc.buildout': ['a = m.n:R', 'default = m:D']})")).toEqual([
      { recipe: "e:a", module: "m.n", attribute: "R" },
      { recipe: "e", module: "m", attribute: "D" },
    ]));

  it("reads options, those set and those read, through base classes", () => {
    const source =
      'class Base:\n  """Does it.\n\n  size  how big\n  """\n  def __init__(self, buildout, name, options):\n    options["made"] = options["given"]\n    self.size = options.get("size", "3")\n\nclass R(Base):\n  pass\n';
    const recipe = describePythonRecipe(source, "R");
    expect(Object.keys(recipe?.generated ?? {})).toEqual(["made"]);
    expect(recipe?.options.size).toEqual({ default: "3", doc: "how big" });
    expect(recipe?.options).toHaveProperty("given");
    expect(recipe?.anyGenerated).toBe(false);
  });
});

describe("versions", () => {
  it("orders as Python does", () => {
    const ordered = ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.post1", "1.1", "1.10", "1!0.1"];
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
  });
});
