/** Inlay hints with resolved values, and code lenses over sections. */
import { count } from "@/lib/base/count";
import type { TextRange } from "@/lib/base/text-range";
import { findAllParts, isSoftwareRelease } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { headerLocation, optionLocation } from "../analysis/places";
import type { ProfileView } from "../analysis/profile-view";
import { levelOf, namesOf } from "../analysis/reference-target";
import type { CodeLensAnswer, InlayHintAnswer, Location } from "../answers";
import type { DocumentSection, ProfileDocument } from "../document/profile-document";
import type { ReferenceText } from "../document/reference-scan";
import { hasHole } from "../document/template-mask";
import { findOccurrences } from "./occurrences";
import { shortPath } from "./section-summary";

const MAX_HINT = 60;

/** What the references of a line come to, at its end: the words that they stand in, with the values put in. */
export function inlayHintsIn(analysis: Analysis, document: ProfileDocument, range: TextRange): InlayHintAnswer[] {
  const view = document.levels === "text" ? undefined : analysis.view(document.path);
  if (!view) return [];
  const lines = new Map<number, Word[]>();
  for (const reference of document.references) {
    if (reference.start < range.start || reference.start > range.end) continue;
    const value = shownValue(document, view, reference);
    if (value === undefined) continue;
    const { line } = document.lineIndex.toPosition(reference.start);
    const words = lines.get(line) ?? [];
    lines.set(line, words);
    const word = words.at(-1);
    if (word && reference.start < word.end) word.references.push({ reference, value });
    else words.push({ ...wordAround(document, reference), references: [{ reference, value }] });
  }
  return [...lines].map(([line, words]) => {
    const label = [...new Set(words.flatMap((word) => withValues(document.text, word)))].join(", ");
    return {
      offset: document.lineIndex.toOffset({ line, column: Number.MAX_SAFE_INTEGER }),
      label: ` = ${label.length > MAX_HINT ? `${label.slice(0, MAX_HINT)}…` : label}`,
      ...(label.length > MAX_HINT ? { tooltip: label } : {}),
    };
  });
}

/** Text without white space but inside of references, with the references in it whose value is known. */
interface Word extends TextRange {
  readonly references: { readonly reference: ReferenceText; readonly value: string }[];
}

function shownValue(document: ProfileDocument, view: ProfileView, reference: ReferenceText): string | undefined {
  if (!reference.closed || reference.dynamic || levelOf(document, reference) !== "own") return undefined;
  const option = document.optionAt(reference.start);
  if (!option?.section || option.section.dynamic) return undefined;
  const names = namesOf(reference, option.section);
  if (!names.option || !view.option(names.section, names.option)) return undefined;
  const shown = view.display(names.section, names.option);
  return hasHole(shown) || shown.includes("\n") || shown === "" || shown.includes("${") ? undefined : shown;
}

function wordAround(document: ProfileDocument, reference: ReferenceText): TextRange {
  const { text } = document;
  const first = document.optionAt(reference.start)!.value.start;
  let { start, end } = reference;
  while (start > first && !/\s/.test(text[start - 1]!)) start -= 1;
  while (end < text.length && !/\s/.test(text[end]!)) {
    // Names in a reference may have spaces.
    const next = text[end] === "$" ? document.referenceAt(end) : undefined;
    end = next?.start === end && next.closed ? next.end : end + 1;
  }
  return { start, end };
}

