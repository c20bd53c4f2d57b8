/**
 * The JSON files of a workspace as the service reads them, and what each is for.
 *
 * `description`: a release's `software.cfg.json`, beside the profile whose name it has. `schema`: by its `$schema`, or by
 * its name. Templates of JSON (`{{ }}`, `${}` outside strings) are read as far as they are JSON and not found fault with.
 */

import type { LineIndex } from "@/lib/base/text-range";
import { createLineIndex } from "@/lib/base/text-range";
import { baseNameOf, directoryOf, joinPath, normalisePath } from "@/lib/buildout";
import type { LanguageFiles } from "../service";
import {
  findMember,
  followPointer,
  type JsonMember,
  type JsonNode,
  type JsonTree,
  parseJson,
  stringOf,
} from "./json-tree";

export type JsonKind = "description" | "schema" | "other";

export interface JsonDocument extends JsonTree {
  readonly path: string;
  readonly text: string;
  readonly kind: JsonKind;
  /** Something else makes JSON of it. */
  readonly isTemplate: boolean;
  readonly lineIndex: LineIndex;
}

export interface SchemaTarget {
  readonly path: string;
  /** JSON pointer, empty for the whole file. */
  readonly pointer: string;
}

export interface JsonDocuments {
  document(path: string): JsonDocument | undefined;
  /** What a reference is to; `missing` says why it is nowhere. Undefined for one that leads to the web. */
  follow(
    document: JsonDocument,
    reference: string,
  ):
    | { readonly document: JsonDocument; readonly node: JsonNode; readonly member: JsonMember | undefined }
    | { readonly missing: "file" | "place"; readonly target: SchemaTarget }
    | undefined;
}

export function isJsonPath(path: string): boolean {
  return path.endsWith(".json");
}

export function isDescriptionPath(path: string): boolean {
  return path.endsWith(".cfg.json");
}

/** Names the file and place that a `$ref` means; undefined when it leads to the web. */
export function toSchemaTarget(path: string, reference: string): SchemaTarget | undefined {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:|^\/\//.test(reference)) return undefined;
  const hash = reference.indexOf("#");
  const file = decode(hash < 0 ? reference : reference.slice(0, hash));
  const pointer = decode(hash < 0 ? "" : reference.slice(hash + 1));
  return { path: file === "" ? path : normalisePath(joinPath(directoryOf(path), file)), pointer };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign stands for itself.
    return text;
  }
}

function kindOf(path: string, root: JsonNode | undefined): JsonKind {
  if (isDescriptionPath(path)) return "description";
  const schema = stringOf(findMember(root, "$schema")?.value);
  if (schema?.includes("json-schema.org")) return "schema";
  return /schema[^/]*\.json$/.test(baseNameOf(path)) && !findMember(root, "$schema") ? "schema" : "other";
}

function findAnchor(node: JsonNode, anchor: string): { node: JsonNode; member: JsonMember | undefined } | undefined {
  if (node.kind === "array") {
    for (const item of node.items) {
      const found = findAnchor(item, anchor);
      if (found) return found;
    }
  } else if (node.kind === "object") {
    if (stringOf(findMember(node, "$anchor")?.value) === anchor) return { node, member: undefined };
    for (const { value } of node.members) {
      const found = value && findAnchor(value, anchor);
      if (found) return found;
    }
  }
  return undefined;
}

export function createJsonDocuments(files: LanguageFiles): JsonDocuments {
  const kept = new Map<string, JsonDocument>();

  const document = (path: string): JsonDocument | undefined => {
    const text = files.read(path);
    const known = kept.get(path);
    if (known?.text === text) return known;
    if (text === undefined) {
      kept.delete(path);
      return undefined;
    }
    const tree = parseJson(text);
    let lineIndex: LineIndex | undefined;
    const made: JsonDocument = {
      ...tree,
      path,
      text,
      kind: kindOf(path, tree.root),
      isTemplate: /\{\{|\{%|\$\{/.test(text),
      get lineIndex() {
        lineIndex ??= createLineIndex(text);
        return lineIndex;
      },
    };
    kept.set(path, made);
    return made;
  };

  return {
    document,
    follow(from, reference) {
      const target = toSchemaTarget(from.path, reference);
      if (!target) return undefined;
      const found = target.path === from.path ? from : document(target.path);
      if (!found) return { missing: "file", target };
      const place =
        target.pointer === "" || target.pointer.startsWith("/")
          ? followPointer(found.root, target.pointer)
          : found.root && findAnchor(found.root, target.pointer);
      return place ? { document: found, ...place } : { missing: "place", target };
    },
  };
}
