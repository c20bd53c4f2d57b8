/**
 * Real pyflakes on Python source, by running a Python that has it; syntax errors come from that Python too.
 *
 * One process for all snippets of a document. A Python without pyflakes reports syntax errors alone; no Python, nothing.
 */
import type { Commands } from "./lint-command";

export interface PythonProblem {
  readonly snippet: number;
  /** One-based line and zero-based column in the snippet. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly isError: boolean;
}

export interface LintedSource {
  readonly source: string;
  readonly builtins: readonly string[];
}

const DRIVER = `
import ast, json, sys
try:
    from pyflakes import checker
except ImportError:
    checker = None
found = []
for index, snippet in enumerate(json.load(sys.stdin)):
    try:
        tree = ast.parse(snippet["source"])
    except SyntaxError as e:
        found.append([index, e.lineno or 1, max((e.offset or 1) - 1, 0), e.msg, True])
        continue
    except ValueError as e:
        found.append([index, 1, 0, str(e), True])
        continue
    if checker is None:
        continue
    for m in checker.Checker(tree, builtins=set(snippet["builtins"])).messages:
        found.append([index, m.lineno, m.col, m.message % m.message_args, type(m).__name__ in ("UndefinedName", "ReturnOutsideFunction", "YieldOutsideFunction")])
json.dump(found, sys.stdout)
`;

const TIMEOUT_MS = 10_000;

export type PythonLint = (sources: readonly LintedSource[]) => Promise<PythonProblem[]>;

export function createPythonLint(commands: Commands, python: () => string): PythonLint {
  return async (sources) => {
    if (sources.length === 0) return [];
    const output = await commands.run(python(), ["-c", DRIVER], JSON.stringify(sources), TIMEOUT_MS);
    if (output === undefined) return [];
    const found = JSON.parse(output) as [number, number, number, string, boolean][];
    return found.map(([snippet, line, column, message, isError]) => ({ snippet, line, column, message, isError }));
  };
}
