/** Diagnostics as a list to look through: grouped by file, the worst first. */
import type { Diagnostic } from "vscode-languageserver-protocol";

export type ProblemSeverity = "error" | "warning" | "information" | "hint";

export interface Problem {
  readonly path: string;
  readonly severity: ProblemSeverity;
  readonly message: string;
  readonly source: string | undefined;
  readonly code: string | undefined;
  /** One-based. */
  readonly line: number;
  readonly column: number;
  /** Of a text that has changed since. */
  readonly isStale?: boolean;
}

export interface ProblemCounts {
  readonly errors: number;
  readonly warnings: number;
}

const SEVERITIES: readonly ProblemSeverity[] = ["error", "warning", "information", "hint"];

export const PROBLEMS_VIEW = "problems";

/** Hints are the editor's: they are not listed. */
export function listProblems(
  diagnostics: ReadonlyMap<string, readonly Diagnostic[]>,
  /** From elsewhere than the language service; those of a file come before its others. */
  more: readonly Problem[] = [],
): readonly { readonly path: string; readonly problems: readonly Problem[] }[] {
  const paths = new Set([...diagnostics.keys(), ...more.map(({ path }) => path)]);
  const files = [...paths].map((path) => ({
    path,
    problems: (diagnostics.get(path) ?? [])
      .map(({ severity, message, source, code, range }): Problem => {
        const { line, character } = range.start;
        return {
          path,
          severity: SEVERITIES[(severity ?? 1) - 1] ?? "error",
          message: String(message),
          source,
          code: code === undefined ? undefined : String(code),
          line: line + 1,
          column: character + 1,
        };
      })
      .filter(({ severity }) => severity !== "hint")
      .concat(more.filter((problem) => problem.path === path))
      .sort(
        (a, b) =>
          SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.line - b.line || a.column - b.column,
      ),
  }));
  return files
    .filter(({ problems }) => problems.length > 0)
    .sort((a, b) => worst(a.problems) - worst(b.problems) || (a.path < b.path ? -1 : 1));
}

function worst(problems: readonly Problem[]): number {
  return SEVERITIES.indexOf(problems[0]?.severity ?? "hint");
}

export function countProblems(found: Iterable<Diagnostic>): ProblemCounts {
  let errors = 0;
  let warnings = 0;
  for (const { severity } of found) {
    if ((severity ?? 1) === 1) errors++;
    else if (severity === 2) warnings++;
  }
  return { errors, warnings };
}

/** Those of runs, as far as the text is what it was. */
export function countRunProblems(problems: readonly Problem[]): ProblemCounts {
  const count = (wanted: ProblemSeverity): number =>
    problems.filter(({ severity, isStale }) => severity === wanted && !isStale).length;
  return { errors: count("error"), warnings: count("warning") };
}
