/**
 * Compares an annotation with an expectation that the real buildout made, by the rules of `compare.py`.
 */
import { createHash } from "node:crypto";
import { normalisePath } from "@/lib/buildout";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Sections = Record<string, Record<string, Json>>;

export interface Annotation {
  error: Json;
  sections: Sections | null;
  resolved: Sections | null;
  origin: Sections | null;
  macros?: Sections | null;
  files: string[];
}

function placePath(path: string): string {
  return path.startsWith("{ROOT}/") ? `{ROOT}${normalisePath(path.slice(6))}` : path;
}

/** Reads what was printed, with the root directory as `{ROOT}`. */
export function readAnnotation(text: string, root: string): Annotation {
  return JSON.parse(text.replaceAll(JSON.stringify(root).slice(1, -1), "{ROOT}")) as Annotation;
}

function isError(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "error" in value;
}

function isSkipped(section: string, option: string): boolean {
  return section === "buildout" && option === "executable";
}

function simplify(name: string, value: Json | undefined): Json | undefined {
  if (isError(value)) return { error: true };
  if (name !== "origin" || !Array.isArray(value)) return value;
  return value.map((step) => {
    const [operation, file] = step as [string, string];
    return [operation, placePath(file)];
  });
}

/** Every difference in one line; none if the two agree. */
export function compareAnnotations(expected: Annotation, actual: Annotation): string[] {
  if (Boolean(expected.error) !== Boolean(actual.error))
    return [`error: expected ${JSON.stringify(expected.error)}, got ${JSON.stringify(actual.error)}`];
  if (expected.error) return [];
  const differences: string[] = [];
  for (const name of ["sections", "resolved", "origin", "macros"] as const) {
    const wanted = expected[name] ?? {};
    const got = actual[name] ?? {};
    for (const section of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const a = wanted[section] ?? {};
      const b = got[section] ?? {};
      for (const option of new Set(["", ...Object.keys(a), ...Object.keys(b)])) {
        if (isSkipped(section, option)) continue;
        const one = JSON.stringify(option === "" ? section in wanted : simplify(name, a[option]));
        const other = JSON.stringify(option === "" ? section in got : simplify(name, b[option]));
        if (one !== other) differences.push(`${name} ${section}:${option}: expected ${one}, got ${other}`);
      }
    }
  }
  const files = JSON.stringify(expected.files.map(placePath));
  const actualFiles = JSON.stringify(actual.files.map(placePath));
  if (files !== actualFiles) differences.push(`files: expected ${files}, got ${actualFiles}`);
  return differences;
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`);
  return `{${pairs.join(",")}}`;
}

function reduceSections(name: string, sections: Sections | null | undefined): Json {
  if (!sections) return null;
  const result: Record<string, Json> = {};
  for (const [section, options] of Object.entries(sections)) {
    const values: Record<string, Json> = {};
    for (const [option, value] of Object.entries(options))
      if (!isSkipped(section, option)) values[option] = simplify(name, value)!;
    result[section] = values;
  }
  return result;
}

/** The digest of each part, as `slapos.json` has them. */
export function annotationDigests(annotation: Annotation): Record<string, string> {
  const parts: Record<string, Json> = {
    error: Boolean(annotation.error),
    files: annotation.files.map(placePath),
  };
  for (const name of ["sections", "resolved", "origin", "macros"] as const)
    parts[name] = reduceSections(name, annotation[name]);
  return Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [name, createHash("sha256").update(canonical(value)).digest("hex")]),
  );
}
