/** An instance's values as a view shows them: connection parameters with their links, states with their tones. */
import { isWebAddress } from "@/lib/logs/links";
import type { InstanceInfo, PartitionInfo, ProgramInfo } from "@/lib/protocol/instances";
import type { ReleaseParameters, SoftwareTypeInfo } from "@/lib/protocol/parameters";
import type { Tone } from "./run-words";

export interface ConnectionValue {
  readonly name: string;
  readonly text: string;
  /** The value is a web address and may be opened. */
  readonly url: string | undefined;
}

/**
 * Connection parameters, web addresses first. SlapOS publishes either single values or one JSON object as the value
 * of `_`; the second is shown as the first.
 */
export function listConnectionValues(connection: Readonly<Record<string, unknown>>): readonly ConnectionValue[] {
  const values = Object.entries(unpackSerialised(connection)).map(([name, value]) => {
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
    return { name, text, url: isWebAddress(text) ? text : undefined };
  });
  return values.sort((a, b) => Number(b.url !== undefined) - Number(a.url !== undefined));
}

/** The address to open for the instance: `url` if it has one, else the first web address. */
export function findServiceUrl(instance: Pick<InstanceInfo, "connection">): string | undefined {
  const values = listConnectionValues(instance.connection).filter(({ url }) => url !== undefined);
  return (values.find(({ name }) => name === "url") ?? values[0])?.url;
}

export function unpackSerialised(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { _: packed, ...rest } = values;
  if (typeof packed !== "string") return values;
  try {
    const inner: unknown = JSON.parse(packed);
    return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? { ...rest, ...inner } : values;
  } catch {
    return values; // Not JSON: shown as it is.
  }
}

/** Connection parameters that a bystander should not read from the screen. */
export function isSecretName(name: string): boolean {
  return /passw|secret|token|private[-_]?key/i.test(name);
}

export function toProgramTone(program: Pick<ProgramInfo, "name" | "state" | "exitStatus">): Tone {
  if (program.state === "RUNNING") return "good";
  if (program.state === "STARTING" || program.state === "STOPPING") return "active";
  if (program.state === "FATAL" || program.state === "BACKOFF" || program.state === "UNKNOWN") return "bad";
  if (program.state === "EXITED" && program.exitStatus !== undefined && program.exitStatus !== 0) return "bad";
  // What is watched shall never end.
  if (program.state === "EXITED" && program.name.endsWith("-on-watch")) return "bad";
  return "neutral";
}

/** The name as the profile has it: slapgrid adds to it that it watches a service, and a hash of the service's files. */
export function toProgramName(name: string): string {
  return name.replace(/-on-watch$/, "").replace(/-[0-9a-f]{32}$/, "");
}

/** What supervisord runs for a program, in its partition: those that it watches are services, others run once. */
export function toProgramFile(name: string): string {
  return name.endsWith("-on-watch") ? `etc/service/${name.replace(/-on-watch$/, "")}` : `etc/run/${name}`;
}

/** `slappart0` and what it requested, each with how deep it is below the first. */
export function toPartitionTree(
  partitions: readonly PartitionInfo[],
): readonly { readonly partition: PartitionInfo; readonly depth: number }[] {
  const ids = new Set(partitions.map(({ id }) => id));
  const seen = new Set<string>();
  const visit = (partition: PartitionInfo, depth: number): { partition: PartitionInfo; depth: number }[] => {
    if (seen.has(partition.id)) return [];
    seen.add(partition.id);
    const children = partitions.filter(({ parent }) => parent === partition.id);
    return [{ partition, depth }, ...children.flatMap((child) => visit(child, depth + 1))];
  };
  const roots = partitions.filter(({ parent }) => parent === undefined || !ids.has(parent));
  const tree = roots.flatMap((root) => visit(root, 0));
  // Partitions that request each other in a circle have no root.
  return [...tree, ...partitions.flatMap((partition) => visit(partition, 0))];
}

/** How one partition is, in one mark. */
export function toPartitionTone({ state, programs, promises }: PartitionInfo): Tone {
  if (state !== "started") return "neutral";
  const bad = promises.some(({ ok }) => !ok) || programs.some((program) => toProgramTone(program) === "bad");
  return bad ? "bad" : "good";
}

/** What the release says of an instance's software type. */
export function findTypeOf(
  release: Pick<ReleaseParameters, "types">,
  { softwareType, shared = false }: Pick<InstanceInfo, "softwareType" | "shared">,
): SoftwareTypeInfo | undefined {
  const wanted = !softwareType || softwareType === "RootSoftwareInstance" ? "default" : softwareType;
  return release.types.find((type) => type.softwareType === wanted && type.shared === shared);
}

/** A parameter that differs between what is applied and what is asked for; undefined where there is none. */
export interface ParameterChange {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Parameters at the first level that differ; a number and its digits are the same, as XML makes no difference. */
export function compareParameters(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly ParameterChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const text = (values: Readonly<Record<string, unknown>>, name: string): string | undefined => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? undefined : typeof value === "string" ? value : sortedJson(value);
  };
  return names
    .map((name) => ({ name, before: text(before, name), after: text(after, name) }))
    .filter((change) => change.before !== change.after);
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const HEALTH: Record<InstanceInfo["health"], { readonly text: string; readonly tone: Tone }> = {
  new: { text: "Not deployed yet", tone: "neutral" },
  running: { text: "Being deployed", tone: "active" },
  green: { text: "Running, all promises kept", tone: "good" },
  red: { text: "Not as promised", tone: "bad" },
  stopped: { text: "Stopped", tone: "neutral" },
};

export function describeHealth(instance: Pick<InstanceInfo, "health">): { readonly text: string; readonly tone: Tone } {
  return HEALTH[instance.health];
}

/** The JSON object that a person typed, or what is wrong with it in their words. */
export function parseParameters(text: string): { value?: Record<string, unknown>; problem?: string } {
  if (text.trim() === "") return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { problem: "Parameters are one JSON object: { … }" };
    }
    return { value: value as Record<string, unknown> };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "Not JSON" };
  }
}
