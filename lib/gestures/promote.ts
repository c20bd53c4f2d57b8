/**
 * Promote: what a profile overrides goes to the file that defines it, and the override goes away.
 *
 * Promises that the effective configuration of the profile is the same before and after: the resolver runs on both.
 */
import type { TextEdit } from "@/lib/base/text-range";
import {
  type AnalysisOptions,
  baseNameOf,
  compareResolutions,
  createEngineFacts,
  createReadingRules,
  isUrl,
  type OptionNode,
  type Profile,
  ProfileAnalysis,
  type Resolution,
  readProfile,
} from "@/lib/buildout";
import { changeFile, type FileChange, type Gesture, openStart, type Refusal, refuse, resolveChanged } from "./gesture";
import { findBareSandbox } from "./sandbox";
import { appendLines, optionNodes, removeNodes, writeOption } from "./section-edits";

export interface PromoteIntent {
  /** The profile that has the override. */
  readonly profile: string;
  readonly section: string;
  /** Without it, every option that the profile has in the section. */
  readonly option?: string;
  /** The file that it goes to; needed where several define it. */
  readonly into?: string;
}

export function promoteOverride(options: AnalysisOptions, intent: PromoteIntent): Gesture {
  const { section } = intent;
  const start = openStart(options, intent.profile);
  if ("kind" in start) return start;
  const { analysis, profile, resolution } = start;
  const names = overriddenNames(profile, intent);
  if (names.length === 0) return refuse(`This profile does not override ${nameOf(intent)}.`);
  const own = names.flatMap((name) => optionNodes(profile, section, name));
  const reduced = changeFile(profile, removeNodes(profile.syntax, new Set(own)));
  const base = resolveChanged(options, intent.profile, [reduced]);
  if (!base.hasSection(section)) return refuse(`No file that this profile extends has a section [${section}].`);

  const files = new Map<string, FileChange>();
  for (const name of names) {
    const target = findTarget(base, intent, name);
    if (typeof target !== "string") return target;
    const changed = files.get(target);
    const current = changed ? readChanged(options, changed) : analysis.profile(target);
    if ("problem" in current) return refuse(current.message);
    const edits = optionNodes(profile, section, name).length === 1 && moveOption(current, profile, base, section, name);
    if (!edits) return refuse(`${name} of [${section}] is not one simple = or +=; promote it by hand.`);
    const next = changeFile(current, edits);
    files.set(target, changed ? rebase(changed, next) : next);
  }
  const bare = findBareSandbox(readProfileText(intent.profile, reduced.after, options));
  const rest: FileChange =
    bare === undefined
      ? reduced
      : { ...changeFile(profile, [{ range: { start: 0, end: reduced.before.length }, newText: "" }]), fate: "removed" };
  const all = [...files.values(), rest];
  const after = resolveChanged(options, bare ?? intent.profile, all);
  const effects = compareResolutions(resolution, after);
  if (!after.loads || effects.length > 0) return refuse(toInequality(effects));
  return {
    kind: "proposed",
    summary: `Promote ${nameOf(intent)}: the effective configuration of this profile stays equal`,
    notes: bare === undefined ? [] : [`${baseNameOf(intent.profile)} has no override any more, so it goes away.`],
    files: all.filter((file) => file.before !== file.after),
    effects,
    ...(bare !== undefined && { runs: bare }),
  };
}

function readProfileText(path: string, text: string, { dialect, facts }: AnalysisOptions): Profile {
  return readProfile(path, text, createReadingRules(dialect ?? "slapos", facts ?? createEngineFacts()));
}

function nameOf({ section, option }: PromoteIntent): string {
  return option === undefined ? `[${section}]` : `${option} of [${section}]`;
}

function overriddenNames(profile: Profile, { section, option }: PromoteIntent): string[] {
  const keys = [...(profile.section(section)?.options ?? [])].filter(([, { definition }]) => definition?.nodes.length);
  const names = [...new Set(keys.map(([key]) => key.replace(/\s*[+-]$/, "")))];
  return option === undefined ? names : names.filter((name) => name === option);
}

/** The only file below the profile that writes the option; for a new option, that has the section. */
function findTarget(
  base: Resolution,
  { profile, section, option, into }: PromoteIntent,
  name: string,
): string | Refusal {
  const holders = base.configuration.files.filter((path) => path !== profile);
  const writers = new Set(
    (base.option(section, name)?.contributions ?? [])
      .filter((step) => step.profile !== undefined && step.nodes.length > 0)
      .map(({ source }) => source),
  );
  const isOwn = base.option(section, name)?.fromMacro === undefined;
  const found = isOwn && writers.size > 0 ? [...writers] : sectionHolders(base, section);
  const candidates = found.filter((path) => path !== profile && holders.includes(path));
  if (into !== undefined) return holders.includes(into) ? into : refuse("The profile does not extend that file.");
  if (candidates.length > 1)
    return refuse(`Several files define ${option ?? name} of [${section}]: which one?`, candidates);
  const [only] = candidates;
  if (only === undefined) return refuse(`No file that this profile extends defines ${name} of [${section}].`);
  return isUrl(only) ? refuse("It is defined in a file on the web, which cannot be changed from here.") : only;
}

/** Files whose text has the section, by where the options that come from files are written. */
function sectionHolders(base: Resolution, section: string): string[] {
  const own = base.section(section).filter(({ fromMacro }) => fromMacro === undefined);
  const steps = own.flatMap(({ contributions }) => contributions);
  return [...new Set(steps.filter((step) => step.nodes.length > 0).map(({ source }) => source))];
}

function moveOption(
  target: Profile,
  from: Profile,
  base: Resolution,
  section: string,
  name: string,
): TextEdit[] | undefined {
  const [node] = optionNodes(from, section, name) as [OptionNode];
  const value = from.section(section)?.options.get(node.key)?.value;
  if (value === undefined || node.operator === "-=") return undefined;
  const there = optionNodes(target, section, name);
  const last = there.at(-1);
  if (node.operator === "+=") {
    if (last !== undefined && last.operator !== "-=") return [appendLines(target.syntax, last, value)];
    if (last !== undefined || base.option(section, name) === undefined) return undefined;
    return writeOption(target.syntax, section, name, "+=", value);
  }
  if (there.length > 1 || (last !== undefined && last.operator !== "=")) return undefined;
  return writeOption(target.syntax, section, name, "=", value);
}

function readChanged(options: AnalysisOptions, file: FileChange): ReturnType<ProfileAnalysis["profile"]> {
  const analysis = new ProfileAnalysis(options);
  analysis.update(file.path, file.after);
  return analysis.profile(file.path);
}

/** One edit from the first text to the last. */
function rebase(first: FileChange, next: FileChange): FileChange {
  const edits = [{ range: { start: 0, end: first.before.length }, newText: next.after }];
  return { path: first.path, before: first.before, after: next.after, edits };
}

function toInequality(effects: readonly { section: string; option?: string }[]): string {
  const named = effects.slice(0, 3).map(({ section, option }) => (option ? `[${section}] ${option}` : `[${section}]`));
  const more = effects.length > 3 ? ` and ${effects.length - 3} more` : "";
  return `The effective configuration would not stay equal: ${named.join(", ")}${more} would differ.`;
}
