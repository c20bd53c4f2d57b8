/** Where something is defined. */
import type { TextRange } from "@/lib/base/text-range";
import { directoryOf, isUrl, joinPath, normalisePath } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { hashEntries } from "../analysis/hash-entries";
import { headerLocation, optionLocation } from "../analysis/places";
import type { ProfileView } from "../analysis/profile-view";
import { levelOf, namesOf, viewsFor } from "../analysis/reference-target";
import { sectionMentions } from "../analysis/section-mentions";
import type { Location } from "../answers";
import { type Cursor, cursorAt, meantOffset } from "../document/cursor";
import type { ProfileDocument } from "../document/profile-document";
import { parameterDefinition } from "../parameters/parameter-features";
import { findPin, isEggOption, projectIn } from "./eggs";
import { contextVariables, localBindings } from "./jinja-context";

const FILE_START: TextRange = { start: 0, end: 0 };

/** Of a parameter of the instance, its schema after the profile's own default. */
export function definitionAt(analysis: Analysis, document: ProfileDocument, asked: number): Location[] {
  const offset = meantOffset(document, asked);
  const described = parameterDefinition(analysis, document, offset);
  if (described.length === 0) return placesAt(analysis, document, offset);
  const cursor = cursorAt(document, offset);
  if (cursor.kind !== "reference") return described;
  const { section, option } = namesOf(cursor.reference, cursor.section);
  const isSet = option !== undefined && analysis.view(document.path)?.option(section, option) !== undefined;
  return isSet ? [...placesAt(analysis, document, offset), ...described] : described;
}

function placesAt(analysis: Analysis, document: ProfileDocument, offset: number): Location[] {
  const cursor = cursorAt(document, offset);
  switch (cursor.kind) {
    case "reference": {
      const { section, option } = namesOf(cursor.reference, cursor.section);
      const onSection = cursor.part === "section" && cursor.reference.sectionName !== "";
      for (const view of viewsFor(analysis, document, levelOf(document, cursor.reference))) {
        const found = onSection || !option ? sectionLocations(view, section) : optionLocations(view, section, option);
        if (found.length > 0) return found;
      }
      return [];
    }
    case "key": {
      const view = analysis.view(document.path);
      if (!view || !cursor.section || !cursor.option) return [];
      const { section, option } = cursor;
      if (option.name === "<") return view.macros(section.name).flatMap((macro) => sectionLocations(view, macro));
      const places = inheritedPlaces(view, document, section.name, option.name);
      return places.length > 0 ? places : [{ path: document.path, range: option.key }];
    }
    case "header": {
      const view = analysis.view(document.path);
      if (!view) return [];
      const others = sectionLocations(view, cursor.section.name).filter(
        (place) => place.path !== document.path || place.range.start !== cursor.section.nameRange.start,
      );
      return others.length > 0 ? others : [{ path: document.path, range: cursor.section.nameRange }];
    }
    case "value":
      return valueDefinition(analysis, document, offset, cursor);
    case "jinja":
      return jinjaDefinition(analysis, document, cursor.word);
    default:
      return [];
  }
}

/** Headers of a section, the file that decides last first. */
export function sectionLocations(view: ProfileView, section: string): Location[] {
  return view.sectionPlaces(section).map(headerLocation).reverse();
}

/** Where the effective value is written; of an option that a recipe sets, the section. */
export function optionLocations(view: ProfileView, section: string, option: string): Location[] {
  const places = view.optionPlaces(section, option).filter((place) => place.node !== undefined);
  if (places.length > 0) return places.map(optionLocation).reverse();
  return sectionLocations(view, section);
}

