/** Inlay hints with resolved values, and code lenses over sections. */
import type { TextRange } from "@/lib/base/text-range";
import { isSoftwareRelease } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { headerLocation, optionLocation } from "../analysis/places";
import type { ProfileView } from "../analysis/profile-view";
import { levelOf, namesOf } from "../analysis/reference-target";
import type { CodeLensAnswer, InlayHintAnswer, Location } from "../answers";
import type { DocumentSection, ProfileDocument } from "../document/profile-document";
import { hasHole } from "../document/template-mask";
import { findOccurrences } from "./occurrences";
import { shortPath } from "./section-summary";

const MAX_HINT = 60;

/** The value behind the references of a line, at the end of the line. */
export function inlayHintsIn(analysis: Analysis, document: ProfileDocument, range: TextRange): InlayHintAnswer[] {
  const view = document.levels === "text" ? undefined : analysis.view(document.path);
  if (!view) return [];
  const byLine = new Map<number, { end: number; values: string[] }>();
  for (const reference of document.references) {
    if (reference.start < range.start || reference.start > range.end || !reference.closed || reference.dynamic)
      continue;
    if (levelOf(document, reference) !== "own") continue;
    const option = document.optionAt(reference.start);
    if (!option?.section || option.section.dynamic) continue;
    const names = namesOf(reference, option.section);
    const value = names.option && view.option(names.section, names.option);
    if (!value) continue;
    const shown = view.display(names.section, names.option!);
    if (hasHole(shown) || shown.includes("\n") || shown === "" || shown.includes("${")) continue;
    const { line } = document.lineIndex.toPosition(reference.start);
    const lineEnd = document.lineIndex.toOffset({ line, column: Number.MAX_SAFE_INTEGER });
    const entry = byLine.get(line) ?? { end: lineEnd, values: [] };
    if (!entry.values.includes(shown)) entry.values.push(shown);
    byLine.set(line, entry);
  }
  return [...byLine.values()].map(({ end, values }) => {
    const label = values.join(", ");
    return {
      offset: end,
      label: ` = ${label.length > MAX_HINT ? `${label.slice(0, MAX_HINT)}…` : label}`,
      ...(label.length > MAX_HINT ? { tooltip: label } : {}),
    };
  });
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
  const parts = new Set(view.partNames());
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

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
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
  const base = view.sectionPlaces(section.name).findLast((place) => place.path !== document.path);
  if (base) {
    const own = section.options.find((option) => {
      const definition = analysis.profiles.profile(base.path);
      return "sections" in definition && definition.sections.get(section.name)?.options.has(option.name);
    });
    const overridden = own && optionPlaceIn(analysis, base.path, section.name, own.name);
    const location = overridden ?? headerLocation(base);
    const line = analysis.document(location.path)?.lineIndex.toPosition(location.range.start).line ?? 0;
    lenses.push({
      range,
      title: `${own ? "overrides" : "adds to"} ${shortPath(analysis, location.path)}:${line + 1}`,
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
