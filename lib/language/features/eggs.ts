/** Eggs in options that list them, and the versions that they are pinned to. */
import type { Analysis } from "../analysis/analysis";
import { optionLocation } from "../analysis/places";
import type { Location } from "../answers";
import { type DocumentOption, type ProfileDocument, valueWords } from "../document/profile-document";

const EGG_OPTIONS = new Set(["eggs", "egg", "setup-eggs", "extra-eggs"]);

export function isEggOption(option: DocumentOption): boolean {
  return EGG_OPTIONS.has(option.name);
}

/** Names of projects differ in case, dashes, dots and underscores only by spelling. */
export function normaliseProject(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** The project that a word of such an option names, without extras and constraints. */
export function projectIn(word: string): string | undefined {
  return /^[A-Za-z0-9][\w.-]*/.exec(word)?.[0];
}

export function versionsSection(analysis: Analysis, document: ProfileDocument): string {
  return analysis.view(document.path)?.option("buildout", "versions")?.value.trim() || "versions";
}

export interface Pin {
  readonly name: string;
  readonly version: string;
  readonly place: Location;
}

export function pins(analysis: Analysis, document: ProfileDocument): Pin[] {
  const view = analysis.view(document.path);
  const found: Pin[] = [];
  for (const [name, value] of view?.options(versionsSection(analysis, document)) ?? []) {
    const place = view!.places(value).at(-1);
    if (place) found.push({ name, version: value.value, place: optionLocation(place) });
  }
  return found;
}

export function findPin(analysis: Analysis, document: ProfileDocument, project: string): Pin | undefined {
  const normalised = normaliseProject(project);
  return pins(analysis, document).find(({ name }) => normaliseProject(name) === normalised);
}

/** Where profiles that are read together with a pin name its project. */
export function eggUses(analysis: Analysis, document: ProfileDocument, project: string): Location[] {
  const normalised = normaliseProject(project);
  const found: Location[] = [];
  for (const path of analysis.readTogether([document.path])) {
    const other = analysis.document(path);
    if (!other || other.levels === "text" || !/egg/.test(other.text)) continue;
    for (const section of other.sections) {
      for (const option of section.options) {
        if (!isEggOption(option)) continue;
        for (const word of valueWords(other, option)) {
          const name = projectIn(word.text);
          if (name === undefined || normaliseProject(name) !== normalised) continue;
          found.push({ path, range: { start: word.start, end: word.start + name.length } });
        }
      }
    }
  }
  return found;
}
