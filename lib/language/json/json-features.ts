/** Hover, definition, links, references and outline of JSON files. */
import type { TextRange } from "@/lib/base/text-range";
import { baseNameOf, directoryOf } from "@/lib/buildout";
import type {
  DocumentLinkAnswer,
  DocumentSymbolAnswer,
  FoldingAnswer,
  HoverAnswer,
  LanguageDiagnostic,
  Location,
} from "../answers";
import type { LanguageFiles } from "../service";
import { isDescriptionPath, isJsonPath, type JsonDocument, type JsonDocuments, toSchemaTarget } from "./json-documents";
import { findMember, type JsonMember, type JsonNode, type JsonPlace, placeAt, stringOf } from "./json-tree";
import { DESCRIPTION_KEYS, type Keyword, SCHEMA_KEYWORDS, SOFTWARE_TYPE_KEYS } from "./schema-vocabulary";
import { describeSchema } from "./schema-walk";

const FILE_KEYS = new Set(["request", "response"]);
const FILE_START: TextRange = { start: 0, end: 0 };

/** What the members of an object mean there; undefined where any name may stand. */
export function vocabularyAt(
  document: JsonDocument,
  members: readonly JsonMember[],
): Readonly<Record<string, Keyword>> | undefined {
  if (document.kind === "description") {
    if (members.length === 0) return DESCRIPTION_KEYS;
    return members.length === 2 && members[0]!.name === "software-type" ? SOFTWARE_TYPE_KEYS : undefined;
  }
  if (document.kind !== "schema") return undefined;
  let isSchema = true;
  for (const { name, value } of members) {
    if (!isSchema) {
      // A name of the user's: its value is a schema.
      isSchema = true;
      continue;
    }
    const shape = Object.hasOwn(SCHEMA_KEYWORDS, name) ? SCHEMA_KEYWORDS[name]!.shape : undefined;
    if (shape === "schema-map" || shape === "names-or-schema-map") isSchema = false;
    else if (shape !== "schema" && shape !== "schemas" && shape !== "schema-or-schemas") return undefined;
    if (shape === "schemas" && value?.kind !== "array") return undefined;
  }
  return isSchema ? SCHEMA_KEYWORDS : undefined;
}

/** The reference in a value: a file of the description, a `$ref` of a schema. */
function referenceOf(document: JsonDocument, place: JsonPlace): (TextRange & { readonly written: string }) | undefined {
  const member = place.members.at(-1);
  const written = stringOf(member?.value);
  if (!member?.value || written === undefined || place.onKey) return undefined;
  const isReference =
    document.kind === "description" ? FILE_KEYS.has(member.name) : document.kind === "schema" && member.name === "$ref";
  return isReference ? { written, start: member.value.start + 1, end: member.value.end - 1 } : undefined;
}

function locate(found: { document: JsonDocument; node: JsonNode; member: JsonMember | undefined }): Location {
  const whole = found.node === found.document.root;
  return { path: found.document.path, range: whole ? FILE_START : (found.member?.key ?? found.node) };
}

export function jsonDefinition(documents: JsonDocuments, document: JsonDocument, offset: number): Location[] {
  const reference = referenceOf(document, placeAt(document.root, offset));
  const target = reference && documents.follow(document, reference.written);
  return target && "node" in target ? [locate(target)] : [];
}

export function jsonHover(documents: JsonDocuments, document: JsonDocument, offset: number): HoverAnswer | undefined {
  const place = placeAt(document.root, offset);
  const member = place.members.at(-1);
  if (!member) return undefined;
  const reference = referenceOf(document, place);
  if (reference) {
    const target = documents.follow(document, reference.written);
    if (!target || !("node" in target)) return undefined;
    const markdown = describeSchema(documents, target.document, target.node);
    return {
      range: { start: reference.start, end: reference.end },
      markdown: `\`${reference.written}\`\n\n${markdown}`.trim(),
    };
  }
  if (!place.onKey) return undefined;
  const words = vocabularyAt(document, place.members.slice(0, -1));
  const range = { start: member.key.start, end: member.key.end };
  if (words) {
    const known = Object.hasOwn(words, member.name) ? words[member.name] : undefined;
    return known && { range, markdown: `\`${member.name}\`\n\n${known.doc}` };
  }
  if (document.kind !== "schema" || member.value?.kind !== "object") return undefined;
  const markdown = describeSchema(documents, document, member.value);
  return markdown ? { range, markdown: `**${member.name}**\n\n${markdown}` } : undefined;
}

/** All references of a document, with the ranges of what is written. */
function referencesIn(document: JsonDocument): (TextRange & { readonly written: string })[] {
  const found: (TextRange & { readonly written: string })[] = [];
  const visit = (node: JsonNode | undefined, depth: number): void => {
    if (node?.kind === "array") for (const item of node.items) visit(item, depth + 1);
    if (node?.kind !== "object") return;
    for (const { name, value } of node.members) {
      const written = stringOf(value);
      const isReference =
        document.kind === "schema"
          ? name === "$ref"
          : document.kind === "description" && depth === 2 && FILE_KEYS.has(name);
      if (value && written !== undefined && isReference)
        found.push({ written, start: value.start + 1, end: value.end - 1 });
      visit(value, depth + 1);
    }
  };
  visit(document.root, 0);
  return found;
}

