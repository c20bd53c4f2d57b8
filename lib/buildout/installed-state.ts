/**
 * What the last run of buildout left: `.installed.cfg`.
 *
 * Plain buildout lists, for each part, the paths it made (`__buildout_installed__`) and a signature of its recipe.
 * SlapOS's buildout writes the same; shared parts lie elsewhere and have no paths of their own. White space at the ends
 * of lines is written as `%(__buildout_space__)s` and the like.
 */
import type { Diagnostic } from "./diagnostics";
import { createEngineFacts } from "./facts";
import { createReadingRules, readProfile } from "./profile";
import { pythonWords } from "./python-text";

export interface InstalledPart {
  readonly name: string;
  readonly recipe: string | undefined;
  /** Files and directories that uninstalling the part removes. */
  readonly paths: readonly string[];
  readonly signature: string | undefined;
  /** Whether the part lies in a shared directory, outside the buildout. */
  readonly isShared: boolean;
  /** All options it was installed with, without buildout's own. */
  readonly options: ReadonlyMap<string, string>;
}

export interface InstalledState {
  /** In the order of installation. */
  readonly parts: readonly InstalledPart[];
  readonly developEggLinks: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

const SPACES: readonly (readonly [string, string])[] = [
  ["%(__buildout_space__)s", " "],
  ["%(__buildout_space_n__)s", "\n"],
  ["%(__buildout_space_r__)s", "\r"],
  ["%(__buildout_space_f__)s", "\f"],
  ["%(__buildout_space_v__)s", "\v"],
];

function unquote(value: string): string {
  if (!value.includes("%(")) return value;
  return SPACES.reduce((text, [quoted, space]) => text.replaceAll(quoted, space), value);
}

function lines(value: string | undefined): string[] {
  return (value ?? "").split("\n").filter((line) => line !== "");
}

/** Never throws: what cannot be read is a diagnostic beside the rest. */
export function parseInstalledState(path: string, text: string): InstalledState {
  const profile = readProfile(path, text, createReadingRules("upstream", createEngineFacts()));
  const read = (name: string): Map<string, string> => {
    const options = new Map<string, string>();
    for (const [key, value] of profile.section(name)?.options ?? []) options.set(key, unquote(value.value));
    return options;
  };
  const buildout = read("buildout");
  const names = pythonWords(buildout.get("parts") ?? "");
  const parts = names.map((name): InstalledPart => {
    const options = read(name);
    const installed = options.get("__buildout_installed__");
    const signature = options.get("__buildout_signature__");
    const isShared = options.get("shared") === "true" && lines(installed).length === 0;
    options.delete("__buildout_installed__");
    options.delete("__buildout_signature__");
    return { name, recipe: options.get("recipe"), paths: lines(installed), signature, isShared, options };
  });
  const developEggLinks = lines(buildout.get("installed_develop_eggs"));
  return { parts, developEggLinks, diagnostics: profile.diagnostics };
}
