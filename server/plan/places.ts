/** From offsets in a file to one-based places in the workspace; what lies outside has no place. */
import { createLineIndex, type TextRange } from "@/lib/base/text-range";
import type { Place } from "@/lib/protocol";

export function toPlace(workspace: string, path: string, text: string, range: TextRange): Place | undefined {
  if (!path.startsWith(`${workspace}/`)) return undefined;
  const index = createLineIndex(text);
  const start = index.toPosition(range.start);
  const end = index.toPosition(range.end);
  return {
    path: path.slice(workspace.length + 1),
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
  };
}

/** The text without these directories' paths: what a person reads is relative, and the machine stays hidden. */
export function withoutRoots(text: string, roots: readonly string[]): string {
  return [...roots].sort((a, b) => b.length - a.length).reduce((rest, root) => rest.replaceAll(`${root}/`, ""), text);
}
