/**
 * References to sections and options that are nowhere.
 *
 * An error is said only when it is one: not when a recipe or a template may provide the name, nor when the profile is
 * made to be extended and every profile that does has the name.
 */

import type { HeaderNode } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { isFragment } from "../analysis/levels";
import type { ProfileView } from "../analysis/profile-view";
import {
  definedTogether,
  isProvidedOpenly,
  type Lookup,
  levelOf,
  lookUp,
  namesOf,
  slapgridOptions,
  viewsFor,
} from "../analysis/reference-target";
import { CLOSED_SLAPGRID_SECTIONS, SLAPGRID_SECTIONS } from "../analysis/slapgrid-sections";
import type { LanguageDiagnostic } from "../answers";
import type { DocumentOption, ProfileDocument } from "../document/profile-document";
import type { ReferenceText } from "../document/reference-scan";
import { hasHole } from "../document/template-mask";
import { BUILDOUT_SECTION } from "../recipes/recipe-catalogue";

export function referenceDiagnostics(analysis: Analysis, document: ProfileDocument): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  const dropped = droppedHeaders(analysis, document);
  for (const reference of document.references) {
    if (reference.dynamic) continue;
    const level = levelOf(document, reference);
    if (level === "none" || insideJinja(document, reference)) continue;
    const option = document.levels === "text" ? undefined : document.optionAt(reference.start);
    if (document.levels !== "text" && (!option || reference.start < option.value.start)) continue;
    if (option?.section && dropped.has(option.section.header)) continue;
    if (!reference.closed) {
      const problem = option && unclosedProblem(reference, document, option);
      if (problem) found.push(problem);
      continue;
    }
    const views = viewsFor(analysis, document, level);
    if (views.length === 0) continue;
    if (reference.malformed) {
      const problem = malformedProblem(reference, document);
      if (problem && level === "own") found.push(problem);
      continue;
    }
    const problem = missingName(analysis, document, reference, option, views, level === "own");
    if (problem) found.push(problem);
  }
  return found;
}

/** Sections that their condition leaves out: what they say is not read. */
function droppedHeaders(analysis: Analysis, document: ProfileDocument): ReadonlySet<HeaderNode> {
  if (document.levels === "text") return new Set();
  const profile = analysis.profiles.profile(document.path);
  const conditions = "conditions" in profile ? profile.conditions : [];
  return new Set(conditions.filter(({ holds }) => holds === false).map(({ header }) => header));
}

/**
 * Buildout reads a reference on to the next brace, over lines and over other references. Without one, what is still
 * being typed is plain text.
 */
