/**
 * `profile get`: one section or one option, with its final value and, if asked, how it came about.
 */
import type { Resolution, ResolvedOption } from "@/lib/buildout";
import { writeJson, writeOutput } from "./output";
import { showContributions, showValue } from "./presentation";
import { type ProfileArguments, UsageError } from "./profile-arguments";
import { openProfileSession, requireProfile } from "./profile-session";

export function run(args: ProfileArguments): number {
  const wanted = args.positional[1];
  if (wanted === undefined) throw new UsageError("which SECTION or SECTION:OPTION?");
  const colon = wanted.indexOf(":");
  const section = colon < 0 ? wanted : wanted.slice(0, colon);
  const resolution = openProfileSession(args).resolve(requireProfile(args));
  const options = find(resolution, section, colon < 0 ? undefined : wanted.slice(colon + 1));
  if (options === undefined) {
    process.stderr.write(`webrunner: ${wanted} is not in this profile\n`);
    return 1;
  }
  const provenance = args.flags.has("--provenance");
  if (args.flags.has("--json"))
    writeJson(
      options.map((option) => toJson(option, provenance)),
      args,
    );
  else if (colon >= 0 && !provenance) writeOutput(`${options[0]!.value ?? ""}\n`);
  else writeOutput(`${options.map((option) => show(option, provenance)).join("\n")}\n`);
  for (const { name, problem } of options)
    if (problem !== undefined) process.stderr.write(`webrunner: ${section}:${name}: ${problem.message}\n`);
  return colon >= 0 && options[0]!.problem !== undefined ? 1 : 0;
}

function find(resolution: Resolution, section: string, option: string | undefined): ResolvedOption[] | undefined {
  if (!resolution.hasSection(section)) return undefined;
  if (option === undefined) return resolution.section(section);
  const found = resolution.option(section, option);
  return found && [found];
}

function toJson(option: ResolvedOption, provenance: boolean): unknown {
  const { section, name, value, problem, fromMacro, raw, withoutRepeats, contributions } = option;
  const result = { section, option: name, value: value ?? null, ...(problem && { error: problem.message }) };
  if (!provenance) return result;
  return {
    ...result,
    raw,
    ...(fromMacro !== undefined && { fromMacro }),
    ...(withoutRepeats !== undefined && { withoutRepeats }),
    provenance: contributions.map((step) => ({
      operation: step.operation,
      source: step.source,
      ...(step.position && { line: step.position.line + 1, column: step.position.column + 1 }),
    })),
  };
}

function show(option: ResolvedOption, provenance: boolean): string {
  const text = showValue(option.name, option.value ?? option.raw);
  if (!provenance) return text;
  const macro = option.fromMacro === undefined ? "" : `  (by macro from [${option.fromMacro}])`;
  const steps = showContributions(option.contributions, macro);
  return [text, ...steps].join("\n");
}
