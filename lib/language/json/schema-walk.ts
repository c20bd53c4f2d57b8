/** The schemas inside a schema file: what stands where a schema is expected, not data that looks like one. */

import type { JsonDocument, JsonDocuments } from "./json-documents";
import { findMember, type JsonNode, stringOf } from "./json-tree";
import { SCHEMA_KEYWORDS } from "./schema-vocabulary";

export function visitSchemas(node: JsonNode | undefined, visit: (schema: JsonNode) => void): void {
  if (!node) return;
  visit(node);
  if (node.kind !== "object") return;
  for (const { name, value } of node.members) {
    const shape = Object.hasOwn(SCHEMA_KEYWORDS, name) ? SCHEMA_KEYWORDS[name]!.shape : undefined;
    if (!value || !shape) continue;
    if (shape === "schema") visitSchemas(value, visit);
    else if (shape === "schemas" || shape === "schema-or-schemas") {
      if (value.kind === "array") for (const item of value.items) visitSchemas(item, visit);
      else if (shape === "schema-or-schemas") visitSchemas(value, visit);
    } else if ((shape === "schema-map" || shape === "names-or-schema-map") && value.kind === "object") {
      for (const member of value.members) {
        if (member.value && !(shape === "names-or-schema-map" && member.value.kind === "array")) {
          visitSchemas(member.value, visit);
        }
      }
    }
  }
}

/** A property of an object that a schema describes, wherever in the schema it stands. */
export interface SchemaProperty {
  readonly name: string;
  readonly schema: JsonNode | undefined;
  readonly document: JsonDocument;
  readonly key: { readonly start: number; readonly end: number };
  readonly required: boolean;
}

export interface SchemaProperties {
  readonly properties: ReadonlyMap<string, SchemaProperty>;
  /** Other names are allowed that no one can list, or some file cannot be read. */
  readonly open: boolean;
}

const BRANCHES = ["anyOf", "oneOf"] as const;
const MAX_DEPTH = 30;

/** All names that an object may have which fits the schema in `document`, in whatever branch. */
export function propertiesOf(documents: JsonDocuments, document: JsonDocument, root?: JsonNode): SchemaProperties {
  const properties = new Map<string, SchemaProperty>();
  const seen = new Set<JsonNode>();
  let open = false;

  const visit = (from: JsonDocument, node: JsonNode | undefined, certain: boolean, depth: number): void => {
    if (node?.kind !== "object" || seen.has(node) || depth > MAX_DEPTH) return;
    seen.add(node);
    const own = findMember(node, "properties")?.value;
    const names = findMember(node, "required")?.value;
    const required = new Set(names?.kind === "array" ? names.items.map(stringOf) : []);
    for (const { name, key, value } of own?.kind === "object" ? own.members : []) {
      if (properties.has(name)) continue;
      properties.set(name, { name, schema: value, document: from, key, required: certain && required.has(name) });
    }
    if (findMember(node, "patternProperties")) open = true;
    if (findMember(node, "additionalProperties")?.value?.kind === "object") open = true;
    const reference = stringOf(findMember(node, "$ref")?.value);
    if (reference !== undefined) {
      const target = documents.follow(from, reference);
      if (target && "node" in target) visit(target.document, target.node, certain, depth + 1);
      else open = true;
    }
    const all = findMember(node, "allOf")?.value;
    if (all?.kind === "array") for (const item of all.items) visit(from, item, certain, depth + 1);
    for (const branch of BRANCHES) {
      const choices = findMember(node, branch)?.value;
      if (choices?.kind === "array") for (const item of choices.items) visit(from, item, false, depth + 1);
    }
    for (const branch of ["then", "else", "if"]) visit(from, findMember(node, branch)?.value, false, depth + 1);
    const dependent = findMember(node, "dependentSchemas")?.value ?? findMember(node, "dependencies")?.value;
    if (dependent?.kind === "object") for (const { value } of dependent.members) visit(from, value, false, depth + 1);
  };

  visit(document, root ?? document.root, true, 0);
  return { properties, open };
}

/** The schema itself, or what it refers to when it says nothing but that. */
export function resolveSchema(
  documents: JsonDocuments,
  document: JsonDocument,
  node: JsonNode | undefined,
): { readonly document: JsonDocument; readonly node: JsonNode } | undefined {
  let at = node && { document, node };
  for (let depth = 0; at && depth < MAX_DEPTH; depth++) {
    const reference = stringOf(findMember(at.node, "$ref")?.value);
    if (reference === undefined) return at;
    const target = documents.follow(at.document, reference);
    if (!target || !("node" in target)) return at;
    at = { document: target.document, node: target.node };
  }
  return at;
}

/** Markdown on a schema: title, description, type, limits. */
export function describeSchema(documents: JsonDocuments, document: JsonDocument, node: JsonNode | undefined): string {
  const found = resolveSchema(documents, document, node);
  const said = (name: string): { readonly from: JsonDocument; readonly value: JsonNode } | undefined => {
    const own = findMember(node, name)?.value;
    if (own) return { from: document, value: own };
    const other = findMember(found?.node, name)?.value;
    return other && found && { from: found.document, value: other };
  };
  const text = (name: string): string => {
    const known = said(name);
    return known ? shortText(known.from, known.value) : "";
  };
  const facts: string[] = [];
  const type = said("type")?.value;
  if (type) facts.push(type.kind === "array" ? type.items.map(stringOf).join(" or ") : (stringOf(type) ?? ""));
  for (const name of FACTS) if (said(name)) facts.push(`${name} \`${text(name)}\``);
  const values = said("enum");
  if (values?.value.kind === "array") {
    facts.push(`one of ${values.value.items.map((item) => `\`${shortText(values.from, item)}\``).join(", ")}`);
  }
  return [facts.filter((fact) => fact !== "").join("; "), text("title"), text("description")]
    .filter((part, index, all) => part !== "" && all.indexOf(part) === index)
    .join("\n\n");
}

const FACTS = ["default", "const", "minimum", "maximum", "minLength", "maxLength", "pattern", "format"];
const MAX_TEXT = 200;

/** A string's content, any other value as it is written; cut when it is long. */
function shortText(document: JsonDocument, value: JsonNode): string {
  if (value.kind === "string") return value.value;
  const text = document.text.slice(value.start, value.end).replace(/\s+/g, " ");
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
