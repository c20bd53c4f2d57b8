/** Extended profiles of which nothing is used. */
import type { Profile } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import type { ProfileView } from "../analysis/profile-view";
import { sectionMentions } from "../analysis/section-mentions";
import type { LanguageDiagnostic } from "../answers";
import type { ProfileDocument } from "../document/profile-document";

/** Options of `[buildout]` that do not make a profile worth extending by themselves. */
const PASSIVE = new Set(["parts", "extends"]);

export function unusedExtends(analysis: Analysis, document: ProfileDocument, view: ProfileView): LanguageDiagnostic[] {
  const profile = analysis.profiles.profile(document.path);
  if (!("extends" in profile) || profile.extends.length === 0 || document.levels !== "profile" || view.incomplete)
    return [];
  if (!document.sections.some((section) => section.name !== "buildout")) return [];
  const used = new Set(document.sections.map((section) => section.name).filter((name) => name !== "buildout"));
  for (const reference of document.references) used.add(reference.sectionName);
  for (const mention of sectionMentions(document)) used.add(mention.section);
  const found: LanguageDiagnostic[] = [];
  for (const reference of profile.extends) {
    if (contributes(analysis, reference.path, used, new Set())) continue;
    found.push({
      range: { start: reference.start, end: reference.end },
      severity: "hint",
      code: "extends/unused",
      message: "Nothing of this profile is used here.",
      tags: ["unnecessary"],
    });
  }
  return found;
}

function contributes(analysis: Analysis, path: string, used: ReadonlySet<string>, seen: Set<string>): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  const profile = analysis.profiles.profile(path);
  if (!("sections" in profile)) return true;
  for (const [name, section] of profile.sections) {
    if (name === "buildout") {
      for (const option of section.options.keys()) if (!PASSIVE.has(option.replace(/ [+-]$/, ""))) return true;
    } else if (name === "versions" || used.has(name)) return true;
  }
  return (profile as Profile).extends.some((reference) => contributes(analysis, reference.path, used, seen));
}
