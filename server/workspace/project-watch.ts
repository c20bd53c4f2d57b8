/**
 * Watches the files of a project while somebody looks at it, and a little longer, as a page that reloads comes back; and
 * its repositories, at the root and below it, also those that come to be meanwhile.
 */
import type { Disposable } from "@/lib/base/disposable";
import type { FileChanged } from "@/lib/protocol";
import { findConfinedPath } from "@/server/platform/confined-path";
import type { FileWatcher } from "@/server/platform/file-watcher";
import type { StateLog } from "@/server/platform/json-state";
import { createRepositoryWatches, type GitDirectory } from "./repository-watches";
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
  readonly listRepositories: (directory: string) => readonly GitDirectory[];
  /** Somebody moved a repository: a commit from a terminal, a branch switched, a stash. */
  readonly onRepositoryChange: (project: string, repository: string) => void;
  readonly log: StateLog;
}

/** A repository's own: a folder, or of a submodule a file that names one. */
const GIT = /^(|.*\/)\.git$/;
const IN_GIT = /(^|\/)\.git\//;

interface Watched {
  holders: number;
  readonly watching: Promise<Disposable>;
  linger?: NodeJS.Timeout;
}

export function createProjectWatch(options: ProjectWatchOptions): ProjectWatch {
  const { watch, onChange, onRepositoryChange, listRepositories, log } = options;
  const watched = new Map<string, Watched>();

  const end = (project: string): void => {
    const entry = watched.get(project);
    watched.delete(project);
    clearTimeout(entry?.linger);
    void entry?.watching.then((watching) => watching.dispose());
  };

  const begin = async (project: string, directory: string): Promise<Disposable> => {
    const onError = (error: unknown): void =>
      log.warn({ err: error, project }, "Files of the project cannot be watched");
    const repositories = createRepositoryWatches({
      watch,
      list: () => listRepositories(directory),
      onChange: (repository) => onRepositoryChange(project, repository),
      onError,
    });
    const watching = watch({
      directory,
      ignores: (name, path) => HEAVY_DIRECTORIES.has(name) || IN_GIT.test(path),
      onChanges(changes) {
        const remade = changes.flatMap(({ path }) => GIT.exec(path)?.[1] ?? []);
        if (remade.length > 0) void repositories.follow(remade.map((folder) => folder.replace(/\/$/, "")));
        for (const { path, change } of changes) {
          if (findConfinedPath(path) !== undefined) onChange({ project, path, change });
        }
      },
      onError,
    });
    const [work] = await Promise.allSettled([watching, repositories.follow([])]);
    if (work.status === "rejected") onError(work.reason);
    return {
      dispose() {
        if (work.status === "fulfilled") work.value.dispose();
        repositories.dispose();
      },
    };
  };

  return {
    end,
    async hold(project, directory) {
      const entry = watched.get(project) ?? { holders: 0, watching: begin(project, directory) };
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
