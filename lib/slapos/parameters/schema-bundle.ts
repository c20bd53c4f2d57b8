/**
 * One schema out of the files that a release's schema refers to, with references inside of it only.
 *
 * Nothing is fetched: a reference to the web, or to a file that is not there, becomes a schema that everything fits, and
 * a problem. Each file goes below `$defs` under its path; `$id` is dropped, since SlapOS resolves references by the
 * place of the file.
 *
 * Invariant: every `$ref` of the result begins with `#`; objects are made by definition of their properties, so a key
 * `__proto__` is a key like any other.
 */
import { isObject } from "./software-description";

export type Schema = Readonly<Record<string, unknown>>;

export interface SchemaBundle {
  readonly schema: Schema;
  readonly problems: readonly string[];
}

/** Deeper ones are cut: no person writes them. */
const DEPTH_LIMIT = 100;
/** Their values are data, not schemas. */
const DATA_KEYWORDS = new Set(["const", "enum", "default", "examples", "example"]);
/** Their values are objects whose keys are names of any kind, and whose values are schemas. */
const NAME_KEYWORDS = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
  "dependencies",
]);

/** What an object in a schema file is: a schema, an object from names to schemas, or mere data. */
type Kind = "schema" | "names" | "data";

function toKind(outer: Kind, key: string): Kind {
  if (outer === "data") return "data";
  if (outer === "names") return "schema";
  if (DATA_KEYWORDS.has(key)) return "data";
  return NAME_KEYWORDS.has(key) ? "names" : "schema";
}

/** Workspace paths of the files that a schema refers to, without itself. */
export function listReferencedFiles(schema: unknown, path: string): readonly string[] {
  const found = new Set<string>();
  walk(schema, 0, (reference) => {
    const target = resolveReference(reference, path);
    if (target?.path !== undefined && target.path !== path) found.add(target.path);
  });
  return [...found];
}

/** `documents` are the parsed files by workspace path; what is missing there could not be read. */
export function bundleSchema(path: string, documents: ReadonlyMap<string, unknown>): SchemaBundle {
  const problems = new Set<string>();
  const toPointer = (file: string): string => (file === path ? "" : `/$defs/${toDefinition(file)}`);

  const rewrite = (value: unknown, file: string, depth: number, kind: Kind = "schema"): unknown => {
    if (depth > DEPTH_LIMIT) {
      problems.add(`${file} is nested too deeply.`);
      return {};
    }
    if (Array.isArray(value)) return value.map((item) => rewrite(item, file, depth + 1, kind));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
      if (kind === "schema" && typeof item === "string") {
        if (key === "$id" || key === "id" || key === "$anchor") return [];
        if (key === "$ref") {
          const target = toTarget(item, file);
          return target === undefined ? [] : [[key, target]];
        }
      }
      return [[key, rewrite(item, file, depth + 1, toKind(kind, key))]];
    });
    return Object.fromEntries(entries);
  };

  const toTarget = (reference: string, file: string): string | undefined => {
    const target = resolveReference(reference, file);
    if (!target) {
      problems.add(`${file} refers to ${reference}, which is not read.`);
      return undefined;
    }
    const document = documents.get(target.path);
    if (document === undefined) {
      problems.add(`${file} refers to ${target.path}, which cannot be read.`);
      return undefined;
    }
    const pointer =
      target.fragment.startsWith("/") || target.fragment === ""
        ? target.fragment
        : findAnchor(document, target.fragment);
    if (pointer === undefined || !hasPointer(document, pointer)) {
      problems.add(`${file} refers to ${reference}, which is not there.`);
      return undefined;
    }
    return `#${toPointer(target.path)}${encodeURI(pointer)}`;
  };

  const rootDocument = documents.get(path);
  if (!isObject(rootDocument)) {
    return { schema: {}, problems: [`${path} is no JSON object.`] };
  }
  const root = rewrite(rootDocument, path, 0) as Schema;
  const others = [...documents].filter(([file]) => file !== path);
  const own = isObject(root.$defs) ? Object.entries(root.$defs) : [];
  const definitions = others.map(([file, document]): [string, unknown] => [
    toDefinition(file),
    rewrite(document, file, 0),
  ]);
  const $defs = definitions.length === 0 ? {} : { $defs: Object.fromEntries([...own, ...definitions]) };
  return { schema: { ...root, ...$defs }, problems: [...problems] };
}

/**
 * The same schema without regular expressions, which could keep a page busy for ever: the server checks them, where they
 * can be interrupted.
 */
export function withoutPatterns(schema: unknown, kind: Kind = "schema"): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withoutPatterns(item, kind));
  if (!isObject(schema)) return schema;
  const hasPatterns = kind === "schema" && isObject(schema.patternProperties);
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (kind === "schema" && key === "pattern" && typeof value === "string") return [];
    // What only a pattern allows must stay allowed.
    if (hasPatterns && (key === "patternProperties" || (key === "additionalProperties" && value === false))) return [];
    return [[key, withoutPatterns(value, toKind(kind, key))]];
  });
  return Object.fromEntries(entries);
}

function walk(value: unknown, depth: number, onReference: (reference: string) => void, kind: Kind = "schema"): void {
  if (depth > DEPTH_LIMIT || kind === "data") return;
  if (Array.isArray(value)) for (const item of value) walk(item, depth + 1, onReference, kind);
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (kind === "schema" && key === "$ref" && typeof item === "string") onReference(item);
      else walk(item, depth + 1, onReference, toKind(kind, key));
    }
  }
}

/** Undefined for what leads out of the workspace or to the web. */
function resolveReference(reference: string, file: string): { path: string; fragment: string } | undefined {
  const hash = reference.indexOf("#");
  const target = hash < 0 ? reference : reference.slice(0, hash);
  const fragment = decode(hash < 0 ? "" : reference.slice(hash + 1));
  if (fragment === undefined) return undefined;
  if (target === "") return { path: file, fragment };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:|^\/\/|\\|\?/.test(target) || target.startsWith("/")) return undefined;
  const decoded = decode(target);
  if (decoded === undefined) return undefined;
  const names = file.split("/").slice(0, -1);
  for (const name of decoded.split("/")) {
    if (name === "..") {
      if (names.pop() === undefined) return undefined;
    } else if (name !== "." && name !== "") names.push(name);
  }
  return { path: names.join("/"), fragment };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: no reference to anything.
    return undefined;
  }
}

/** A name that is the same in a pointer, a URI and JSON; two files never share one. */
function toDefinition(file: string): string {
  return `file.${file.replace(/[^A-Za-z0-9.-]/g, (character) => `_${character.codePointAt(0)!.toString(16)}_`)}`;
}

function hasPointer(document: unknown, pointer: string): boolean {
  let current = document;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(current)) current = current[Number(name)];
    else if (isObject(current) && Object.hasOwn(current, name)) current = current[name];
    else return false;
  }
  return current !== undefined;
}

function findAnchor(document: unknown, anchor: string): string | undefined {
  const search = (value: unknown, pointer: string, depth: number): string | undefined => {
    if (depth > DEPTH_LIMIT || typeof value !== "object" || value === null) return undefined;
    if (isObject(value) && value.$anchor === anchor) return pointer;
    for (const [key, item] of Object.entries(value)) {
      const found = search(item, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(document, "", 0);
}
