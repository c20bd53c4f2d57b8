/** Parts whose recipe needs an option that they lack, and options that a recipe gives up. */
import type { Analysis } from "../analysis/analysis";
import type { ProfileView } from "../analysis/profile-view";
import type { LanguageDiagnostic } from "../answers";
import type { ProfileDocument } from "../document/profile-document";
import { hasHole } from "../document/template-mask";
import type { RecipeDescription } from "../recipes/recipe-description";

export function recipeDiagnostics(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  const parts = new Set(view.partNames());
  const seen = new Set<string>();
  for (const section of document.sections) {
    if (section.dynamic) continue;
    const name = view.recipe(section.name);
    if (!name || name.includes("${") || hasHole(name)) continue;
    const recipe = analysis.catalogue.find(name);
    if (!recipe) continue;
    for (const option of section.options) {
      const description = Object.hasOwn(recipe.options, option.name) ? recipe.options[option.name] : undefined;
      if (!description?.deprecated) continue;
      found.push({
        range: option.key,
        severity: "hint",
        code: "recipe/deprecated-option",
        source: "recipe",
        tags: ["deprecated"],
        message: `\`${option.name}\` of \`${name}\` is deprecated: ${description.deprecated}.`,
      });
    }
    if (!parts.has(section.name) || seen.has(section.name) || view.incomplete || view.macroProblem(section.name))
      continue;
    seen.add(section.name);
    const missing = missingOptions(recipe, view, section.name);
    if (missing.length === 0) continue;
    found.push({
      range: { start: section.start, end: section.headerEnd },
      severity: "error",
      code: "recipe/missing-option",
      source: "recipe",
      message: `Missing required options for \`${name}\`: ${missing.join(", ")}`,
      data: {
        section: section.name,
        options: missing.join(",").replace(/`| or /g, (text) => (text === "`" ? "" : "|")),
      },
    });
  }
  return found;
}

/** Names in backquotes, alternatives joined by `or`. */
export function missingOptions(recipe: RecipeDescription, view: ProfileView, section: string): string[] {
  const groups = recipe.oneOf ?? [];
  const grouped = new Set(groups.flat());
  const missing = Object.entries(recipe.options)
    .filter(
      ([option, description]) => description.required && !grouped.has(option) && !view.mayHaveOption(section, option),
    )
    .map(([option]) => `\`${option}\``);
  for (const group of groups) {
    if (group.some((option) => view.mayHaveOption(section, option))) continue;
    const current = group.filter((option) => !recipe.options[option]?.deprecated);
    missing.push(current.map((option) => `\`${option}\``).join(" or "));
  }
  return missing;
}
