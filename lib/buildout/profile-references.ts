/**
 * The references that one file makes, with their places in its text.
 *
 * Found line by line in the text, as an editor sees it, in sections with a dropped condition too.
 */
import type { Profile } from "./profile";
import { pythonStrip } from "./python-text";
import type { OptionNode } from "./syntax";

export interface ProfileReference {
  readonly profile: Profile;
  readonly kind: "substitution" | "macro" | "dependency" | "part";
  /** The section that the reference stands in. */
  readonly from: string;
  readonly fromOption: string;
  /** The section referred to. */
  readonly section: string;
  /** Empty for what refers to a section as a whole. */
  readonly option: string;
  readonly start: number;
  readonly end: number;
}

const cache = new WeakMap<Profile, ReadonlyMap<string, readonly ProfileReference[]>>();

/** Starts and ends of an option's value lines, the first one too. */
export function valueLines(node: OptionNode): [start: number, end: number][] {
  const lines: [number, number][] = [[node.valueStart, node.valueStart + node.firstLine.length]];
  for (let i = 0; node.lines !== undefined && i < node.lines.length; i += 2)
    lines.push([node.lines[i]!, node.lines[i + 1]!]);
  return lines;
}

/** By the section referred to. Made once for each profile. */
export function profileReferences(profile: Profile): ReadonlyMap<string, readonly ProfileReference[]> {
  const known = cache.get(profile);
  if (known !== undefined) return known;
  const bySection = new Map<string, ProfileReference[]>();
  const { text, nodes } = profile.syntax;
  const add = (reference: ProfileReference): void => {
    const others = bySection.get(reference.section);
    if (others === undefined) bySection.set(reference.section, [reference]);
    else others.push(reference);
  };

  let from = "";
  for (const node of nodes) {
    if (node.kind === "header") from = node.name;
    if (node.kind !== "option") continue;
    for (const [start, end] of valueLines(node)) scanSubstitutions(profile, from, node, start, end, add);
    if (node.name === "<") addNames(profile, "macro", from, node, "\n", add);
    else if (node.key === "<part-dependencies>") addNames(profile, "dependency", from, node, " ", add);
    else if (from === "buildout" && node.name === "parts") addNames(profile, "part", from, node, " ", add);
  }
  cache.set(profile, bySection);

  function scanSubstitutions(
    owner: Profile,
    section: string,
    node: OptionNode,
    start: number,
    end: number,
    emit: (reference: ProfileReference) => void,
  ): void {
    let at = text.indexOf("$", start);
    while (at >= 0 && at < end) {
      if (text[at + 1] === "$") {
        at = text.indexOf("$", at + 2);
        continue;
      }
      if (text[at + 1] === "{") {
        const close = text.indexOf("}", at);
        if (close < 0 || close >= end) return;
        const inside = text.slice(at + 2, close);
        const colon = inside.indexOf(":");
        if (colon >= 0)
          emit({
            profile: owner,
            kind: "substitution",
            from: section,
            fromOption: node.name,
            section: inside.slice(0, colon) || section,
            option: inside.slice(colon + 1),
            start: at,
            end: close + 1,
          });
        at = close;
      }
      at = text.indexOf("$", at + 1);
    }
  }

  function addNames(
    owner: Profile,
    kind: "macro" | "dependency" | "part",
    section: string,
    node: OptionNode,
    separator: "\n" | " ",
    emit: (reference: ProfileReference) => void,
  ): void {
    for (const [start, end] of valueLines(node)) {
      const line = text.slice(start, end);
      const pattern = separator === "\n" ? /\S(?:.*\S)?/g : /\S+/g;
      for (const match of line.matchAll(pattern)) {
        const name = pythonStrip(match[0]);
        if (name.includes("${")) continue;
        const at = start + match.index;
        emit({
          profile: owner,
          kind,
          from: section,
          fromOption: node.name,
          section: name,
          option: "",
          start: at,
          end: at + name.length,
        });
      }
    }
  }
  return bySection;
}
