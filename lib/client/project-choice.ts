/**
 * Which project this browser shows, kept beside the settings, and storage of its own for each: tabs and places of one
 * project say nothing about another, and go with it.
 */
import type { KeyValueStorage } from "./settings";

const KEY = "webrunner.project";
const ID = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Undefined in a browser that has shown none yet: the server says which one was opened last. */
export function readChosenProject(storage: KeyValueStorage): string | undefined {
  const text = storage.getItem(KEY) ?? "";
  return ID.test(text) ? text : undefined;
}

export function keepChosenProject(storage: KeyValueStorage, project: string | undefined): void {
  try {
    if (project === undefined) storage.removeItem(KEY);
    else storage.setItem(KEY, project);
  } catch {
    // A full or refused local storage must not stop the page; the server knows which project was opened last.
  }
}

export interface ProjectStorage extends KeyValueStorage {
  /** For a storage that was made before its project was known. False when something of that project is there, unread. */
  belongTo(project: string): boolean;
}

/** Without a project nothing is found, and what is written waits for its name. */
export function toProjectStorage(storage: Storage, project: string | undefined): ProjectStorage {
  let owner = project;
  const waiting = new Map<string, string>();
  const named = (key: string): string => `${key}@${owner}`;
  return {
    getItem: (key) => (owner === undefined ? (waiting.get(key) ?? null) : storage.getItem(named(key))),
    setItem: (key, value) => (owner === undefined ? void waiting.set(key, value) : storage.setItem(named(key), value)),
    removeItem: (key) => (owner === undefined ? void waiting.delete(key) : storage.removeItem(named(key))),
    belongTo(id) {
      if (owner !== undefined) return owner === id;
      if (listOwners(storage).has(id)) return false;
      owner = id;
      for (const [key, value] of waiting) storage.setItem(named(key), value);
      waiting.clear();
      return true;
    },
  };
}

/** Forgets what was kept for projects that are no more. */
export function forgetOtherProjects(storage: Storage, projects: readonly string[]): void {
  for (const [project, keys] of listOwners(storage)) {
    if (!projects.includes(project)) for (const key of keys) storage.removeItem(key);
  }
}

function listOwners(storage: Storage): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (let at = 0; at < storage.length; at++) {
    const key = storage.key(at) ?? "";
    const project = /^webrunner\.[^@]+@(.+)$/.exec(key)?.[1];
    if (project !== undefined && ID.test(project)) owners.set(project, [...(owners.get(project) ?? []), key]);
  }
  return owners;
}
