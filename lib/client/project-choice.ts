/**
 * Which project this browser shows, kept beside the settings, and storage of its own for each: tabs and places of one
 * project say nothing about another. The first project has the names without a mark.
 */
import type { KeyValueStorage } from "./settings";

const KEY = "webrunner.project";

/** Undefined: the first one. */
export function readChosenProject(storage: KeyValueStorage): string | undefined {
  const text = storage.getItem(KEY) ?? "";
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(text) ? text : undefined;
}

export function keepChosenProject(storage: KeyValueStorage, project: string | undefined): void {
  if (project === undefined) storage.removeItem(KEY);
  else storage.setItem(KEY, project);
}

export function toProjectStorage(storage: KeyValueStorage, project: string | undefined): KeyValueStorage {
  if (project === undefined) return storage;
  const named = (key: string): string => `${key}@${project}`;
  return {
    getItem: (key) => storage.getItem(named(key)),
    setItem: (key, value) => storage.setItem(named(key), value),
    removeItem: (key) => storage.removeItem(named(key)),
  };
}
