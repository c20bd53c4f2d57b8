/** The keywords of JSON Schema (drafts 4 to 2020-12) and of `software.cfg.json`: what each takes and means. */

export type KeywordShape =
  | "any"
  | "string"
  | "boolean"
  | "number"
  | "count"
  | "pattern"
  | "type"
  | "array"
  | "strings"
  | "schema"
  | "schemas"
  | "schema-map"
  | "schema-or-schemas"
  | "names-or-schema-map"
  | "strings-map"
  | "bound"
  | "object";

export interface Keyword {
  readonly shape: KeywordShape;
  readonly doc: string;
}

export const SCHEMA_TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"] as const;

const keyword = (shape: KeywordShape, doc: string): Keyword => ({ shape, doc });

export const SCHEMA_KEYWORDS: Readonly<Record<string, Keyword>> = {
  $schema: keyword("string", "The version of JSON Schema that this file is written in."),
  $id: keyword("string", "Address of this schema."),
  id: keyword("any", "Address of this schema (draft 4)."),
  $ref: keyword("string", "Another schema that must fit too: a file, and after `#` a place in it."),
  $anchor: keyword("string", "A name that `$ref` can use for this schema."),
  $dynamicRef: keyword("string", "As `$ref`, found while a value is checked."),
  $dynamicAnchor: keyword("string", "A name for `$dynamicRef`."),
  $comment: keyword("string", "A note for whoever reads this file."),
  $vocabulary: keyword("object", "Vocabularies that a schema of schemas uses."),
  $defs: keyword("schema-map", "Schemas for others to refer to."),
  definitions: keyword("schema-map", "Schemas for others to refer to (before 2019-09; `$defs` since)."),
  title: keyword("string", "Short name that the form shows."),
  description: keyword("string", "What the value is for; the form shows it."),
  default: keyword("any", "The value when none is given."),
  examples: keyword("array", "Values as they may be."),
  deprecated: keyword("boolean", "Not to be used any more."),
  readOnly: keyword("boolean", "Not to be set."),
  writeOnly: keyword("boolean", "Not to be shown."),
  type: keyword("type", "Kind of value, or a list of kinds."),
  enum: keyword("array", "All values that fit."),
  const: keyword("any", "The only value that fits."),
  format: keyword("string", "What a string looks like: `uri`, `email`, `date-time`, `ipv6` …"),
  pattern: keyword("pattern", "A regular expression that a string must match somewhere."),
  minLength: keyword("count", "Fewest characters."),
  maxLength: keyword("count", "Most characters."),
  contentEncoding: keyword("string", "How a string encodes bytes, such as `base64`."),
  contentMediaType: keyword("string", "Media type of what a string holds."),
  contentSchema: keyword("schema", "Schema of what a string holds."),
  minimum: keyword("number", "Least number."),
  maximum: keyword("number", "Greatest number."),
  exclusiveMinimum: keyword("bound", "The number must be greater."),
  exclusiveMaximum: keyword("bound", "The number must be less."),
  multipleOf: keyword("number", "The number must be a multiple of this."),
  properties: keyword("schema-map", "The names that an object may have, each with its schema."),
  patternProperties: keyword("schema-map", "Schemas for the names that match a regular expression."),
  additionalProperties: keyword("schema", "Schema of all other names; `false`: there are none."),
  unevaluatedProperties: keyword("schema", "Schema of the names that nothing else has looked at."),
  propertyNames: keyword("schema", "Schema of the names themselves."),
  required: keyword("strings", "Names that an object must have."),
  minProperties: keyword("count", "Fewest names."),
  maxProperties: keyword("count", "Most names."),
  dependentRequired: keyword("strings-map", "Names that must be there when another is."),
  dependentSchemas: keyword("schema-map", "Schemas that must fit when a name is there."),
  dependencies: keyword("names-or-schema-map", "What must be there when a name is (before 2019-09)."),
  items: keyword("schema-or-schemas", "Schema of the items of a list."),
  prefixItems: keyword("schemas", "Schemas of the first items, one after the other."),
  additionalItems: keyword("schema", "Schema of the other items (before 2020-12)."),
  unevaluatedItems: keyword("schema", "Schema of the items that nothing else has looked at."),
  contains: keyword("schema", "Some item must fit this."),
  minContains: keyword("count", "How many items must fit `contains`."),
  maxContains: keyword("count", "How many items may fit `contains`."),
  minItems: keyword("count", "Fewest items."),
  maxItems: keyword("count", "Most items."),
  uniqueItems: keyword("boolean", "Whether no two items may be equal."),
  allOf: keyword("schemas", "All of these must fit."),
  anyOf: keyword("schemas", "At least one of these must fit."),
  oneOf: keyword("schemas", "Exactly one of these must fit."),
  not: keyword("schema", "This must not fit."),
  if: keyword("schema", "If this fits, `then` must; otherwise `else`."),
  // biome-ignore lint/suspicious/noThenProperty: it is a keyword's name
  then: keyword("schema", "Must fit when `if` does."),
  else: keyword("schema", "Must fit when `if` does not."),
};

/** Keys of `software.cfg.json` (slapos.git, `schema.json`). */
export const DESCRIPTION_KEYS: Readonly<Record<string, Keyword>> = {
  name: keyword("string", "Short name of the software release."),
  description: keyword("string", "What the software release is."),
  serialisation: keyword(
    "string",
    "How parameters and results are sent: `xml`, one value for each; `json-in-xml`, all in one JSON text.",
  ),
  "software-type": keyword("object", "The software types that can be asked for."),
};

/** Keys of one software type there. */
export const SOFTWARE_TYPE_KEYS: Readonly<Record<string, Keyword>> = {
  title: keyword("string", "Short name that the form shows."),
  description: keyword("string", "What this software type is for."),
  serialisation: keyword("string", "As for the whole release, where this type differs."),
  request: keyword("string", "File with the schema of its parameters, relative to this one."),
  response: keyword("string", "File with the schema of what it publishes, relative to this one."),
  "software-type": keyword("string", "What is asked for, when it is not the name of this entry."),
  shared: keyword("boolean", "Whether this is for shared instances (slaves)."),
  index: keyword("number", "Place in a list of types."),
};

export const REQUIRED_TYPE_KEYS: readonly string[] = ["request", "response"];
export const SERIALISATIONS: readonly string[] = ["xml", "json-in-xml"];
