/**
 * Whether the engine will build a release at all: what its last complete build was made from, against what is there.
 *
 * The engine decides by the same rules in `inputs.py` and `software.py`: the closure of `extends`, the files beside each
 * of its profiles, all below the release's own directory, and what `${:_profile_base_location_}/…` names.
 */
import { createHash } from "node:crypto";
import { join, posix } from "node:path";
import { EGG_FILES } from "@/lib/slapos/egg-name";
import type { PlanDisk } from "@/server/platform/plan-disk";

/** A recipe egg in development mode, and its checkout; absolute. */
export interface DevelopedEgg {
  readonly egg: string;
  readonly directory: string;
}

export type SoftwareChange =
  | { readonly kind: "nothing" }
  | { readonly kind: "never-built" }
  | { readonly kind: "engine-changed" }
  | { readonly kind: "incomplete" }
  | { readonly kind: "unknown" }
  | { readonly kind: "develop" }
  | { readonly kind: "files"; readonly paths: readonly string[] };

export interface SoftwareInputs {
  readonly disk: PlanDisk;
  readonly unsaved: ReadonlyMap<string, string>;
  readonly profile: string;
  readonly directory: string;
  readonly engine: string | undefined;
  readonly develop: readonly DevelopedEgg[];
}

const HEADER = /^\[\s*([^\]:]+?)\s*(?::[^\]]*)?\]/;
const EXTENDS = /^(?:optional-)?extends\s*\+?=(.*)$/;
const BASE = /\$\{:_profile_base_location_\}(\/[^\s'"]*)?/g;
const IGNORED = new Set([".git", "__pycache__", "node_modules", ".svn"]);
const EGG_SUFFIXES = [".py", ".cfg", ".toml", ".in"];

export function findSoftwareChange(inputs: SoftwareInputs): SoftwareChange {
  const { disk, directory, engine } = inputs;
  if (!disk.exists(directory)) return { kind: "never-built" };
  const last = readRecord(disk, directory);
  if (last && last.engine !== engine) return { kind: "engine-changed" };
  if (!disk.exists(join(directory, ".completed"))) return { kind: "incomplete" };
  if (!last) return { kind: "unknown" };
  if (toKey(last.develop) !== toKey(inputs.develop.map(({ egg, directory: checkout }) => [egg, checkout])))
    return { kind: "develop" };
  const now = new Map(listInputs(inputs).map((path) => [path, digestOf(inputs, path)]));
  const paths = new Set<string>();
  for (const [path, digest] of now) if (digest !== last.files.get(path)) paths.add(path);
  for (const path of last.files.keys()) if (now.get(path) === undefined) paths.add(path);
  return paths.size === 0 ? { kind: "nothing" } : { kind: "files", paths: [...paths].sort() };
}

function toKey(develop: readonly (readonly string[])[]): string {
  return JSON.stringify(develop.map(([egg, directory]) => `${egg} ${directory}`).sort());
}

function digestOf({ disk, unsaved }: SoftwareInputs, path: string): string | undefined {
  const text = unsaved.get(path);
  return text === undefined ? disk.digestOfAny(path) : createHash("sha256").update(text).digest("hex");
}

function readRecord(
  disk: PlanDisk,
  directory: string,
):
  | {
      readonly engine: string;
      readonly files: ReadonlyMap<string, string>;
      readonly develop: readonly (readonly string[])[];
    }
  | undefined {
  try {
    const record: unknown = JSON.parse(disk.readText(join(directory, ".webrunner.json")) ?? "");
    if (typeof record !== "object" || record === null) return undefined;
    const { engine, files, develop } = record as {
      engine?: unknown;
      files?: Record<string, unknown>;
      develop?: readonly (readonly string[])[];
    };
    if (typeof engine !== "string" || typeof files !== "object") return undefined;
    const known = new Map<string, string>();
    for (const [path, entry] of Object.entries(files)) if (Array.isArray(entry)) known.set(path, String(entry[1]));
    return { engine, files: known, develop: Array.isArray(develop) ? develop : [] };
  } catch {
    return undefined;
  }
}

function listInputs(inputs: SoftwareInputs): string[] {
  const { disk, profile } = inputs;
  const texts = readClosure(inputs);
  const files = new Set(texts.keys());
  for (const [path, text] of texts) {
    for (const { name, isFile } of disk.list(posix.dirname(path)))
      if (isFile && !name.startsWith(".") && isSource(name)) files.add(posix.join(posix.dirname(path), name));
    for (const named of namedBy(disk, path, text ?? "")) files.add(named);
  }
  for (const path of filesBelow(disk, posix.dirname(profile))) files.add(path);
  for (const { directory } of inputs.develop)
    for (const path of filesBelow(disk, directory, EGG_SUFFIXES)) files.add(path);
  return [...files];
}

function readClosure({ disk, unsaved, profile }: SoftwareInputs): Map<string, string | undefined> {
  const texts = new Map<string, string | undefined>();
  const waiting = [profile];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue;
    const text = unsaved.get(path) ?? disk.readText(path);
    texts.set(path, text);
    for (const name of extendedBy(text ?? ""))
      if (!name.includes("://"))
        waiting.push(posix.normalize(name.startsWith("/") ? name : posix.join(posix.dirname(path), name)));
  }
  return texts;
}

function extendedBy(text: string): string[] {
  const found: string[] = [];
  let section: string | undefined;
  let isCollecting = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (/^\s/.test(line)) {
      if (isCollecting) found.push(...wordsOf(line));
      continue;
    }
    isCollecting = false;
    const header = HEADER.exec(line);
    if (header) section = header[1];
    else if (section === "buildout") {
      const option = EXTENDS.exec(line);
      if (!option) continue;
      isCollecting = true;
      found.push(...wordsOf(option[1]!));
    }
  }
  return found;
}

function wordsOf(text: string): string[] {
  return text.split("#", 1)[0]!.split(/\s+/).filter(Boolean);
}

function isSource(name: string): boolean {
  return !/(?:\.pyc|~|\.swp)$/.test(name);
}

function* filesBelow(disk: PlanDisk, directory: string, suffixes?: readonly string[]): Iterable<string> {
  for (const { name, isDirectory, isFile } of disk.list(directory)) {
    const path = posix.join(directory, name);
    if (isDirectory) {
      if (!IGNORED.has(name) && !name.startsWith(".") && !name.endsWith(".egg-info"))
        yield* filesBelow(disk, path, suffixes);
    } else if (isFile && isSource(name) && (!suffixes || suffixes.some((suffix) => name.endsWith(suffix)))) yield path;
  }
}

function* namedBy(disk: PlanDisk, path: string, text: string): Iterable<string> {
  for (const [, name] of text.matchAll(BASE)) {
    if (!name || name.includes("${")) continue;
    const target = posix.normalize(posix.dirname(path) + name).replace(/(.)\/$/, "$1");
    const entries = disk.list(target);
    if (entries.length === 0) yield target;
    else if (entries.some((entry) => entry.isFile && EGG_FILES.some((file) => file === entry.name)))
      yield* filesBelow(disk, target, EGG_SUFFIXES);
  }
}
