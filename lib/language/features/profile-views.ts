/**
 * A profile as a whole, for views that show it: one section's final values with where each comes from, the files that
 * it extends, its parts in build order.
 *
 * Nothing here fails for what a user wrote: what is wrong is said beside the best that can still be known. Positions
 * are zero-based.
 */
import type { TextPosition } from "@/lib/base/text-range";
import { type Contribution, findAllParts, isUrl, type Profile } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import type { HeaderPlace, ProfileView } from "../analysis/profile-view";
import { toReadable } from "../document/template-mask";

/** Tops of a component that half of the workspace extends; a list to choose from need not be longer. */
const MAX_TOPS = 300;

export interface ProfilePlace {
  readonly path: string;
  readonly position: TextPosition;
}

/** One step of how a value came about, as it is written. */
export interface EffectiveStep {
  readonly operation: string;
  /** What this place says; for a default, the value. */
  readonly text: string;
  /** Undefined for what no file holds, as buildout's own defaults. */
  readonly place: ProfilePlace | undefined;
  /** What stands for the place when there is none. */
  readonly source: string;
  /** How often buildout does this step: once for every way of extends that leads to the file. */
  readonly times: number;
}

export interface EffectiveOption {
  readonly name: string;
  readonly value: string;
  readonly raw: string;
  /** Why the value is not all known. */
  readonly problem: string | undefined;
  readonly fromMacro: string | undefined;
  readonly steps: readonly EffectiveStep[];
}

export interface EffectiveSection {
  readonly section: string;
  readonly exists: boolean;
  readonly macros: readonly string[];
  /** Where it has a header, the file that decides last. */
  readonly places: readonly ProfilePlace[];
  readonly options: readonly EffectiveOption[];
  readonly sections: readonly string[];
}

export interface ExtendsFile {
  readonly path: string;
  readonly extends: readonly string[];
  /** Of `extends`, those that lead back to this file and are left out. */
  readonly cycles: readonly string[];
  /** It cannot be read. */
  readonly missing: boolean;
  readonly sections: number;
  readonly options: number;
  readonly sizeBytes: number;
}

export interface ExtendsView {
  /** In the order of the first reading; the profile itself is the first. */
  readonly files: readonly ExtendsFile[];
  readonly problems: readonly { readonly place: ProfilePlace; readonly message: string }[];
}

export interface PlannedOrder {
  readonly name: string;
  readonly recipe: string | undefined;
  readonly dependencies: readonly string[];
  readonly requested: boolean;
  readonly exists: boolean;
  readonly place: ProfilePlace | undefined;
}

export function effectiveSectionOf(analysis: Analysis, path: string, section: string): EffectiveSection | undefined {
  const view = analysis.view(path);
  if (!view) return undefined;
  const { resolution } = view;
  const names = view.sectionNames();
  const exists = resolution.hasSection(section);
  return {
    section,
    exists,
    macros: exists ? view.macros(section) : [],
    places: view.sectionPlaces(section).map((place) => toHeaderPlace(analysis, place)),
    options: exists
      ? [...(view.options(section)?.keys() ?? [])]
          .filter((name) => name !== "<")
          .map((name) => toEffectiveOption(view, section, name))
      : [],
    sections: [...names].sort(),
  };
}

/** Profiles that extend this one and that nothing else extends: its values may differ there. */
export function topsOf(analysis: Analysis, path: string): readonly string[] {
  const dependants = new Set(analysis.dependants(path));
  const tops = analysis.profiles.impact(path).tops.filter((top) => dependants.has(top));
  return tops.slice(0, MAX_TOPS);
}

function toEffectiveOption(view: ProfileView, section: string, name: string): EffectiveOption {
  const resolved = view.resolution.option(section, name);
  const shown = resolved?.value ?? view.display(section, name);
  // An option that a recipe sets when it runs is a problem to the resolver only, if its value can be told.
  const isOpen = resolved?.value === undefined && shown.includes("${");
  return {
    name: toReadable(name),
    value: toReadable(shown),
    raw: toReadable(resolved?.raw ?? view.option(section, name)?.value ?? ""),
    problem: isOpen ? (resolved?.problem?.message ?? view.macroProblem(section)?.message) : undefined,
    fromMacro: resolved?.fromMacro,
    steps: countRepeats((resolved?.contributions ?? []).flatMap(toSteps)),
  };
}

