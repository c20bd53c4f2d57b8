/**
 * The JSON files of a workspace as the service reads them, and what each is for.
 *
 * `description`: a release's `software.cfg.json`, beside the profile whose name it has. `schema`: by its `$schema`, or by
 * its name. Templates of JSON (`{{ }}`, `${}` outside strings) are read as far as they are JSON and not found fault with.
 */

import type { LineIndex } from "@/lib/base/text-range";
import { createLineIndex } from "@/lib/base/text-range";
import { baseNameOf, directoryOf, joinPath, normalisePath } from "@/lib/buildout";
import { nearNames } from "../actions/near-names";
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
  /** The reference that was meant by one which leads nowhere, if there is one like it. */
  findNear(document: JsonDocument, reference: string): string | undefined;
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

  const follow: JsonDocuments["follow"] = (from, reference) => {
    const target = toSchemaTarget(from.path, reference);
    if (!target) return undefined;
    const found = target.path === from.path ? from : document(target.path);
    if (!found) return { missing: "file", target };
    const place =
      target.pointer === "" || target.pointer.startsWith("/")
        ? followPointer(found.root, target.pointer)
        : found.root && findAnchor(found.root, target.pointer);
    return place ? { document: found, ...place } : { missing: "place", target };
  };

  /** Of the JSON files in the folder that the reference is to. */
  const nearFile = (path: string, reference: string): string | undefined => {
    const names = files.list(directoryOf(path)).filter(({ kind, name }) => kind === "file" && isJsonPath(name));
    const [near] = nearNames(
      baseNameOf(path),
      names.map(({ name }) => name),
    );
    return near === undefined ? undefined : reference.replace(baseNameOf(path), () => near);
  };

  /** By the last name of the pointer, in its object or in the other one that definitions are in. */
  const nearPlace = ({ path, pointer }: SchemaTarget, reference: string): string | undefined => {
    const root = document(path)?.root;
    const steps = pointer.split("/");
    const name = steps.pop() ?? "";
    const above = [steps.join("/"), "/$defs", "/definitions"];
    for (const place of above) {
      const node = place === "" ? root : followPointer(root, place)?.node;
      if (node?.kind !== "object") continue;
      const names = node.members.map((member) => member.name);
      const near = place !== above[0] && names.includes(name) ? name : nearNames(name, names)[0];
      if (near !== undefined) return `${reference.split("#")[0]}#${place}/${near}`;
    }
    return undefined;
  };

  return {
    document,
    follow,
    findNear(from, reference) {
      const target = follow(from, reference);
      if (!target || !("missing" in target)) return undefined;
      return target.missing === "file" ? nearFile(target.target.path, reference) : nearPlace(target.target, reference);
    },
  };
}
