/** Parts of a document that lead elsewhere: extended profiles, templates, web addresses. */
import { directoryOf, isUrl, joinPath, normalisePath } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { hashEntries } from "../analysis/hash-entries";
import type { ProfileView } from "../analysis/profile-view";
import type { DocumentLinkAnswer } from "../answers";
import { type DocumentOption, type ProfileDocument, valueLines } from "../document/profile-document";
import { hasHole } from "../document/template-mask";

const FILE_OPTIONS = new Set(["url", "template", "input", "source", "path", "filename", "patches", "alternate-url"]);
const ADDRESS = /^https?:\/\/\S+$/;

export function linksOf(analysis: Analysis, document: ProfileDocument): DocumentLinkAnswer[] {
  if (document.levels === "text") return [];
  const links: DocumentLinkAnswer[] = [];
  const profile = analysis.profiles.profile(document.path);
  for (const reference of "extends" in profile ? profile.extends : []) {
    const target = analysis.extendsTarget(document.path, reference.name);
    if (!target || (!isUrl(target) && analysis.files.kindOf(target) !== "file")) continue;
    links.push({ range: { start: reference.start, end: reference.end }, target });
  }
  const view = analysis.view(document.path);
  const entries = new Map(hashEntries(analysis, document, view).map((entry) => [entry.source, entry.path]));
  for (const section of document.sections) {
    for (const option of section.options) {
      const entry = entries.get(option);
      if (entry !== undefined) {
        if (analysis.files.kindOf(entry) === "file") links.push({ range: option.value, target: entry });
        continue;
      }
      if (view && FILE_OPTIONS.has(option.name)) optionLinks(analysis, document, view, section.name, option, links);
    }
  }
  return links;
}

function optionLinks(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
  section: string,
  option: DocumentOption,
  links: DocumentLinkAnswer[],
): void {
  for (const line of valueLines(document, option)) {
    const written = line.text.split("#")[0]!;
    if (hasHole(written) || /\s/.test(line.text)) continue;
    const range = { start: line.start, end: line.end };
    const shown = view.displayText(section, line.text);
    if (ADDRESS.test(shown)) {
      if (!shown.includes("${")) links.push({ range, target: shown });
      continue;
    }
    const path = analysis.renderers.pathOf(view, section, written);
    const beside = normalisePath(joinPath(directoryOf(document.path), written));
    const target = [path, written.includes("${") ? undefined : beside].find(
      (candidate) => candidate !== undefined && analysis.files.kindOf(candidate) === "file",
    );
    if (target !== undefined) links.push({ range, target });
  }
}
