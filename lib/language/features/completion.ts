/**
 * What may be typed at an offset.
 *
 * Every item replaces a range that contains the cursor and that the typed text is a part of, so that editors neither
 * hide it nor double what is there.
 */
import type { TextRange } from "@/lib/base/text-range";
import type { Analysis } from "../analysis/analysis";
import { isInstanceProfile } from "../analysis/levels";
import type { ProfileView } from "../analysis/profile-view";
import { levelOf, slapgridOptions, viewsFor } from "../analysis/reference-target";
import { OFFERED_SLAPGRID_SECTIONS, SLAPGRID_SECTIONS } from "../analysis/slapgrid-sections";
import type { CompletionItem } from "../answers";
import { type Cursor, cursorAt } from "../document/cursor";
import type { ProfileDocument } from "../document/profile-document";
import { parameterItems } from "../parameters/parameter-features";
import { PARAMETER_SECTION, readsConfiguration } from "../parameters/parameter-names";
import type { PackageIndex } from "../service";
import { completeJinja } from "./completion-jinja";
import { completeKeys } from "./completion-keys";
import { completeValue } from "./completion-values";
import { rawValue } from "./section-summary";

export function completeAt(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  packages: PackageIndex,
): CompletionItem[] {
  const header = completeHeader(analysis, document, offset);
  if (header) return header;
  const cursor = cursorAt(document, offset);
  switch (cursor.kind) {
    case "reference":
      return completeReference(analysis, document, offset, cursor);
    case "key":
      return completeKeys(analysis, document, cursor);
    case "value":
      return completeValue(analysis, document, offset, cursor, packages);
    case "jinja":
      return completeJinja(analysis, document, offset, cursor);
    default:
      return [];
  }
}

/** Names of sections after the bracket at the start of a line, to override one that is extended. */
function completeHeader(analysis: Analysis, document: ProfileDocument, offset: number): CompletionItem[] | undefined {
  if (document.levels === "text") return undefined;
  const { text } = document;
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  if (text[lineStart] !== "[" || offset === lineStart || /[\]:{]/.test(text.slice(lineStart, offset))) return undefined;
  const name = /^[-\w. ]*/.exec(text.slice(lineStart + 1))![0];
  const range: TextRange = { start: lineStart + 1, end: Math.max(lineStart + 1 + name.length, offset) };
  const isClosed = text[range.end] === "]";
  const own = document.sections.find((section) => section.start === lineStart);
  const view = analysis.view(document.path);
  return (view?.sectionNames() ?? [])
    .filter((candidate) => candidate !== own?.name || document.sectionsNamed(candidate).length > 1)
    .map((candidate) => ({
      label: candidate,
      kind: "section",
      detail: view!.recipe(candidate) ?? "",
      described: { path: document.path, section: candidate },
      edit: { range, newText: isClosed ? candidate : `${candidate}]` },
      // One that is only extended is what a new header is for.
      sortText: `${document.sectionsNamed(candidate).length > 0 ? 1 : 0}${candidate}`,
    }));
}

function completeReference(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: Extract<Cursor, { kind: "reference" }>,
): CompletionItem[] {
  const { reference, section } = cursor;
  const views = viewsFor(analysis, document, levelOf(document, reference));
  const view = views[0];
  if (!view) return [];
  if (cursor.part === "section") {
    const hasOption = reference.option !== undefined;
    return sectionNames(analysis, document, view, document.text.slice(reference.section.start, offset)).map((name) => ({
      label: name,
      kind: "section",
      detail: view.recipe(name) ?? "",
      described: { path: view.path, section: name },
      edit: { range: reference.section, newText: hasOption ? name : `${name}:` },
      sortText: sortKey(document, name),
      triggersNext: !hasOption,
    }));
  }
  const target = reference.sectionName || section?.name;
  if (!target) return [];
  const range: TextRange = { start: reference.option!.start, end: reference.option!.end };
  const close = reference.closed ? "" : "}";
  const items = optionNames(analysis, document, view, target).map(
    ({ name, detail, rank }): CompletionItem => ({
      label: name,
      kind: "option",
      detail,
      described: { path: view.path, section: target, option: name },
      edit: { range, newText: name + close },
      sortText: `${rank}${name}`,
    }),
  );
  if (levelOf(document, reference) !== "own") return items;
  const prefix = target === PARAMETER_SECTION ? "" : readsConfiguration(view, target) ? "configuration." : undefined;
  if (prefix === undefined) return items;
  const known = new Set(items.map(({ label }) => label));
  const parameters = parameterItems(analysis, document, (name) => ({ range, newText: prefix + name + close }))
    .map((item) => ({ ...item, label: prefix + item.label, sortText: `1${prefix}${item.label}` }))
    .filter(({ label }) => !known.has(label));
  return [...items, ...parameters];
}

/** Own sections before those of other files. */
function sortKey(document: ProfileDocument, name: string): string {
  return `${document.sectionsNamed(name).length > 0 ? 0 : 1}${name}`;
}

/** Of a template of an instance's profile as well, those that the node provides. */
function sectionNames(analysis: Analysis, document: ProfileDocument, view: ProfileView, typed: string): string[] {
  const names = [...view.sectionNames()];
  const profile = view.path === document.path ? document : analysis.document(view.path);
  if (profile && isInstanceProfile(profile.path, profile.levels)) {
    const more = typed === "" ? OFFERED_SLAPGRID_SECTIONS : Object.keys(SLAPGRID_SECTIONS);
    for (const name of more) if (!names.includes(name)) names.push(name);
  }
  return names;
}

interface OptionName {
  readonly name: string;
  readonly detail: string;
  readonly rank: number;
}

/** Options that a reference to the section may name: those set and those that the recipe sets. */
export function optionNames(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
  section: string,
): OptionName[] {
  const names = new Map<string, OptionName>();
  for (const name of view.options(section)?.keys() ?? []) {
    if (name === "<" || name.startsWith("<") || /[\ue000\ue001]/.test(name)) continue;
    names.set(name, { name, detail: firstLine(rawValue(analysis, view, section, name) ?? ""), rank: 0 });
  }
  const recipe = view.recipe(section);
  const known = recipe ? analysis.catalogue.find(recipe) : undefined;
  for (const [name, description] of Object.entries(known?.generated ?? {})) {
    if (!names.has(name))
      names.set(name, { name, detail: description.doc ?? `set by ${recipe}`, rank: name.startsWith("_") ? 3 : 1 });
  }
  for (const [name, doc] of Object.entries(slapgridOptions(document, section) ?? {})) {
    if (!names.has(name)) names.set(name, { name, detail: doc, rank: 1 });
  }
  for (const [name, detail] of [
    ["_profile_base_location_", "directory of the profile"],
    ["_buildout_section_name_", "name of the section"],
  ] as const) {
    if (!names.has(name)) names.set(name, { name, detail, rank: 4 });
  }
  return [...names.values()];
}

function firstLine(value: string): string {
  const [line = "", ...more] = value.split("\n");
  return more.length > 0 ? `${line} …` : line;
}