function unclosedProblem(
  reference: ReferenceText,
  document: ProfileDocument,
  option: DocumentOption,
): LanguageDiagnostic | undefined {
  if (document.levels !== "profile") return undefined;
  const rest = document.text.slice(reference.end, option.value.end).split(/[\r\n]+(?=[#;])/)[0]!;
  const close = rest.indexOf("}");
  if (close < 0 || rest.slice(0, close).includes("$$")) return undefined;
  return {
    range: reference,
    severity: "error",
    code: "reference/syntax",
    message: "This substitution is not closed: buildout would read on to the next brace, and refuse what it finds.",
  };
}

function insideJinja(document: ProfileDocument, reference: ReferenceText): boolean {
  return document.jinja.some((tag) => tag.start < reference.start && reference.end <= tag.end);
}

function malformedProblem(reference: ReferenceText, document: ProfileDocument): LanguageDiagnostic | undefined {
  const inner = document.text.slice(reference.innerStart, reference.innerEnd);
  if (inner === "" || hasHole(document.masked.slice(reference.start, reference.end)) || /[{%#]/.test(inner))
    return undefined;
  const colons = inner.split(":").length - 1;
  const message =
    colons === 0
      ? `The substitution \${${inner}} has no colon: buildout would refuse it.`
      : colons > 1
        ? `The substitution \${${inner}} has too many colons.`
        : inner.endsWith(":")
          ? undefined
          : `The substitution \${${inner}} has characters that names may not have.`;
  if (!message) return undefined;
  return { range: reference, severity: "error", code: "reference/syntax", message };
}

function missingName(
  analysis: Analysis,
  document: ProfileDocument,
  reference: ReferenceText,
  option: DocumentOption | undefined,
  views: readonly ProfileView[],
  own: boolean,
): LanguageDiagnostic | undefined {
  const section = option?.section;
  const names = namesOf(reference, section);
  const optionName = names.option;
  if (names.section === "" || optionName === undefined || optionName === "") return undefined;
  if (reference.sectionName === "" && (!section || section.dynamic || !own)) return undefined;
  if (own && slapgridOptions(document, names.section)?.[optionName] !== undefined) return undefined;
  if (names.section === "buildout" && Object.hasOwn(BUILDOUT_SECTION.options, optionName)) return undefined;
  if (own && isProvidedOpenly(document, views[0]!, names.section)) return undefined;
  let worst: Lookup | undefined;
  for (const view of views) {
    const result = lookUp(analysis, view, names.section, optionName);
    if (result === "found" || result === "unknown") return undefined;
    worst ??= result;
  }
  if (reference.sectionName === "" && section && !isEvaluated(views[0]!, document, section.name)) return undefined;
  if (own && section && option && isReplacedByHeirs(views[0]!, document, section.name, option.name)) return undefined;
  if (worst === "no-section" && own && slapgridOptions(document, names.section)) {
    if (!CLOSED_SLAPGRID_SECTIONS.has(names.section)) return undefined;
    return {
      range: reference.option!,
      severity: "warning",
      code: "reference/unknown-option",
      message: `The node sets no \`${optionName}\` in \`${names.section}\`.`,
      data: { section: names.section, option: optionName },
    };
  }
  if (worst === "no-section" && own && isFragment(document)) return undefined;

  if (worst === "no-option" && own && isFragment(document) && !views[0]!.option(names.section, "recipe")) {
    return undefined;
  }

  const elsewhere = definedTogether(analysis, views, names.section, optionName);
  if (worst === "no-section") {
    const provided = own && Object.hasOwn(SLAPGRID_SECTIONS, names.section);
    return {
      range: reference.section,
      severity: elsewhere ? "information" : provided ? "warning" : "error",
      code: "reference/unknown-section",
      message: elsewhere
        ? `Section \`${names.section}\` is defined only by profiles that extend this one.`
        : provided
          ? `Section \`${names.section}\` is there only in the profiles of instances, where the node provides it.`
          : `Section \`${names.section}\` does not exist.`,
      data: { section: names.section, option: optionName },
    };
  }
  return {
    range: reference.option!,
    severity: elsewhere ? "information" : "warning",
    code: "reference/unknown-option",
    message: elsewhere
      ? `Option \`${optionName}\` of \`${names.section}\` is set only by profiles that extend this one.`
      : `Option \`${optionName}\` does not exist in \`${names.section}\`.`,
    data: { section: names.section, option: optionName },
  };
}

/**
 * Whether an option's value is only there to be replaced: its section is a macro, and each section that takes it sets
 * the option anew.
 */
function isReplacedByHeirs(view: ProfileView, document: ProfileDocument, section: string, option: string): boolean {
  if (view.partNames().includes(section)) return false;
  const heirs = view.sectionNames().filter((name) => view.macroChain(name).includes(section));
  if (heirs.length === 0 || document.references.some((reference) => reference.sectionName === section)) return false;
  return heirs.every((heir) => {
    const value = view.option(heir, option);
    return value !== undefined && view.places(value).at(-1)?.section !== section;
  });
}

/** Whether a section is evaluated as it is: a macro may read what only those who use it define. */
function isEvaluated(view: ProfileView, document: ProfileDocument, section: string): boolean {
  if (view.partNames().includes(section)) return true;
  if (view.sectionNames().some((name) => view.macros(name).includes(section))) return false;
  return document.references.some((reference) => reference.sectionName === section);
}
