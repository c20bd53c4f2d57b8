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
  const known = new Map<string, KnownRecipe | undefined>();
  const findRecipe = (name: string): KnownRecipe | undefined => {
    if (!known.has(name)) known.set(name, toKnown(analysis.catalogue.find(name)));
    return known.get(name);
  };
  for (const section of document.sections) {
    if (section.dynamic) continue;
    const name = view.recipe(section.name);
    if (!name || name.includes("${") || hasHole(name)) continue;
    const recipe = findRecipe(name);
    if (!recipe) continue;
    for (const option of recipe.deprecated.size > 0 ? section.options : []) {
      const instead = recipe.deprecated.get(option.name);
      if (instead === undefined) continue;
      found.push({
        range: option.key,
        severity: "hint",
        code: "recipe/deprecated-option",
        source: "recipe",
        tags: ["deprecated"],
        message: `\`${option.name}\` of \`${name}\` is deprecated: ${instead}.`,
      });
    }
    if (!parts.has(section.name) || seen.has(section.name) || view.incomplete || view.macroProblem(section.name))
      continue;
    seen.add(section.name);
    const missing = missingOf(recipe, view, section.name);
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

/** What is asked of each part of a recipe, put together once. */
interface KnownRecipe {
  /** What to use instead, by the option's name. */
  readonly deprecated: ReadonlyMap<string, string>;
  /** Needed by themselves. */
  readonly required: readonly string[];
  /** Of each group one is needed; those of it that are not deprecated are what is said to be missing. */
  readonly groups: readonly { readonly options: readonly string[]; readonly current: readonly string[] }[];
}

function toKnown(recipe: RecipeDescription | undefined): KnownRecipe | undefined {
  if (!recipe) return undefined;
  const groups = recipe.oneOf ?? [];
  const grouped = new Set(groups.flat());
  const options = Object.entries(recipe.options);
  const deprecated = new Map<string, string>();
  for (const [option, description] of options)
    if (description.deprecated) deprecated.set(option, description.deprecated);
  return {
    deprecated,
    required: options.filter(([option, { required }]) => required && !grouped.has(option)).map(([option]) => option),
    groups: groups.map((group) => ({ options: group, current: group.filter((option) => !deprecated.has(option)) })),
  };
}

function missingOf(recipe: KnownRecipe, view: ProfileView, section: string): string[] {
  const isSet = (option: string): boolean => view.mayHaveOption(section, option);
  const missing = recipe.required.filter((option) => !isSet(option)).map((option) => `\`${option}\``);
  for (const { options, current } of recipe.groups) {
    if (!options.some(isSet)) missing.push(current.map((option) => `\`${option}\``).join(" or "));
  }
  return missing;
}
