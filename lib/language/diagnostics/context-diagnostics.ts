/** Sections and options that a template's context or a software type's switch names and that are nowhere. */
import type { Analysis } from "../analysis/analysis";
import { isFragment } from "../analysis/levels";
import type { ProfileView } from "../analysis/profile-view";
import { definedTogether, isProvidedOpenly, lookUp, slapgridOptions } from "../analysis/reference-target";
import { sectionMentions } from "../analysis/section-mentions";
import type { LanguageDiagnostic } from "../answers";
import type { ProfileDocument } from "../document/profile-document";

export function contextDiagnostics(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  if (isFragment(document)) return found;
  for (const mention of sectionMentions(document)) {
    if (mention.kind !== "context" && mention.kind !== "software-type") continue;
    if (mention.from.dynamic || !/^[-\w. ]+$/.test(mention.section)) continue;
    if (mention.kind === "context" && !view.recipe(mention.from.name)?.endsWith(":jinja2")) continue;
    if (slapgridOptions(document, mention.section) && !view.option(mention.section, "recipe")) continue;
    if (isProvidedOpenly(document, view, mention.section)) continue;
    // A macro may name what only those who use it have; a software type that is set again counts only then.
    if (
      mention.section === mention.from.name &&
      view.sectionNames().some((name) => view.macros(name).includes(mention.from.name))
    )
      continue;
    if (mention.from.options.findLast((option) => option.name === mention.option.name) !== mention.option) continue;
    const wanted = mention.optionName ?? "";
    const result = view.hasSection(mention.section)
      ? wanted === ""
        ? "found"
        : lookUp(analysis, view, mention.section, wanted)
      : lookUp(analysis, view, mention.section, wanted);
    if (result === "no-section") {
      if (definedTogether(analysis, [view], mention.section, wanted)) continue;
      found.push({
        range: mention.sectionRange,
        severity: "error",
        code: "reference/unknown-section",
        message: `Section \`${mention.section}\` does not exist.`,
        data: { section: mention.section },
      });
    } else if (result === "no-option" && mention.optionRange) {
      if (definedTogether(analysis, [view], mention.section, wanted)) continue;
      found.push({
        range: mention.optionRange,
        severity: "warning",
        code: "reference/unknown-option",
        message: `Option \`${wanted}\` does not exist in \`${mention.section}\`.`,
        data: { section: mention.section, option: wanted },
      });
    }
  }
  return found;
}
