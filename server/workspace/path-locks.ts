/** Two changes of one path never run at once, in the order in which they came; other paths do not wait. */
export interface PathLocks {
  hold<T>(paths: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createPathLocks(): PathLocks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    hold(paths, work) {
      const keys = [...new Set(paths)];
      const before = keys.map((key) => tails.get(key) ?? Promise.resolve());
      const done = Promise.all(before).then(work);
      const tail: Promise<unknown> = done
        .catch(() => {
          // The caller hears of it; whoever waits goes on.
        })
        .then(() => {
          for (const key of keys) if (tails.get(key) === tail) tails.delete(key);
        });
      for (const key of keys) tails.set(key, tail);
      return done;
    },
  };
}
