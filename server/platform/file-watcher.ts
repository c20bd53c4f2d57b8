/**
 * What changes below a directory, told within a second, whoever changed it.
 *
 * A watch is a hint, not the truth: events of one path are joined, and a system without watches left (inotify's limit)
 * degrades to a line in the log and no events.
 */
import { relative, sep } from "node:path";
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
  /** By the last name of a path: not watched, nor anything below. */
  readonly ignores: (name: string) => boolean;
  readonly onChanges: (changes: readonly WatchedChange[]) => void;
  readonly onError: (error: unknown) => void;
}

export type FileWatcher = (options: WatchOptions) => Promise<Disposable>;

/** Long enough to join the events of one save (temporary file, rename), short against the second that is promised. */
const JOIN_MS = 60;

export const watchFiles: FileWatcher = async ({ directory, ignores, onChanges, onError }) => {
  const pending = new Map<string, WatchedChange["change"]>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    const changes = [...pending].map(([path, change]) => ({ path, change }));
    pending.clear();
    onChanges(changes);
  };
  const note = (absolute: string, change: WatchedChange["change"]): void => {
    pending.set(relative(directory, absolute).split(sep).join("/"), change);
    timer ??= setTimeout(flush, JOIN_MS);
  };

  const watcher: FSWatcher = watch(directory, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignored: (path) => path !== directory && isLeftOut(path.slice(path.lastIndexOf(sep) + 1), ignores),
  });
  watcher.on("add", (path) => note(path, "changed"));
  watcher.on("change", (path) => note(path, "changed"));
  watcher.on("addDir", (path) => note(path, "changed"));
  watcher.on("unlink", (path) => note(path, "removed"));
  watcher.on("unlinkDir", (path) => note(path, "removed"));
  await new Promise<void>((resolve) => {
    watcher.on("ready", () => resolve());
    watcher.on("error", (error) => {
      onError(error);
      if (errorNumber(error) === "ENOSPC") resolve();
    });
  });
  return {
    dispose() {
      clearTimeout(timer);
      watcher.close().catch(onError);
    },
  };
};

function isLeftOut(name: string, ignores: (name: string) => boolean): boolean {
  return isTemporaryName(name) || ignores(name);
}
