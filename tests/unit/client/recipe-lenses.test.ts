import { describe, expect, it } from "vitest";
import { describeDevelopment, findDevelopedRecipes } from "@/lib/client/monaco/recipe-lenses";
import type { RecipeEgg } from "@/lib/protocol/recipe-routes";

const COOKBOOK: RecipeEgg = {
  egg: "slapos.cookbook",
  checkouts: ["slapos.cookbook"],
  developed: { path: "slapos.cookbook", since: "2026-01-01T00:00:00.000Z", branch: "work" },
  imported: [{ profile: "software/a/software.cfg", location: "slapos.cookbook", version: "1.0" }],
};

describe("recipes in development mode in the editor", () => {
  it("are found by their egg, however it is spelt, and others are not", () => {
    const text =
      "[a]\nrecipe = slapos.cookbook:wrapper\r\n[b]\nrecipe = slapos-cookbook:publish\n[c]\nrecipe = other\n";
    expect(findDevelopedRecipes(text, [COOKBOOK]).map(({ line }) => line)).toEqual([2, 4]);
    expect(findDevelopedRecipes(text, [{ ...COOKBOOK, developed: undefined }])).toEqual([]);
  });

  it("are told with the checkout, its branch, and what was really imported", () => {
    expect(describeDevelopment(COOKBOOK)).toBe(
      "slapos.cookbook is in development mode: the next run uses it from slapos.cookbook@work. The last runs imported it from slapos.cookbook.",
    );
    expect(describeDevelopment({ ...COOKBOOK, imported: [] })).toContain("No run has used it yet.");
  });
});
