/** What a person sets for this browser: theme and editor looks. Kept in local storage, shared by its tabs. */
import { createStore, type StoreApi } from "zustand/vanilla";

export type ThemeSetting = "system" | "dark" | "light" | "high-contrast";

export interface Settings {
  readonly theme: ThemeSetting;
  readonly fontSize: number;
  readonly wordWrap: boolean;
  readonly minimap: boolean;
  /** Who last changed each line, beside it. */
  readonly blame: boolean;
  /** Differences in one column instead of two. */
  readonly inlineDiff: boolean;
  /** The md5sum that is written down for a file follows when it is saved. */
  readonly hashOnSave: boolean;
}

export const defaultSettings: Settings = {
  theme: "system",
  fontSize: 13,
  wordWrap: false,
  minimap: true,
  blame: false,
  inlineDiff: false,
  hashOnSave: true,
};

/** `public/theme.js` reads the same key before the first paint. */
export const SETTINGS_KEY = "webrunner.settings";

export type KeyValueStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function createSettings(storage: KeyValueStorage): StoreApi<Settings> {
  const state = createStore<Settings>(() => ({ ...defaultSettings, ...readJson<Settings>(storage, SETTINGS_KEY) }));
  state.subscribe((settings) => writeJson(storage, SETTINGS_KEY, settings));
  return state;
}

/** What is unreadable counts as not there: settings and layout are only comfort. */
export function readJson<Value>(storage: KeyValueStorage, key: string): Partial<Value> | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? "null");
    return typeof value === "object" && value !== null ? (value as Partial<Value>) : undefined;
  } catch {
    return undefined;
  }
}

export function writeJson(storage: KeyValueStorage, key: string, value: unknown): void {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or refused local storage must not stop the page; the value lives until the reload.
  }
}
