/** Completion, hover, definition, references and diagnostics of an instance's parameters. */
import { directoryOf, joinPath } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import type { CompletionItem, HoverAnswer, LanguageDiagnostic, Location } from "../answers";
import type { ProfileDocument } from "../document/profile-document";
import type { JsonDocument } from "../json/json-documents";
import { descriptionsFor } from "../json/json-features";
import { placeAt } from "../json/json-tree";
import { parameterAt, parametersIn, parametersInJinja, parameterVariables } from "./parameter-names";
import { describeParameter, releaseParameters, summariseParameter } from "./release-parameters";

/** Parameters to choose from, with what each is. */
export function parameterItems(
  analysis: Analysis,
  document: ProfileDocument,
  edit: (name: string) => CompletionItem["edit"],
): CompletionItem[] {
  const known = releaseParameters(analysis, document.path);
  return [...(known?.parameters.values() ?? [])].map((parameter) => ({
    label: parameter.name,
    kind: "option",
    detail: summariseParameter(analysis, parameter),
    documentation: describeParameter(analysis, parameter),
    edit: edit(parameter.name),
  }));
}

/** Inside a tag, after a variable that holds the parameters; undefined when the cursor is not there. */
export function completeJinjaParameter(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  variable: string,
  typed: string,
  isAttribute: boolean,
): CompletionItem[] | undefined {
  if (!parameterVariables(analysis, document).has(variable)) return undefined;
  const rest = /^[-\w.]*/.exec(document.text.slice(offset))![0].length;
  const range = {
    start: offset - typed.length,
    end: offset + (isAttribute ? /^\w*/.exec(document.text.slice(offset))![0].length : rest),
  };
  const items = parameterItems(analysis, document, (newText) => ({ range, newText })).filter(
    ({ label }) => !isAttribute || /^[A-Za-z_]\w*$/.test(label),
  );
  // Without a description, what the template itself asks for elsewhere.
  const names = new Set(items.map(({ label }) => label));
  for (const { name, range: where } of parametersInJinja(analysis, document)) {
    if (names.has(name) || (where.start <= offset && offset <= where.end) || (isAttribute && !/^\w+$/.test(name)))
      continue;
    names.add(name);
    items.push({ label: name, kind: "option", edit: { range, newText: name } });
  }
  return items;
}

export function parameterHover(analysis: Analysis, document: ProfileDocument, offset: number): HoverAnswer | undefined {
  const named = parameterAt(analysis, document, offset);
  const parameter = named && releaseParameters(analysis, document.path)?.parameters.get(named.name);
  if (!named || !parameter) return undefined;
  return {
    range: { start: named.range.start, end: named.range.end },
    markdown: describeParameter(analysis, parameter),
  };
}

export function parameterDefinition(analysis: Analysis, document: ProfileDocument, offset: number): Location[] {
  const named = parameterAt(analysis, document, offset);
  const parameter = named && releaseParameters(analysis, document.path)?.parameters.get(named.name);
  return parameter ? [parameter.place] : [];
}

/** Places in profiles and templates that name a parameter of the release. */
export function parameterUses(analysis: Analysis, name: string, descriptions: readonly string[]): Location[] {
  const found: Location[] = [];
  for (const path of analysis.files.all()) {
    if (!/\.(?:cfg|in|jinja2?|j2)$|\.cfg\./.test(path) || !analysis.files.read(path)?.includes(name)) continue;
    if (!descriptionsFor(analysis.files, path).some((one) => descriptions.includes(one))) continue;
    const document = analysis.document(path);
    if (!document) continue;
    for (const mention of parametersIn(analysis, document)) {
      if (mention.name === name) found.push({ path, range: { start: mention.range.start, end: mention.range.end } });
    }
  }
  return found;
}

/** Of a property in a schema: who reads it. Empty when the offset is not on the name of a parameter. */
export function usesOfProperty(analysis: Analysis, document: JsonDocument, offset: number): Location[] {
  const place = placeAt(document.root, offset);
  const member = place.onKey ? place.members.at(-1) : undefined;
  if (!member || document.kind !== "schema") return [];
  const descriptions = descriptionsFor(analysis.files, document.path);
  const known = releaseParameters(analysis, document.path)?.parameters.get(member.name);
  return known && known.place.path === document.path && known.place.range.start === member.key.start
    ? parameterUses(analysis, member.name, descriptions)
    : [];
}

export function parameterReferences(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  withDeclaration: boolean,
): Location[] | undefined {
  const named = parameterAt(analysis, document, offset);
  const parameter = named && releaseParameters(analysis, document.path)?.parameters.get(named.name);
  if (!named || !parameter) return undefined;
  const uses = parameterUses(analysis, named.name, descriptionsFor(analysis.files, document.path));
  return withDeclaration ? [parameter.place, ...uses] : uses;
}

/** Whether a profile of the release gives the parameter to an instance that it requests itself. */
function isAskedFor(analysis: Analysis, path: string, name: string): boolean {
  const directory = directoryOf(path);
  const pattern = new RegExp(
    `config-${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\b|["']${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}["']\\s*:`,
  );
  return analysis.files
    .list(directory)
    .some(
      (entry) =>
        entry.kind === "file" &&
        /\.cfg/.test(entry.name) &&
        pattern.test(analysis.files.read(joinPath(directory, entry.name)) ?? ""),
    );
}

/** Parameters that no schema of the release describes. */
export function parameterDiagnostics(analysis: Analysis, document: ProfileDocument): LanguageDiagnostic[] {
  const known = releaseParameters(analysis, document.path);
  if (!known || known.open) return [];
  return parametersIn(analysis, document)
    .filter(({ name }) => !known.parameters.has(name) && /^[-\w.]*[a-z][-\w.]*$/i.test(name))
    .filter(({ name }) => !isAskedFor(analysis, document.path, name))
    .map(({ name, range }) => ({
      range: { start: range.start, end: range.end },
      severity: "hint",
      code: "parameters/undescribed",
      source: "slapos",
      message: `No schema of this release describes the parameter \`${name}\`.`,
      data: { parameter: name },
    }));
}
