/**
 * What a profile overrides of what it extends: each option with what it would be without it, and where that is defined;
 * and how much of a section is a copy of what it overrides.
 */
import { ProfileAnalysis } from "@/lib/buildout";
import { changeFile, type GestureOptions, resolveChanged } from "./gesture";
import { optionNodes, removeNodes } from "./section-edits";

export interface Override {
  readonly section: string;
  readonly option: string;
  readonly operator: "=" | "+=" | "-=";
  /** Offset of the option in the profile. */
  readonly at: number;
  /** What it would be without the profile; undefined where it would not be there. */
  readonly base: string | undefined;
  /** Where that is set; of what is only added to, where that is done last. */
  readonly definedIn: { readonly path: string; readonly line: number } | undefined;
  /** The profile says what is so anyway, and it comes to the same. */
  readonly isCopy: boolean;
}

export function listOverrides(options: GestureOptions, path: string): Override[] {
  const analysis = new ProfileAnalysis(options);
  const profile = analysis.profile(path);
  if ("problem" in profile || profile.extends.length === 0) return [];
  const own = [...profile.sections.values()].filter(({ name }) => name !== "buildout");
  const names = own.flatMap(({ name, options: found }) =>
    [...new Set([...found.keys()].map((key) => key.replace(/\s*[+-]$/, "")))].map((option) => ({
      section: name,
      option,
    })),
  );
  const all = names.flatMap(({ section, option }) => optionNodes(profile, section, option));
  const bare = changeFile(profile, removeNodes(profile.syntax, new Set(all)));
  const base = resolveChanged(options, path, [bare]);
  const resolution = analysis.resolve(path);
  if (!base.loads) return [];
  // A header of the profile itself may have stayed, for the comments below it.
  const inherited = new Set(
    base.configuration.graph.nodes
      .filter(({ profile: read }) => read.path !== path)
      .flatMap(({ profile: read }) => [...read.sections.keys()]),
  );
  return names.flatMap(({ section, option }): Override[] => {
    const node = optionNodes(profile, section, option).at(-1);
    if (!node || !inherited.has(section)) return [];
    const below = base.option(section, option);
    const steps = below?.contributions.filter(({ nodes }) => nodes.length > 0) ?? [];
    const step = steps.findLast(({ operation }) => operation === "=") ?? steps.at(-1);
    const value = profile.section(section)?.options.get(node.key)?.value;
    return [
      {
        section,
        option,
        operator: node.operator,
        at: node.start,
        base: below?.raw,
        definedIn: step && { path: step.source, line: (step.position?.line ?? 0) + 1 },
        isCopy:
          node.operator === "=" &&
          below !== undefined &&
          value === below.raw &&
          below.value === resolution.option(section, option)?.value,
      },
    ];
  });
}
