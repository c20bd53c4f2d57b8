/**
 * `profile annotate`: the whole configuration. As JSON, the contract of the conformance cases.
 */
import { resolve } from "node:path";
import { writeOutput } from "./output";
import type { ProfileArguments } from "./profile-arguments";
import { UsageError } from "./profile-arguments";
import { openProfileSession } from "./profile-session";

export function run(args: ProfileArguments): number {
  const [profile] = args.positional;
  if (profile === undefined) throw new UsageError("which profile?");
  const resolution = openProfileSession(args).resolve(profile);
  let text = JSON.stringify(resolution.annotate());
  if (args.root !== undefined) text = text.replaceAll(JSON.stringify(resolve(args.root)).slice(1, -1), "{ROOT}");
  writeOutput(`${text}\n`);
  return 0;
}
