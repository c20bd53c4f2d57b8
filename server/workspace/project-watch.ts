/**
 * Watches the files of a project while somebody looks at it, and a little longer, as a page that reloads comes back.
 */
import type { Disposable } from "@/lib/base/disposable";
import type { FileChanged } from "@/lib/protocol";
import { findConfinedPath } from "@/server/platform/confined-path";
import type { FileWatcher } from "@/server/platform/file-watcher";
import type { StateLog } from "@/server/platform/json-state";
import { HEAVY_DIRECTORIES } from "./search";

const LINGER_MS = 30_000;

export interface ProjectWatch extends Disposable {
  /** Watches until as many `release` as `hold` calls were made; resolves when changes are noticed from now on. */
  hold(project: string, directory: string): Promise<void>;
  release(project: string): void;
}

export interface ProjectWatchOptions {
  readonly watch: FileWatcher;
  readonly onChange: (change: FileChanged) => void;
  readonly log: StateLog;
}

interface Watched {
  holders: number;
  readonly watching: Promise<Disposable>;
  linger?: NodeJS.Timeout;
}

export function createProjectWatch({ watch, onChange, log }: ProjectWatchOptions): ProjectWatch {
  const watched = new Map<string, Watched>();

  const end = (project: string): void => {
    const entry = watched.get(project);
    watched.delete(project);
    clearTimeout(entry?.linger);
    entry?.watching.then((watching) => watching.dispose()).catch((error) => log.warn({ err: error }, "A watch failed"));
  };

  const begin = (project: string, directory: string): Watched => {
    const watching = watch({
      directory,
      ignores: (name) => name === ".git" || HEAVY_DIRECTORIES.has(name),
      onChanges: (changes) => {
        for (const { path, change } of changes) {
          if (findConfinedPath(path) !== undefined) onChange({ project, path, change });
        }
      },
      onError: (error) => log.warn({ err: error, project }, "Files of the project cannot be watched"),
    });
    return { holders: 0, watching };
  };

  return {
    async hold(project, directory) {
      const entry = watched.get(project) ?? begin(project, directory);
      watched.set(project, entry);
      clearTimeout(entry.linger);
      entry.holders++;
      await entry.watching;
    },
    release(project) {
      const entry = watched.get(project);
      if (!entry) return;
      entry.holders--;
      if (entry.holders > 0) return;
      entry.linger = setTimeout(() => end(project), LINGER_MS);
      entry.linger.unref();
    },
    dispose() {
      for (const project of [...watched.keys()]) end(project);
    },
  };
}
