/** Watches of the repositories of one project: what moved in them, not what is written there on the way. */
import type { Disposable } from "@/lib/base/disposable";
import type { FileWatcher } from "@/server/platform/file-watcher";

export interface GitDirectory {
  /** Workspace path of the repository; the root is the empty string. */
  readonly repository: string;
  /** Absolute; where its HEAD, index and references are. */
  readonly directory: string;
}

/** Objects come by the thousand and say nothing; what moved is said by HEAD, references, logs and the index. */
const SILENT_IN_GIT = new Set(["objects", "hooks", "info", "lfs", "modules"]);

export interface RepositoryWatches extends Disposable {
  /** Watches those that are listed; of the ones that were made anew what stands there now. */
  follow(remade: readonly string[]): Promise<void>;
}

export function createRepositoryWatches(options: {
  readonly watch: FileWatcher;
  readonly list: () => readonly GitDirectory[];
  readonly onChange: (repository: string) => void;
  readonly onError: (error: unknown) => void;
}): RepositoryWatches {
  const { watch, list, onChange, onError } = options;
  const watches = new Map<string, Promise<Disposable>>();
  let isOver = false;
  const leave = (repository: string): void => {
    watches
      .get(repository)
      ?.then((watching) => watching.dispose())
      .catch(onError);
    watches.delete(repository);
  };
  const begin = ({ repository, directory }: GitDirectory): Promise<Disposable> =>
    watch({
      directory,
      ignores: (name) => SILENT_IN_GIT.has(name) || name.endsWith(".lock"),
      onChanges(changes) {
        // The directory itself: it was removed, and another one may stand there already.
        if (changes.some(({ path }) => path === "")) void follow([repository]);
        else onChange(repository);
      },
      onError,
    });
  const follow = async (remade: readonly string[]): Promise<void> => {
    try {
      const found = isOver ? [] : list();
      for (const repository of watches.keys())
        if (remade.includes(repository) || !found.some((each) => each.repository === repository)) leave(repository);
      for (const each of found) {
        const watching = watches.get(each.repository) ?? begin(each);
        watches.set(each.repository, watching);
      }
      await Promise.all(watches.values());
    } catch (error) {
      onError(error);
    }
    for (const repository of remade) onChange(repository);
  };
  return {
    follow,
    dispose() {
      isOver = true;
      for (const repository of watches.keys()) leave(repository);
    },
  };
}
