/**
 * One more name in a profile's `extends`, and where in the workspace a section is defined.
 *
 * A list in alphabetical order stays in it; else the name goes to the end, where it decides. No other byte changes.
 */
import type { TextEdit } from "@/lib/base/text-range";
import {
  baseNameOf,
  changeOption,
  directoryOf,
  isUrl,
  type OptionNode,
  type Profile,
  type ProfileSource,
  parseTemplate,
  type Resolution,
  type SectionHome,
  sortHomes,
} from "@/lib/buildout";
import type { MissingSection } from "./gesture";
import { appendLines } from "./section-edits";

/** `../gmp/buildout.cfg`, as a file in the folder of `from` names `to`. */
export function relativeName(from: string, to: string): string {
  const here = directoryOf(from).split("/").filter(Boolean);
  const there = directoryOf(to).split("/").filter(Boolean);
  let shared = 0;
  while (shared < here.length && shared < there.length && here[shared] === there[shared]) shared++;
  return [...here.slice(shared).map(() => ".."), ...there.slice(shared), baseNameOf(to)].join("/");
}

export function findExtendsNode(profile: Profile): OptionNode | undefined {
  let section = "";
  let found: OptionNode | undefined;
  for (const node of profile.syntax.nodes) {
    if (node.kind === "header") section = node.expression === undefined ? node.name : "";
    else if (node.kind === "option" && section === "buildout" && node.key === "extends") found = node;
  }
  return found;
}

export function addExtends(profile: Profile, path: string): TextEdit[] {
  if (profile.extends.some((reference) => reference.path === path)) return [];
  const { syntax } = profile;
  const name = relativeName(profile.path, path);
  const node = findExtendsNode(profile);
  if (node === undefined) return changeOption(syntax, { section: "buildout", option: "extends", value: `\n${name}` });
  const own = profile.extends.filter(({ start, end }) => start >= node.start && end <= node.end);
  const names = own.map((reference) => reference.name);
  const isSorted = names.length > 1 && names.every((one, index) => index === 0 || names[index - 1]! <= one);
  const next = isSorted ? own.find((reference) => reference.name > name) : undefined;
  if (next === undefined) return [appendLines(syntax, node, name)];
  const lineStart =
    Math.max(syntax.text.lastIndexOf("\n", next.start - 1), syntax.text.lastIndexOf("\r", next.start - 1)) + 1;
  const indent = syntax.text.slice(lineStart, next.start);
  if (indent.trim() !== "") return [appendLines(syntax, node, name)];
  const lineEnd = syntax.text.includes("\r\n") ? "\r\n" : "\n";
  return [{ range: { start: lineStart, end: lineStart }, newText: indent + name + lineEnd }];
}

/** At most so many profiles are offered for one section. */
const MAX_OFFERED = 3;

/** Sections that the value refers to and that the profile does not have. */
export function findMissingSections(
  value: string,
  resolution: Resolution,
  source: ProfileSource,
  listProfiles: () => readonly string[],
): MissingSection[] {
  const named = parseTemplate(value).references.map(({ section }) => section);
  const missing = new Set(named.filter((section) => section !== "" && !resolution.hasSection(section)));
  if (missing.size === 0) return [];
  const profiles = listProfiles();
  const taken = resolution.configuration.paths;
  return [...missing].map((section) => ({
    section,
    profiles: definingProfiles(section, source, profiles)
      .filter((path) => !taken.has(path))
      .slice(0, MAX_OFFERED),
  }));
}

/** Paths of profiles with the section, its likeliest home first. */
function definingProfiles(section: string, source: ProfileSource, profiles: readonly string[]): string[] {
  const homes: SectionHome[] = [];
  for (const path of profiles) {
    if (isUrl(path) || !path.endsWith(".cfg")) continue;
    const text = source.read(path);
    const header = typeof text === "string" ? text.search(toHeader(section)) : -1;
    if (typeof text !== "string" || header < 0) continue;
    const body = text.slice(header + 1).split(/^\[/m)[0]!;
    homes.push({ path, isComplete: /^(recipe|<)\s*=/m.test(body) });
  }
  return sortHomes(section, homes);
}

function toHeader(section: string): RegExp {
  return new RegExp(`^\\[${section.replace(/[.*+?^$(){}|[\]\\]/g, "\\$&")}\\]`, "m");
}
