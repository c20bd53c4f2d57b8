/**
 * The disk as a plan looks at it: texts, digests and develop eggs' sources, read synchronously as the plan asks.
 *
 * Digests are kept for as long as a file's size, time and inode stay, so that planning again costs one stat a file.
 * Whatever cannot be read counts as not there: the run itself will say why.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import type { PlanFiles } from "@/lib/buildout";

/** As the engine: a larger file is an archive or a program, which has an md5sum or a version in its options. */
const MAX_INPUT_BYTES = 1 << 20;
const MAX_TEXT_BYTES = 64 << 20;
/** Of this many files digests are kept; beyond, all are read anew. */
const MAX_KEPT = 50_000;
const IGNORED = new Set([".svn", "CVS", "__pycache__", ".git"]);

export interface PlanDisk extends PlanFiles {
  readText(path: string): string | undefined;
  /** SHA-256 of a file of any size. */
  digestOfAny(path: string): string | undefined;
  list(
    directory: string,
  ): readonly { readonly name: string; readonly isDirectory: boolean; readonly isFile: boolean }[];
}

export function createPlanDisk(): PlanDisk {
  const kept = new Map<string, { readonly identity: string; readonly digest: string }>();

  const findStats = (path: string): Stats | undefined => {
    try {
      return statSync(path);
    } catch {
      return undefined;
    }
  };

  const digestOf = (path: string, stats: Stats): string | undefined => {
    const identity = `${stats.size} ${stats.mtimeMs} ${stats.ino}`;
    const known = kept.get(path);
    if (known?.identity === identity) return known.digest;
    try {
      const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(path, { identity, digest });
      return digest;
    } catch {
      return undefined;
    }
  };

  const list: PlanDisk["list"] = (directory) => {
    try {
      return readdirSync(directory, { withFileTypes: true }).map((entry) => {
        const stats = entry.isSymbolicLink() ? findStats(join(directory, entry.name)) : undefined;
        return {
          name: entry.name,
          // As os.walk: a link to a directory is listed, and not entered.
          isDirectory: entry.isDirectory(),
          isFile: stats ? stats.isFile() : entry.isFile(),
        };
      });
    } catch {
      return [];
    }
  };

  return {
    exists: (path) => findStats(path) !== undefined,
    digest(path) {
      const stats = findStats(path);
      return stats?.isFile() && stats.size <= MAX_INPUT_BYTES ? digestOf(path, stats) : undefined;
    },
    digestOfAny(path) {
      const stats = findStats(path);
      return stats?.isFile() ? digestOf(path, stats) : undefined;
    },
    sources(directory) {
      const found: Record<string, string> = {};
      const walk = (below: string): void => {
        for (const { name, isDirectory, isFile } of list(join(directory, below))) {
          const path = below === "" ? name : `${below}/${name}`;
          if (isDirectory) {
            if (!IGNORED.has(name) && !name.endsWith(".egg-info")) walk(path);
          } else if (isFile && !/py[co]$/.test(name)) {
            const stats = findStats(join(directory, path));
            const digest = stats && digestOf(join(directory, path), stats);
            if (digest !== undefined) found[path] = digest;
          }
        }
      };
      walk("");
      return found;
    },
    readText(path) {
      try {
        const stats = statSync(path);
        return stats.isFile() && stats.size <= MAX_TEXT_BYTES ? readFileSync(path, "utf8") : undefined;
      } catch {
        return undefined;
      }
    },
    list,
  };
}
