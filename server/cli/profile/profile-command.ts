/**
 * `webrunner profile …`: everything the resolver knows, without a server.
 *
 * Exit status: 0, 1 if `lint` found errors or what was asked for does not exist, 2 for wrong usage.
 */
import { type ProfileArguments, parseProfileArguments, UsageError } from "./profile-arguments";

interface Verb {
  readonly usage: string;
  readonly summary: string;
  load(): Promise<{ run(args: ProfileArguments): number }>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  annotate: {
    usage: "PROFILE [section:option=value…]",
    summary: "every option with its value and where it comes from",
    load: () => import("./annotate"),
  },
};

function usage(): string {
  const lines = Object.entries(VERBS).map(
    ([verb, one]) => `  webrunner profile ${verb} ${one.usage}\n      ${one.summary}`,
  );
  return `${lines.join("\n")}

options of all:
  --json                      one JSON document on standard output
  --dialect slapos|upstream   what buildout this is for (default: slapos)
  --root DIR                  the tree of profiles; printed as {ROOT} in JSON
  --facts FILE                the machine and defaults to resolve for (default: the engine's)
`;
}

export async function run(words: readonly string[]): Promise<number> {
  const [verb, ...rest] = words;
  const command = verb !== undefined && Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (command === undefined) {
    if (verb === undefined || verb === "--help") process.stdout.write(usage());
    else process.stderr.write(`webrunner: profile has no ${verb}\n\n${usage()}`);
    return verb === undefined || verb === "--help" ? 0 : 2;
  }
  try {
    const args = parseProfileArguments(rest);
    if (args.flags.has("--help")) {
      process.stdout.write(usage());
      return 0;
    }
    const module = await command.load();
    return module.run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`webrunner: ${error.message}\nusage: webrunner profile ${verb} ${command.usage}\n`);
    return 2;
  }
}
