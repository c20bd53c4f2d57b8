/** Quick fixes and rewrites at a range. */

import type { TextEdit, TextRange } from "@/lib/base/text-range";
import { type SectionHome, sortHomes } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { hashEntries } from "../analysis/hash-entries";
import type { ProfileView } from "../analysis/profile-view";
import { levelOf, viewsFor } from "../analysis/reference-target";
import type { CodeActionAnswer, LanguageDiagnostic } from "../answers";
import { findRecipeHack, RECIPE_HACK } from "../diagnostics/recipe-hack";
import { cursorAt } from "../document/cursor";
import type { DocumentOption, DocumentSection, ProfileDocument } from "../document/profile-document";
import { findPin } from "../features/eggs";
import { shortPath } from "../features/section-summary";
import type { ActionContext } from "./action-context";
import { addExtends, addLines, appendSection, removeOption } from "./document-edits";
import { nearNames } from "./near-names";
import { reduceActions } from "./reduce-actions";
import { versionActions } from "./version-actions";

export function codeActionsAt(
  context: ActionContext,
  range: TextRange,
  diagnostics: readonly LanguageDiagnostic[],
): CodeActionAnswer[] {
  const { document } = context;
  const lineOf = (offset: number): number => document.lineIndex.toPosition(offset).line;
  const [first, last] = [lineOf(range.start), lineOf(range.end)];
  const near = diagnostics.filter((found) => lineOf(found.range.start) <= last && lineOf(found.range.end) >= first);
  const touching = near.filter((found) => found.range.start <= range.end && found.range.end >= range.start);
  const actions = (touching.length > 0 ? touching : near).flatMap((found) => fixesOf(context, found));
  actions.push(...hashActions(context, range), ...versionActions(context, range), ...pinActions(context, range));
  const section = document.sectionAt(range.start);
  if (section) {
    actions.push(...reduceActions(document, context.analysis.view(document.path), section, diagnostics));
  }
  const seen = new Set<string>();
  return actions.filter(({ title }) => !seen.has(title) && seen.add(title));
}

function fix(
  context: ActionContext,
  title: string,
  edits: readonly TextEdit[],
  mends: string,
  preferred = false,
): CodeActionAnswer {
  return { title, kind: "quickfix", preferred, edits: [{ path: context.document.path, edits }], mends: [mends] };
}

