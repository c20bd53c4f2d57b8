/**
 * A promise for a service of an instance profile: a part that checks whether the service's port listens, made from what
 * the service's section says of where it listens.
 *
 * The profile may be a template: it is read as far as it is sections and options, and written in its own kind of
 * references. Where it does not say host and port in a way that can be taken over, nothing is offered.
 */
import type { TextEdit } from "@/lib/base/text-range";
import { type OptionNode, type ProfileSyntax, parseSyntax } from "@/lib/buildout";
import { appendLines } from "./section-edits";

export interface PromiseSection {
  /** The new section. */
  readonly section: string;
  /** The service that it is for. */
  readonly service: string;
  readonly edits: readonly TextEdit[];
}

interface TextSection {
  readonly name: string;
  readonly options: readonly OptionNode[];
}

/** `${a:b}`, or in the second level of a template `$${a:b}`; the section and the option that it is to. */
const REFERENCE = /\$\$?\{([\w. -]*):([\w. -]+)\}/g;
const HOST_OPTION = /(?:^|[-_])(?:ip|ipv4|ipv6|host|hostname|address)(?:-random)?$/;
const PORT_OPTION = /(?:^|[-_])port$/;
/** What a template fills in, or an address that is written. */
const HOST = String.raw`\$\$?\{[^{}]*\}|\{\{[^{}]*(?:ip|host)[^{}]*\}\}|localhost|\d+(?:\.\d+){3}|(?<=\[)[0-9a-fA-F:]+`;
const PORT = String.raw`\$\$?\{[^{}]*\}|\{\{[^{}]*port[^{}]*\}\}|\d{2,5}`;
const ADDRESS = new RegExp(`(?<![\\w.])\\[?(${HOST})\\]?:(${PORT})(?![\\w:.])`, "g");
const SERVICE_FOLDER = /etc\/(?:service|run)\b|:(?:service|services|run)\}/;

export function makePromiseSection(text: string): PromiseSection | undefined {
  const syntax = parseSyntax(text);
  const sections = readSections(syntax);
  const parts = partsOf(sections);
  const folder = findPromiseFolder(text, sections);
  if (!parts || !folder || !/slapos\.cookbook:/.test(text)) return undefined;
  for (const service of sections.filter((one) => isService(one, text))) {
    const address = findAddress(service, sections, text);
    if (!address) continue;
    const section = unusedName(`promise-${service.name}`, sections);
    const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
    const lines = [
      `[${section}]`,
      "recipe = slapos.cookbook:check_port_listening",
      `hostname = ${address.host}`,
      `port = ${address.port}`,
      `path = ${folder.reference}/${service.name}-listens`,
    ];
    const gap = text.endsWith("\n") ? lineEnd : lineEnd + lineEnd;
    const added = {
      range: { start: text.length, end: text.length },
      newText: gap + lines.map((line) => line + lineEnd).join(""),
    };
    return { section, service: service.name, edits: [appendLines(syntax, parts, section), ...folder.edits, added] };
  }
  return undefined;
}

/** A header whose name a template makes is one without a name. */
function readSections({ nodes, text }: ProfileSyntax): TextSection[] {
  const sections: { name: string; options: OptionNode[] }[] = [];
  for (const node of nodes)
    if (node.kind === "header") sections.push({ name: node.name, options: [] });
    else if (node.kind === "stray" && text[node.start] === "[") sections.push({ name: "", options: [] });
    else if (node.kind === "option") sections.at(-1)?.options.push(node);
  return sections;
}

function partsOf(sections: readonly TextSection[]): OptionNode | undefined {
  return sections
    .filter(({ name }) => name === "buildout")
    .flatMap(({ options }) => options)
    .findLast(({ name }) => name === "parts");
}

function readValue(text: string, option: OptionNode): string {
  return text.slice(option.valueStart, option.valueEnd);
}

