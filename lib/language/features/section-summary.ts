/** Markdown on sections, options and recipes, shared by hover and completion. */
import { baseNameOf, directoryOf, PROFILE_BASE_LOCATION } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { writtenValue } from "../analysis/places";
import type { ProfileView } from "../analysis/profile-view";
import type { DescribedName } from "../answers";
import { hasHole, toReadable, withoutGaps } from "../document/template-mask";
import type { RecipeDescription } from "../recipes/recipe-description";

const MAX_OPTIONS = 40;
const MAX_VALUE_LINES = 24;
const MAX_LINE = 160;

/** As short as it can be to tell files of a workspace apart. */
export function shortPath(analysis: Analysis, path: string): string {
  for (const root of analysis.files.roots) if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
  return `${baseNameOf(directoryOf(path))}/${baseNameOf(path)}`;
}

function clip(value: string): string {
  const lines = value.split("\n");
  const shown = lines
    .slice(0, MAX_VALUE_LINES)
    .map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line));
  if (lines.length > MAX_VALUE_LINES) shown.push(`… ${lines.length - MAX_VALUE_LINES} more lines`);
  return shown.join("\n");
}

/** The value as the files say it, with what a template puts in left readable. */
export function rawValue(analysis: Analysis, view: ProfileView, section: string, option: string): string | undefined {
  const value = view.option(section, option);
  if (!value) return undefined;
  const places = view.places(value);
  if (places.length === 1 && (hasHole(value.value) || value.value !== withoutGaps(value.value))) {
    return writtenValue(analysis, places[0]!);
  }
  return withoutGaps(value.value).replace(/\ue000+/g, "…");
}

export function optionBlock(name: string, value: string): string {
  const lines = clip(value).split("\n");
  return lines.length === 1 ? `${name} = ${lines[0]}` : `${name} =\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

export function describeSection(analysis: Analysis, view: ProfileView, section: string): string {
  const options = view.options(section);
  const lines: string[] = [];
  const recipe = view.recipe(section);
  if (recipe) lines.push(`recipe = ${recipe}`);
  for (const name of view.macros(section)) lines.push(`<= ${name}`);
  let count = 0;
  for (const name of options?.keys() ?? []) {
    if (name === "recipe" || name === "<" || name === PROFILE_BASE_LOCATION) continue;
    if (++count > MAX_OPTIONS) break;
    lines.push(optionBlock(withoutGaps(name).replace(/\ue000+/g, "…"), rawValue(analysis, view, section, name) ?? ""));
  }
  if (count > MAX_OPTIONS) lines.push("…");
  const files = [...new Set(view.sectionPlaces(section).map((place) => shortPath(analysis, place.path)))];
  const known = recipe ? analysis.catalogue.find(recipe) : undefined;
  return [
    `**[${section}]**`,
    known?.doc ? firstParagraph(known.doc) : "",
    `\`\`\`ini\n${lines.join("\n")}\n\`\`\``,
    files.length > 0 ? `Defined in ${files.map((file) => `\`${file}\``).join(", ")}` : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

export function firstParagraph(text: string): string {
  return text.split(/\n\s*\n/)[0]!.trim();
}

export function describeOption(
  analysis: Analysis,
  view: ProfileView,
  section: string,
  option: string,
): string | undefined {
  const value = view.option(section, option);
  if (!value) return undefined;
  const raw = rawValue(analysis, view, section, option)!;
  const parts = [`**${section}:${option}**`, `\`\`\`ini\n${clip(raw)}\n\`\`\``];
  const resolved = view
    .display(section, option)
    .replace(/\ue000+/g, "…")
    .replaceAll("\ue001", "");
  if (resolved !== value.value && resolved !== raw) parts.push(`resolves to\n\n\`\`\`ini\n${clip(resolved)}\n\`\`\``);
  const places = view.places(value);
  if (places.length > 0) {
    const files = places.map((place) => {
      const line = analysis.document(place.path)?.lineIndex.toPosition(place.node.start).line ?? 0;
      const through = place.section === section ? "" : ` [${place.section}]`;
      const operator = place.node.operator === "=" ? "" : ` (${place.node.operator})`;
      return `\`${shortPath(analysis, place.path)}:${line + 1}\`${through}${operator}`;
    });
    parts.push(`Set in ${[...new Set(files)].join(", ")}`);
  } else if (value.source.endsWith("_VALUE")) parts.push("Buildout's own value.");
  const doc = optionDoc(analysis, view, section, option);
  if (doc) parts.push(doc);
  return parts.join("\n\n");
}

/** What a name in a list of completions stands for. */
export function describeName(analysis: Analysis, { path, section, option }: DescribedName): string | undefined {
  const view = analysis.view(path);
  if (!view) return undefined;
  if (option === undefined)
    return view.hasSection(section) ? toReadable(describeSection(analysis, view, section)) : undefined;
  const markdown = describeOption(analysis, view, section, option) ?? optionDoc(analysis, view, section, option);
  return markdown && toReadable(markdown);
}

/** What the section's recipe says of an option, set or generated. */
export function optionDoc(analysis: Analysis, view: ProfileView, section: string, option: string): string | undefined {
  const recipe = view.recipe(section);
  const known = recipe ? analysis.catalogue.find(recipe) : undefined;
  return known ? recipeOptionDoc(known, recipe!, option) : undefined;
}

export function recipeOptionDoc(recipe: RecipeDescription, name: string, option: string): string | undefined {
  const settable = Object.hasOwn(recipe.options, option) ? recipe.options[option] : undefined;
  const generated = Object.hasOwn(recipe.generated, option) ? recipe.generated[option] : undefined;
  if (!settable && !generated) return undefined;
  const facts: string[] = [];
  if (settable?.required) facts.push("required");
  if (settable?.default) facts.push(`default \`${settable.default}\``);
  if (settable?.values) facts.push(`one of ${settable.values.map((value) => `\`${value}\``).join(", ")}`);
  if (settable?.deprecated) facts.push(`deprecated: ${settable.deprecated}`);
  if (!settable && generated) facts.push("set by the recipe");
  const doc = settable?.doc ?? generated?.doc ?? "";
  return `\`${option}\` of \`${name}\`${facts.length > 0 ? ` (${facts.join("; ")})` : ""}${doc ? `\n\n${doc}` : ""}`;
}

export function describeRecipe(recipe: RecipeDescription | undefined, name: string): string {
  if (!recipe) return `Recipe \`${name}\`\n\nNothing is known of this recipe.`;
  const required = Object.entries(recipe.options).filter(([, option]) => option.required);
  const generated = Object.keys(recipe.generated);
  const source = recipe.source;
  return [
    `Recipe \`${name}\``,
    recipe.doc,
    required.length > 0 ? `Required: ${required.map(([option]) => `\`${option}\``).join(", ")}` : "",
    recipe.oneOf
      ? recipe.oneOf.map((group) => `One of ${group.map((option) => `\`${option}\``).join(", ")}`).join("\n\n")
      : "",
    generated.length > 0 ? `Sets: ${generated.map((option) => `\`${option}\``).join(", ")}` : "",
    recipe.example ? `\`\`\`ini\n${recipe.example}\`\`\`` : "",
    source?.egg
      ? `${source.egg} ${source.version ?? ""}, \`${source.file}\``
      : source?.file
        ? `\`${baseNameOf(source.file)}\``
        : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