function fixesOf(context: ActionContext, found: LanguageDiagnostic): CodeActionAnswer[] {
  const { analysis, document } = context;
  const view = analysis.view(document.path);
  const replace = (newText: string): TextEdit => ({
    range: { start: found.range.start, end: found.range.end },
    newText,
  });
  const section = found.data?.section;
  switch (found.code) {
    case RECIPE_HACK: {
      const ranges = findRecipeHack(document.text)?.ranges ?? [];
      const edits = ranges.map((range) => ({ range, newText: "" }));
      return [fix(context, "Convert to recipe development mode", edits, found.code, true)];
    }
    case "reference/unknown-section":
    case "parts/unknown-section":
    case "macro/unknown-section": {
      if (!section) return [];
      const reference = document.referenceAt(found.range.start);
      const [target] = reference ? viewsFor(analysis, document, levelOf(document, reference)) : view ? [view] : [];
      const outer = target !== undefined && target.path !== document.path;
      const typos = nearNames(section, target?.sectionNames() ?? []).map((name, index) =>
        fix(context, `Did you mean \`${name}\`?`, [replace(name)], found.code, index === 0),
      );
      const extend = outer
        ? []
        : definingProfiles(analysis, document, section).map((path) =>
            fix(
              context,
              `[${section}] is defined in ${shortPath(analysis, path)}: extend it`,
              [addExtends(document, path)],
              found.code,
              typos.length === 0,
            ),
          );
      if (outer) return typos;
      const lines = found.data?.option
        ? [`${found.data.option} = `]
        : found.code === "parts/unknown-section"
          ? ["recipe = "]
          : [];
      return [
        ...typos,
        ...extend,
        fix(context, `Create section [${section}]`, [appendSection(document, section, lines)], found.code),
      ];
    }
    case "reference/unknown-option": {
      const option = found.data?.option;
      if (!section || !option) return [];
      const reference = document.referenceAt(found.range.start);
      const [target] = reference ? viewsFor(analysis, document, levelOf(document, reference)) : view ? [view] : [];
      const recipe = target?.recipe(section);
      const names = [
        ...(target?.options(section)?.keys() ?? []),
        ...Object.keys((recipe && analysis.catalogue.find(recipe)?.generated) || {}),
      ];
      const typos = nearNames(option, names).map((name, index) =>
        fix(context, `Did you mean \`${name}\`?`, [replace(name)], found.code, index === 0),
      );
      const own = document.sectionsNamed(section).at(-1);
      if (!own || target?.path !== document.path) return typos;
      return [
        ...typos,
        fix(
          context,
          `Add option \`${option}\` to [${section}]`,
          [addLines(document, own, [`${option} = `])],
          found.code,
        ),
      ];
    }
    case "parts/no-recipe": {
      const own = section ? document.sectionsNamed(section).at(-1) : undefined;
      return own
        ? [fix(context, `Add a recipe to [${section}]`, [addLines(document, own, ["recipe = "])], found.code)]
        : [];
    }
    case "recipe/missing-option": {
      const own = document.sections.find((candidate) => candidate.start === found.range.start);
      const names = (found.data?.options ?? "").split(",").map((group) => group.split("|")[0]!);
      if (!own || names[0] === "") return [];
      return [
        fix(
          context,
          `Add ${names.map((name) => `\`${name}\``).join(", ")}`,
          [
            addLines(
              document,
              own,
              names.map((name) => `${name} = `),
            ),
          ],
          found.code,
          true,
        ),
      ];
    }
    case "option/duplicate": {
      const option = document.optionAt(found.range.start);
      const before = option?.section?.options.findLast(
        (other) => other.name === option.name && other.start < option.start,
      );
      if (!option || !before) return [];
      return [
        fix(
          context,
          `Remove the first \`${option.name}\`, which has no effect`,
          [removeOption(before)],
          found.code,
          true,
        ),
        fix(context, `Remove this \`${option.name}\``, [removeOption(option)], found.code),
      ];
    }
    case "option/redundant": {
      const option = document.optionAt(found.range.start);
      return option
        ? [fix(context, `Remove the redundant \`${option.name}\``, [removeOption(option)], found.code, true)]
        : [];
    }
    case "recipe/deprecated-option": {
      const option = document.optionAt(found.range.start);
      const instead = /use `([-\w]+)`/.exec(found.message)?.[1];
      if (!option || !instead || option.section?.options.some((other) => other.name === instead)) return [];
      return [
        fix(
          context,
          `Use \`${instead}\` instead of \`${option.name}\``,
          [{ range: option.key, newText: instead }],
          found.code,
          true,
        ),
      ];
    }
    case "extends/unused":
      return [fix(context, "Remove this unused extends", [removeWord(document, found.range)], found.code)];
    default:
      return [];
  }
}

function removeWord(document: ProfileDocument, range: TextRange): TextEdit {
  const { text } = document;
  const lineStart = text.lastIndexOf("\n", range.start - 1) + 1;
  const next = text.indexOf("\n", range.end);
  const lineEnd = next < 0 ? text.length : next + 1;
  const alone = text.slice(lineStart, range.start).trim() === "" && text.slice(range.end, lineEnd).trim() === "";
  return { range: alone ? { start: lineStart, end: lineEnd } : { start: range.start, end: range.end }, newText: "" };
}

const MAX_DEFINING = 3;

/** Profiles of the workspace that define the section as a part, the one in a folder of that name first. */
function definingProfiles(analysis: Analysis, document: ProfileDocument, section: string): string[] {
  const header = `[${section}]`;
  const homes: SectionHome[] = [];
  for (const path of analysis.files.all()) {
    if (!path.endsWith(".cfg") || path === document.path) continue;
    const text = analysis.files.read(path);
    if (!text?.includes(header)) continue;
    const found = analysis.document(path)?.sectionsNamed(section)[0];
    if (!found || analysis.dependants(document.path).includes(path)) continue;
    homes.push({ path, isComplete: found.options.some(({ name }) => name === "recipe" || name === "<") });
  }
  return sortHomes(section, homes).slice(0, MAX_DEFINING);
}

