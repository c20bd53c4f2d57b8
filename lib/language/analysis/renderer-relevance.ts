/**
 * Whether a change of a profile may change which section renders which template.
 *
 * The search for renderers looks at a few options of sections whose recipe downloads or writes files, at `recipe`, `<` and
 * `extends`, and at what leads to these by references and macros. Most keys change nothing of that, and the templates of
 * every release that extends a component need not be looked for again.
 *
 * Invariant: where it cannot be told, it may.
 */
import type { Profile, ProfileAnalysis } from "@/lib/buildout";
import { profileReferences } from "@/lib/buildout";
import { roleOfRecipe, SOURCE_OPTIONS } from "./renderers";

/** More than this and looking for the renderers again is not dearer. */
const MAX_OPTIONS = 64;
/** Options of a section that stand for the file that it downloads or writes. */
const RESULTS = new Set(["target", "output", "rendered", "location"]);
const SOURCES: ReadonlySet<string> = new Set(SOURCE_OPTIONS);
const CONTEXTS = new Set(["context", "import-list"]);

interface ChangedOption {
  readonly section: string;
  readonly option: string;
}

/** `isFollowed`: whether the section or variable is part of a name in `extends` that only rendering knows. */
export function mayChangeRenderers(
  profiles: ProfileAnalysis,
  before: Profile | undefined,
  after: Profile | undefined,
  isFollowed: (name: string) => boolean,
): boolean {
  const changed = before && after && changedOptions(before, after);
  if (!changed) return true;
  if (changed.length === 0) return false;
  const loaded = profiles.loadedProfiles;
  const seen = new Set<string>();
  const pending: ChangedOption[] = [];
  const add = (section: string, option: string): void => {
    const key = `${section}\n${option}`;
    if (seen.has(key)) return;
    seen.add(key);
    pending.push({ section, option });
  };
  for (const { section, option } of changed) add(section, option);
  for (const { section, option } of pending) {
    if (seen.size > MAX_OPTIONS) return true;
    if (option === "recipe" || option === "<" || isFollowed(section)) return true;
    if (/[\ue000-\uf8ff]/.test(section + option)) return true;
    if (SOURCES.has(option) || CONTEXTS.has(option)) {
      if (mayRender(loaded, section, new Set())) return true;
      if (SOURCES.has(option) && isReadAsSource(loaded, section)) return true;
    }
    for (const profile of loaded) {
      const { text } = profile.syntax;
      if (text.includes(`:${option}}`)) {
        for (const reference of profileReferences(profile).get(section) ?? [])
          if (reference.option === option) add(reference.from, reference.fromOption);
      }
      for (const heir of profile.sections.values())
        if (heir.hasMacro && macrosOf(heir).includes(section)) add(heir.name, option);
      if (text.includes(section) && contextVariables(profile, section, option).some(isFollowed)) return true;
    }
  }
  return false;
}

/** Undefined where what the file extends is different. */
function changedOptions(before: Profile, after: Profile): ChangedOption[] | undefined {
  const names = (profile: Profile): string => profile.extends.map(({ path }) => path).join("\n");
  if (names(before) !== names(after) || before.optionalExtends?.value !== after.optionalExtends?.value)
    return undefined;
  const changed: ChangedOption[] = [];
  for (const section of new Set([...before.sections.keys(), ...after.sections.keys()])) {
    const old = before.sections.get(section);
    const now = after.sections.get(section);
    if (old?.id === now?.id) continue;
    for (const key of new Set([...(old?.options.keys() ?? []), ...(now?.options.keys() ?? [])])) {
      const values = [old, now].map((one) => one?.options.get(key)?.value ?? "");
      if (values[0] === values[1]) continue;
      if (key !== "recipe" || values.some(mayBeRendering))
        changed.push({ section, option: key.replace(/\s*[-+]$/, "") });
    }
  }
  return changed;
}

/** Whether a recipe downloads or writes files, or nobody knows. */
function mayBeRendering(recipe: string): boolean {
  return roleOfRecipe(recipe) !== undefined || /[$\ue000-\uf8ff]/.test(recipe);
}

type Section = Profile["sections"] extends ReadonlyMap<string, infer S> ? S : never;

function macrosOf({ options }: Section): string[] {
  return ["<", "< +", "< -"].flatMap((key) => options.get(key)?.value.split("\n") ?? []).map((line) => line.trim());
}

/** Whether some file gives the section a recipe that downloads or writes files, itself or by a macro. */
function mayRender(loaded: readonly Profile[], name: string, seen: Set<string>): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return loaded.some((profile) => {
    const section = profile.sections.get(name);
    if (!section) return false;
    if (mayBeRendering(section.options.get("recipe")?.value ?? "")) return true;
    return section.hasMacro && macrosOf(section).some((macro) => mayRender(loaded, macro, seen));
  });
}

/** Whether some section takes its source from what this one makes. */
function isReadAsSource(loaded: readonly Profile[], section: string): boolean {
  return loaded.some(
    (profile) =>
      profile.syntax.text.includes(`{${section}:`) &&
      (profileReferences(profile).get(section) ?? []).some(
        ({ option, fromOption }) => RESULTS.has(option) && SOURCES.has(fromOption),
      ),
  );
}

/** The variables in which templates are given the option, or all of its section. */
function contextVariables(profile: Profile, section: string, option: string): string[] {
  const variables: string[] = [];
  for (const { options } of profile.sections.values()) {
    for (const [name, { value }] of options) {
      if (!CONTEXTS.has(name.replace(/\s*[-+]$/, ""))) continue;
      for (const line of value.split("\n")) {
        const [kind, variable = "", expression] = line.trim().split(/\s+/);
        if (expression === `${section}:${option}` || (kind === "section" && expression === section))
          variables.push(variable);
      }
    }
  }
  return variables;
}