export function jsonLinks(documents: JsonDocuments, document: JsonDocument): DocumentLinkAnswer[] {
  return referencesIn(document).flatMap(({ start, end, written }) => {
    const target = documents.follow(document, written);
    return target && "node" in target && target.document !== document
      ? [{ range: { start, end }, target: target.document.path }]
      : [];
  });
}

/** Where the schema at the offset is referred to from, in the workspace. */
export function jsonReferences(
  files: LanguageFiles,
  documents: JsonDocuments,
  document: JsonDocument,
  offset: number,
): Location[] {
  const place = placeAt(document.root, offset);
  const reference = referenceOf(document, place);
  const asked = reference ? documents.follow(document, reference.written) : undefined;
  const member = place.members.at(-1);
  const wanted = asked && "node" in asked ? asked.node : (member?.value ?? document.root);
  const home = asked && "node" in asked ? asked.document : document;
  const name = baseNameOf(home.path);
  const found: Location[] = [];
  for (const path of files.all()) {
    if (!isJsonPath(path) || (path !== home.path && !files.read(path)?.includes(name))) continue;
    const other = documents.document(path);
    for (const { start, end, written } of other ? referencesIn(other) : []) {
      const target = documents.follow(other!, written);
      if (target && "node" in target && target.node === wanted) found.push({ path, range: { start, end } });
    }
  }
  return found;
}

const MAX_DETAIL = 80;

export function jsonSymbols(document: JsonDocument): DocumentSymbolAnswer[] {
  const symbolsOf = (node: JsonNode | undefined): DocumentSymbolAnswer[] =>
    node?.kind !== "object"
      ? []
      : node.members.map(({ name, key, value }) => ({
          name: name || '""',
          detail:
            value && value.kind !== "object" && value.kind !== "array" ? detailOf(document, value) : titleOf(value),
          kind: value?.kind === "object" ? ("section" as const) : ("option" as const),
          range: { start: key.start, end: Math.max(value?.end ?? 0, key.end) },
          selection: key,
          children: symbolsOf(value),
        }));
  return symbolsOf(document.root);
}

function detailOf(document: JsonDocument, value: JsonNode): string {
  return (stringOf(value) ?? document.text.slice(value.start, value.end)).slice(0, MAX_DETAIL);
}

function titleOf(value: JsonNode | undefined): string {
  return (stringOf(findMember(value, "title")?.value) ?? "").slice(0, MAX_DETAIL);
}

export function jsonFolding(document: JsonDocument): FoldingAnswer[] {
  const ranges: FoldingAnswer[] = [];
  const visit = (node: JsonNode | undefined): void => {
    if (node?.kind !== "object" && node?.kind !== "array") return;
    const startLine = document.lineIndex.toPosition(node.start).line;
    // The closing bracket stays visible.
    const endLine = document.lineIndex.toPosition(Math.max(node.end - 1, node.start)).line - 1;
    if (endLine > startLine) ranges.push({ startLine, endLine });
    if (node.kind === "array") for (const item of node.items) visit(item);
    else for (const { value } of node.members) visit(value);
  };
  visit(document.root);
  return ranges;
}

/** From the innermost value outwards. */
export function jsonSelection(document: JsonDocument, offset: number): TextRange[] {
  const place = placeAt(document.root, offset);
  const ranges: TextRange[] = [];
  const key = place.onKey ? place.members.at(-1)?.key : undefined;
  if (key) ranges.push(key);
  const all = [
    ...place.nodes,
    ...place.members.map((member) => ({
      start: member.key.start,
      end: Math.max(member.value?.end ?? 0, member.key.end),
    })),
  ].sort((a, b) => a.end - a.start - (b.end - b.start));
  for (const { start, end } of all) {
    const last = ranges.at(-1);
    if (!last || (start <= last.start && end >= last.end && (start < last.start || end > last.end)))
      ranges.push({ start, end });
  }
  ranges.push({ start: 0, end: document.text.length });
  return ranges;
}

/** A software type whose profile does not know it, as far as the profiles beside it can be read. */
export function unknownTypes(document: JsonDocument, answered: ReadonlySet<string> | undefined): LanguageDiagnostic[] {
  const types = findMember(document.root, "software-type")?.value;
  if (!answered || types?.kind !== "object") return [];
  return types.members.flatMap(({ name, key, value }) => {
    const wanted = stringOf(findMember(value, "software-type")?.value) ?? name.replace(/-slave$/, "");
    if (answered.has(wanted) || (wanted === "default" && answered.has("RootSoftwareInstance"))) return [];
    return [
      {
        range: { start: key.start, end: key.end },
        severity: "information" as const,
        code: "description/unknown-type",
        source: "json" as const,
        message: `No profile here answers the software type \`${wanted}\`: there are ${[...answered].map((type) => `\`${type}\``).join(", ")}.`,
      },
    ];
  });
}

/** The descriptions beside a file or above it, the nearest ones. */
export function descriptionsFor(files: LanguageFiles, path: string): string[] {
  for (let at = directoryOf(path), depth = 0; depth < 4; at = directoryOf(at), depth++) {
    const found = files.list(at).filter((entry) => entry.kind === "file" && isDescriptionPath(entry.name));
    if (found.length > 0) return found.map((entry) => `${at === "/" ? "" : at}/${entry.name}`);
    if (files.roots.includes(at) || at === "/" || at === "") break;
  }
  return [];
}

export { toSchemaTarget };
