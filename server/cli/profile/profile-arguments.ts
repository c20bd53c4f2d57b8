/**
 * The arguments that all `profile` commands share.
 */
import { type Assignment, type Dialect, parseAssignment, type ReadFailure } from "@/lib/buildout";

export interface ProfileArguments {
  readonly positional: readonly string[];
  readonly assignments: readonly Assignment[];
  readonly flags: ReadonlySet<string>;
  readonly dialect: Dialect;
  /** Printed as `{ROOT}`; also where the files for reverse questions are looked for. */
  readonly root: string | undefined;
  readonly facts: string | undefined;
  /** Hosts that may be in a private network. */
  readonly allowedHosts: readonly string[];
  /** What was fetched before the command began. */
  readonly fetched?: ReadonlyMap<string, string | ReadFailure>;
}

export class UsageError extends Error {}

const VALUES = new Set(["--dialect", "--root", "--facts", "--allow-host"]);
const FLAGS = new Set(["--json", "--provenance", "--online", "--help", "--all"]);

/** Throws `UsageError`. */
export function parseProfileArguments(args: readonly string[]): ProfileArguments {
  const positional: string[] = [];
  const assignments: Assignment[] = [];
  const flags = new Set<string>();
  const allowedHosts: string[] = [];
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const [name, inline] = word.startsWith("--") ? splitOnce(word) : [word, undefined];
    if (VALUES.has(name)) {
      const value = inline ?? args[++i];
      if (value === undefined) throw new UsageError(`${name} needs a value`);
      if (name === "--allow-host") allowedHosts.push(value);
      else values.set(name, value);
    } else if (FLAGS.has(word)) flags.add(word);
    else if (word.startsWith("--")) throw new UsageError(`there is no option ${word}`);
    else if (word.includes("=") && positional.length > 0) {
      const assignment = parseAssignment(word);
      if (assignment === undefined) throw new UsageError(`${word} is not section:option=value`);
      assignments.push(assignment);
    } else positional.push(word);
  }
  const dialect = values.get("--dialect") ?? "slapos";
  if (dialect !== "upstream" && dialect !== "slapos") throw new UsageError("--dialect is upstream or slapos");
  return {
    positional,
    assignments,
    flags,
    dialect,
    root: values.get("--root"),
    facts: values.get("--facts"),
    allowedHosts,
  };
}

function splitOnce(word: string): [string, string | undefined] {
  const equals = word.indexOf("=");
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}
