import { describe, expect, it } from "vitest";
import { applyTextEdits } from "@/lib/base/text-range";
import { findRecipeHack, recipeHackDiagnostics } from "@/lib/language/diagnostics/recipe-hack";

const OPTIONS = `recipe = plone.recipe.command
repository = http://git.example.org/slapos.git
git_param = --quiet
git = \${git:location}/bin/git
location = \${buildout:parts-directory}/\${:_buildout_section_name_}
stop-on-error = true
command = \${:git} clone \${:git_param} \${:repository} \${:location} || exit 1;
update-command = cd \${:location} && \${git:location}/bin/git pull --quiet
`;

function convert(text: string): string {
  const ranges = findRecipeHack(text)?.ranges ?? [];
  return applyTextEdits(
    text,
    ranges.map((range) => ({ range, newText: "" })),
  );
}

describe("A9.3: the old hack to develop a recipe", () => {
  it("is seen as it comes out of a web page, without headers, and taken out whole", () => {
    const before = "[buildout]\nextends =\n  ../stack/buildout.cfg\n\n";
    const after = "\n[hello]\nname = world\n";
    const pasted = `${before}slaposcookbook_recipe_location = \${:parts-directory}/slaposcookbook\ndevelop =\n${OPTIONS}${after}`;
    expect(recipeHackDiagnostics(pasted)).toMatchObject([
      { code: "recipe/clone-hack", severity: "warning", data: { url: "http://git.example.org/slapos.git" } },
    ]);
    expect(convert(pasted)).toBe(before + after);
  });

  it("is seen as the whole of a file that has no header at all", () => {
    expect(convert(`develop =\n${OPTIONS}`)).toBe("");
  });

  it("is seen with its headers, of which the part's goes too", () => {
    const text = `[buildout]\nparts = a\ndevelop = \${:parts-directory}/slaposcookbook\n\n[slaposcookbook]\n${OPTIONS}\n[a]\nrecipe = x\n`;
    expect(convert(text)).toBe("[buildout]\nparts = a\n\n\n[a]\nrecipe = x\n");
  });

  it("leaves another develop, and another part with a command, alone", () => {
    const text = `[buildout]\ndevelop =\n  src/mine\n\n[slaposcookbook]\n${OPTIONS}`;
    expect(convert(text)).toBe("[buildout]\ndevelop =\n  src/mine\n\n");
    expect(findRecipeHack("[a]\nrecipe = plone.recipe.command\ncommand = echo clone of git\n")).toBeUndefined();
    expect(recipeHackDiagnostics("[a]\nrecipe = slapos.cookbook:wrapper\n")).toEqual([]);
  });
});
