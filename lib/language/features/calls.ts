/** What a part needs and what needs it, as a call hierarchy. */
import type { TextRange } from "@/lib/base/text-range";
import type { Analysis } from "../analysis/analysis";
import { headerLocation } from "../analysis/places";
import type { ProfileView } from "../analysis/profile-view";
import { sectionMentions } from "../analysis/section-mentions";
import type { CallItem } from "../answers";
import type { ProfileDocument } from "../document/profile-document";
import { nameAt } from "./references";

export interface CallAnswer {
  readonly item: CallItem;
  readonly from: readonly TextRange[];
}

export function prepareCallsAt(analysis: Analysis, document: ProfileDocument, offset: number): CallItem[] {
  const name = nameAt(analysis, document, offset) ?? sectionNameAt(document, offset);
  const view = name && analysis.view(name.home);
  const item = view && callItem(analysis, view, name.section);
  return item ? [item] : [];
}

function sectionNameAt(document: ProfileDocument, offset: number): { section: string; home: string } | undefined {
  const section = document.sectionAt(offset);
  return section && { section: section.name, home: document.path };
}

function callItem(analysis: Analysis, view: ProfileView, section: string): CallItem | undefined {
  const place = view.sectionPlaces(section).at(-1);
  if (!place || section === "buildout") return undefined;
  const document = analysis.document(place.path);
  const whole = document?.sections.find((candidate) => candidate.start === place.header.start);
  return {
    name: section,
    detail: view.recipe(section) ?? "",
    location: headerLocation(place),
    range: whole ? { start: whole.start, end: whole.end } : { start: place.header.start, end: place.header.nameEnd },
    profile: view.path,
  };
}

/** Sections that a section refers to, with the places in the files that make it up. */
function needsOf(
  analysis: Analysis,
  view: ProfileView,
  section: string,
): Map<string, { path: string; range: TextRange }[]> {
  const needs = new Map<string, { path: string; range: TextRange }[]>();
  const add = (name: string, path: string, range: TextRange): void => {
    if (name === section || name === "" || name === "buildout" || !view.hasSection(name)) return;
    const list = needs.get(name) ?? [];
    list.push({ path, range: { start: range.start, end: range.end } });
    needs.set(name, list);
  };
  for (const owner of [section, ...view.macroChain(section)]) {
    for (const { path, header } of view.sectionPlaces(owner)) {
      const document = analysis.document(path);
      const found = document?.sections.find((candidate) => candidate.start === header.start);
      if (!document || !found) continue;
      for (const reference of document.references) {
        if (reference.start < found.start || reference.start > found.end) continue;
        add(reference.sectionName, path, reference.section);
      }
      for (const mention of sectionMentions(document)) {
        if (mention.from === found && mention.kind !== "part") add(mention.section, path, mention.sectionRange);
      }
    }
  }
  return needs;
}

export function needsOfItem(analysis: Analysis, item: CallItem): CallAnswer[] {
  const view = analysis.view(item.profile);
  if (!view) return [];
  const answers: CallAnswer[] = [];
  for (const [name, places] of needsOf(analysis, view, item.name)) {
    const needed = callItem(analysis, view, name);
    const from = places.filter((place) => place.path === item.location.path).map((place) => place.range);
    if (needed) answers.push({ item: needed, from });
  }
  return answers;
}

export function neededByItem(analysis: Analysis, item: CallItem): CallAnswer[] {
  const answers: CallAnswer[] = [];
  const seen = new Set<string>();
  for (const path of [item.profile, ...analysis.profiles.extendedBy(item.profile)]) {
    const view = analysis.view(path);
    for (const name of view?.sectionNames() ?? []) {
      if (name === item.name || seen.has(name)) continue;
      const places = needsOf(analysis, view!, name).get(item.name);
      const needing = places && callItem(analysis, view!, name);
      if (!needing) continue;
      seen.add(name);
      answers.push({
        item: needing,
        from: places.filter((place) => place.path === needing.location.path).map((place) => place.range),
      });
    }
  }
  return answers;
}
