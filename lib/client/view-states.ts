/** Where each file was scrolled to and what was selected; the most recent files only, kept over a reload. */
import { type KeyValueStorage, readJson, writeJson } from "./settings";

const KEY = "webrunner.viewStates";
/** A view state is a few hundred bytes; local storage has 5 MB for everything. */
const LIMIT = 60;

export interface ViewStates {
  get(id: string): object | undefined;
  set(id: string, viewState: object): void;
}

export function createViewStates(storage: KeyValueStorage): ViewStates {
  const states = new Map(Object.entries(readJson<Record<string, object>>(storage, KEY) ?? {}));
  return {
    get: (id) => states.get(id),
    set(id, viewState) {
      states.delete(id);
      states.set(id, viewState);
      for (const oldest of states.keys()) {
        if (states.size <= LIMIT) break;
        states.delete(oldest);
      }
      writeJson(storage, KEY, Object.fromEntries(states));
    },
  };
}
