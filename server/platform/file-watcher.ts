/**
 * What changes below a directory, told within a second, whoever changed it.
 *
 * A watch is a hint, not the truth: events of one path are joined, and a system without watches left (inotify's limit)
 * degrades to a line in the log and no events.
 */
import { statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Disposable } from "@/lib/base/disposable";
import { errorNumber } from "./files";
import { isTemporaryName } from "./node-files";

export interface WatchedChange {
  /** Relative to the watched directory, `/` separated; empty is the directory itself. */
  readonly path: string;
  readonly change: "changed" | "removed";
}

export interface WatchOptions {
  readonly directory: string;
  /** By the last name of a path, and the path as it is told: not watched, nor anything below. */
  readonly ignores: (name: string, path: string) => boolean;
  readonly onChanges: (changes: readonly WatchedChange[]) => void;
  readonly onError: (error: unknown) => void;
}

export type FileWatcher = (options: WatchOptions) => Promise<Disposable>;

/** Long enough to join the events of one save (temporary file, rename), short against the second that is promised. */
const JOIN_MS = 60;

export const watchFiles: FileWatcher = async ({ directory, ignores, onChanges, onError }) => {
  const pending = new Map<string, WatchedChange["change"]>();
  /** Which directory stood at a path when it was last looked at. */
  const known = new Map<string, string>();
  let watcher: FSWatcher;
  let beginning: Promise<void> | undefined;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const toName = (absolute: string): string => relative(directory, absolute).split(sep).join("/");
  const note = (absolute: string, change: WatchedChange["change"]): void => {
    pending.set(toName(absolute), change);
    timer ??= setTimeout(flush, JOIN_MS);
  };
  const flush = (): void => {
    timer = undefined;
    if (isOver) return;
    const replaced = findReplaced();
    const changes = [...pending].map(([path, change]) => ({ path, change }));
    pending.clear();
    onChanges(changes);
    if (replaced.length > 0 && !beginning) void beginAnew(replaced);
  };
  /**
   * A directory that is removed and made again at once, as a switch of branches does, is to the library the one that it
   * knew: it would hear nothing of it any more. So where something happened, the directories above are looked at.
   */
  const findReplaced = (): string[] => {
    const above = new Set<string>();
    for (const path of pending.keys()) {
      for (let folder = dirname(join(directory, path)); folder.startsWith(directory); folder = dirname(folder)) {
        if (above.has(folder)) break;
        above.add(folder);
      }
    }
    return [...above].filter((folder) => {
      const before = known.get(folder);
      const now = identityOf(folder);
      if (now !== undefined) known.set(folder, now);
      return now !== undefined && before !== undefined && now !== before;
    });
  };
  const beginAnew = async (replaced: readonly string[]): Promise<void> => {
    await watcher.close();
    if (isOver) return;
    await begin();
    // What happened there meanwhile was told by nobody.
    for (const folder of replaced) note(folder, "changed");
  };

  const begin = (): Promise<void> => {
    const made = watch(directory, {
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      ignored: (path) => {
        const name = path.slice(path.lastIndexOf(sep) + 1);
        return path !== directory && (isTemporaryName(name) || ignores(name, toName(path)));
      },
    });
    watcher = made;
    made.on("add", (path) => note(path, "changed"));
    made.on("change", (path) => note(path, "changed"));
    made.on("addDir", (path) => {
      const identity = identityOf(path);
      if (identity !== undefined && !known.has(path)) known.set(path, identity);
      note(path, "changed");
    });
    made.on("unlink", (path) => note(path, "removed"));
    made.on("unlinkDir", (path) => note(path, "removed"));
    beginning = new Promise<void>((resolve) => {
      made.on("ready", () => {
        for (const folder of Object.keys(made.getWatched())) {
          const identity = identityOf(folder);
          if (identity !== undefined) known.set(folder, identity);
        }
        resolve();
      });
      made.on("error", (error) => {
        onError(error);
        if (errorNumber(error) === "ENOSPC") resolve();
      });
    }).finally(() => {
      beginning = undefined;
    });
    return beginning;
  };
  await begin();
  return {
    dispose() {
      isOver = true;
      clearTimeout(timer);
      watcher.close().catch(onError);
    },
  };
};

/** The inode alone may be given to the next directory at once. */
function identityOf(folder: string): string | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.ino} ${stat.birthtimeNs}`;
}
