/**
 * What the server says of runs that have ended: read once for each, and again when a file that it speaks of changes,
 * since then it may be out of date.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { ConnectionLost } from "./api";
import type { Connection } from "./connection";

export interface RunReadings<Value> {
  /** By run; absent until it was read, undefined where the server has nothing to say. */
  readonly state: StoreApi<ReadonlyMap<string, Value | undefined>>;
  read(run: string): Promise<void>;
  readAgain(run: string): Promise<void>;
}

export function createRunReadings<Value>(options: {
  readonly connection: Pick<Connection, "on">;
  readonly ask: (run: string) => Promise<Value>;
  /** The files that it speaks of. */
  readonly listPaths: (value: Value) => readonly (string | undefined)[];
}): RunReadings<Value> {
  const { connection, ask, listPaths } = options;
  const state = createStore<ReadonlyMap<string, Value | undefined>>(() => new Map());
  const reading = new Map<string, Promise<void>>();

  const fetchValue = async (run: string): Promise<void> => {
    let value: Value | undefined;
    try {
      value = await ask(run);
    } catch (error) {
      // Asked again when the server is back, and until then what is known stands.
      if (error instanceof ConnectionLost) return;
    }
    state.setState(new Map(state.getState()).set(run, value), true);
  };
  const readAgain = (run: string): Promise<void> => {
    const known = reading.get(run);
    if (known) return known;
    const asked = fetchValue(run).finally(() => reading.delete(run));
    reading.set(run, asked);
    return asked;
  };
  connection.on("file:changed", ({ path }) => {
    for (const [run, value] of state.getState())
      if (value !== undefined && listPaths(value).includes(path)) void readAgain(run);
  });

  return {
    state,
    read: (run) => (state.getState().has(run) ? Promise.resolve() : readAgain(run)),
    readAgain,
  };
}
