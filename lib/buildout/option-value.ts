/**
 * The value of an option at one point of the merge, and how it came about.
 *
 * Values are immutable and shared between all profiles that see them. Each points to the value that it was made from
 * (`previous`) when its operation was `+=` or `-=`, so the last one of an option carries its whole provenance.
 *
 * Invariant: the chain of `previous` ends at a value whose operation is `=`.
 */
import type { Profile } from "./profile";
import type { OptionNode, OptionOperator } from "./syntax";
import type { ValueTemplate } from "./value-template";

/** Where values come from that no file holds. */
export const VALUE_SOURCES = {
  default: "DEFAULT_VALUE",
  computed: "COMPUTED_VALUE",
  commandLine: "COMMAND_LINE_VALUE",
  implicit: "IMPLICIT_VALUE",
} as const;

/** The place in a file that a value was written at. */
export interface OptionDefinition {
  readonly profile: Profile;
  readonly section: string;
  /** Usually one; more where one file adds to the option several times. Empty for what the slapos dialect sets. */
  readonly nodes: readonly OptionNode[];
}

export class OptionValue {
  /** Filled when first substituted. */
  template: ValueTemplate | undefined;

  constructor(
    readonly value: string,
    readonly operation: OptionOperator,
    /** The normalised path of the file, or one of `VALUE_SOURCES`. */
    readonly source: string,
    readonly definition: OptionDefinition | undefined,
    readonly previous: OptionValue | undefined,
  ) {}
}

export type OptionMap = ReadonlyMap<string, OptionValue>;

export function setValue(value: string, source: string): OptionValue {
  return new OptionValue(value, "=", source, undefined, undefined);
}

export function addToValue(value: OptionValue, added: OptionValue): OptionValue {
  return new OptionValue(`${value.value}\n${added.value}`, "+=", added.source, added.definition, value);
}

export function removeFromValue(value: OptionValue, removed: OptionValue, source = removed.source): OptionValue {
  const lines = new Set(removed.value.split("\n"));
  const kept = value.value.split("\n").filter((line) => !lines.has(line));
  return new OptionValue(kept.join("\n"), "-=", source, removed.definition, value);
}

/** What contributed to a value, oldest first: as `buildout annotate` prints it. */
export function valueHistory(value: OptionValue): OptionValue[] {
  const history: OptionValue[] = [];
  for (let at: OptionValue | undefined = value; at !== undefined; at = at.previous) history.push(at);
  return history.reverse();
}

/**
 * The value as it would be if each place contributed once.
 *
 * Where files extend each other by several ways, buildout applies a `+=` once for each way, and the value repeats.
 * Undefined if nothing repeats.
 */
export function withoutRepeats(value: OptionValue): string | undefined {
  if (value.previous === undefined) return undefined;
  const history = valueHistory(value);
  const seen = new Set<OptionDefinition | string>();
  const once = history.filter((step) => {
    const key = step.definition ?? `${step.operation}${step.source}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  if (once.length === history.length) return undefined;
  let lines: string[] = [];
  for (const [i, step] of once.entries()) {
    const own = ownValue(step);
    if (i === 0 || step.operation === "=") lines = own;
    else if (step.operation === "+=") lines = [...lines, ...own];
    else lines = lines.filter((line) => !own.includes(line));
  }
  return lines.join("\n");
}

/** The lines that a step itself wrote, not what it made of those before it. */
function ownValue(step: OptionValue): string[] {
  if (step.previous === undefined) return step.value.split("\n");
  if (step.operation === "+=") return step.value.slice(step.previous.value.length + 1).split("\n");
  const key = step.definition?.nodes[0]?.key;
  const raw =
    key === undefined ? undefined : step.definition?.profile.section(step.definition.section)?.options.get(key);
  return raw === undefined ? [] : raw.value.split("\n");
}
