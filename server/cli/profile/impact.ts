/**
 * `profile impact FILE`: what a change of a file can touch, up to software releases.
 */
import { relative, resolve } from "node:path";
import { writeJson, writeOutput } from "./output";
import { shortPath } from "./presentation";
import { type ProfileArguments, UsageError } from "./profile-arguments";
import { openProfileSession } from "./profile-session";
import { findProfileFiles } from "./profile-tree";

export function run(args: ProfileArguments): number {
  const [name] = args.positional;
  if (name === undefined) throw new UsageError("of which FILE?");
  const path = resolve(name);
  const root = resolve(args.root ?? process.cwd());
  if (relative(root, path).startsWith("..")) throw new UsageError(`${name} is not below ${root}; say --root`);
  const { analysis } = openProfileSession(args);
  const loaded = analysis.profile(path);
  if ("problem" in loaded) {
    process.stderr.write(`webrunner: ${loaded.message}\n`);
    return 1;
  }
  analysis.load(findProfileFiles(root));
  const direct = analysis.extendedBy(path);
  const { dependants, softwareReleases } = analysis.impact(path);
  if (args.flags.has("--json")) writeJson({ path, extendedBy: direct, dependants, softwareReleases }, args);
  else {
    const list = (title: string, paths: readonly string[]): string =>
      `${title}: ${paths.length}\n${paths.map((one) => `  ${shortPath(one)}\n`).join("")}`;
    writeOutput(
      list("extended by", direct) + list("reached in all", dependants) + list("software releases", softwareReleases),
    );
  }
  return 0;
}
