/** Values: parts, macros, files to extend, recipes, what a recipe's option takes, versions. */
import type { TextRange } from "@/lib/base/text-range";
import { directoryOf, isUrl, joinPath, normalisePath } from "@/lib/buildout";
import { relativePath } from "../actions/document-edits";
import type { Analysis } from "../analysis/analysis";
import { isProfileName } from "../analysis/levels";
import type { ProfileView } from "../analysis/profile-view";
import type { CompletionItem } from "../answers";
import type { Cursor } from "../document/cursor";
import { type ProfileDocument, valueWords } from "../document/profile-document";
import { releaseParameters } from "../parameters/release-parameters";
import type { PackageIndex } from "../service";
import { compareVersions } from "../versions/version-order";
import { isEggOption, pins } from "./eggs";
import { describeRecipe } from "./section-summary";

type ValueCursor = Extract<Cursor, { kind: "value" }>;

const FILE_OPTIONS = new Set(["url", "input", "template", "filename", "_update_hash_filename_", "path", "source"]);

export function completeValue(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: ValueCursor,
  packages: PackageIndex,
): CompletionItem[] {
  const view = analysis.view(document.path);
  switch (cursor.role) {
    case "parts":
      return view ? completeParts(document, view, cursor) : [];
    case "macro":
      return (view?.sectionNames() ?? [])
        .filter((name) => name !== "buildout" && name !== cursor.section?.name)
        .map((name) => sectionItem(view!, name, cursor.line));
    case "extends":
      return completeExtends(analysis, document, offset, cursor);
    case "recipe":
      return analysis.catalogue.names().map((name) => {
        const recipe = analysis.catalogue.find(name);
        return item(name, "recipe", cursor.line, {
          detail: recipe?.doc.split("\n")[0],
          documentation: describeRecipe(recipe, name),
        });
      });
    default:
      return completePlain(analysis, document, offset, cursor, view, packages);
  }
}

function item(
  label: string,
  kind: CompletionItem["kind"],
  range: TextRange,
  more: Partial<CompletionItem> = {},
): CompletionItem {
  return { label, kind, edit: { range: { start: range.start, end: range.end }, newText: label }, ...more };
}

function sectionItem(view: ProfileView, name: string, range: TextRange, sortText?: string): CompletionItem {
  return item(name, "section", range, {
    detail: view.recipe(name),
    described: { path: view.path, section: name },
    ...(sortText === undefined ? {} : { sortText }),
  });
}

function completeParts(document: ProfileDocument, view: ProfileView, cursor: ValueCursor): CompletionItem[] {
  const listed = new Set(
    valueWords(document, cursor.option)
      .filter((word) => word.start !== cursor.word.start)
      .map((word) => word.text),
  );
  return view
    .sectionNames()
    .filter((name) => name !== "buildout" && !listed.has(name))
    .map((name) => {
      const recipe = view.recipe(name);
      return sectionItem(view, name, cursor.word, `${recipe ? 0 : 1}${name}`);
    });
}

/** The files of the folder being typed by their names, and profiles of the whole workspace by their relative paths. */
function completeExtends(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: ValueCursor,
): CompletionItem[] {
  const items = completeFiles(analysis, document, offset, cursor.word, isProfileName);
  const typed = document.text.slice(cursor.word.start, offset);
  if (isUrl(typed) || isUrl(document.path) || typed.includes("${")) return items;
  const [, here = "", folder = ""] = /^((?:\.\/)*)(.*\/)?/.exec(typed)!;
  const labels = new Set(items.map(({ label }) => label));
  for (const path of analysis.files.all()) {
    if (!path.endsWith(".cfg") || path === document.path) continue;
    const newText = relativePath(document.path, path);
    if (labels.has(newText) || !newText.startsWith(folder)) continue;
    items.push(item(newText, "file", cursor.word, { filterText: here + newText, sortText: `2${newText}` }));
  }
  return items;
}

