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
  findLines(
    directory: string,
    query: { text: string; regex: boolean },
    signal?: AbortSignal,
  ): Promise<{ hits: SearchHit[]; truncated: boolean }>;
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

    async findLines(directory, { text, regex }, signal) {
      const args = [
        ...COMMON_ARGS,
        "--json",
        "--smart-case",
        "--max-filesize=50M",
        `--max-count=${HITS_LIMIT}`,
        ...(regex ? [] : ["--fixed-strings"]),
        `--regexp=${text}`,
        "--",
        ".",
      ];
      const result = await run(args, directory, signal);
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

function parseHit(line: string): SearchHit | undefined {
  const message = JSON.parse(line) as {
    type: string;
    data: { path: RipgrepText; lines: RipgrepText; line_number: number; submatches: { start: number }[] };
  };
  if (message.type !== "match" || message.data.path.text === undefined) return undefined;
  const { lines, line_number, submatches } = message.data;
  const bytes = lines.text === undefined ? Buffer.from(lines.bytes ?? "", "base64") : Buffer.from(lines.text);
  const column = bytes.subarray(0, submatches[0]?.start ?? 0).toString("utf8").length;
  const text = bytes.toString("utf8").replace(/\r?\n$/, "");
  // Of a long line, the piece around the match.
  const from = column > HIT_TEXT_LIMIT / 2 ? column - HIT_TEXT_LIMIT / 2 : 0;
  return {
    path: message.data.path.text.replace(/^\.\//, ""),
    line: line_number,
    column: column + 1,
    text: text.slice(text.length > HIT_TEXT_LIMIT ? from : 0).slice(0, HIT_TEXT_LIMIT),
  };
}
