/**
 * `software.cfg.json`: what a release tells of its software types and their parameters.
 *
 * Reading never throws: what cannot be understood is a problem beside what could. Shapes are those of SlapOS's
 * `schema.json`; the older form without `software-type` in each entry is understood too.
 */

export type Serialisation = "xml" | "json-in-xml";

export interface SoftwareTypeDescription {
  /** Key in the file: `default`, `default-slave`. */
  readonly id: string;
  /** What is requested. */
  readonly softwareType: string;
  readonly title: string;
  readonly description: string;
  readonly shared: boolean;
  readonly serialisation: Serialisation;
  /** Path of the schema of its parameters, as the file has it. */
  readonly request: string | undefined;
  readonly response: string | undefined;
}

export interface SoftwareDescription {
  readonly name: string;
  readonly description: string;
  readonly types: readonly SoftwareTypeDescription[];
  readonly problems: readonly string[];
}

export function parseSoftwareDescription(text: string): SoftwareDescription {
  const nothing = { name: "", description: "", types: [] };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { ...nothing, problems: [`The description of the release is no JSON: ${toMessage(error)}`] };
  }
  if (!isObject(parsed)) return { ...nothing, problems: ["The description of the release is no JSON object."] };
  const problems: string[] = [];
  const common = toSerialisation(parsed.serialisation, problems);
  const listed = isObject(parsed["software-type"]) ? parsed["software-type"] : {};
  const entries = Object.entries(listed).flatMap(([id, entry]) => {
    if (isObject(entry)) return [{ id, entry }];
    problems.push(`The software type ${id} is no JSON object.`);
    return [];
  });
  const types = entries
    .map(({ id, entry }, position) => ({
      index: typeof entry.index === "number" ? entry.index : position,
      type: {
        id,
        softwareType: toText(entry["software-type"]) || id.replace(/-slave$/, ""),
        title: toText(entry.title) || id,
        description: toText(entry.description),
        shared: entry.shared === true || id.endsWith("-slave"),
        serialisation: toSerialisation(entry.serialisation, problems) ?? common ?? "xml",
        request: toText(entry.request) || undefined,
        response: toText(entry.response) || undefined,
      } satisfies SoftwareTypeDescription,
    }))
    .sort((a, b) => a.index - b.index)
    .map(({ type }) => type);
  return { name: toText(parsed.name), description: toText(parsed.description), types, problems };
}

/** The entry that fits a request; a release need not describe what it understands. */
export function findSoftwareType(
  description: Pick<SoftwareDescription, "types">,
  softwareType: string | undefined,
  shared: boolean,
): SoftwareTypeDescription | undefined {
  // slapos turns the old name of the default type into the new one.
  const wanted = !softwareType || softwareType === "RootSoftwareInstance" ? "default" : softwareType;
  return description.types.find((type) => type.softwareType === wanted && type.shared === shared);
}

function toSerialisation(value: unknown, problems: string[]): Serialisation | undefined {
  if (value === undefined) return undefined;
  if (value === "xml" || value === "json-in-xml") return value;
  problems.push(`The serialisation ${JSON.stringify(value)} is neither xml nor json-in-xml.`);
  return undefined;
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
