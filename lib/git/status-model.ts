/** What `git status` knows of one repository, and the porcelain text printed from it. */
import { comparePaths, quotePath } from "./path-bytes";

/** M modified, A added, D deleted, R renamed, T type changed, U unmerged, ? untracked; a blank: no change. */
export type StatusLetter = " " | "M" | "A" | "D" | "R" | "T" | "U" | "?";

export interface StatusEntry {
  readonly path: string;
  /** HEAD to index. */
  readonly staged: StatusLetter;
  /** Index to work tree. */
  readonly unstaged: StatusLetter;
  /** Of a rename: where it was. */
  readonly from?: string;
  readonly submodule?: boolean;
}

export interface StatusCounts {
  readonly staged: number;
  readonly unstaged: number;
  readonly untracked: number;
  readonly conflicts: number;
}

export const CONFLICT_CODES: readonly string[] = ["DD", "AU", "UD", "UA", "DU", "AA", "UU"];

export function isConflict(entry: StatusEntry): boolean {
  return CONFLICT_CODES.includes(entry.staged + entry.unstaged);
}

/** The two letters of an unmerged path by which of base, ours and theirs are there. */
export function conflictCode(stages: { base: boolean; ours: boolean; theirs: boolean }): [StatusLetter, StatusLetter] {
  if (stages.ours && stages.theirs) return stages.base ? ["U", "U"] : ["A", "A"];
  if (stages.ours) return stages.base ? ["U", "D"] : ["A", "U"];
  if (stages.theirs) return stages.base ? ["D", "U"] : ["U", "A"];
  return ["D", "D"];
}

export function countStatus(entries: readonly StatusEntry[]): StatusCounts {
  const counts = { staged: 0, unstaged: 0, untracked: 0, conflicts: 0 };
  for (const entry of entries) {
    if (isConflict(entry)) counts.conflicts++;
    else if (entry.unstaged === "?") counts.untracked++;
    else {
      if (entry.staged !== " ") counts.staged++;
      if (entry.unstaged !== " ") counts.unstaged++;
    }
  }
  return counts;
}

/** Tracked changes by path, then what is untracked by path, as git prints them. */
export function sortStatus(entries: readonly StatusEntry[]): StatusEntry[] {
  return [...entries].sort(
    (a, b) => Number(a.unstaged === "?") - Number(b.unstaged === "?") || comparePaths(a.path, b.path),
  );
}

/** `git status --porcelain`, version 1. */
export function formatPorcelain(entries: readonly StatusEntry[]): string {
  return entries
    .map((entry) => {
      const name = quotePath(entry.path, { quoteSpace: true });
      const from = entry.from === undefined ? "" : `${quotePath(entry.from, { quoteSpace: true })} -> `;
      return `${entry.unstaged === "?" ? "?" : entry.staged}${entry.unstaged} ${from}${name}\n`;
    })
    .join("");
}
