/**
 * What is wrong in a JSON file: its syntax, and of a `software.cfg.json` or a schema what it says.
 *
 * A schema may have keywords of its own; only one that looks like a slip of a known one is pointed at, as a hint.
 */
import type { TextRange } from "@/lib/base/text-range";
import { checkParameters } from "@/lib/slapos/parameters/parameter-check";
import { withoutPatterns } from "@/lib/slapos/parameters/schema-bundle";
import { nearNames } from "../actions/near-names";
import type { LanguageDiagnostic, Severity } from "../answers";
import type { JsonDocument, JsonDocuments } from "./json-documents";
import { findMember, type JsonMember, type JsonNode, stringOf, toValue } from "./json-tree";
import {
  DESCRIPTION_KEYS,
  type Keyword,
  type KeywordShape,
  REQUIRED_TYPE_KEYS,
  SCHEMA_KEYWORDS,
  SCHEMA_TYPES,
  SERIALISATIONS,
  SOFTWARE_TYPE_KEYS,
} from "./schema-vocabulary";
import { visitSchemas } from "./schema-walk";

type Report = (
  range: TextRange,
  severity: Severity,
  code: string,
  message: string,
  data?: Record<string, string>,
) => void;

export function jsonDiagnostics(documents: JsonDocuments, document: JsonDocument): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  const report: Report = ({ start, end }, severity, code, message, data) => {
    found.push({ range: { start, end }, severity, code, message, source: "json", ...(data ? { data } : {}) });
  };
  if (!document.isTemplate || document.kind !== "other") {
    for (const { range, message, mend } of document.problems)
      report(range, "error", "json/syntax", message, mend && { fix: mend.title, instead: mend.newText });
  }
  duplicateNames(document.root, report);
  if (document.kind === "description") descriptionProblems(documents, document, report);
  if (document.kind === "schema") {
    visitSchemas(document.root, (schema) => schemaProblems(documents, document, schema, report));
  }
  return found;
}

function duplicateNames(node: JsonNode | undefined, report: Report): void {
  if (node?.kind === "array") for (const item of node.items) duplicateNames(item, report);
  if (node?.kind !== "object") return;
  const seen = new Set<string>();
  for (const { name, key, value } of node.members) {
    if (seen.has(name)) report(key, "warning", "json/duplicate-name", `\`${name}\` is written twice: this one counts.`);
    seen.add(name);
    duplicateNames(value, report);
  }
}

const ARTICLES: Partial<Record<KeywordShape, string>> = {
  string: "a string",
  boolean: "`true` or `false`",
  number: "a number",
  object: "an object",
};

function hasShape(value: JsonNode, shape: KeywordShape): boolean {
  switch (shape) {
    case "string":
    case "boolean":
    case "number":
    case "object":
      return value.kind === shape;
    default:
      return true;
  }
}

/** A constant or a number that was written as a string. */
function unquoted(value: JsonNode, shape: KeywordShape): Record<string, string> | undefined {
  if (value.kind !== "string") return undefined;
  const pattern = shape === "boolean" ? /^(?:true|false)$/ : SHAPES_OF_NUMBERS.has(shape) ? /^\d{1,15}$/ : undefined;
  return pattern?.test(value.value) ? { instead: value.value } : undefined;
}

const SHAPES_OF_NUMBERS: ReadonlySet<KeywordShape> = new Set(["number", "bound", "count"]);

function checkKeys(
  node: JsonNode & { kind: "object" },
  keys: Readonly<Record<string, Keyword>>,
  where: string,
  report: Report,
): void {
  for (const { name, key, value } of node.members) {
    const known = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (!known) {
      const [near] = nearNames(name, Object.keys(keys));
      const hint = near === undefined ? "" : `: did you mean \`${near}\`?`;
      const data = near === undefined ? undefined : { near };
      if (name !== "$schema")
        report(key, "warning", "description/unknown-key", `${where} has no \`${name}\`${hint}`, data);
    } else if (value && !hasShape(value, known.shape)) {
      const message = `\`${name}\` is ${ARTICLES[known.shape] ?? "something else"}.`;
      report(value, "error", "description/wrong-value", message, unquoted(value, known.shape));
    }
  }
}

