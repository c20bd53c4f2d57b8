/**
 * Real pyflakes on Python source, by running a Python that has it; syntax errors come from that Python too.
 *
 * One process for all snippets, kept for the next check: starting Python and its pyflakes takes longer than a check.
 * A Python without pyflakes reports syntax errors alone; no Python, nothing.
 */
import { type AnsweringProgram, createAnsweringProgram } from "@/server/platform/answering-program";

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

/** A line of JSON for each line of JSON. */
const DRIVER = `
import ast, json, sys
try:
    from pyflakes import checker
except ImportError:
    checker = None

def check(index, snippet):
    try:
        tree = ast.parse(snippet["source"])
    except SyntaxError as e:
        return [[index, e.lineno or 1, max((e.offset or 1) - 1, 0), e.msg, True]]
    except (ValueError, RecursionError, MemoryError) as e:
        return [[index, 1, 0, str(e), True]]
    if checker is None:
        return []
    messages = checker.Checker(tree, builtins=set(snippet["builtins"])).messages
    errors = ("UndefinedName", "ReturnOutsideFunction", "YieldOutsideFunction")
    return [[index, m.lineno, m.col, m.message % m.message_args, type(m).__name__ in errors] for m in messages]

for line in sys.stdin:
    found = [problem for index, snippet in enumerate(json.loads(line)) for problem in check(index, snippet)]
    print(json.dumps(found), flush=True)
`;

const TIMEOUT_MS = 10_000;

export type PythonLint = (sources: readonly LintedSource[]) => Promise<PythonProblem[]>;

export function createPythonLint(
  python: () => string,
  createProgram: (args: readonly string[]) => AnsweringProgram = createAnsweringProgram,
): PythonLint {
  const program = createProgram(["-u", "-c", DRIVER]);
  return async (sources) => {
    if (sources.length === 0) return [];
    const output = await program.ask(python(), JSON.stringify(sources), TIMEOUT_MS);
    if (output === undefined) return [];
    const found = JSON.parse(output) as [number, number, number, string, boolean][];
    return found.map(([snippet, line, column, message, isError]) => ({ snippet, line, column, message, isError }));
  };
}
