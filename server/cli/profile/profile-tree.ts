/**
 * The profiles below a directory.
 */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "./profile-arguments";

/** What buildout and package managers leave behind; nobody writes profiles there. */
const SKIPPED = new Set(["node_modules", "parts", "eggs", "develop-eggs", "__pycache__"]);

export function findProfileFiles(directory: string): string[] {
  const found: string[] = [];
  const pending = [directory];
  for (let at = pending.pop(); at !== undefined; at = pending.pop())
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile() && entry.name.endsWith(".cfg")) found.push(path);
    }
  return found.sort();
}

/** Files as they are, directories as all the profiles in them. */
export function expandProfilePaths(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const path = resolve(name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new UsageError(`there is no ${name}`);
    return stats.isDirectory() ? findProfileFiles(path) : [path];
  });
}
