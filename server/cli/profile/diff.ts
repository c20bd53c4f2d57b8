/**
 * `profile diff A B`: how two profiles differ in what they come to, whatever their files look like.
 */
import { type ConfigurationChange, compareResolutions } from "@/lib/buildout";
import { writeJson, writeOutput } from "./output";
import { type ProfileArguments, UsageError } from "./profile-arguments";
import { openProfileSession } from "./profile-session";

export function run(args: ProfileArguments): number {
  const [before, after] = args.positional;
  if (before === undefined || after === undefined) throw new UsageError("which two profiles?");
  const session = openProfileSession(args);
  const changes = compareResolutions(session.resolve(before), session.resolve(after));
  if (args.flags.has("--json")) writeJson(changes, args);
  else writeOutput(changes.map(show).join(""));
  return 0;
}

function show({ section, option, before, after }: ConfigurationChange): string {
  const name = option === undefined ? `[${section}]` : `${section}:${option}`;
  if (option === undefined) return `${before === undefined ? "+" : "-"} ${name}\n`;
  const lines = [`  ${name}`];
  const old = before?.split("\n") ?? [];
  const fresh = after?.split("\n") ?? [];
  for (const line of old) if (!fresh.includes(line)) lines.push(`-     ${line}`);
  for (const line of fresh) if (!old.includes(line)) lines.push(`+     ${line}`);
  return `${lines.join("\n")}\n`;
}
