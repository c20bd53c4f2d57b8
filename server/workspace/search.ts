/**
 * Search through ripgrep: its regular expressions run in linear time, it follows no links, and it never sees a
 * pattern as an option. `.git`, what `.gitignore` leaves out and directories that programs fill are skipped.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { SearchHit } from "@/lib/protocol";
import type { CommandResult, Commands } from "@/server/platform/command";
import { findConfinedPath } from "@/server/platform/confined-path";
import { errorNumber } from "@/server/platform/files";

export const PATHS_LIMIT = 100_000;
export const HITS_LIMIT = 2_000;
const HIT_TEXT_LIMIT = 500;

/** Filled by programs, not by people: not searched, not watched, not offered. */
export const HEAVY_DIRECTORIES: ReadonlySet<string> = new Set([
  "node_modules",
  "__pycache__",
  "eggs",
  "develop-eggs",
  ".venv",
  ".tox",
  ".mypy_cache",
  ".pytest_cache",
]);

const COMMON_ARGS = [
  "--no-config",
  "--hidden",
  "--no-require-git",
  "--sort=path",
  ...[".git", ".webrunner-*.tmp", ...HEAVY_DIRECTORIES].map((name) => `--glob=!${name}`),
];

export interface Search {
  listPaths(directory: string, signal?: AbortSignal): Promise<{ paths: string[]; truncated: boolean }>;
  /** @throws request/invalid: an expression or a pattern of paths that is none */
  findLines(
    directory: string,
    query: LineQuery,
    signal?: AbortSignal,
  ): Promise<{ hits: SearchHit[]; truncated: boolean }>;
}

export interface LineQuery {
  readonly text: string;
  readonly regex: boolean;
  /** Default: exact when the text has a capital. */
  readonly case?: "exact" | "ignored";
  readonly words?: boolean;
  /** Patterns of paths, with commas between them. */
  readonly include?: string;
  readonly exclude?: string;
  /** Answered with each match; nothing is written. */
  readonly replacement?: string;
}

export interface SearchOptions {
  readonly program: string;
  /** As the unprivileged user. */
  readonly commands: Commands;
  /** As the server, for an installation that the unprivileged user cannot read. */
  readonly ownCommands: Commands;
}

export function createSearch({ program, commands, ownCommands }: SearchOptions): Search {
  const run = async (args: readonly string[], directory: string, signal?: AbortSignal): Promise<CommandResult> => {
    try {
      return await commands.run(program, args, { directory, signal });
    } catch (error) {
      if (errorNumber((error as Error).cause) !== "EACCES") throw error;
      return ownCommands.run(program, args, { directory, signal });
    }
  };

  return {
    async listPaths(directory, signal) {
      const result = await run([...COMMON_ARGS, "--files", "--null", "--", "."], directory, signal);
      const text = result.stdout.toString("utf8");
      const names = text
        .slice(0, text.lastIndexOf("\0") + 1)
        .split("\0")
        .slice(0, -1);
      const paths = names
        .map((name) => name.replace(/^\.\//, ""))
        .filter((name) => findConfinedPath(name) && !name.includes("\uFFFD"));
      return { paths: paths.slice(0, PATHS_LIMIT), truncated: result.truncated || paths.length > PATHS_LIMIT };
    },

    async findLines(directory, query, signal) {
      const result = await run(toLineArguments(query), directory, signal);
      if (result.code === 2 && result.stdout.length === 0 && result.stderr !== "") {
        throw new WebrunnerError("request/invalid", {
          message: `That cannot be searched for: ${toReason(result.stderr)}`,
        });
      }
      const hits: SearchHit[] = [];
      for (const line of result.stdout.toString("utf8").split("\n").slice(0, -1)) {
        const hit = parseHit(line);
        if (hit) hits.push(hit);
        if (hits.length > HITS_LIMIT) break;
      }
      return { hits: hits.slice(0, HITS_LIMIT), truncated: result.truncated || hits.length > HITS_LIMIT };
    },
  };
}

function toLineArguments({ text, regex, case: letters, words, include, exclude, replacement }: LineQuery): string[] {
  return [
    ...toGlobs(include).map((glob) => `--glob=${glob}`),
    ...toGlobs(exclude).map((glob) => `--glob=!${glob}`),
    // Of two patterns for one path the later holds: what is never searched comes last.
    ...COMMON_ARGS,
    "--json",
    letters === "exact" ? "--case-sensitive" : letters === "ignored" ? "--ignore-case" : "--smart-case",
    "--max-filesize=50M",
    `--max-count=${HITS_LIMIT}`,
    ...(words ? ["--word-regexp"] : []),
    ...(regex ? [] : ["--fixed-strings"]),
    // Without an expression there are no groups: `$` is itself.
    ...(replacement === undefined ? [] : [`--replace=${regex ? replacement : replacement.replaceAll("$", "$$$$")}`]),
    `--regexp=${text}`,
    "--",
    ".",
  ];
}

/** Each pattern, and what is below a folder of that name; commas within braces belong to a pattern. */
function toGlobs(patterns = ""): string[] {
  const globs = patterns.match(/(?:\{[^}]*\}|[^,{]|\{)+/g) ?? [];
  return globs
    .map((glob) => glob.trim().replace(/^!+|^\.\/|\/+$/g, ""))
    .filter((glob) => glob !== "")
    .flatMap((glob) => [glob, `${glob}/**`]);
}

function toReason(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.at(-1) ?? "").replace(/^(rg|error): /, "").slice(0, 300);
}

interface RipgrepText {
  readonly text?: string;
  /** Base64, when it is not UTF-8. */
  readonly bytes?: string;
}

interface RipgrepMatch {
  readonly start: number;
  readonly end: number;
  readonly replacement?: RipgrepText;
}

interface RipgrepMessage {
  readonly type: string;
  readonly data: {
    readonly path: RipgrepText;
    readonly lines: RipgrepText;
    readonly line_number: number;
    readonly submatches: readonly RipgrepMatch[];
  };
}

function parseHit(message: string): SearchHit | undefined {
  const { type, data } = JSON.parse(message) as RipgrepMessage;
  if (type !== "match" || data.path.text === undefined) return undefined;
  const bytes = toBytes(data.lines);
  // Of bytes that are no UTF-8 each run counts as one character, as it does where the file is shown.
  const toOffset = (at: number): number => bytes.subarray(0, at).toString("utf8").length;
  const line = bytes.toString("utf8").replace(/\r?\n$/, "");
  const first = toOffset(data.submatches[0]?.start ?? 0);
  const from = line.length > HIT_TEXT_LIMIT && first > HIT_TEXT_LIMIT / 2 ? first - HIT_TEXT_LIMIT / 2 : 0;
  const text = line.slice(from, from + HIT_TEXT_LIMIT);
  const matches = data.submatches.map(({ start, end, replacement }) => ({
    column: toOffset(start) + 1,
    length: toOffset(end) - toOffset(start),
    ...(replacement ? { replacement: toBytes(replacement).toString("utf8") } : {}),
  }));
  return {
    path: data.path.text.replace(/^\.\//, ""),
    line: data.line_number,
    column: first + 1,
    text,
    textColumn: from + 1,
    matches: matches.filter(({ column, length }) => column - 1 + length <= from + text.length),
  };
}

function toBytes({ text, bytes }: RipgrepText): Buffer {
  return text === undefined ? Buffer.from(bytes ?? "", "base64") : Buffer.from(text);
}
