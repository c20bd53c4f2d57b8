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

/** Final values, or raw ones where there is none. */
function finalValues(resolution: Resolution, section: string): Map<string, string> {
  return new Map(resolution.section(section).map((option) => [option.name, option.value ?? option.raw]));
}

/** Sorted by section and option. Values that name the profiles' own directories differ with them. */
export function compareResolutions(before: Resolution, after: Resolution): ConfigurationChange[] {
  const changes: ConfigurationChange[] = [];
  for (const section of [...new Set([...before.sectionNames(), ...after.sectionNames()])].sort()) {
    if (!after.hasSection(section)) changes.push({ section, before: "" });
    else if (!before.hasSection(section)) changes.push({ section, after: "" });
    const old = finalValues(before, section);
    const fresh = finalValues(after, section);
    for (const option of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
      const one = old.get(option);
      const other = fresh.get(option);
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
