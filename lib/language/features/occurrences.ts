/**
 * Everywhere that a section or an option is meant, over all files that see it.
 *
 * What a name means depends on the profile that reads it, so files count only if they are read together with a file that
 * defines the name: those that extend it, those that these extend, and the templates that they render. A file with a
 * section of the same name that is never read with it has nothing to do with it.
 */
import type { TextRange } from "@/lib/base/text-range";
import type { Analysis } from "../analysis/analysis";
import { levelOf, namesOf } from "../analysis/reference-target";
import { sectionMentions } from "../analysis/section-mentions";
import type { ProfileDocument } from "../document/profile-document";

export interface Occurrence {
  readonly path: string;
  readonly range: TextRange;
  readonly isDeclaration: boolean;
}

export interface OccurrenceTarget {
  readonly section: string;
  readonly option: string | undefined;
  /** The profile whose view gives the names their meaning. */
  readonly home: string;
}

/** The profiles in which the section is one and the same. */
export function scopeOf(analysis: Analysis, target: OccurrenceTarget): ReadonlySet<string> {
  const view = analysis.view(target.home);
  const defining = new Set(view?.sectionPlaces(target.section).map((place) => place.path) ?? []);
  if (defining.size === 0) defining.add(target.home);
  return analysis.readTogether([target.home, ...defining]);
}

/** Sections that take the option from the section by a macro and do not set it themselves. */
function heirsOf(analysis: Analysis, scope: ReadonlySet<string>, target: OccurrenceTarget): Set<string> {
  const heirs = new Set([target.section]);
  if (target.option === undefined) return heirs;
  const view = analysis.view(target.home);
  for (const path of [target.home, ...scope]) {
    const text = analysis.files.read(path);
    if (!text?.includes(target.section) || !/^\s*<\s*=/m.test(text)) continue;
    const document = analysis.document(path);
    for (const section of document?.sections ?? []) {
      if (section.options.some((option) => option.name === target.option)) continue;
      const own = path === target.home ? view : analysis.view(path);
      if (own?.macroChain(section.name).some((macro) => heirs.has(macro))) heirs.add(section.name);
    }
  }
  return heirs;
}

export function findOccurrences(analysis: Analysis, target: OccurrenceTarget): Occurrence[] {
  const scope = scopeOf(analysis, target);
  const heirs = heirsOf(analysis, scope, target);
  const found: Occurrence[] = [];
  const names = [...heirs];
  const own = /\$\{:/;
  const mentions = (text: string): boolean =>
    target.option === undefined
      ? text.includes(target.section)
      : text.includes(target.option) && (names.some((name) => text.includes(name)) || own.test(text));
  for (const path of scope) {
    const text = analysis.files.read(path);
    if (text === undefined || !mentions(text)) continue;
    const document = analysis.document(path);
    if (document && document.levels !== "text") occurrencesIn(document, target, heirs, true, found);
  }
  for (const path of analysis.outerNames.filesNaming(names)) {
    const text = analysis.files.read(path);
    if (text === undefined || !mentions(text)) continue;
    // Before the document: how a template is to be read takes a search for what renders it.
    if (!analysis.renderers.isNamedBy(path, scope)) continue;
    const document = analysis.document(path);
    if (!document || (document.levels !== "two-level" && document.levels !== "text")) continue;
    occurrencesIn(document, target, heirs, false, found);
  }
  return found;
}

/** `own`: at the file's own level; otherwise what it takes from the profile that renders it. */
export function occurrencesIn(
  document: ProfileDocument,
  target: OccurrenceTarget,
  heirs: ReadonlySet<string>,
  own: boolean,
  into: Occurrence[],
): void {
  const { path } = document;
  const { section: wanted, option: wantedOption } = target;
  const add = (range: TextRange, isDeclaration = false): void => {
    into.push({ path, range: { start: range.start, end: range.end }, isDeclaration });
  };
  const level = own ? "own" : "outer";
  for (const reference of document.references) {
    if (levelOf(document, reference) !== level) continue;
    const names = namesOf(reference, own ? document.sectionAt(reference.start) : undefined);
    if (wantedOption === undefined) {
      if (reference.sectionName === wanted) add(reference.section);
    } else if (names.option === wantedOption && heirs.has(names.section) && reference.option) add(reference.option);
  }
  if (!own) return;
  for (const mention of sectionMentions(document)) {
    if (wantedOption === undefined) {
      if (mention.section === wanted && mention.sectionRange.start < mention.sectionRange.end)
        add(mention.sectionRange);
    } else if (heirs.has(mention.section) && mention.optionName === wantedOption && mention.optionRange) {
      add(mention.optionRange);
    }
  }
  for (const section of document.sectionsNamed(wanted)) {
    if (wantedOption === undefined) add(section.nameRange, true);
    else for (const option of section.options) if (option.name === wantedOption) add(option.key, true);
  }
}