function inheritedPlaces(view: ProfileView, document: ProfileDocument, section: string, option: string): Location[] {
  for (const node of view.configuration.graph.byLastMerge.toReversed()) {
    if (node.profile.path === document.path) continue;
    const definition = node.profile.sections.get(section)?.options.get(option)?.definition;
    if (definition?.nodes[0]) {
      const [written] = definition.nodes;
      return [{ path: node.profile.path, range: { start: written!.keyStart, end: written!.keyEnd } }];
    }
  }
  for (const macro of view.macros(section).toReversed()) {
    const places = macro === section ? [] : view.optionPlaces(macro, option);
    if (places.length > 0) return places.map(optionLocation).reverse();
  }
  return [];
}

function valueDefinition(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: Extract<Cursor, { kind: "value" }>,
): Location[] {
  const view = analysis.view(document.path);
  const word = document.text.slice(cursor.word.start, cursor.word.end);
  if (cursor.role === "recipe") {
    const place = analysis.recipes.place(word);
    return place ? [{ path: place.path, range: { start: place.start, end: place.end } }] : [];
  }
  if (cursor.role === "extends") {
    const profile = analysis.profiles.profile(document.path);
    const reference =
      "extends" in profile ? profile.extends.find((one) => one.start <= offset && offset <= one.end) : undefined;
    const target = reference && analysis.extendsTarget(document.path, reference.name);
    return target && (isUrl(target) || analysis.files.kindOf(target) === "file")
      ? [{ path: target, range: FILE_START }]
      : [];
  }
  if (!view) return [];
  const mention = sectionMentions(document).find(
    (one) =>
      (one.sectionRange.start <= offset && offset <= one.sectionRange.end) ||
      (one.optionRange !== undefined && one.optionRange.start <= offset && offset <= one.optionRange.end) ||
      (one.variable !== undefined && one.variable.start <= offset && offset <= one.variable.end),
  );
  if (mention) {
    return mention.optionName && offset > mention.sectionRange.end
      ? optionLocations(view, mention.section, mention.optionName)
      : sectionLocations(view, mention.section);
  }
  if (isEggOption(cursor.option)) {
    const project = projectIn(word);
    const pin = project === undefined ? undefined : findPin(analysis, document, project);
    if (pin) return [pin.place];
  }
  const file = fileOfOption(analysis, document, view, cursor);
  return file ? [{ path: file, range: FILE_START }] : [];
}

/** The file that a value names: a template's path, an entry of `buildout.hash.cfg`. */
export function fileOfOption(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
  cursor: Extract<Cursor, { kind: "value" }>,
): string | undefined {
  const { option, section } = cursor;
  if (!section) return undefined;
  const entry = hashEntries(analysis, document, view).find((one) => one.source === option);
  if (entry) return analysis.files.kindOf(entry.path) === "file" ? entry.path : undefined;
  const line = document.masked.slice(cursor.line.start, cursor.line.end);
  if (!/[./]/.test(line) || /\s/.test(line)) return undefined;
  const path = analysis.renderers.pathOf(view, section.name, line);
  if (path !== undefined && analysis.files.kindOf(path) === "file") return path;
  const beside = normalisePath(joinPath(directoryOf(document.path), line));
  return analysis.files.kindOf(beside) === "file" ? beside : undefined;
}

function jinjaDefinition(analysis: Analysis, document: ProfileDocument, word: TextRange): Location[] {
  const name = document.text.slice(word.start, word.end);
  if (name === "") return [];
  const binding = localBindings(document, word.start).findLast((candidate) => candidate.name === name);
  if (binding) return [{ path: document.path, range: { start: binding.start, end: binding.end } }];
  const all = contextVariables(analysis, document.path);
  const direct = all.filter((variable) => variable.name === name);
  if (direct.length > 0) return direct.map((variable) => variable.place);
  const before = document.text.slice(0, word.start);
  const owner = /(\w+)(?:\[\s*["']|\.get\(\s*["']|\.)$/.exec(before)?.[1];
  const variable = all.find((candidate) => candidate.name === owner && candidate.kind === "section");
  return variable ? optionLocations(variable.view, variable.expression.split(/\s/)[0]!, name) : [];
}
