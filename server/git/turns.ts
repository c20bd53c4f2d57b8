/**
 * Turns at something that only one may work on at once: whoever comes waits for all that came before.
 *
 * Promise: who goes apart for something long ends its turn for that time, and waits for another one afterwards.
 */

/** Lets others at it while `work` goes on: what was read of it before may be otherwise afterwards. */
export type Apart = <T>(work: () => Promise<T>) => Promise<T>;

export interface Turns {
  /** Runs `work` alone among all of the same key. */
  take<T>(key: string, work: (apart: Apart) => Promise<T> | T): Promise<T>;
}

export function createTurns(): Turns {
  /** Of each key the end of the last turn that was asked for. */
  const last = new Map<string, Promise<void>>();

  const begin = async (key: string): Promise<() => void> => {
    const before = last.get(key);
    let end = (): void => {};
    const turn = new Promise<void>((resolve) => {
      end = resolve;
    }).then(() => {
      if (last.get(key) === turn) last.delete(key);
    });
    last.set(key, turn);
    await before;
    return end;
  };

  return {
    async take(key, work) {
      let end = await begin(key);
      const apart: Apart = async (long) => {
        end();
        try {
          return await long();
        } finally {
          end = await begin(key);
        }
      };
      try {
        return await work(apart);
      } finally {
        end();
      }
    },
  };
}
