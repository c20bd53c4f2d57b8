/** `.gitignore` files: lines to rules, and which rule decides for a path. */
import { compileNamePattern, compilePathPattern, type PathMatcher } from "./wildmatch";

export interface IgnoreRule {
  readonly negated: boolean;
  readonly folderOnly: boolean;
  /** Against the last name only; otherwise against the path below the folder of the file. */
  readonly byName: boolean;
  readonly match: PathMatcher;
}

/** The rules of one file, for paths below `base` (the empty string or a path that ends in `/`). */
export interface IgnoreFile {
  readonly base: string;
  readonly rules: readonly IgnoreRule[];
}

export function parseIgnoreFile(text: string, base: string): IgnoreFile {
  const rules: IgnoreRule[] = [];
  for (const raw of text.replace(/^\ufeff/, "").split("\n")) {
    let line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line === "" || line.startsWith("#")) continue;
    line = trimTrailingSpaces(line);
    const negated = line.startsWith("!");
    if (negated) line = line.slice(1);
    const folderOnly = line.endsWith("/");
    if (folderOnly) line = line.slice(0, -1);
    const byName = !line.includes("/");
    if (line.startsWith("/")) line = line.slice(1);
    if (line === "") continue;
    rules.push({ negated, folderOnly, byName, match: byName ? compileNamePattern(line) : compilePathPattern(line) });
  }
  return { base, rules };
}

function trimTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " ") {
    let backslashes = 0;
    while (line[end - 2 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 1) break;
    end--;
  }
  return line.slice(0, end);
}

/**
 * Whether `path` is ignored by `files`, given from the strongest (deepest folder) to the weakest (global).
 * Parents are the caller's: a path inside an ignored folder is ignored whatever the rules say.
 */
export function isIgnored(files: readonly IgnoreFile[], path: string, isFolder: boolean): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  for (const file of files) {
    if (!path.startsWith(file.base)) continue;
    for (let i = file.rules.length - 1; i >= 0; i--) {
      const rule = file.rules[i]!;
      if (rule.folderOnly && !isFolder) continue;
      if (rule.match(rule.byName ? name : path.slice(file.base.length))) return !rule.negated;
    }
  }
  return false;
}
