/**
 * `profile parts`: what would be installed, in that order.
 */
import { writeJson, writeOutput } from "./output";
import type { ProfileArguments } from "./profile-arguments";
import { openProfileSession, requireProfile } from "./profile-session";

export function run(args: ProfileArguments): number {
  const { analysis, resolve } = openProfileSession(args);
  const parts = analysis.allParts(resolve(requireProfile(args)));
  const missing = parts.filter((part) => !part.exists);
  if (args.flags.has("--json"))
    writeJson(
      parts.map(({ name, recipe, dependencies, requested, exists }) => ({
        name,
        recipe: recipe ?? null,
        dependencies,
        requested,
        exists,
      })),
      args,
    );
  else {
    const nameWidth = Math.max(0, ...parts.map((part) => part.name.length));
    const recipeWidth = Math.max(0, ...parts.map((part) => part.recipe?.length ?? 0));
    const lines = parts.map(({ name, recipe, dependencies, requested, exists }, i) => {
      const after = dependencies.length === 0 ? "" : `after ${dependencies.join(", ")}`;
      const number = String(i + 1).padStart(String(parts.length).length);
      const what = exists ? (recipe ?? "(no recipe)") : "(no such section)";
      return `${number}${requested ? "*" : " "} ${name.padEnd(nameWidth)}  ${what.padEnd(recipeWidth)}  ${after}`.trimEnd();
    });
    writeOutput(`${lines.join("\n")}\n* named in buildout:parts\n`);
  }
  return missing.length > 0 ? 1 : 0;
}