function descriptionProblems(documents: JsonDocuments, document: JsonDocument, report: Report): void {
  const { root } = document;
  if (!root) return;
  if (root.kind !== "object") {
    report(root, "error", "description/wrong-value", "The description of a software release is a JSON object.");
    return;
  }
  checkKeys(root, DESCRIPTION_KEYS, "The description of a software release", report);
  checkSerialisation(root, report);
  const types = findMember(root, "software-type");
  if (!types) {
    report(
      { start: root.start, end: root.start + 1 },
      "error",
      "description/missing-key",
      "`software-type` is missing.",
    );
    return;
  }
  if (types.value?.kind !== "object") return;
  const common = findMember(root, "serialisation");
  const asked = new Map<string, string>();
  for (const entry of types.value.members) {
    if (entry.value?.kind !== "object") {
      if (entry.value) report(entry.value, "error", "description/wrong-value", "A software type is a JSON object.");
      continue;
    }
    checkKeys(entry.value, SOFTWARE_TYPE_KEYS, "A software type", report);
    checkSerialisation(entry.value, report);
    for (const name of REQUIRED_TYPE_KEYS) {
      const member = findMember(entry.value, name);
      if (!member)
        report(entry.key, "warning", "description/missing-key", `\`${name}\` of \`${entry.name}\` is missing.`);
      else checkFile(documents, document, member, report);
    }
    if (!common && !findMember(entry.value, "serialisation")) {
      report(
        entry.key,
        "warning",
        "description/missing-key",
        `Nothing says the \`serialisation\` of \`${entry.name}\`.`,
      );
    }
    const shared = findMember(entry.value, "shared")?.value;
    const isShared = (shared?.kind === "boolean" && shared.value) || entry.name.endsWith("-slave");
    const wanted = stringOf(findMember(entry.value, "software-type")?.value) ?? entry.name.replace(/-slave$/, "");
    const what = `${wanted}\n${isShared}`;
    const before = asked.get(what);
    if (before !== undefined) {
      const kind = isShared ? "shared instances" : "instances";
      report(
        entry.key,
        "information",
        "description/same-type",
        `\`${before}\` is for the same ${kind}, of \`${wanted}\`.`,
      );
    }
    asked.set(what, entry.name);
  }
}

function checkSerialisation(node: JsonNode, report: Report): void {
  const value = findMember(node, "serialisation")?.value;
  if (value?.kind !== "string" || SERIALISATIONS.includes(value.value)) return;
  const [near] = nearNames(value.value, SERIALISATIONS);
  const data = near === undefined ? undefined : { near: JSON.stringify(near) };
  report(value, "error", "description/wrong-value", "`serialisation` is `xml` or `json-in-xml`.", data);
}

function checkFile(documents: JsonDocuments, document: JsonDocument, member: JsonMember, report: Report): void {
  const written = stringOf(member.value);
  if (!member.value || written === undefined) return;
  const target = documents.follow(document, written);
  if (target && "missing" in target) {
    const near = documents.findNear(document, written);
    report(member.value, "error", "description/missing-file", `There is no file \`${written}\`.`, {
      file: written,
      ...(near !== undefined && { near: JSON.stringify(near) }),
    });
  }
}

function schemaProblems(documents: JsonDocuments, document: JsonDocument, schema: JsonNode, report: Report): void {
  if (schema.kind === "boolean") return;
  if (schema.kind !== "object") {
    report(schema, "error", "schema/wrong-value", "A schema is a JSON object, `true` or `false`.");
    return;
  }
  for (const member of schema.members) {
    const { name, key, value } = member;
    const known = Object.hasOwn(SCHEMA_KEYWORDS, name) ? SCHEMA_KEYWORDS[name] : undefined;
    if (!known) {
      const [near] = name.length > 3 ? nearNames(name, Object.keys(SCHEMA_KEYWORDS)) : [];
      if (near !== undefined) {
        report(key, "hint", "schema/unknown-keyword", `JSON Schema has no \`${name}\`: did you mean \`${near}\`?`, {
          near,
        });
      }
    } else if (value) {
      const problem = shapeProblem(value, known.shape);
      if (problem) {
        const data = known.shape === "type" ? nearType(problem.range, document.text) : unquoted(value, known.shape);
        report(problem.range, problem.severity, "schema/wrong-value", `\`${name}\` ${problem.message}`, data);
      }
    }
    if (name === "$ref" && value?.kind === "string") checkReference(documents, document, value, report);
  }
  checkLimits(schema, report);
  checkRequired(schema, report);
  checkDefault(schema, stringOf(findMember(document.root, "$schema")?.value), report);
}

/** Types as other languages call them. */
const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ["bool", "boolean"],
  ["int", "integer"],
  ["float", "number"],
  ["str", "string"],
  ["list", "array"],
  ["dict", "object"],
]);

function nearType({ start, end }: TextRange, text: string): Record<string, string> | undefined {
  const written = text.slice(start, end).replaceAll('"', "");
  const near = OTHER_TYPES.get(written) ?? nearNames(written, SCHEMA_TYPES)[0];
  return near === undefined ? undefined : { near: JSON.stringify(near) };
}

interface ShapeProblem {
  readonly range: TextRange;
  readonly severity: Severity;
  readonly message: string;
}

