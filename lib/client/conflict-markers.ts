/**
 * The conflicts of a text, by git's markers, and what becomes of each. Lines are one-based, ends inclusive, as the
 * editor counts them. A marker block that is not whole is no conflict.
 */
export interface TextConflict {
  /** The lines of `<<<<<<<`, `=======`, `>>>>>>>`, and `|||||||` where the base is shown. */
  readonly start: number;
  readonly base: number | undefined;
  readonly middle: number;
  readonly end: number;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly labels: { readonly ours: string; readonly theirs: string };
}

export type ConflictChoice = "ours" | "theirs" | "both" | "neither";

export function findConflicts(lines: readonly string[]): TextConflict[] {
  const found: TextConflict[] = [];
  let start = 0;
  let base: number | undefined;
  let middle = 0;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith("<<<<<<< ")) {
      start = at + 1;
      base = undefined;
      middle = 0;
    } else if (start > 0 && middle === 0 && line.startsWith("|||||||")) base = at + 1;
    else if (start > 0 && middle === 0 && line === "=======") middle = at + 1;
    else if (middle > 0 && line.startsWith(">>>>>>> ")) {
      found.push({
        start,
        base,
        middle,
        end: at + 1,
        ours: lines.slice(start, (base ?? middle) - 1),
        theirs: lines.slice(middle, at),
        labels: { ours: lines[start - 1]!.slice(8), theirs: line.slice(8) },
      });
      start = 0;
      middle = 0;
    }
  }
  return found;
}

export function chooseLines({ ours, theirs }: TextConflict, choice: ConflictChoice): readonly string[] {
  if (choice === "ours") return ours;
  if (choice === "theirs") return theirs;
  return choice === "both" ? [...ours, ...theirs] : [];
}

/**
 * Where a conflict's lines stand in one side's whole text: after `from`, the place where they follow the same lines that
 * stand before the conflict. An empty range (`end` before `start`) when that side has none.
 */
export function findSideLines(
  side: readonly string[],
  wanted: readonly string[],
  before: string | undefined,
  from: number,
): { readonly start: number; readonly end: number } {
  const fits = (at: number): boolean => wanted.every((line, offset) => side[at + offset] === line);
  let fallback = -1;
  for (let at = from; at <= side.length - wanted.length; at++) {
    if (!fits(at)) continue;
    const follows = before === undefined ? at === 0 : side[at - 1] === before;
    if (follows) return { start: at + 1, end: at + wanted.length };
    if (fallback < 0 && wanted.length > 0) fallback = at;
  }
  const at = Math.max(fallback, 0);
  return { start: at + 1, end: fallback < 0 ? at : at + wanted.length };
}

/** The conflict at or after a line, else the first; -1 without any. */
export function conflictAt(conflicts: readonly TextConflict[], line: number): number {
  if (conflicts.length === 0) return -1;
  const at = conflicts.findIndex((conflict) => conflict.end >= line);
  return Math.max(at, 0);
}
