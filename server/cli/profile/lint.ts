/**
 * `profile lint [PATH…]`: everything that buildout would stumble over, each place once.
 *
 * A file that another of the files extends is checked where it is used: alone it may well refer to what only its users
 * define. What only a recipe sets (`${part:location}`) is not an error.
 */
import { type Diagnostic, isRecipeOption } from "@/lib/buildout";
import { writeJson, writeOutput } from "./output";
import { type LocatedDiagnostic, locateDiagnostics, showDiagnostic } from "./presentation";
import type { ProfileArguments } from "./profile-arguments";
import { openProfileSession } from "./profile-session";
import { expandProfilePaths, findProfileFiles } from "./profile-tree";

export function run(args: ProfileArguments): number {
  const { analysis } = openProfileSession(args);
  const paths = expandProfilePaths(args.positional.length === 0 ? ["."] : args.positional);
  if (args.root !== undefined) analysis.load(findProfileFiles(args.root));
  analysis.load(paths);
  const chosen = new Set(paths);
  const found = new Map<string, Diagnostic>();
  for (const path of paths) {
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
    process.stderr.write(`${paths.length} profiles, ${errors} errors, ${all.length - errors} warnings and notes\n`);
  }
  return all.some((one) => one.severity === "error") ? 1 : 0;
}

function byPlace(a: LocatedDiagnostic, b: LocatedDiagnostic): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.column - b.column;
}
