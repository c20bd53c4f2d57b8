/**
 * What a gesture gives: the edits of each file with what they come to, or why it is refused.
 *
 * A gesture never trusts its own edits: the resolver runs on the texts before and after them, and a gesture whose
 * outcome is not the promised one is a refusal. Nothing is written here.
 */
import { applyTextEdits, type TextEdit } from "@/lib/base/text-range";
import {
  type AnalysisOptions,
  type ConfigurationChange,
  isUrl,
  type Profile,
  ProfileAnalysis,
  type Resolution,
} from "@/lib/buildout";

export interface FileChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly edits: readonly TextEdit[];
  /** The file is made, with `before` empty; or it goes away, with `after` empty. */
  readonly fate?: "created" | "removed";
}

/** A section that a value refers to and no file of the profile has, with the profiles of the workspace that have it. */
export interface MissingSection {
  readonly section: string;
  /** The likeliest first. */
  readonly profiles: readonly string[];
}

export interface Refusal {
  readonly kind: "refused";
  readonly reason: string;
  /** Files of which the user names one, where that is what is missing. */
  readonly choices?: readonly string[];
  /** What could be extended, where that is what is missing. */
  readonly missing?: readonly MissingSection[];
}

export interface Proposal {
  readonly kind: "proposed";
  readonly summary: string;
  /** What the user should know besides, each a sentence. */
  readonly notes: readonly string[];
  /** In the order in which they are to be written; empty if all is so already. */
  readonly files: readonly FileChange[];
  /** How the effective configuration changes, by section and option. */
  readonly effects: readonly ConfigurationChange[];
  /** The profile to run afterwards, where it is another one than before. */
  readonly runs?: string;
}

/** What a gesture starts from: the texts, and where else in the workspace a profile may be. */
export interface GestureOptions extends AnalysisOptions {
  /** All profiles of the workspace. */
  readonly listProfiles?: () => readonly string[];
}

export type Gesture = Proposal | Refusal;

export function refuse(reason: string, choices?: readonly string[]): Refusal {
  return { kind: "refused", reason, ...(choices && { choices }) };
}

/** The state that a gesture starts from: one profile, readable, loading, in a file. */
export interface Start {
  readonly analysis: ProfileAnalysis;
  readonly profile: Profile;
  readonly resolution: Resolution;
}

export function openStart(options: AnalysisOptions, path: string): Start | Refusal {
  if (isUrl(path)) return refuse("The profile lies on the web; only files can be changed.");
  const analysis = new ProfileAnalysis(options);
  const profile = analysis.profile(path);
  if ("problem" in profile) return refuse(profile.message);
  const resolution = analysis.resolve(path);
  if (!resolution.loads) {
    const first = resolution.diagnostics[0]?.message ?? "";
    return refuse(`The profile does not load, so nothing can be said of its values. ${first}`.trim());
  }
  return { analysis, profile, resolution };
}

export function changeFile(profile: Profile, edits: readonly TextEdit[]): FileChange {
  const before = profile.syntax.text;
  return { path: profile.path, before, after: applyTextEdits(before, edits), edits };
}

/** The profile as it would be with the changes, from an analysis of its own. */
export function resolveChanged(options: AnalysisOptions, path: string, files: readonly FileChange[]): Resolution {
  const analysis = new ProfileAnalysis(options);
  for (const { path: changed, after, fate } of files)
    if (fate === "removed") analysis.refuse(changed, { problem: "missing", message: `There is no file ${changed}.` });
    else analysis.update(changed, after);
  return analysis.resolve(path);
}

/** The same files, and one more text. */
export function withText<Options extends AnalysisOptions>(options: Options, path: string, text: string): Options {
  const { source } = options;
  return {
    ...options,
    source: {
      read: (name) => (name === path ? text : source.read(name)),
      exists: (name) => name === path || source.exists(name),
    },
  };
}

/** Section, option and raw value of everything; two resolutions with equal ones come to the same. */
export function rawValues(resolution: Resolution): Map<string, Map<string, string>> {
  const options = (section: string): Map<string, string> =>
    new Map(resolution.section(section).map(({ name, raw }) => [name, raw]));
  return new Map(resolution.sectionNames().map((section) => [section, options(section)]));
}

/**
 * `[section] option` of every raw value that differs, but for the one option that is to differ, what sections have of
 * it by a macro, and sections that were not there.
 */
export function otherDifferences(before: Resolution, after: Resolution, section: string, option: string): string[] {
  const old = rawValues(before);
  const fresh = rawValues(after);
  const found: string[] = [];
  for (const name of new Set([...old.keys(), ...fresh.keys()]))
    for (const key of new Set([...(old.get(name)?.keys() ?? []), ...(fresh.get(name)?.keys() ?? [])])) {
      if (!old.has(name)) continue;
      if (old.get(name)?.get(key) === fresh.get(name)?.get(key)) continue;
      const isWanted = key === option && (name === section || after.configuration.sections.get(name)?.has("<"));
      if (!isWanted) found.push(`[${name}] ${key}`);
    }
  return found;
}