function shapeProblem(value: JsonNode, shape: KeywordShape): ShapeProblem | undefined {
  const wrong = (message: string, range: TextRange = value, severity: Severity = "error"): ShapeProblem => ({
    range,
    severity,
    message,
  });
  switch (shape) {
    case "string":
    case "boolean":
    case "number":
    case "object":
      return hasShape(value, shape) ? undefined : wrong(`is ${ARTICLES[shape]}.`);
    case "bound":
      return value.kind === "number" || value.kind === "boolean" ? undefined : wrong("is a number.");
    case "count":
      return value.kind === "number" && Number.isInteger(value.value) && value.value >= 0
        ? undefined
        : wrong("is a whole number, not below 0.");
    case "pattern":
      if (value.kind !== "string") return wrong("is a regular expression in a string.");
      return isPattern(value.value) ? undefined : wrong("is not a regular expression.", value, "warning");
    case "type": {
      const items = value.kind === "array" ? value.items : [value];
      const odd = items.find((item) => !(SCHEMA_TYPES as readonly unknown[]).includes(stringOf(item)));
      return odd && wrong(`is one of ${SCHEMA_TYPES.map((type) => `\`${type}\``).join(", ")}.`, odd);
    }
    case "array":
      if (value.kind !== "array") return wrong("is a list.");
      return value.items.length > 0 ? undefined : wrong("is an empty list.", value, "warning");
    case "strings": {
      if (value.kind !== "array")
        return wrong("is a list of names.", value, value.kind === "boolean" ? "warning" : "error");
      const odd = value.items.find((item) => item.kind !== "string");
      return odd && wrong("is a list of names.", odd);
    }
    case "schemas":
      if (value.kind !== "array") return wrong("is a list of schemas.");
      return value.items.length > 0 ? undefined : wrong("is an empty list.", value, "warning");
    case "schema-map":
    case "names-or-schema-map":
    case "strings-map":
      return value.kind === "object" ? undefined : wrong("is an object.");
    default:
      return undefined;
  }
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    // The pattern is the user's: that it cannot be read is the answer.
    return false;
  }
}

function checkReference(documents: JsonDocuments, document: JsonDocument, value: JsonNode, report: Report): void {
  const written = stringOf(value)!;
  const target = documents.follow(document, written);
  if (!target || !("missing" in target)) return;
  const message =
    target.missing === "file"
      ? `There is no file \`${written.split("#")[0]}\`.`
      : `There is no \`${target.target.pointer}\` in ${written.startsWith("#") ? "this file" : `\`${written.split("#")[0]}\``}.`;
  const near = documents.findNear(document, written);
  report(value, "error", "schema/missing-reference", message, {
    reference: written,
    ...(near !== undefined && { near: JSON.stringify(near) }),
  });
}

const LIMITS: readonly (readonly [string, string])[] = [
  ["minimum", "maximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
  ["minProperties", "maxProperties"],
];

function checkLimits(schema: JsonNode, report: Report): void {
  for (const [low, high] of LIMITS) {
    const least = findMember(schema, low)?.value;
    const most = findMember(schema, high)?.value;
    if (least?.kind === "number" && most?.kind === "number" && least.value > most.value) {
      report(most, "warning", "schema/empty-range", `\`${high}\` is less than \`${low}\`: nothing fits.`);
    }
  }
}

/** A name that must be there and may not be. */
function checkRequired(schema: JsonNode, report: Report): void {
  const required = findMember(schema, "required")?.value;
  const properties = findMember(schema, "properties")?.value;
  const others = findMember(schema, "additionalProperties")?.value;
  if (required?.kind !== "array" || others?.kind !== "boolean" || others.value) return;
  if (findMember(schema, "patternProperties")) return;
  for (const item of required.items) {
    if (item.kind === "string" && !findMember(properties, item.value)) {
      const names = properties?.kind === "object" ? properties.members.map(({ name }) => name) : [];
      const [near] = nearNames(item.value, names);
      report(
        item,
        "warning",
        "schema/required-unknown",
        `\`${item.value}\` is required, but \`properties\` does not have it.`,
        near === undefined ? undefined : { near: JSON.stringify(near) },
      );
    }
  }
}

/** A default that its own schema refuses; one that refers to others is not looked at. */
function checkDefault(schema: JsonNode & { kind: "object" }, draft: string | undefined, report: Report): void {
  const value = findMember(schema, "default")?.value;
  // An empty one stands for "not set".
  if (!value || value.kind === "null" || (value.kind === "string" && value.value === "")) return;
  let refers = false;
  visitSchemas(schema, (one) => {
    if (findMember(one, "$ref") || findMember(one, "$dynamicRef")) refers = true;
  });
  if (refers) return;
  const bare = withoutPatterns(toValue(schema)) as Record<string, unknown>;
  const [problem] = checkParameters({ ...bare, $schema: draft }, toValue(value));
  if (problem && !problem.message.startsWith("The schema cannot be used")) {
    report(value, "warning", "schema/wrong-default", `The default does not fit the schema: ${problem.message}`);
  }
}
