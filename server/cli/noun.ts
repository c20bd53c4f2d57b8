/**
 * One noun of the command line with its verbs: options, usage, errors and exit codes are handled here, once.
 *
 * Exit codes: 0 done; 1 failed; 2 only a promise failed; 4 wrong usage; 5 no access; 6 conflict.
 */
import { parseArgs } from "node:util";
import { WebrunnerError } from "@/lib/base/errors";
import { ConnectionLost } from "@/lib/client/api";
import type { CommandModule } from "./commands";
import { writeOutput } from "./profile/output";
import { connect, type ServerConnection } from "./server-connection";

export const EXIT = { ok: 0, failed: 1, promiseFailed: 2, usage: 4, access: 5, conflict: 6 } as const;

/** The words do not make a command; the usage is printed below. */
export class UsageError extends Error {}

export interface VerbOption {
  readonly type: "boolean" | "string";
  /** Name of the value in the usage. */
  readonly value?: string;
  readonly summary: string;
}

export interface VerbInput extends ServerConnection {
  readonly positionals: readonly string[];
  readonly json: boolean;
  text(option: string): string | undefined;
  flag(option: string): boolean;
  /** The project named by `--project`, or the only one. */
  getProject(): Promise<string>;
  /** With `--json` the value as one document, else the text. */
  print(value: unknown, text: string): void;
}

export interface Verb {
  /** Positional words as the usage shows them: `PROFILE`, `[RUN]`, `NAME=VALUE…`. */
  readonly words?: readonly string[];
  readonly summary: string;
  readonly options?: Readonly<Record<string, VerbOption>>;
  /** The server, when the words name it. */
  findServer?(words: readonly string[]): string | undefined;
  run(input: VerbInput): Promise<number | undefined>;
}

const COMMON: Readonly<Record<string, VerbOption>> = {
  json: { type: "boolean", summary: "one JSON document on standard output" },
  project: { type: "string", value: "ID", summary: "which project (default: the only one)" },
  url: { type: "string", value: "URL", summary: "the server (default: WEBRUNNER_URL, login, or the local one)" },
  help: { type: "boolean", summary: "this text" },
};

export interface Noun {
  readonly name: string;
  readonly verbs: Readonly<Record<string, Verb>>;
  /** For a noun that is itself the verb. */
  readonly only?: string;
}

export function createNoun(noun: Noun): CommandModule {
  return {
    async run(words) {
      const [first, ...others] = words;
      const name = noun.only ?? first;
      const rest = noun.only ? words : others;
      const verb = name !== undefined && Object.hasOwn(noun.verbs, name) ? noun.verbs[name] : undefined;
      if (!verb) {
        const asked = name === undefined || name === "--help" || name === "help";
        if (asked) writeOutput(toUsage(noun));
        else process.stderr.write(`webrunner: ${noun.name} has no ${name}\n\n${toUsage(noun)}`);
        return name === undefined || !asked ? EXIT.usage : EXIT.ok;
      }
      return runVerb(noun, name!, verb, rest);
    },
  };
}

async function runVerb(noun: Noun, name: string, verb: Verb, words: readonly string[]): Promise<number> {
  const options = { ...verb.options, ...COMMON };
  let json = words.includes("--json");
  try {
    const { values, positionals } = parse(words, options);
    if (values.help) {
      writeOutput(toVerbUsage(noun, name, verb));
      return EXIT.ok;
    }
    json = values.json === true;
    checkWords(verb, positionals);
    const text = (option: string): string | undefined => {
      const value = values[option];
      return typeof value === "string" ? value : undefined;
    };
    const server = await connect(text("url") ?? verb.findServer?.(positionals));
    const input: VerbInput = {
      ...server,
      positionals,
      json,
      text,
      flag: (option) => values[option] === true,
      getProject: async () => text("project") ?? findOnlyProject(server),
      print: (value, plain) => writeOutput(json ? `${JSON.stringify(value, undefined, 2)}\n` : plain),
    };
    return (await verb.run(input)) ?? EXIT.ok;
  } catch (error) {
    return tell(error, json, () => toVerbUsage(noun, name, verb));
  }
}

function parse(
  words: readonly string[],
  options: Readonly<Record<string, VerbOption>>,
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  try {
    const parsed = parseArgs({
      args: [...words],
      options: Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }])),
      allowPositionals: true,
    });
    return { values: parsed.values as Record<string, string | boolean | undefined>, positionals: parsed.positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.split(". ")[0] : String(error));
  }
}

function checkWords({ words = [] }: Verb, given: readonly string[]): void {
  const needed = words.filter((word) => !word.startsWith("[") && !word.endsWith("…"));
  if (given.length < needed.length) throw new UsageError(`${needed[given.length]} is missing`);
  if (!words.some((word) => word.endsWith("…") || word.endsWith("…]")) && given.length > words.length) {
    throw new UsageError(`${given[words.length]} is too much`);
  }
}

async function findOnlyProject({ api }: ServerConnection): Promise<string> {
  const { projects } = await api.listProjects();
  if (projects.length === 1) return projects[0]!.id;
  const names = projects.map(({ id }) => id).join(", ");
  throw new UsageError(projects.length === 0 ? "there is no project" : `say which with --project: ${names}`);
}

function tell(error: unknown, json: boolean, usage: () => string): number {
  if (error instanceof UsageError) {
    process.stderr.write(`webrunner: ${error.message}\n\n${usage()}`);
    return EXIT.usage;
  }
  if (error instanceof ConnectionLost) {
    process.stderr.write("webrunner: the server does not answer. Start it (npm start), or name it: --url URL\n");
    return EXIT.failed;
  }
  if (!(error instanceof WebrunnerError)) throw error;
  const { message = error.code, hint, ...data } = error.data;
  if (json) {
    const problem = { code: error.code, status: error.status, title: message, hint, data };
    process.stderr.write(`${JSON.stringify(problem, undefined, 2)}\n`);
  } else process.stderr.write(`webrunner: ${message}\n${hint ? `${hint}\n` : ""}`);
  if (error.status === 401 || error.status === 403 || error.status === 429) return EXIT.access;
  if (error.status === 409) return EXIT.conflict;
  return error.code === "request/invalid" ? EXIT.usage : EXIT.failed;
}

function toLine(noun: Noun, name: string, { words = [], options = {} }: Verb): string {
  const flags = Object.entries(options).map(([option, { value }]) => `[--${option}${value ? ` ${value}` : ""}]`);
  return ["webrunner", noun.name, ...(noun.only ? [] : [name]), ...words, ...flags].join(" ");
}

function toVerbUsage(noun: Noun, name: string, verb: Verb): string {
  const options = Object.entries({ ...verb.options, ...COMMON }).map(
    ([option, { value, summary }]) => `  ${`--${option}${value ? ` ${value}` : ""}`.padEnd(22)}  ${summary}`,
  );
  return `usage: ${toLine(noun, name, verb)}\n\n${verb.summary}\n\n${options.join("\n")}\n`;
}

function toUsage(noun: Noun): string {
  const only = noun.only && noun.verbs[noun.only];
  if (noun.only && only) return toVerbUsage(noun, noun.only, only);
  const verbs = Object.entries(noun.verbs).map(
    ([name, verb]) => `  ${toLine(noun, name, verb)}\n      ${verb.summary}`,
  );
  return `usage:\n${verbs.join("\n")}\n\nAll take --json, --project ID, --url URL and --help.\n`;
}

/** Columns as wide as their widest cell. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
