/**
 * The parameters that an instance of a software release may be given, from the schemas that the `software.cfg.json`
 * beside its profiles names.
 */
import { directoryOf } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import type { Location } from "../answers";
import type { JsonDocument } from "../json/json-documents";
import { descriptionsFor } from "../json/json-features";
import { findMember, type JsonNode, stringOf } from "../json/json-tree";
import { describeSchema, propertiesOf } from "../json/schema-walk";

export interface ReleaseParameter {
  readonly name: string;
  /** Ids of the software types that take it. */
  readonly types: readonly string[];
  readonly required: boolean;
  readonly place: Location;
  readonly document: JsonDocument;
  readonly schema: JsonNode | undefined;
}

export interface SoftwareTypeName {
  readonly name: string;
  readonly title: string;
  readonly place: Location;
}

export interface ReleaseParameters {
  readonly parameters: ReadonlyMap<string, ReleaseParameter>;
  readonly types: ReadonlyMap<string, SoftwareTypeName>;
  /** Some schema allows names that cannot be listed, or cannot be read. */
  readonly open: boolean;
}

interface Kept {
  readonly generation: number;
  readonly answers: Map<string, ReleaseParameters | undefined>;
}

const kept = new WeakMap<Analysis, Kept>();

/** Of the release whose profiles stand in the file's directory; undefined when nothing describes it. */
export function releaseParameters(analysis: Analysis, path: string): ReleaseParameters | undefined {
  let known = kept.get(analysis);
  if (known?.generation !== analysis.generation) {
    known = { generation: analysis.generation, answers: new Map() };
    kept.set(analysis, known);
  }
  const directory = directoryOf(path);
  if (!known.answers.has(directory)) known.answers.set(directory, readParameters(analysis, path));
  return known.answers.get(directory);
}

function readParameters(analysis: Analysis, path: string): ReleaseParameters | undefined {
  const documents = descriptionsFor(analysis.files, path).flatMap((found) => analysis.json.document(found) ?? []);
  if (documents.length === 0) return undefined;
  const parameters = new Map<string, ReleaseParameter>();
  const types = new Map<string, SoftwareTypeName>();
  let open = false;
  for (const document of documents) {
    const listed = findMember(document.root, "software-type")?.value;
    for (const entry of listed?.kind === "object" ? listed.members : []) {
      const name = stringOf(findMember(entry.value, "software-type")?.value) ?? entry.name.replace(/-slave$/, "");
      const title = stringOf(findMember(entry.value, "title")?.value) ?? "";
      const place = { path: document.path, range: { start: entry.key.start, end: entry.key.end } };
      if (!types.has(name)) types.set(name, { name, title, place });
      const file = stringOf(findMember(entry.value, "request")?.value);
      const target = file === undefined ? undefined : analysis.json.follow(document, file);
      if (!target || !("node" in target)) {
        open = true;
        continue;
      }
      const found = propertiesOf(analysis.json, target.document, target.node);
      if (found.open) open = true;
      for (const property of found.properties.values()) {
        const before = parameters.get(property.name);
        parameters.set(property.name, {
          name: property.name,
          types: [...new Set([...(before?.types ?? []), entry.name])],
          required: property.required && (before?.required ?? true),
          place: before?.place ?? {
            path: property.document.path,
            range: { start: property.key.start, end: property.key.end },
          },
          document: before?.document ?? property.document,
          schema: before?.schema ?? property.schema,
        });
      }
    }
  }
  return { parameters, types, open };
}

export function describeParameter(analysis: Analysis, parameter: ReleaseParameter): string {
  const about = describeSchema(analysis.json, parameter.document, parameter.schema);
  const types = parameter.types.map((type) => `\`${type}\``).join(", ");
  const facts = `Parameter${parameter.required ? " (required)" : ""} of software type ${types}`;
  return [`**${parameter.name}**`, about, facts].filter((part) => part !== "").join("\n\n");
}

/** In a line: type, default and title. */
export function summariseParameter(analysis: Analysis, parameter: ReleaseParameter): string {
  return describeSchema(analysis.json, parameter.document, parameter.schema).split("\n\n")[0] ?? "";
}

/**
 * The software types that the profiles beside a description switch between; undefined when that cannot be told, as where
 * several releases share a directory.
 */
export function answeredTypes(analysis: Analysis, path: string): ReadonlySet<string> | undefined {
  if (descriptionsFor(analysis.files, path).length !== 1) return undefined;
  const directory = directoryOf(path);
  const types = new Set<string>();
  for (const entry of analysis.files.list(directory)) {
    if (entry.kind !== "file" || !/^instance.*\.cfg|\.cfg\./.test(entry.name)) continue;
    const document = analysis.document(`${directory}/${entry.name}`);
    if (!document || document.levels === "text") continue;
    for (const section of document.sections) {
      const recipe = section.options.find((option) => option.name === "recipe");
      const text = recipe && document.text.slice(recipe.value.start, recipe.value.end);
      if (!text || !/slapos\.cookbook:(?:switch-)?softwaretype$/.test(text.trim())) continue;
      // An option that a template names, or an override, may answer any type.
      if (
        section.dynamic ||
        section.options.some((option) => option.dynamic || option.name === "override" || option.name === "<")
      ) {
        return undefined;
      }
      if (
        document.jinja.some((tag) => tag.start > section.start && tag.start < section.end && tag.kind !== "comment")
      ) {
        return undefined;
      }
      for (const option of section.options) if (option.name !== "recipe") types.add(option.name);
    }
  }
  return types.size > 0 ? types : undefined;
}
