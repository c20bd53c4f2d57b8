/**
 * What a reference in a document refers to: which views its names are looked up in, and what is found there.
 */
import { isUrl } from "@/lib/buildout";
import type { DocumentSection, ProfileDocument } from "../document/profile-document";
import type { ReferenceText } from "../document/reference-scan";
import type { Analysis } from "./analysis";
import { mayBeGenerated } from "./generated-values";
import { isInstanceProfile } from "./levels";
import type { ProfileView } from "./profile-view";
import { OPEN_SLAPGRID_SECTIONS, SLAPGRID_SECTIONS } from "./slapgrid-sections";

/** `own`: the file's own sections; `outer`: those of the profiles that render it; `none`: not for buildout. */
export type ReferenceLevel = "own" | "outer" | "none";

export function levelOf(document: ProfileDocument, reference: ReferenceText): ReferenceLevel {
  switch (document.levels) {
    case "two-level":
      return reference.escaped ? "own" : "outer";
    case "text":
      return reference.escaped ? "none" : "outer";
    default:
      return reference.escaped ? "none" : "own";
  }
}

/** The views that a reference is looked up in; none when nothing is known of where it is used. */
export function viewsFor(analysis: Analysis, document: ProfileDocument, level: ReferenceLevel): readonly ProfileView[] {
  if (level === "none") return [];
  if (level === "outer") return analysis.renderers.outerViews(document.path);
  const view = analysis.view(document.path);
  return view ? [view] : [];
}

export interface ReferenceNames {
  readonly section: string;
  readonly option: string | undefined;
}

/** The names that a reference means, `${:option}` with its section's. */
export function namesOf(reference: ReferenceText, section: DocumentSection | undefined): ReferenceNames {
  return { section: reference.sectionName || (section?.name ?? ""), option: reference.optionName };
}

/** Whether the node that runs the profile provides the section. */
export function slapgridOptions(
  document: ProfileDocument,
  section: string,
): Readonly<Record<string, string>> | undefined {
  if (!Object.hasOwn(SLAPGRID_SECTIONS, section) || isUrl(document.path)) return undefined;
  return isInstanceProfile(document.path, document.levels) ? SLAPGRID_SECTIONS[section] : undefined;
}

/** Whether the section gets options from outside that no file sets. */
export function isProvidedOpenly(document: ProfileDocument, view: ProfileView, section: string): boolean {
  return (
    OPEN_SLAPGRID_SECTIONS.has(section) &&
    slapgridOptions(document, section) !== undefined &&
    view.option(section, "recipe") === undefined
  );
}

/**
 * Whether the names exist in some profile that reads this one together with others, by what the files hold: nothing is
 * resolved. A section whose recipe or macros come from there may have any option.
 */
export function definedTogether(
  analysis: Analysis,
  views: readonly ProfileView[],
  section: string,
  option: string,
): boolean {
  for (const view of views) {
    for (const extender of analysis.dynamicExtenders(view.path)) {
      const whole = analysis.view(extender);
      if (!whole || whole.incomplete || whole.mayHaveSection(section)) {
        if (!whole || whole.incomplete || !view.hasSection(section)) return true;
        if (lookUp(analysis, whole, section, option) !== "no-option") return true;
      }
    }
    const own = analysis.closure(view.path);
    for (const path of analysis.readTogether([view.path])) {
      if (own.has(path)) continue;
      const profile = analysis.profiles.profile(path);
      const optionsOf = (name: string) => ("sections" in profile ? profile.sections.get(name)?.options : undefined);
      const macros = view.hasSection(section) ? view.macroChain(section) : [];
      if (macros.some((macro) => optionsOf(macro)?.has(option) || optionsOf(macro)?.has("recipe"))) return true;
      const options = optionsOf(section);
      if (!options) continue;
      if (!view.hasSection(section) || options.has(option) || options.has("recipe") || options.has("<")) return true;
    }
  }
  return false;
}

export type Lookup = "found" | "unknown" | "no-section" | "no-option";

/** Looks a pair of names up in one view. `unknown`: only running the recipe or rendering would tell. */
export function lookUp(analysis: Analysis, view: ProfileView, section: string, option: string): Lookup {
  if (!view.hasSection(section)) {
    return view.mayHaveSection(section) || view.incomplete ? "unknown" : "no-section";
  }
  const options = view.options(section);
  if (options?.has(option)) return "found";
  if (view.incomplete || view.macroProblem(section) || view.mayHaveOption(section, option)) return "unknown";
  if (mayBeGenerated(analysis, view, section, option)) return "unknown";
  return "no-option";
}
