/**
 * Where a profile or a template names a parameter of its instance.
 *
 * `${slap-parameter:name}`; `${section:configuration.name}` of a section with `slapos.cookbook:slapconfiguration`; in
 * Jinja the items of a variable that stands for such a section's `configuration`, by custom `slapparameter_dict`.
 */
import type { TextRange } from "@/lib/base/text-range";
import type { Analysis } from "../analysis/analysis";
import { isInstanceProfile } from "../analysis/levels";
import type { ProfileView } from "../analysis/profile-view";
import { levelOf } from "../analysis/reference-target";
import { findJinjaBindings, type JinjaTag } from "../document/jinja-syntax";
import type { DocumentSection, ProfileDocument } from "../document/profile-document";
import type { ReferenceText } from "../document/reference-scan";
import { contextVariables } from "../features/jinja-context";

export const PARAMETER_SECTION = "slap-parameter";
const CONFIGURATION = "configuration";
const USUAL_NAME = "slapparameter_dict";

export interface ParameterMention {
  readonly name: string;
  readonly range: TextRange;
  /** May be absent: asked for with a default, or tested. */
  readonly careful: boolean;
}

export function readsConfiguration(view: ProfileView | undefined, section: string): boolean {
  return view?.recipe(section)?.startsWith("slapos.cookbook:slapconfiguration") ?? false;
}

/** The part of a reference's option that is a parameter's name. */
export function parameterInReference(
  analysis: Analysis,
  document: ProfileDocument,
  reference: ReferenceText,
  section: DocumentSection | undefined,
): TextRange | undefined {
  const { option, optionName } = reference;
  if (!option || optionName === undefined || levelOf(document, reference) !== "own") return undefined;
  const name = reference.sectionName || section?.name || "";
  if (name === PARAMETER_SECTION) return isInstanceProfile(document.path, document.levels) ? option : undefined;
  const prefix = `${CONFIGURATION}.`;
  if (!optionName.startsWith(prefix) || !readsConfiguration(analysis.view(document.path), name)) return undefined;
  return { start: option.start + prefix.length, end: option.end };
}

/** Names of the variables that hold the parameters in a template. */
export function parameterVariables(analysis: Analysis, document: ProfileDocument): ReadonlySet<string> {
  const names = new Set<string>();
  if (document.jinja.length === 0) return names;
  if (document.text.includes(USUAL_NAME)) names.add(USUAL_NAME);
  for (const variable of contextVariables(analysis, document.path)) {
    if (variable.kind !== "key") continue;
    const [section, option] = variable.expression.split(/\s/)[0]!.split(":");
    if (option === CONFIGURATION && readsConfiguration(variable.view, section || variable.section))
      names.add(variable.name);
  }
  for (const binding of findJinjaBindings(document.text, document.jinja, document.jinjaBlocks)) {
    if (binding.kind !== "set" || !binding.value) continue;
    const source = /^(?:\w+\.loads\(\s*)?(\w+)(?:(?:\[|\.get\()\s*["']_["'])?/.exec(binding.value);
    const isWhole = source && /^[\s)\],'"{}\w]*$/.test(binding.value.slice(source[0].length));
    if (source && isWhole && names.has(source[1]!) && !/[.|+]/.test(binding.value.slice(source[0].length))) {
      const plain = source[0] === source[1] ? binding.value.trim() === source[1] : true;
      if (plain) names.add(binding.name);
    }
  }
  return names;
}

const ITEM = /\b(\w+)(?:(\.(?:get|pop|setdefault)\(\s*)|\[\s*)(["'])((?:(?!\3)[^\n\\])*)\3(\s*,)?/g;
const TEST = /(["'])((?:(?!\1)[^\n\\])*)\1\s+(?:not\s+)?in\s+(\w+)\b(?![.[(])/g;
const ATTRIBUTE = /\b(\w+)\.([A-Za-z_]\w*)\b(?!\s*\()/g;

/** Every parameter that the tags of a template name, in order. */
export function parametersInJinja(analysis: Analysis, document: ProfileDocument): ParameterMention[] {
  const variables = parameterVariables(analysis, document);
  if (variables.size === 0) return [];
  return document.jinja
    .filter((tag) => tag.kind !== "comment")
    .flatMap((tag) => mentionsInTag(document.text, tag, variables))
    .sort((a, b) => a.range.start - b.range.start);
}

function mentionsInTag(text: string, tag: JinjaTag, variables: ReadonlySet<string>): ParameterMention[] {
  const inner = text.slice(tag.innerStart, tag.innerEnd);
  const found: ParameterMention[] = [];
  const add = (name: string, start: number, careful: boolean): void => {
    found.push({ name, range: { start: tag.innerStart + start, end: tag.innerStart + start + name.length }, careful });
  };
  for (const match of inner.matchAll(ITEM)) {
    const [whole, variable, call, quote, name, more] = match;
    if (!variables.has(variable!) || name === "_") continue;
    add(
      name!,
      match.index + whole.lastIndexOf(`${quote}${name}${quote}`) + 1,
      call !== undefined || more !== undefined,
    );
  }
  for (const match of inner.matchAll(TEST)) {
    if (variables.has(match[3]!)) add(match[2]!, match.index + 1, true);
  }
  const bare = inner.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (string) => " ".repeat(string.length));
  for (const match of bare.matchAll(ATTRIBUTE)) {
    if (bare[match.index - 1] !== "." && variables.has(match[1]!))
      add(match[2]!, match.index + match[1]!.length + 1, false);
  }
  return found;
}

/** The parameter that is named at an offset. */
export function parameterAt(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
): { readonly name: string; readonly range: TextRange } | undefined {
  const reference = document.referenceAt(offset);
  if (reference) {
    const range = parameterInReference(analysis, document, reference, document.sectionAt(offset));
    if (range && range.start <= offset && offset <= range.end) {
      return { name: document.text.slice(range.start, range.end), range };
    }
  }
  if (document.jinja.some((tag) => tag.start < offset && offset < tag.end)) {
    return parametersInJinja(analysis, document).find(({ range }) => range.start <= offset && offset <= range.end);
  }
  const option = document.optionAt(offset);
  if (option?.section?.name === PARAMETER_SECTION && offset <= option.key.end && !option.dynamic) {
    return { name: option.name, range: option.key };
  }
  return undefined;
}

/** Every parameter that a document names. */
export function parametersIn(analysis: Analysis, document: ProfileDocument): ParameterMention[] {
  const found: ParameterMention[] = [];
  for (const reference of document.references) {
    if (!reference.closed || reference.dynamic) continue;
    const range = parameterInReference(analysis, document, reference, document.sectionAt(reference.start));
    if (range) found.push({ name: document.text.slice(range.start, range.end), range, careful: false });
  }
  for (const section of document.sectionsNamed(PARAMETER_SECTION)) {
    for (const { name, key, dynamic } of section.options)
      if (!dynamic && name !== "<") found.push({ name, range: key, careful: true });
  }
  return [...found, ...parametersInJinja(analysis, document)];
}
