/** Names and values that may be typed in a `software.cfg.json` or a schema. */
import { directoryOf, joinPath, normalisePath } from "@/lib/buildout";
import { relativePath } from "../actions/document-edits";
import type { CompletionItem } from "../answers";
import type { LanguageFiles } from "../service";
import { isDescriptionPath, type JsonDocument, type JsonDocuments } from "./json-documents";
import { vocabularyAt } from "./json-features";
import { findMember, type JsonMember, type JsonNode, placeAt } from "./json-tree";
import { type Keyword, SCHEMA_TYPES, SERIALISATIONS } from "./schema-vocabulary";

const SCHEMA_VERSION = "https://json-schema.org/draft/2020-12/schema";
const FORMATS = [
  "date",
  "date-time",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "regex",
  "time",
  "uri",
  "uri-reference",
  "uuid",
];

/** What a new value of each shape begins as. */
function emptyValue({ shape }: Keyword): string {
  switch (shape) {
    case "string":
    case "pattern":
    case "type":
      return '""';
    case "boolean":
      return "true";
    case "number":
    case "count":
    case "bound":
      return "0";
    case "array":
    case "strings":
    case "schemas":
      return "[]";
    default:
      return "{}";
  }
}

export function completeJson(
  files: LanguageFiles,
  documents: JsonDocuments,
  document: JsonDocument,
  offset: number,
): CompletionItem[] {
  const { text } = document;
  const place = placeAt(document.root, offset);
  const inner = place.nodes.at(-1);
  const member = place.members.at(-1);
  const key = place.onKey && member ? member.key : undefined;
  if (inner?.kind === "object" && (key || startsName(text, offset, inner))) {
    return completeNames(
      document,
      key ? place.members.slice(0, -1) : place.members,
      inner,
      key ?? wordAt(text, offset),
      key !== undefined,
    );
  }
  const owner = member ?? pendingMember(inner, offset);
  if (!owner) return [];
  const range =
    inner && inner.kind !== "object" && inner.kind !== "array"
      ? { start: inner.start, end: inner.end }
      : wordAt(text, offset);
  const typed = text.slice(range.start, offset).replace(/^"/, "");
  return valuesFor(files, documents, document, place.members, owner, typed).map((value) => {
    const newText = typeof value === "string" ? JSON.stringify(value) : String(value);
    return { label: String(value), kind: "value", edit: { range, newText }, filterText: newText };
  });
}

function wordAt(text: string, offset: number): { start: number; end: number } {
  let start = offset;
  while (start > 0 && /[-\w.$/"#]/.test(text[start - 1]!)) start--;
  return { start, end: offset };
}

/** After an opening brace or a comma, with nothing but the beginning of a name. */
function startsName(text: string, offset: number, inner: JsonNode): boolean {
  const before = text.slice(inner.start, offset);
  return /[{,]\s*"?[-\w$]*$/.test(before);
}

/** The member after whose colon the offset is, while it has no value. */
function pendingMember(inner: JsonNode | undefined, offset: number): JsonMember | undefined {
  if (inner?.kind !== "object") return undefined;
  const last = inner.members.findLast(({ key }) => key.end <= offset);
  return last?.value === undefined ? last : undefined;
}

function completeNames(
  document: JsonDocument,
  members: readonly JsonMember[],
  object: JsonNode & { kind: "object" },
  range: { start: number; end: number },
  isWritten: boolean,
): CompletionItem[] {
  const words = vocabularyAt(document, members);
  if (!words) return [];
  const written = new Set(object.members.filter(({ key }) => key.start !== range.start).map(({ name }) => name));
  return Object.entries(words)
    .filter(([name]) => !written.has(name))
    .map(([name, known]) => {
      const follows = isWritten && /^\s*:/.test(document.text.slice(range.end));
      const newText = follows ? JSON.stringify(name) : `${JSON.stringify(name)}: ${emptyValue(known)}`;
      return {
        label: name,
        kind: "option",
        documentation: known.doc,
        edit: { range: { start: range.start, end: range.end }, newText },
        filterText: JSON.stringify(name),
      };
    });
}

function valuesFor(
  files: LanguageFiles,
  documents: JsonDocuments,
  document: JsonDocument,
  members: readonly JsonMember[],
  owner: JsonMember,
  typed: string,
): readonly (string | boolean)[] {
  const around = members.at(-1) === owner ? members.slice(0, -1) : members;
  const words = vocabularyAt(document, around);
  const known = words && Object.hasOwn(words, owner.name) ? words[owner.name] : undefined;
  if (!known) return [];
  if (known.shape === "boolean") return [true, false];
  if (owner.name === "serialisation") return SERIALISATIONS;
  if (document.kind === "description") {
    return owner.name === "request" || owner.name === "response" ? schemaFiles(files, document.path, owner.name) : [];
  }
  if (known.shape === "type") return SCHEMA_TYPES;
  if (owner.name === "$schema") return [SCHEMA_VERSION];
  if (owner.name === "format") return FORMATS;
  if (owner.name === "$ref") return references(files, documents, document, typed);
  if (owner.name === "additionalProperties" || owner.name === "unevaluatedProperties") return [false, true];
  return [];
}

/** Schemas beside the file and below, those for this direction first. */
function schemaFiles(files: LanguageFiles, path: string, direction = ""): string[] {
  const base = directoryOf(path);
  const found: string[] = [];
  const walk = (directory: string, depth: number): void => {
    for (const entry of files.list(directory)) {
      const full = joinPath(directory, entry.name);
      if (entry.kind === "directory") {
        if (depth < 2 && !entry.name.startsWith(".")) walk(full, depth + 1);
      } else if (entry.name.endsWith(".json") && !isDescriptionPath(entry.name) && full !== path) {
        found.push(relativePath(path, full));
      }
    }
  };
  walk(normalisePath(base), 0);
  const wanted = direction === "request" ? "input" : direction === "response" ? "output" : "schema";
  return found.sort((a, b) => Number(b.includes(wanted)) - Number(a.includes(wanted)) || a.localeCompare(b));
}

function references(files: LanguageFiles, documents: JsonDocuments, document: JsonDocument, typed: string): string[] {
  const hash = typed.indexOf("#");
  const file = hash < 0 ? "" : typed.slice(0, hash);
  const target = file === "" ? document : documents.follow(document, file);
  const found = target && "document" in target ? target.document : target === document ? document : undefined;
  const places: string[] = [];
  for (const group of ["$defs", "definitions", "properties"]) {
    const value = findMember(found?.root, group)?.value;
    if (value?.kind !== "object") continue;
    for (const { name } of value.members) {
      places.push(`${file}#/${group}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    }
  }
  return hash < 0 ? [...places, ...schemaFiles(files, document.path)] : places;
}