/** A section whose program the instance's supervisor runs. */
function isService({ name, options }: TextSection, text: string): boolean {
  if (!/^[\w.-]+$/.test(name)) return false;
  const place = options.find((option) => /^(?:wrapper-path|wrapper|path|output|rendered)$/.test(option.name));
  return place !== undefined && SERVICE_FOLDER.test(readValue(text, place));
}

interface Address {
  readonly host: string;
  readonly port: string;
}

/**
 * Where the service listens: options of its own, a `host:port` among its values, or a host and a port that it has from
 * one other section.
 */
function findAddress(service: TextSection, sections: readonly TextSection[], text: string): Address | undefined {
  const own = ownAddress(service, text);
  if (own) return own;
  const values = service.options
    .filter(({ name }) => !/^(?:recipe|wrapper-path|wrapper|path|output)$/.test(name))
    .map((option) => readValue(text, option));
  for (const value of values)
    for (const [, host = "", port = ""] of value.matchAll(ADDRESS))
      if (isTo(HOST_OPTION, host) && isTo(PORT_OPTION, port)) return { host, port };
  for (const [, name, option = ""] of values.flatMap((value) => [...value.matchAll(REFERENCE)])) {
    const other = PORT_OPTION.test(option) ? sections.find((section) => section.name === name) : undefined;
    const address = other && ownAddress(other, text);
    if (address) return address;
  }
  return undefined;
}

/** Not a reference of the section to itself, which elsewhere would be to another; and one to an option called so. */
function isTo(pattern: RegExp, value: string): boolean {
  const reference = [...value.matchAll(REFERENCE)][0];
  return !reference || (reference[1] !== "" && pattern.test(reference[2]!));
}

function ownAddress({ name, options }: TextSection, text: string): Address | undefined {
  const sign = signOf(text);
  const find = (pattern: RegExp): string | undefined => options.find((option) => pattern.test(option.name))?.name;
  const host = find(HOST_OPTION);
  const port = find(PORT_OPTION);
  if (host === undefined || port === undefined || !/^[\w.-]+$/.test(name)) return undefined;
  return { host: `${sign}{${name}:${host}}`, port: `${sign}{${name}:${port}}` };
}

/** How references begin that the instance resolves. */
function signOf(text: string): string {
  return text.includes("$${") ? "$$" : "$";
}

/** Where promises go: as the profile calls it, or one more directory beside that of the services. */
function findPromiseFolder(
  text: string,
  sections: readonly TextSection[],
): { readonly reference: string; readonly edits: readonly TextEdit[] } | undefined {
  const sign = signOf(text);
  for (const { name, options } of sections) {
    const known = options.find((option) =>
      /(?:^|\/)etc\/promise\/?$|:etc\}\/promise\/?$/.test(readValue(text, option)),
    );
    if (known) return { reference: `${sign}{${name}:${known.name}}`, edits: [] };
  }
  for (const { name, options } of sections) {
    const recipe = options.find((option) => option.name === "recipe");
    if (!recipe || !readValue(text, recipe).includes("slapos.cookbook:mkdirectory")) continue;
    const services = options.find((option) => /etc\}?\/(?:service|run)\/?$/.test(readValue(text, option)));
    if (!services || options.some((option) => option.name === "promise")) continue;
    const value = readValue(text, services).replace(/(?:service|run)\/?$/, "promise");
    const at = services.valueEnd;
    const newText = `${text.includes("\r\n") ? "\r\n" : "\n"}promise = ${value}`;
    return { reference: `${sign}{${name}:promise}`, edits: [{ range: { start: at, end: at }, newText }] };
  }
  return undefined;
}

function unusedName(wanted: string, sections: readonly TextSection[]): string {
  const names = new Set(sections.map(({ name }) => name));
  for (let index = 1; ; index++) {
    const name = index === 1 ? wanted : `${wanted}-${index}`;
    if (!names.has(name)) return name;
  }
}