/** Names of files for a relative path being typed, with a folder's ending in `/`. */
function completeFiles(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  word: TextRange,
  accepts: (name: string) => boolean,
  base = directoryOf(document.path),
): CompletionItem[] {
  const typed = document.text.slice(word.start, offset);
  if (isUrl(typed) || isUrl(document.path) || typed.includes("${")) return [];
  const slash = typed.lastIndexOf("/") + 1;
  const directory = normalisePath(joinPath(base, typed.slice(0, slash) || "."));
  const prefix = typed.slice(0, slash);
  const items: CompletionItem[] = [];
  for (const entry of analysis.files.list(directory)) {
    if (entry.name.startsWith(".")) continue;
    const isFolder = entry.kind === "directory";
    if (!isFolder && !accepts(entry.name)) continue;
    const newText = prefix + entry.name + (isFolder ? "/" : "");
    items.push({
      label: entry.name + (isFolder ? "/" : ""),
      kind: isFolder ? "folder" : "file",
      edit: { range: { start: word.start, end: word.end }, newText },
      filterText: newText,
      sortText: `${isFolder ? 1 : 0}${entry.name}`,
      triggersNext: isFolder,
    });
  }
  return items;
}

function completePlain(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: ValueCursor,
  view: ProfileView | undefined,
  packages: PackageIndex,
): CompletionItem[] {
  const { section, option } = cursor;
  if (!section) return [];
  const versions = view?.option("buildout", "versions")?.value.trim() || "versions";
  if (section.name === versions) {
    const release = packages.known(option.name);
    const sorted = [...(release?.versions ?? [])].sort((a, b) => compareVersions(b, a));
    return sorted.map((version, index) =>
      item(version, "version", cursor.line, { sortText: String(index).padStart(5, "0") }),
    );
  }
  const recipeName = view?.recipe(section.name);
  const recipe = recipeName ? analysis.catalogue.find(recipeName) : undefined;
  const description = recipe && Object.hasOwn(recipe.options, option.name) ? recipe.options[option.name] : undefined;
  if (description?.values) return description.values.map((value) => item(value, "value", cursor.line));
  if (description?.type === "section") {
    return (view?.sectionNames() ?? []).map((name) => item(name, "section", cursor.line));
  }
  if (option.name === "software-type" && recipeName?.startsWith("slapos.cookbook:request")) {
    return [...(releaseParameters(analysis, document.path)?.types.values() ?? [])].map(({ name, title }) =>
      item(name, "value", cursor.line, { detail: title }),
    );
  }
  if (isEggOption(option) && view) {
    const written = new Set(valueWords(document, option).map((word) => word.text));
    return pins(analysis, document)
      .filter(({ name }) => !written.has(name) && !name.startsWith("_"))
      .map(({ name, version }) => item(name, "value", cursor.word, { detail: version }));
  }
  if (option.name === "context") return completeContext(document, offset, cursor, view);
  if (FILE_OPTIONS.has(option.name)) return completeLocalFile(analysis, document, offset, cursor);
  return [];
}

const BASE_LOCATION = "${:_profile_base_location_}/";

function completeLocalFile(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: ValueCursor,
): CompletionItem[] {
  const typed = document.text.slice(cursor.line.start, offset);
  if (typed.startsWith(BASE_LOCATION)) {
    const word = { start: cursor.line.start + BASE_LOCATION.length, end: cursor.line.end };
    return completeFiles(analysis, document, offset, word, () => true);
  }
  return typed.includes("$") ? [] : completeFiles(analysis, document, offset, cursor.line, () => true);
}

const CONTEXT_KINDS = ["key", "raw", "section", "json", "jsonkey", "import"];

function completeContext(
  document: ProfileDocument,
  offset: number,
  cursor: ValueCursor,
  view: ProfileView | undefined,
): CompletionItem[] {
  const before = document.text.slice(cursor.line.start, offset);
  const words = before.split(/\s+/);
  if (words.length === 1) return CONTEXT_KINDS.map((kind) => item(kind, "value", cursor.word));
  if (words.length !== 3 || !view) return [];
  const [kind, , expression = ""] = words;
  if (kind !== "key" && kind !== "section" && kind !== "jsonkey") return [];
  const colon = expression.indexOf(":");
  if (colon < 0 || kind === "section") {
    return view.sectionNames().map((name) => item(name, "section", cursor.word));
  }
  const target = expression.slice(0, colon) || cursor.section!.name;
  const range = { start: offset - (expression.length - colon - 1), end: cursor.word.end };
  return [...(view.options(target)?.keys() ?? [])]
    .filter((name) => name !== "<")
    .map((name) => item(name, "option", range));
}
