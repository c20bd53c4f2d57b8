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
  /** Whoever still holds it. */
  end(project: string): void;
}

export interface ProjectWatchOptions {
  readonly watch: FileWatcher;
  readonly onChange: (change: FileChanged) => void;
  /** Somebody moved the repository at the root: a commit from a terminal, a branch switched, a stash. */
  readonly onRepositoryChange: (project: string) => void;
  readonly log: StateLog;
}

/** Objects come by the thousand and say nothing; what moved is said by HEAD, references, logs and the index. */
const SILENT_IN_GIT = new Set(["objects", "hooks", "info", "lfs", "modules"]);

interface Watched {
  holders: number;
  readonly watching: Promise<Disposable[]>;
  linger?: NodeJS.Timeout;
}

export function createProjectWatch(options: ProjectWatchOptions): ProjectWatch {
  const { watch, onChange, onRepositoryChange, log } = options;
  const watched = new Map<string, Watched>();

  const end = (project: string): void => {
    const entry = watched.get(project);
    watched.delete(project);
    clearTimeout(entry?.linger);
    entry?.watching
      .then((all) => {
        for (const watching of all) watching.dispose();
      })
      .catch((error) => log.warn({ err: error }, "A watch failed"));
  };

  const begin = (project: string, directory: string): Watched => {
    const onError = (error: unknown): void =>
      log.warn({ err: error, project }, "Files of the project cannot be watched");
    const work = watch({
      directory,
      ignores: (name) => name === ".git" || HEAVY_DIRECTORIES.has(name),
      onChanges: (changes) => {
        for (const { path, change } of changes) {
          if (findConfinedPath(path) !== undefined) onChange({ project, path, change });
        }
      },
      onError,
    });
    const repository = watch({
      directory: `${directory}/.git`,
      ignores: (name) => SILENT_IN_GIT.has(name) || name.endsWith(".lock"),
      onChanges: () => onRepositoryChange(project),
      onError,
    });
    return { holders: 0, watching: Promise.all([work, repository]) };
  };

  return {
    end,
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
