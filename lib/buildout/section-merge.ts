/**
 * How buildout lays one section over another, and one configuration over another: exactly, accidents included.
 *
 * The accidents: in a section that is new, `name+ = x` without a space before the sign loses the last letter of its
 * name, and a name of one letter makes buildout fail with an internal error. `undefined` stands for that error.
 */
import { addToValue, type OptionMap, type OptionValue, removeFromValue, setValue, VALUE_SOURCES } from "./option-value";
import { rightStripCharacters, sortAsPython } from "./python-text";

export type Configuration = ReadonlyMap<string, OptionMap>;

const IMPLICIT = setValue("", VALUE_SOURCES.implicit);

export function isOperatorKey(key: string): boolean {
  const sign = key.charCodeAt(key.length - 1);
  return sign === 43 || sign === 45;
}

export function hasOperatorKeys(options: OptionMap): boolean {
  for (const key of options.keys()) if (isOperatorKey(key)) return true;
  return false;
}

/** `name +` and `name -` with exactly one space, where all of buildout's ways to cut off the sign agree. */
export function operatorBase(key: string): string | undefined {
  if (key.charCodeAt(key.length - 2) !== 32 || key.length < 3) return undefined;
  const base = key.slice(0, -2);
  const last = base.charCodeAt(base.length - 1);
  return last === 32 || last === 43 || last === 45 ? undefined : base;
}

/** `key[:-2]`, in code points. */
function withoutLastTwo(key: string): string {
  return [...key].slice(0, -2).join("");
}

/** Additions come before removals of the same name. */
function operatorOrder(left: string, right: string): number {
  const a = rightStripCharacters(left, " +");
  const b = rightStripCharacters(right, " +");
  if (a !== b) return sortAsPython([a, b])[0] === a ? -1 : 1;
  return left.charCodeAt(left.length - 1) - right.charCodeAt(right.length - 1);
}

export function updateSection(base: OptionMap, changes: OptionMap): Map<string, OptionValue> | undefined {
  const result = new Map(base);
  if (!hasOperatorKeys(changes)) {
    if (changes.has("")) return undefined;
    changes.forEach((value, key) => {
      result.set(key, value);
    });
    return result;
  }
  if (changes.has("")) return undefined;
  const own = new Map(changes);
  for (const key of [...changes.keys()].filter(isOperatorKey).sort(operatorOrder)) {
    const change = changes.get(key)!;
    const adds = key.endsWith("+");
    const name = rightStripCharacters(key, adds ? " +" : " -");
    const before = own.get(name) ?? base.get(name) ?? IMPLICIT;
    own.set(name, adds ? addToValue(before, change) : removeFromValue(before, change));
    own.delete(key);
  }
  for (const [key, value] of own) result.set(key, value);
  return result;
}

/** A section that is in no file before: a first `+=` becomes the value, a first `-=` an empty one. */
export function newSection(options: OptionMap): OptionMap | undefined {
  if (options.has("<") || !hasOperatorKeys(options)) return options;
  const result = new Map(options);
  for (const key of sortAsPython([...options.keys()])) {
    if (!isOperatorKey(key)) continue;
    const name = withoutLastTwo(key);
    if (result.has(name)) continue;
    const value = result.get(key)!;
    result.set(name, key.endsWith("+") ? value : removeFromValue(value, value, VALUE_SOURCES.implicit));
    result.delete(key);
  }
  return updateSection(new Map(), result);
}

export function updateConfiguration(base: Configuration, changes: Configuration): Map<string, OptionMap> | undefined {
  const result = new Map(base);
  for (const [name, options] of changes) {
    const before = result.get(name);
    const after = before === undefined ? newSection(options) : updateSection(before, options);
    if (after === undefined) return undefined;
    result.set(name, after);
  }
  return result;
}
