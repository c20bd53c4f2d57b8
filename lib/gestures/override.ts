/**
 * Override in the sandbox: the one option, in the user's own profile, and nothing copied.
 *
 * Promises that only the named option's own value changes; what else comes out different reads it.
 */
import type { TextEdit } from "@/lib/base/text-range";
import {
  type AnalysisOptions,
  baseNameOf,
  compareResolutions,
  directoryOf,
  type OptionOperator,
  PROFILE_BASE_LOCATION,
  type Profile,
  type Resolution,
} from "@/lib/buildout";
import { addExtends, findMissingSections } from "./extends-edits";
import {
  changeFile,
  type Gesture,
  type GestureOptions,
  type MissingSection,
  openStart,
  otherDifferences,
  refuse,
  resolveChanged,
} from "./gesture";
import { appendLines, optionNodes, removeNodes, writeOption } from "./section-edits";

export interface OverrideIntent {
  /** The profile that is built, and that the override is written to. */
  readonly profile: string;
  readonly section: string;
  readonly option: string;
  readonly operator: OptionOperator;
  /** Lines are separated by `\n`. */
  readonly value: string;
  /** Files to extend besides, for sections that the value refers to. */
  readonly extend?: readonly string[];
}

const OWN_LOCATION = `\${:${PROFILE_BASE_LOCATION}}`;

export function overrideOption(options: GestureOptions, intent: OverrideIntent): Gesture {
  const { section, option, operator } = intent;
  const start = openStart(options, intent.profile);
  if ("kind" in start) return start;
  const { profile, resolution } = start;
  const problem = findProblem(resolution, intent);
  if (problem !== undefined) return refuse(problem);
  const notes: string[] = [];
  const value = rewriteLocation(intent, resolution, notes);
  const old = resolution.option(section, option)?.raw;
  if (operator === "+=" && old !== undefined && value.split("\n").every((line) => old.split("\n").includes(line)))
    return { kind: "proposed", summary: `[${section}] ${option} has it already.`, notes: [], files: [], effects: [] };

  const nodes = optionNodes(profile, section, option);
  const last = nodes.at(-1);
  let edits: TextEdit[];
  if (nodes.length > 1) return refuse(`This profile writes ${option} of [${section}] in more than one place.`);
  if (operator === "+=" && last !== undefined && last.operator !== "-=")
    edits = [appendLines(profile.syntax, last, value)];
  else if (last !== undefined && (operator !== "=" || last.operator !== "="))
    return refuse(`This profile has ${option} ${last.operator} in [${section}] already; change it there.`);
  else edits = writeOption(profile.syntax, section, option, operator, value);

  const file = changeFile(profile, [...extendAll(profile, intent), ...edits]);
  if (file.after === file.before)
    return { kind: "proposed", summary: `[${section}] ${option} is so already.`, notes, files: [], effects: [] };
  const after = resolveChanged(options, intent.profile, [file]);
  const missing = findMissingSections(value, after, options.source, () => options.listProfiles?.() ?? []);
  if (after.loads && missing.length > 0) return refuseMissing(missing);
  const result = after.option(section, option)?.raw;
  const wanted = wantedValue(old, operator, value);
  const others = otherDifferences(resolution, after, section, option);
  if (!after.loads || result !== wanted) return refuse("Written there, the value would not come out as wanted.");
  if (others.length > 0) return refuse(`The override would change more than the option: ${others.join(", ")}.`);
  return {
    kind: "proposed",
    summary: `Override ${option} of [${section}]`,
    notes,
    files: [file],
    effects: compareResolutions(resolution, after),
  };
}

function findProblem(resolution: Resolution, { section, option, operator, value }: OverrideIntent): string | undefined {
  if (!/^[^\s{}[\]=:#;+-][^\s{}[\]=:]*$/.test(option) || /[+-]$/.test(option)) return `${option} is no option name.`;
  if (/^[#;]/m.test(value)) return "A line of a value that begins with # or ; would be a comment.";
  if (section === "buildout" && (option === "extends" || option === "optional-extends"))
    return "What a profile extends is not a value that can be overridden.";
  if (!resolution.hasSection(section)) return `There is no section [${section}] to override.`;
  if (operator !== "=" && resolution.option(section, option) === undefined)
    return `[${section}] has no ${option} to ${operator === "+=" ? "add to" : "take from"}; set it.`;
  return undefined;
}

/** `${:_profile_base_location_}` here would be this directory, for the other options of the section too. */
function rewriteLocation({ section, value }: OverrideIntent, resolution: Resolution, notes: string[]): string {
  if (resolution.dialect !== "slapos" || !value.includes(OWN_LOCATION)) return value;
  const location = resolution.option(section, PROFILE_BASE_LOCATION);
  if (location === undefined || location.contributions.at(-1)?.source === resolution.path) return value;
  notes.push(`${OWN_LOCATION} would be the directory of this profile, so it names the section that has the right one.`);
  return value.replaceAll(OWN_LOCATION, () => `\${${section}:${PROFILE_BASE_LOCATION}}`);
}

function extendAll(profile: Profile, { extend = [] }: OverrideIntent): TextEdit[] {
  return extend.flatMap((path) => addExtends(profile, path));
}

/** `component/gmp/buildout.cfg` is enough to know a profile by. */
function shortName(path: string): string {
  return `${directoryOf(path).split("/").slice(-2).join("/")}/${baseNameOf(path)}`;
}

export function refuseMissing(missing: readonly MissingSection[]): Gesture {
  const sentences = missing.map(({ section, profiles: [first] }) =>
    first === undefined
      ? `Section [${section}] does not exist, and no profile of the workspace defines it.`
      : `Section [${section}] does not exist: it is defined in ${shortName(first)}, which is not extended.`,
  );
  return { kind: "refused", reason: sentences.join(" "), missing };
}

function wantedValue(old: string | undefined, operator: OptionOperator, value: string): string {
  const own = value.replace(/^\n/, "");
  if (operator === "=" || old === undefined) return own;
  if (operator === "+=") return `${old}\n${own}`;
  const lines = new Set(own.split("\n"));
  return old
    .split("\n")
    .filter((line) => !lines.has(line))
    .join("\n");
}

/** A section pasted from the file that it overrides, brought down to what differs. */
export function reduceSection(options: AnalysisOptions, path: string, section: string): Gesture {
  const start = openStart(options, path);
  if ("kind" in start) return start;
  const { profile, resolution } = start;
  const own = [...(profile.section(section)?.options ?? [])].filter(([, { definition }]) => definition?.nodes.length);
  if (own.length === 0) return refuse(`This profile has nothing in [${section}].`);
  const nodes = own.flatMap(([, { definition }]) => definition!.nodes);
  const bare = changeFile(profile, removeNodes(profile.syntax, new Set(nodes)));
  const base = resolveChanged(options, path, [bare]);
  // `${:_profile_base_location_}` may be written alike and be another directory here.
  const same = own.filter(([key, { value }]) => {
    const below = base.option(section, key);
    return below?.raw === value && below.value === resolution.option(section, key)?.value;
  });
  if (same.length === 0) return refuse(`No option of [${section}] is what it would be without this profile.`);
  const copied = new Set(same.flatMap(([, { definition }]) => definition!.nodes));
  const file = changeFile(profile, removeNodes(profile.syntax, copied));
  const effects = compareResolutions(resolution, resolveChanged(options, path, [file]));
  if (effects.length > 0) return refuse(`Without the copies, [${section}] would come to something else.`);
  const summary = `${same.length} of ${own.length} options of [${section}] are copies: take them out`;
  return { kind: "proposed", summary, notes: [], files: [file], effects };
}
