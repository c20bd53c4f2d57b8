/**
 * Three-way merge of texts: what each side changed against the base, taken together; where both changed the
 * same or touching lines in different ways, a conflict with both texts, printed with git's markers.
 */
import { diffLines, splitLines } from "./line-diff";

export interface MergeLabels {
  readonly ours: string;
  readonly base?: string;
  readonly theirs: string;
}

export type MergeChunk =
  | { readonly kind: "merged"; readonly lines: readonly string[] }
  | {
      readonly kind: "conflict";
      readonly ours: readonly string[];
      readonly base: readonly string[];
      readonly theirs: readonly string[];
    };

export interface TextMerge {
  readonly chunks: readonly MergeChunk[];
  readonly conflictCount: number;
}

export function mergeTexts(base: string, ours: string, theirs: string): TextMerge {
  const baseLines = splitLines(base);
  const ourLines = splitLines(ours);
  const theirLines = splitLines(theirs);
  const ourChanges = diffLines(baseLines, ourLines);
  const theirChanges = diffLines(baseLines, theirLines);
  const chunks: MergeChunk[] = [];
  let conflictCount = 0;
  const addMerged = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    const last = chunks.at(-1);
    if (last?.kind === "merged") chunks[chunks.length - 1] = { kind: "merged", lines: [...last.lines, ...lines] };
    else chunks.push({ kind: "merged", lines });
  };

  let at = 0;
  let i = 0;
  let j = 0;
  let ourShift = 0;
  let theirShift = 0;
  while (i < ourChanges.length || j < theirChanges.length) {
    const nextStart = Math.min(ourChanges[i]?.oldStart ?? Infinity, theirChanges[j]?.oldStart ?? Infinity);
    addMerged(baseLines.slice(at, nextStart));
    const start = nextStart;
    let end = start;
    const fromOurs = i;
    const fromTheirs = j;
    // Touching changes belong together, as git sees it: an insertion at the edge of the other's change conflicts.
    for (let grown = true; grown; ) {
      grown = false;
      for (; i < ourChanges.length && ourChanges[i]!.oldStart <= end; i++, grown = true) {
        end = Math.max(end, ourChanges[i]!.oldEnd);
      }
      for (; j < theirChanges.length && theirChanges[j]!.oldStart <= end; j++, grown = true) {
        end = Math.max(end, theirChanges[j]!.oldEnd);
      }
    }
    const shiftOf = (
      changes: readonly { oldStart: number; oldEnd: number; newStart: number; newEnd: number }[],
    ): number =>
      changes.reduce((sum, change) => sum + (change.newEnd - change.newStart) - (change.oldEnd - change.oldStart), 0);
    const ourDelta = shiftOf(ourChanges.slice(fromOurs, i));
    const theirDelta = shiftOf(theirChanges.slice(fromTheirs, j));
    const ourPart = ourLines.slice(start + ourShift, end + ourShift + ourDelta);
    const theirPart = theirLines.slice(start + theirShift, end + theirShift + theirDelta);
    ourShift += ourDelta;
    theirShift += theirDelta;
    const basePart = baseLines.slice(start, end);
    if (i === fromOurs) addMerged(theirPart);
    else if (j === fromTheirs) addMerged(ourPart);
    else {
      let head = 0;
      while (head < ourPart.length && head < theirPart.length && ourPart[head] === theirPart[head]) head++;
      let tail = 0;
      while (
        tail < ourPart.length - head &&
        tail < theirPart.length - head &&
        ourPart[ourPart.length - 1 - tail] === theirPart[theirPart.length - 1 - tail]
      ) {
        tail++;
      }
      addMerged(ourPart.slice(0, head));
      const ourRest = ourPart.slice(head, ourPart.length - tail);
      const theirRest = theirPart.slice(head, theirPart.length - tail);
      if (ourRest.length > 0 || theirRest.length > 0) {
        conflictCount++;
        chunks.push({ kind: "conflict", ours: ourRest, base: basePart, theirs: theirRest });
      }
      addMerged(ourPart.slice(ourPart.length - tail));
    }
    at = end;
  }
  addMerged(baseLines.slice(at));
  return { chunks, conflictCount };
}

export function formatMerge(merge: TextMerge, labels: MergeLabels): string {
  let text = "";
  const mark = (line: string): void => {
    if (text !== "" && !text.endsWith("\n")) text += "\n";
    text += line;
  };
  for (const chunk of merge.chunks) {
    if (chunk.kind === "merged") {
      for (const line of chunk.lines) mark(line);
      continue;
    }
    mark(`<<<<<<< ${labels.ours}\n`);
    for (const line of chunk.ours) mark(line);
    if (labels.base !== undefined) {
      mark(`||||||| ${labels.base}\n`);
      for (const line of chunk.base) mark(line);
    }
    mark("=======\n");
    for (const line of chunk.theirs) mark(line);
    mark(`>>>>>>> ${labels.theirs}\n`);
  }
  return text;
}

/** Whether a text still has conflict markers, each at the start of a line and in their order. */
export function hasConflictMarkers(text: string): boolean {
  const marks = ["<<<<<<< ", "=======", ">>>>>>> "];
  let next = 0;
  for (const line of splitLines(text)) {
    if (next === 1 ? line.trimEnd() === marks[1] : line.startsWith(marks[next]!)) next++;
    if (next === marks.length) return true;
  }
  return false;
}
