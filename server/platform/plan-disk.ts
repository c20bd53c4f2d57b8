/**
 * The disk as a plan looks at it: texts, digests and develop eggs' sources, read synchronously as the plan asks.
 *
 * Digests are kept for as long as a file's size, time and inode stay, so that planning again costs one stat a file.
 * Whatever cannot be read counts as not there: the run itself will say why.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import type { PlanFiles, ProfileSource } from "@/lib/buildout";
import { isUrl } from "@/lib/buildout/paths";

/** As the engine: a larger file is an archive or a program, which has an md5sum or a version in its options. */
const MAX_INPUT_BYTES = 1 << 20;
const MAX_TEXT_BYTES = 64 << 20;
/** Of this many files digests are kept; beyond, all are read anew. */
const MAX_KEPT = 50_000;
const IGNORED = new Set([".svn", "CVS", "__pycache__", ".git"]);

export interface PlanDisk extends PlanFiles {
  /** Only of plain files below the roots, wherever links lead. */
  readText(path: string): string | undefined;
  /** Profiles among the same files; an address is never fetched. */
  readonly profiles: ProfileSource;
  /** SHA-256 of a file of any size. */
  digestOfAny(path: string): string | undefined;
  sizeOf(path: string): number | undefined;
  list(
    directory: string,
  ): readonly { readonly name: string; readonly isDirectory: boolean; readonly isFile: boolean }[];
}

/** Without roots texts may lie anywhere. A digest tells nothing of a file but that it changed, so it has no such bounds. */
export function createPlanDisk(roots?: readonly string[]): PlanDisk {
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

  const toReal = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  };
  const isBelowRoots = (path: string): boolean => {
    if (!roots) return true;
    const real = realpathSync(path);
    return roots.some((root) => real.startsWith(`${toReal(root)}/`));
  };

  const readText = (path: string): string | undefined => {
    try {
      const stats = statSync(path);
      if (!stats.isFile() || stats.size > MAX_TEXT_BYTES || !isBelowRoots(path)) return undefined;
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  };

  return {
    exists: (path) => findStats(path) !== undefined,
    sizeOf: (path) => findStats(path)?.size,
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
    readText,
    profiles: {
      read(path) {
        if (isUrl(path)) return { problem: "url-unavailable", message: `${path} is not fetched for a plan.` };
        return readText(path) ?? { problem: "missing", message: `There is no file ${path}.` };
      },
      exists: (path) => readText(path) !== undefined,
    },
    list,
  };
}
