/** Changes grouped into hunks with context, a patch printed from them, and the text that part of them makes. */
import { diffLines, type LineChange, splitLines } from "./line-diff";

export interface HunkLine {
  readonly kind: "context" | "removed" | "added";
  readonly text: string;
  /** One-based; absent where the line is on the other side only. */
  readonly oldLine: number | undefined;
  readonly newLine: number | undefined;
}

export interface Hunk {
  /** One-based first lines as in a patch; a side without lines names the line before. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly HunkLine[];
}

export interface TextDiff {
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  readonly changes: readonly LineChange[];
}

export function diffTexts(oldText: string, newText: string): TextDiff {
  const oldLines = splitLines(oldText);
  const newLines = splitLines(newText);
  return { oldLines, newLines, changes: diffLines(oldLines, newLines) };
}

export function toHunks(diff: TextDiff, context = 3): Hunk[] {
  const groups: LineChange[][] = [];
  for (const change of diff.changes) {
    const last = groups.at(-1)?.at(-1);
    if (last && change.oldStart - last.oldEnd <= context * 2) groups.at(-1)!.push(change);
    else groups.push([change]);
  }
  return groups.map((group) => {
    const first = group[0]!;
    const last = group.at(-1)!;
    const before = Math.min(context, first.oldStart);
    const after = Math.min(context, diff.oldLines.length - last.oldEnd);
    const lines: HunkLine[] = [];
    let oldLine = first.oldStart - before;
    let newLine = first.newStart - before;
    const start = { oldLine, newLine };
    const addContext = (until: number): void => {
      for (; oldLine < until; oldLine++, newLine++) {
        lines.push({ kind: "context", text: diff.oldLines[oldLine]!, oldLine: oldLine + 1, newLine: newLine + 1 });
      }
    };
    for (const change of group) {
      addContext(change.oldStart);
      for (; oldLine < change.oldEnd; oldLine++) {
        lines.push({ kind: "removed", text: diff.oldLines[oldLine]!, oldLine: oldLine + 1, newLine: undefined });
      }
      for (; newLine < change.newEnd; newLine++) {
        lines.push({ kind: "added", text: diff.newLines[newLine]!, oldLine: undefined, newLine: newLine + 1 });
      }
    }
    addContext(last.oldEnd + after);
    const oldCount = oldLine - start.oldLine;
    const newCount = newLine - start.newLine;
    return {
      oldStart: oldCount === 0 ? start.oldLine : start.oldLine + 1,
      oldLines: oldCount,
      newStart: newCount === 0 ? start.newLine : start.newLine + 1,
      newLines: newCount,
      lines,
    };
  });
}

/** The hunks as `git diff` prints them below the file header. */
export function formatHunks(hunks: readonly Hunk[]): string {
  const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${start},${count}`);
  const marks = { context: " ", removed: "-", added: "+" } as const;
  let text = "";
  for (const hunk of hunks) {
    text += `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@\n`;
    for (const line of hunk.lines) {
      text += marks[line.kind] + line.text;
      if (!line.text.endsWith("\n")) text += "\n\\ No newline at end of file\n";
    }
  }
  return text;
}

/** One-based line numbers: removals by their old line, additions by their new line. */
export interface LineSelection {
  readonly oldLines: ReadonlySet<number>;
  readonly newLines: ReadonlySet<number>;
}

/**
 * The old text with the selected part of the changes applied, or (`keep: "unselected"`) with all but that part.
 * Whoever stages takes the selected lines over the index; whoever unstages or discards takes the others.
 */
export function applySelection(diff: TextDiff, selection: LineSelection, keep: "selected" | "unselected"): string {
  const wanted = keep === "selected";
  let text = "";
  let oldLine = 0;
  const append = (line: string): void => {
    if (text !== "" && !text.endsWith("\n")) text += "\n";
    text += line;
  };
  for (const change of diff.changes) {
    for (; oldLine < change.oldStart; oldLine++) append(diff.oldLines[oldLine]!);
    // Line by line, so that of a changed block with some lines chosen each stays in its place.
    const size = Math.max(change.oldEnd - change.oldStart, change.newEnd - change.newStart);
    for (let at = 0; at < size; at++) {
      const oldAt = change.oldStart + at;
      const newAt = change.newStart + at;
      if (oldAt < change.oldEnd && selection.oldLines.has(oldAt + 1) !== wanted) append(diff.oldLines[oldAt]!);
      if (newAt < change.newEnd && selection.newLines.has(newAt + 1) === wanted) append(diff.newLines[newAt]!);
    }
    oldLine = change.oldEnd;
  }
  for (; oldLine < diff.oldLines.length; oldLine++) append(diff.oldLines[oldLine]!);
  return text;
}
