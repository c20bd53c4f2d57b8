/**
 * How two profiles differ in what they come to: their final values, not their files.
 */
import type { Resolution } from "./resolution";

export interface ConfigurationChange {
  readonly section: string;
  /** Absent where the whole section is only in one of the two; then `before` or `after` is empty. */
  readonly option?: string;
  /** Absent where the option is not there; the raw value where it has no final one. */
  readonly before?: string;
  readonly after?: string;
}

/** Section → option → final value, or the raw one where there is none. */
export type ResolvedValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function resolvedValues(resolution: Resolution): ResolvedValues {
  const toOptions = (section: string): [string, string][] =>
    resolution.section(section).map((option) => [option.name, option.value ?? option.raw]);
  return Object.fromEntries(
    resolution.sectionNames().map((section) => [section, Object.fromEntries(toOptions(section))]),
  );
}

/** Sorted by section and option. Values that name the profiles' own directories differ with them. */
export function compareResolutions(before: Resolution, after: Resolution): ConfigurationChange[] {
  return compareValues(resolvedValues(before), resolvedValues(after));
}

export function compareValues(before: ResolvedValues, after: ResolvedValues): ConfigurationChange[] {
  const changes: ConfigurationChange[] = [];
  for (const section of keysOf(before, after)) {
    const old = ownValue(before, section);
    const fresh = ownValue(after, section);
    if (!fresh) changes.push({ section, before: "" });
    else if (!old) changes.push({ section, after: "" });
    for (const option of keysOf(old ?? {}, fresh ?? {})) {
      const one = old && ownValue(old, option);
      const other = fresh && ownValue(fresh, option);
      if (one === other) continue;
      changes.push({
        section,
        option,
        ...(one !== undefined && { before: one }),
        ...(other !== undefined && { after: other }),
      });
    }
  }
  return changes;
}

function keysOf(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
}

/** Names are the user's: a section may be called `constructor`. */
function ownValue<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
