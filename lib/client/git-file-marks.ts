/** What git says of each file of a tree: the letter of the file itself, and for a folder that something in it changed. */
import type { GitStatusEntry } from "@/lib/protocol/git";
import { isAtOrBelow, toParent } from "./file-tree";

export type FileMarkLetter = Exclude<GitStatusEntry["staged"], " ">;

export interface FileMarks {
  /** Of a file, or of a folder that git does not know as a whole. */
  markOf(path: string): FileMarkLetter | undefined;
  /** The most urgent of what is in a folder: a conflict, a change, something new. */
  insideOf(folder: string): "U" | "M" | "?" | undefined;
}

const URGENCY = ["?", "M", "U"] as const;

/** Paths of the entries are of the repository; `toPath` makes them those of the tree. */
export function toFileMarks(entries: readonly GitStatusEntry[], toPath: (path: string) => string): FileMarks {
  const files = new Map<string, FileMarkLetter>();
  const newFolders: string[] = [];
  const folders = new Map<string, (typeof URGENCY)[number]>();
  for (const entry of entries) {
    const isFolder = entry.path.endsWith("/");
    const path = toPath(isFolder ? entry.path.slice(0, -1) : entry.path);
    const letter = entry.conflict ? "U" : entry.unstaged === " " ? entry.staged : entry.unstaged;
    if (letter === " ") continue;
    if (isFolder) newFolders.push(path);
    else files.set(path, letter);
    const urgency = letter === "U" || letter === "?" ? letter : "M";
    for (let folder = toParent(path); folder !== ""; folder = toParent(folder)) {
      const known = folders.get(folder);
      if (known === undefined || URGENCY.indexOf(known) < URGENCY.indexOf(urgency)) folders.set(folder, urgency);
    }
  }
  return {
    markOf: (path) => files.get(path) ?? (newFolders.some((folder) => isAtOrBelow(path, folder)) ? "?" : undefined),
    insideOf: (folder) => folders.get(folder),
  };
}
