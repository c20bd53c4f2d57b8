/**
 * `profile lint [PATH…]`: everything that buildout would stumble over, each place once.
 *
 * A file that another of the files extends is checked where it is used: alone it may well refer to what only its users
 * define. What only a recipe sets (`${part:location}`) is not an error. Templates are not checked: what buildout reads
 * is made from them.
 */
import { type Diagnostic, isRecipeOption, type Profile, type ReadFailure } from "@/lib/buildout";
import { keepHeapCompact } from "@/server/platform/compact-heap";
import { writeJson, writeOutput } from "./output";
import { type LocatedDiagnostic, locateDiagnostics, showDiagnostic } from "./presentation";
import type { ProfileArguments } from "./profile-arguments";
import { openProfileSession } from "./profile-session";
import { expandProfilePaths, findProfileFiles } from "./profile-tree";

const EGGS_OF_OUTER_BUILDOUT = "\u0024{buildout:eggs-directory}";

export function run(args: ProfileArguments): number {
  keepHeapCompact();
  const { analysis } = openProfileSession(args);
  const paths = expandProfilePaths(args.positional.length === 0 ? ["."] : args.positional);
  if (args.root !== undefined) analysis.load(findProfileFiles(args.root));
  analysis.load(paths);
  const chosen = new Set(paths);
  const found = new Map<string, Diagnostic>();
  let templates = 0;
  for (const path of paths) {
    if (!args.flags.has("--all") && isTemplate(analysis.profile(path))) {
      templates++;
      continue;
    }
    const isUsed = analysis.extendedBy(path).some((one) => chosen.has(one));
    const resolution = analysis.resolve(path);
    const diagnostics =
      isUsed && !args.flags.has("--all") ? resolution.configuration.diagnostics : resolution.diagnostics;
    for (const diagnostic of diagnostics) {
      if (isRecipeOption(resolution, diagnostic)) continue;
      found.set(`${diagnostic.path}\n${diagnostic.range.start}\n${diagnostic.message}`, diagnostic);
    }
  }
  const all = locateDiagnostics(analysis, [...found.values()]).sort(byPlace);
  if (args.flags.has("--json")) writeJson(all, args);
  else {
    writeOutput(all.map((one) => `${showDiagnostic(one)}\n`).join(""));
    const errors = all.filter((one) => one.severity === "error").length;
    const rest = `${errors} errors, ${all.length - errors} warnings and notes`;
    process.stderr.write(`${paths.length - templates} profiles (${templates} templates not checked), ${rest}\n`);
  }
  return all.some((one) => one.severity === "error") ? 1 : 0;
}

function byPlace(a: LocatedDiagnostic, b: LocatedDiagnostic): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.column - b.column;
}

/** With Jinja in it, or with the references to the outer buildout that SlapOS's instance templates begin with. */
function isTemplate(profile: Profile | ReadFailure): boolean {
  if ("problem" in profile) return false;
  if (/\{%|\{\{/.test(profile.syntax.text)) return true;
  if (profile.extends.some((reference) => reference.name.includes("\u0024{"))) return true;
  const eggs = profile.section("buildout")?.options.get("eggs-directory");
  return eggs?.value === EGGS_OF_OUTER_BUILDOUT;
}