function countRepeats(steps: readonly Omit<EffectiveStep, "times">[]): EffectiveStep[] {
  const counted = new Map<string, EffectiveStep>();
  for (const step of steps) {
    const { place, source, operation, text } = step;
    const key = JSON.stringify([operation, source, place?.position ?? text]);
    counted.set(key, { ...step, times: (counted.get(key)?.times ?? 0) + 1 });
  }
  return [...counted.values()];
}

function toSteps(step: Contribution): Omit<EffectiveStep, "times">[] {
  const { profile } = step;
  if (!profile || step.nodes.length === 0) {
    return [{ operation: step.operation, text: toReadable(step.value), place: undefined, source: step.source }];
  }
  return step.nodes.map((node) => ({
    operation: node.operator ?? step.operation,
    text: toReadable(toOwnText(profile, node.valueStart, node.valueEnd)),
    place: { path: profile.path, position: profile.syntax.toPosition(node.keyStart) },
    source: profile.path,
  }));
}

function toOwnText({ syntax }: Profile, start: number, end: number): string {
  const lines = syntax.text.slice(start, end).split(/\r\n|\n|\r/);
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[#;]/.test(line))
    .join("\n");
}

function toHeaderPlace(analysis: Analysis, { path, header }: HeaderPlace): ProfilePlace {
  const profile = analysis.profiles.profile(path);
  const position = "syntax" in profile ? profile.syntax.toPosition(header.start) : { line: 0, column: 0 };
  return { path, position };
}

export function extendsViewOf(analysis: Analysis, path: string): ExtendsView | undefined {
  const view = analysis.view(path);
  if (!view) return undefined;
  const { graph } = view.configuration;
  const read = new Set(graph.nodes.map((node) => node.profile.path));
  const missing = new Set<string>();
  const files = graph.nodes.map(({ profile, children }): ExtendsFile => {
    const kept = new Set(children.map((child) => child.profile.path));
    const references = profile.extends.map(({ path: to, option }) => ({ to: analysis.profilePath(to), option }));
    const names = [...new Set(references.map(({ to }) => to))];
    for (const { to, option } of references) if (!read.has(to) && option !== "optional-extends") missing.add(to);
    let options = 0;
    for (const section of profile.sections.values()) options += section.options.size;
    return {
      path: profile.path,
      extends: names.filter((to) => kept.has(to) || missing.has(to)).map(toReadable),
      cycles: names.filter((to) => read.has(to) && !kept.has(to)),
      missing: false,
      sections: profile.sections.size,
      options,
      sizeBytes: profile.syntax.text.length,
    };
  });
  const absent = [...missing].map(
    (to): ExtendsFile => ({
      path: toReadable(to),
      extends: [],
      cycles: [],
      missing: true,
      sections: 0,
      options: 0,
      sizeBytes: 0,
    }),
  );
  const problems = graph.diagnostics.map((found) => {
    const profile = analysis.profiles.profile(found.path);
    const position = "syntax" in profile ? profile.syntax.toPosition(found.range.start) : { line: 0, column: 0 };
    return { place: { path: found.path, position }, message: toReadable(found.message) };
  });
  return { files: [...files, ...absent], problems };
}

export function partsOf(analysis: Analysis, path: string): readonly PlannedOrder[] | undefined {
  const view = analysis.view(path);
  if (!view) return undefined;
  const parts = findAllParts(view.resolution, (file) => analysis.document(file)?.text);
  return parts.map(({ name, recipe, dependencies, requested, exists }) => {
    const place = view.sectionPlaces(name).findLast((one) => !isUrl(one.path));
    return {
      name: toReadable(name),
      recipe: recipe === undefined ? undefined : toReadable(recipe),
      dependencies: dependencies.map(toReadable),
      requested,
      exists,
      place: place && toHeaderPlace(analysis, place),
    };
  });
}
