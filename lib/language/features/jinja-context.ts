/** Names that a template of Jinja2 knows: those it sets itself and those of the sections that render it. */
import type { Analysis } from "../analysis/analysis";
import { sectionPlaces } from "../analysis/places";
import type { ProfileView } from "../analysis/profile-view";
import { contextEntries, isContextOption } from "../analysis/section-mentions";
import type { Location } from "../answers";
import { findJinjaBindings, type JinjaBinding } from "../document/jinja-syntax";
import type { ProfileDocument } from "../document/profile-document";

export interface ContextVariable {
  readonly name: string;
  readonly kind: string;
  /** `section:option`, a section's name or a literal. */
  readonly expression: string;
  readonly view: ProfileView;
  readonly section: string;
  readonly place: Location;
}

export function localBindings(document: ProfileDocument, offset: number): JinjaBinding[] {
  return findJinjaBindings(document.text, document.jinja, document.jinjaBlocks).filter(
    (binding) => binding.scope.start <= offset && offset <= binding.scope.end,
  );
}

export function contextVariables(analysis: Analysis, path: string): ContextVariable[] {
  const variables: ContextVariable[] = [];
  for (const renderer of analysis.renderers.renderersOf(path)) {
    if (renderer.engine !== "jinja") continue;
    const view = analysis.view(renderer.path);
    if (!view) continue;
    for (const owner of [renderer.section, ...view.macroChain(renderer.section)]) {
      for (const place of sectionPlaces(analysis, view, owner)) {
        const document = analysis.document(place.path);
        const section = document?.sections.find((candidate) => candidate.header === place.header);
        if (!document || !section) continue;
        for (const option of section.options) {
          if (!isContextOption(option)) continue;
          for (const entry of contextEntries(document, option)) {
            const line = document.text.slice(entry.variable.start, document.text.indexOf("\n", entry.variable.start));
            variables.push({
              name: entry.variable.text,
              kind: entry.kind,
              expression: line.slice(entry.variable.text.length).trim(),
              view,
              section: renderer.section,
              place: { path: document.path, range: { start: entry.variable.start, end: entry.variable.end } },
            });
          }
        }
      }
    }
  }
  return variables;
}

/** The options behind a name: of the section that it stands for. */
export function keysOf(variable: ContextVariable, analysis: Analysis): string[] {
  if (variable.kind !== "section") return [];
  const section = variable.expression.split(/\s/)[0]!;
  const options = variable.view.options(section);
  const recipe = variable.view.recipe(section);
  const generated = recipe ? Object.keys(analysis.catalogue.find(recipe)?.generated ?? {}) : [];
  return [...new Set([...(options?.keys() ?? []), ...generated])];
}
