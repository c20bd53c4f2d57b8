/**
 * Which other sections the recipe of a part looks at when buildout makes it, beyond the `${section:option}` in its
 * options. These become parts too, before the part: most releases of SlapOS get nearly all of their parts by the template
 * of their instance. Known are slapos.recipe.template and the recipes whose `environment` may be a section.
 *
 * Facts: the recipes' `__init__` in slapos.recipe.template 5.1, slapos.recipe.build 0.66, slapos.recipe.cmmi 0.23 and
 * zc.recipe.egg 6.0.
 */
import { orderParts, type Part } from "./parts";
import { isUrl } from "./paths";
import type { Resolution } from "./resolution";
import type { Substitution } from "./substitution";
import { parseTemplate } from "./value-template";

export interface RecipeReads {
  /** In the order in which the recipe looks at them. */
  readonly sections: readonly string[];
  /** The template that decides, where its text is not there (yet). */
  readonly missing?: string;
}

/** The text of a file of the disk, as it is edited; undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

const WITH_ENVIRONMENT = new Set([
  "slapos.recipe.cmmi",
  "slapos.recipe.build",
  "slapos.recipe.build:download-unpacked",
  "zc.recipe.egg:custom",
  "zc.recipe.egg:develop",
]);

/** Undefined: what the recipe looks at is not known. */
export function findRecipeReads(name: string, substitution: Substitution, readText: ReadText): RecipeReads | undefined {
  const text = (option: string): string => {
    const value = substitution.value(name, option);
    return typeof value === "string" ? value.trim() : "";
  };
  const others = (sections: readonly string[]): RecipeReads => ({
    sections: [...new Set(sections)].filter((section) => section !== "" && section !== name && section !== "buildout"),
  });
  const recipe = text("recipe");
  if (WITH_ENVIRONMENT.has(recipe)) {
    const environment = text("environment");
    return others(environment.includes("=") ? [] : [environment]);
  }
  if (recipe === "slapos.recipe.template:jinja2")
    return others([...contextSections(text("context")), ...contextSections(text("import-list"))]);
  if (recipe !== "slapos.recipe.template") return undefined;
  const url = text("url");
  if (url === "") return others([]);
  const template = isUrl(url) ? undefined : readText(url);
  if (template === undefined) return { sections: [], missing: url };
  return others(parseTemplate(template).references.flatMap(({ section, problem }) => (problem ? [] : [section])));
}

/** All parts of a profile, also those that only recipes look at, in the order in which buildout installs them. */
export function findAllParts({ configuration, substitution }: Resolution, readText: ReadText): Part[] {
  return orderParts(configuration, substitution, (name) => findRecipeReads(name, substitution, readText)?.sections);
}

/** The sections that `context` or `import-list` of slapos.recipe.template name: `key x section:option`, `section x s`. */
function contextSections(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split("\n")) {
    const [kind, , expression] = line.trim().split(/\s+/, 3);
    if (expression === undefined) continue;
    if (kind === "section") found.push(expression);
    else if ((kind === "key" || kind === "jsonkey" || kind === "file" || kind === "folder") && expression.includes(":"))
      found.push(expression.slice(0, expression.indexOf(":")));
  }
  return found;
}