/** The word with its values put in; where something of it stays open, the values alone. */
function withValues(text: string, { start, end, references }: Word): string[] {
  let whole = "";
  let at = start;
  for (const { reference, value } of references) {
    whole += text.slice(at, reference.start) + value;
    at = reference.end;
  }
  whole += text.slice(at, end);
  return /\$\{|\{\{|\{%/.test(whole) ? references.map(({ value }) => value) : [whole];
}

export function lensesOf(analysis: Analysis, document: ProfileDocument): CodeLensAnswer[] {
  const view = document.levels === "text" ? undefined : analysis.view(document.path);
  if (!view) return [];
  const lenses: CodeLensAnswer[] = [];
  const first: TextRange = { start: 0, end: 0 };
  const dependants = analysis.dependants(document.path);
  const releases = dependants.filter(isSoftwareRelease);
  if (releases.length > 0) {
    lenses.push({
      range: first,
      title: `reaches ${count(releases.length, "software release")}`,
      command: {
        name: "references",
        at: { path: document.path, range: first },
        locations: releases.map((path) => ({ path, range: first })),
      },
    });
  }
  const parts = partNamesOf(analysis, view);
  const seen = new Set<string>();
  for (const section of document.sections) {
    if (section.dynamic || seen.has(section.name)) continue;
    seen.add(section.name);
    const range = { start: section.start, end: section.headerEnd };
    const at = { path: document.path, range: section.nameRange };
    if (section.name !== "buildout") {
      const target = { section: section.name, option: undefined, home: document.path };
      const locations = findOccurrences(analysis, target)
        .filter((occurrence) => !occurrence.isDeclaration)
        .map(({ path, range: where }) => ({ path, range: where }));
      lenses.push({
        range,
        title: count(locations.length, "reference"),
        command: { name: "references", at, locations },
      });
    }
    if (parts.has(section.name)) {
      lenses.push({
        range,
        title: "Run this part",
        command: { name: "run-part", path: document.path, part: section.name },
      });
    }
    overrideLenses(analysis, document, view, section, dependants, lenses);
  }
  return lenses;
}

/** What a build of the profile installs: the parts that it names, and those that other parts and templates bring in. */
function partNamesOf(analysis: Analysis, view: ProfileView): ReadonlySet<string> {
  const planned = findAllParts(view.resolution, (file) => analysis.document(file)?.text);
  return new Set([...view.partNames(), ...planned.map(({ name }) => name)]);
}

function overrideLenses(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
  section: DocumentSection,
  dependants: readonly string[],
  lenses: CodeLensAnswer[],
): void {
  const range = { start: section.start, end: section.headerEnd };
  if (section.name === "buildout") return;
  const bases = view.sectionPlaces(section.name).filter((place) => place.path !== document.path);
  const nearest = bases.at(-1);
  if (nearest) {
    const overridden = section.options.flatMap(({ name }) => {
      for (const base of bases.toReversed()) {
        const location = optionPlaceIn(analysis, base.path, section.name, name);
        if (location) return [location];
      }
      return [];
    });
    const location = overridden[0] ?? headerLocation(nearest);
    const line = analysis.document(location.path)?.lineIndex.toPosition(location.range.start).line ?? 0;
    const more = overridden.length > 1 ? ` and ${overridden.length - 1} more` : "";
    lenses.push({
      range,
      title: `${overridden.length > 0 ? "overrides" : "adds to"} ${shortPath(analysis, location.path)}:${line + 1}${more}`,
      command: { name: "open", location },
    });
  }
  const over: Location[] = [];
  for (const path of dependants) {
    const profile = analysis.profiles.profile(path);
    const header = "sections" in profile ? profile.sections.get(section.name)?.headers[0] : undefined;
    if (header) over.push({ path, range: { start: header.nameStart, end: header.nameEnd } });
  }
  if (over.length > 0) {
    lenses.push({
      range,
      title: `overridden in ${count(over.length, "profile")}`,
      command: { name: "references", at: { path: document.path, range: section.nameRange }, locations: over },
    });
  }
}

function optionPlaceIn(analysis: Analysis, path: string, section: string, option: string): Location | undefined {
  const profile = analysis.profiles.profile(path);
  if (!("sections" in profile)) return undefined;
  const definition = profile.sections.get(section)?.options.get(option)?.definition;
  const node = definition?.nodes[0];
  return node ? optionLocation({ path, section, node, profile }) : undefined;
}