const URL_OPTIONS = new Set(["url", "md5sum", "template", "input", "filename", "_update_hash_filename_"]);

function hashActions(context: ActionContext, range: TextRange): CodeActionAnswer[] {
  const { analysis, document, digest } = context;
  const option = document.optionAt(range.start);
  const section = option?.section;
  if (!option || !section || !URL_OPTIONS.has(option.name)) return [];
  const view = analysis.view(document.path);
  const md5sum = section.options.findLast((other) => other.name === "md5sum");
  const title = md5sum ? "Update md5sum" : "Insert md5sum";
  const entry = hashEntries(analysis, document, view).find((candidate) => candidate.section === section);
  const named = entry?.path ?? (view && md5sum === undefined ? localFile(analysis, view, section) : undefined);
  const local = named === undefined ? undefined : digest(named);
  if (local !== undefined) {
    const edit = md5sumEdit(document, section, md5sum, local);
    return edit ? [fix(context, title, [edit], "hash/mismatch", true)] : [];
  }
  const url = section.options.findLast((other) => other.name === "url");
  const address = view
    ?.display(section.name, "url")
    .replace(/#[\s\S]*/, "")
    .trim();
  if (!url || !address || !/^https?:\/\//.test(address) || address.includes("${")) return [];
  const later = {
    kind: "md5sum",
    path: document.path,
    section: section.name,
    start: String(section.start),
    url: address,
  };
  return [{ title, kind: "quickfix", later }];
}

/** The file of the workspace that the section's `url` is, where its recipe can check it. */
function localFile(analysis: Analysis, view: ProfileView, section: DocumentSection): string | undefined {
  const recipe = view.recipe(section.name);
  const known = recipe ? analysis.catalogue.find(recipe) : undefined;
  if (!known || !Object.hasOwn(known.options, "md5sum")) return undefined;
  const value = view.option(section.name, "url")?.value ?? view.option(section.name, "template")?.value;
  const path = value === undefined ? undefined : analysis.renderers.pathOf(view, section.name, value);
  return path !== undefined && analysis.files.kindOf(path) === "file" ? path : undefined;
}

export function md5sumEdit(
  document: ProfileDocument,
  section: DocumentSection,
  md5sum: DocumentOption | undefined,
  value: string,
): TextEdit | undefined {
  if (!md5sum) {
    const url = section.options.findLast((option) => option.name === "url" || option.name === "_update_hash_filename_");
    const at = url?.end ?? section.end;
    const lineEnd = document.text.includes("\r\n") ? "\r\n" : "\n";
    return { range: { start: at, end: at }, newText: `${lineEnd}md5sum = ${value}` };
  }
  const written = document.text.slice(md5sum.value.start, md5sum.value.end);
  if (written === value) return undefined;
  const equals = document.text.indexOf("=", md5sum.key.end) + 1;
  const lineEnd = /[\r\n]|$/.exec(document.text.slice(equals))!.index + equals;
  return { range: { start: equals, end: Math.max(md5sum.value.end, lineEnd) }, newText: ` ${value}` };
}

/** An egg without a version. */
function pinActions({ analysis, document }: ActionContext, range: TextRange): CodeActionAnswer[] {
  const cursor = cursorAt(document, range.start);
  if (cursor.kind !== "value" || !/^(?:eggs|egg)$/.test(cursor.option.name)) return [];
  const project = /^[A-Za-z0-9][\w.-]*/.exec(document.text.slice(cursor.word.start, cursor.word.end))?.[0];
  if (!project || findPin(analysis, document, project)) return [];
  const view = analysis.view(document.path);
  const versions = view?.option("buildout", "versions")?.value.trim() || "versions";
  const place =
    document.sectionsNamed(versions).length > 0
      ? document.path
      : (view?.sectionPlaces(versions).at(-1)?.path ?? document.path);
  return [
    {
      title: `Pin \`${project}\` in [${versions}] of ${shortPath(analysis, place)}`,
      kind: "quickfix",
      later: { kind: "pin", path: place, section: versions, project },
    },
  ];
}
