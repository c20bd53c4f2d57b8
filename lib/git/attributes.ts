/** `.gitattributes`: lines to rules, and the attributes of a path. Filters are read, never run. */
import { compileNamePattern, compilePathPattern, type PathMatcher } from "./wildmatch";

/** `true` set, `false` unset (`-text`), a string its value, absent: unspecified. */
export type AttributeValue = string | boolean;

export interface AttributeRule {
  readonly byName: boolean;
  readonly match: PathMatcher;
  readonly values: readonly (readonly [string, AttributeValue | undefined])[];
}

export interface AttributesFile {
  readonly base: string;
  readonly rules: readonly AttributeRule[];
  readonly macros: ReadonlyMap<string, readonly (readonly [string, AttributeValue | undefined])[]>;
}

const BINARY: readonly (readonly [string, AttributeValue])[] = [
  ["diff", false],
  ["merge", false],
  ["text", false],
];

export function parseAttributesFile(text: string, base: string): AttributesFile {
  const rules: AttributeRule[] = [];
  const macros = new Map<string, readonly (readonly [string, AttributeValue | undefined])[]>();
  for (const line of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const quoted = /^"((?:[^"\\]|\\.)*)"\s*(.*)$/.exec(trimmed);
    const plain = /^(\S+)\s*(.*)$/.exec(trimmed);
    let pattern = quoted ? quoted[1]!.replace(/\\(.)/g, "$1") : plain![1]!;
    const values = (quoted ? quoted[2]! : plain![2]!).split(/\s+/).filter(Boolean).map(parseValue);
    if (pattern.startsWith("[attr]")) {
      macros.set(pattern.slice(6), values);
      continue;
    }
    // Neither negation nor folders exist here.
    if (pattern.startsWith("!") || pattern.endsWith("/")) continue;
    const byName = !pattern.includes("/");
    if (pattern.startsWith("/")) pattern = pattern.slice(1);
    rules.push({ byName, match: byName ? compileNamePattern(pattern) : compilePathPattern(pattern), values });
  }
  return { base, rules, macros };
}

function parseValue(text: string): readonly [string, AttributeValue | undefined] {
  if (text.startsWith("-")) return [text.slice(1), false];
  if (text.startsWith("!")) return [text.slice(1), undefined];
  const equals = text.indexOf("=");
  return equals < 0 ? [text, true] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** The attributes of `path` by `files`, given from the strongest to the weakest. */
export function resolveAttributes(files: readonly AttributesFile[], path: string): Map<string, AttributeValue> {
  const found = new Map<string, AttributeValue | undefined>();
  const name = path.slice(path.lastIndexOf("/") + 1);
  const set = (attribute: string, value: AttributeValue | undefined): void => {
    if (found.has(attribute)) return;
    found.set(attribute, value);
    if (value !== true) return;
    const macro =
      files.find((file) => file.macros.has(attribute))?.macros.get(attribute) ??
      (attribute === "binary" ? BINARY : undefined);
    for (const [inner, innerValue] of macro ?? []) set(inner, innerValue);
  };
  for (const file of files) {
    if (!path.startsWith(file.base)) continue;
    for (let i = file.rules.length - 1; i >= 0; i--) {
      const rule = file.rules[i]!;
      if (!rule.match(rule.byName ? name : path.slice(file.base.length))) continue;
      for (let value = rule.values.length - 1; value >= 0; value--) set(...rule.values[value]!);
    }
  }
  const values = new Map<string, AttributeValue>();
  for (const [attribute, value] of found) if (value !== undefined) values.set(attribute, value);
  return values;
}
