/** Names of options at the start of a line. */
import type { Analysis } from "../analysis/analysis";
import type { CompletionItem } from "../answers";
import type { Cursor } from "../document/cursor";
import type { ProfileDocument } from "../document/profile-document";
import { parameterItems } from "../parameters/parameter-features";
import { PARAMETER_SECTION } from "../parameters/parameter-names";
import { releaseParameters } from "../parameters/release-parameters";
import { BUILDOUT_SECTION } from "../recipes/recipe-catalogue";
import type { RecipeOption } from "../recipes/recipe-description";
import { normaliseProject } from "./eggs";
import { rawValue, recipeOptionDoc } from "./section-summary";

export function completeKeys(
  analysis: Analysis,
  document: ProfileDocument,
  cursor: Extract<Cursor, { kind: "key" }>,
): CompletionItem[] {
  const { section, option, word } = cursor;
  if (!section) return [];
  const view = analysis.view(document.path);
  const written = new Set(section.options.filter((other) => other !== option).map((other) => other.name));
  const items = new Map<string, CompletionItem>();
  const range = { start: word.start, end: word.end };
  const add = (name: string, rank: number, more: Partial<CompletionItem>): void => {
    if (written.has(name) || items.has(name) || /[\ue000\ue001]/.test(name)) return;
    const newText = option ? name : name === "<" ? "<= " : `${name} = `;
    items.set(name, {
      label: name === "<" ? "<=" : name,
      kind: "option",
      edit: { range, newText },
      filterText: name === "<" ? "<=" : name,
      sortText: `${rank}${name}`,
      ...more,
    });
  };
  const describe = (description: RecipeOption, doc: string | undefined): Partial<CompletionItem> => ({
    documentation: doc,
    detail: description.required ? "required" : description.default ? `default ${description.default}` : undefined,
    deprecated: description.deprecated !== undefined,
  });

  if (section.name === "buildout") {
    for (const [name, description] of Object.entries(BUILDOUT_SECTION.options)) {
      add(name, name === "extends" || name === "parts" ? 0 : 1, describe(description, description.doc));
    }
    return [...items.values()];
  }
  if (section.name === PARAMETER_SECTION) {
    for (const { label, detail, documentation } of parameterItems(analysis, document, () => ({ range, newText: "" }))) {
      add(label, 0, { detail, documentation });
    }
    return [...items.values()];
  }
  const recipeName = view?.recipe(section.name);
  if (recipeName && /^slapos\.cookbook:(?:switch-)?softwaretype$/.test(recipeName)) {
    for (const { name, title } of releaseParameters(analysis, document.path)?.types.values() ?? []) {
      add(name, 0, { detail: title });
    }
  }
  const recipe = recipeName ? analysis.catalogue.find(recipeName) : undefined;
  for (const [name, description] of Object.entries(recipe?.options ?? {})) {
    if (name.startsWith("_")) continue;
    const rank = description.deprecated ? 4 : description.required ? 0 : 1;
    add(name, rank, describe(description, recipeOptionDoc(recipe!, recipeName!, name)));
  }
  for (const name of view?.options(section.name)?.keys() ?? []) {
    if (name === "<" || name === "recipe" || name.startsWith("_")) continue;
    add(name, 2, { detail: rawValue(analysis, view!, section.name, name)?.split("\n")[0] });
  }
  const isVersions = view?.option("buildout", "versions")?.value.trim() === section.name || section.name === "versions";
  if (isVersions && view) {
    const pinned = new Set([...(view.options(section.name)?.keys() ?? [])].map(normaliseProject));
    for (const name of neededProjects(document))
      if (!pinned.has(normaliseProject(name))) add(name, 0, { detail: "not pinned" });
  } else {
    if (!recipeName) add("recipe", 0, { documentation: "What installs this section: `egg:entry-point`." });
    add("<", 3, { documentation: "Sections to take options from, one a line." });
  }
  return [...items.values()];
}

/** Projects that `eggs` options of the document name. */
function neededProjects(document: ProfileDocument): string[] {
  const names = new Set<string>();
  for (const section of document.sections) {
    for (const option of section.options) {
      if (option.name !== "eggs" && option.name !== "egg") continue;
      for (const line of document.masked.slice(option.value.start, option.value.end).split(/\s+/)) {
        const name = /^[A-Za-z0-9][\w.-]*$/.exec(line)?.[0];
        if (name) names.add(name);
      }
    }
  }
  return [...names];
}
