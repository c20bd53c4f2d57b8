/**
 * Which Python sources a run depends on, and whether pyflakes finds an error in them.
 *
 * Looked at are the recipes of the workspace and of developed checkouts (`slapos/recipe`), and every changed file. Only
 * what would fail when it is run is red (an undefined name, wrong syntax), and only in files of one's own: a clone has
 * errors that others made and that its releases live with. Those, unused imports and the like are told.
 */
import { count } from "@/lib/base/count";
import type { ConfinedPath } from "@/lib/base/ids";
import type { RunAllStep } from "@/lib/protocol";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import type { StepEnd } from "./run-all";

const SOURCE_LIMIT_BYTES = 1024 * 1024;
const SOURCES_LIMIT = 500;
const SHOWN = 100;

export interface PythonCheckOptions {
  readonly tree: ConfinedFiles;
  readonly paths: readonly string[];
  /** Workspace paths that differ from what is committed. */
  readonly changed: readonly string[];
  /** Whether a file is not simply as the server has it that the repository was cloned from. */
  readonly isOwn: (path: string) => boolean;
  readonly lint: (
    sources: readonly { readonly source: string; readonly builtins: readonly string[] }[],
  ) => Promise<readonly { snippet: number; line: number; column: number; message: string; isError: boolean }[]>;
}

export async function checkPython({ tree, paths, changed, isOwn, lint }: PythonCheckOptions): Promise<StepEnd> {
  const isRecipe = (path: string): boolean => /(?:^|\/)slapos\/recipe\/.*\.py$/.test(path) && !/\/tests?\//.test(path);
  const wanted = [...new Set([...changed.filter((path) => path.endsWith(".py")), ...paths.filter(isRecipe)])];
  const sources: { path: string; source: string }[] = [];
  for (const path of wanted.slice(0, SOURCES_LIMIT)) {
    if (!(await tree.findEntry(path as ConfinedPath))) continue; // Removed.
    const { bytes } = await tree.read(path as ConfinedPath, SOURCE_LIMIT_BYTES);
    sources.push({ path, source: bytes.toString("utf8") });
  }
  if (sources.length === 0) return { state: "skipped", summary: "There is no Python source to check." };
  const found = await lint(
    // A package knows where it lies.
    sources.map(({ path, source }) => ({ source, builtins: path.endsWith("/__init__.py") ? ["__path__"] : [] })),
  );
  const toProblem = (one: (typeof found)[number]): RunAllStep["problems"][number] => ({
    text: one.message,
    path: sources[one.snippet]!.path,
    line: one.line,
    column: one.column + 1,
  });
  const isRed = (one: (typeof found)[number]): boolean => one.isError && isOwn(sources[one.snippet]!.path);
  const errors = found.filter(isRed);
  const problems = [...errors, ...found.filter((one) => !isRed(one))].slice(0, SHOWN).map(toProblem);
  const first = problems[0];
  if (errors.length > 0 && first)
    return { state: "failed", summary: `${first.path}:${first.line}: ${first.text}`, problems };
  const known = found.filter(({ isError }) => isError).length;
  const notes = [
    ...(known > 0 ? [`${count(known, "error")} in files that you did not change`] : []),
    ...(found.length > known ? [count(found.length - known, "warning")] : []),
  ];
  const files = count(sources.length, "Python file");
  const verdict = known > 0 ? "without an error of yours" : "without an error";
  return { state: "done", summary: `${[`${files} ${verdict}`, ...notes].join(", ")}.`, problems };
}
