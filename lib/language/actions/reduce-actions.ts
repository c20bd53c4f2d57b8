/** Sections that repeat another: what they have in common is left to the other. */
import type { TextEdit } from "@/lib/base/text-range";
import { PROFILE_BASE_LOCATION } from "@/lib/buildout";
import type { ProfileView } from "../analysis/profile-view";
import type { CodeActionAnswer, LanguageDiagnostic } from "../answers";
import { valueText } from "../diagnostics/override-diagnostics";
import type { DocumentOption, DocumentSection, ProfileDocument } from "../document/profile-document";
import { removeOption } from "./document-edits";

/** Fewer than these in common are no copy. */
const MIN_COMMON = 3;
const MAX_DIFFERENT = 1;

export function reduceActions(
  document: ProfileDocument,
  view: ProfileView | undefined,
  section: DocumentSection,
  diagnostics: readonly LanguageDiagnostic[],
): CodeActionAnswer[] {
  const inherited = reduceToOverride(document, section, diagnostics);
  if (inherited) return [inherited];
  const copy = view && reduceToMacro(document, view, section);
  return copy ? [copy] : [];
}

/** A section that repeats what it has from the extended profile or a macro. */
function reduceToOverride(
  document: ProfileDocument,
  section: DocumentSection,
  diagnostics: readonly LanguageDiagnostic[],
): CodeActionAnswer | undefined {
  const redundant = diagnostics.filter(
    (found) =>
      found.code === "option/redundant" && found.range.start > section.start && found.range.start < section.end,
  );
  if (redundant.length < 2) return undefined;
  const options = redundant.map((found) => document.optionAt(found.range.start)).filter((one) => one !== undefined);
  return {
    title: `Reduce [${section.name}] to what it changes`,
    kind: "refactor.rewrite",
    edits: [{ path: document.path, edits: options.map(removeOption) }],
    mends: ["option/redundant"],
  };
}

/** A section that was copied from one of another name, but for an option. */
function reduceToMacro(
  document: ProfileDocument,
  view: ProfileView,
  section: DocumentSection,
): CodeActionAnswer | undefined {
  const { options } = section;
  const recipe = options.find(({ name }) => name === "recipe");
  if (!recipe || section.dynamic || section.conditional || document.sectionsNamed(section.name).length > 1)
    return undefined;
  if (options.some(({ name, operator, dynamic }) => name === "<" || operator !== "=" || dynamic)) return undefined;
  if (view.sectionPlaces(section.name).some(({ path }) => path !== document.path)) return undefined;
  for (const base of view.sectionNames()) {
    const common = base === section.name ? undefined : commonOptions(document, view, options, base);
    if (!common?.includes(recipe)) continue;
    const edits = common.map((option): TextEdit => {
      const range = { start: option.start, end: option.end };
      return option === recipe ? { range, newText: `<= ${base}` } : removeOption(option);
    });
    return {
      title: `Reduce [${section.name}] to what it changes of [${base}]`,
      kind: "refactor.rewrite",
      edits: [{ path: document.path, edits }],
    };
  }
  return undefined;
}

/** The options that are the same there; undefined when too little is, or when the other has options of its own. */
function commonOptions(
  document: ProfileDocument,
  view: ProfileView,
  options: readonly DocumentOption[],
  base: string,
): readonly DocumentOption[] | undefined {
  const theirs = view.options(base);
  if (!theirs || base === "buildout" || view.macroProblem(base)) return undefined;
  const names = new Set(options.map(({ name }) => name));
  for (const name of theirs.keys()) {
    if (name !== "<" && name !== PROFILE_BASE_LOCATION && !names.has(name)) return undefined;
  }
  const isElsewhere = view.sectionPlaces(base).some(({ path }) => path !== document.path);
  const common = options.filter((option) => {
    const value = theirs.get(option.name)?.value;
    const own = valueText(document, option);
    if (value === undefined || (isElsewhere && own.includes(PROFILE_BASE_LOCATION))) return false;
    return (
      value
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join("\n") === own
    );
  });
  return common.length >= MIN_COMMON && options.length - common.length <= MAX_DIFFERENT ? common : undefined;
}
