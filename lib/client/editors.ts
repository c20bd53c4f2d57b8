/** The open editors as a store: what views show and commands change, kept over a reload. */
import { createStore, type StoreApi } from "zustand/vanilla";
import { createEmitter, type Emitter } from "@/lib/base/emitter";
import {
  type EditorGroupsState,
  type EditorTab,
  fromStored,
  openTab,
  toFileTab,
  toStored,
  toViewTab,
} from "./editor-groups";
import { type KeyValueStorage, readJson, writeJson } from "./settings";

/** A place to show in a file: one-based, as people and compilers count. */
export interface FilePlace {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where the cursor of the active text editor is, for the status bar. */
export interface CursorState {
  readonly line: number;
  readonly column: number;
  readonly selectedCharacters: number;
  /** What is selected, if that is a piece of one line. */
  readonly selectedText?: string;
  readonly language: string;
  readonly lineEnd: "LF" | "CRLF";
}

export interface Editors {
  readonly state: StoreApi<EditorGroupsState>;
  readonly cursor: StoreApi<CursorState | undefined>;
  change(step: (state: EditorGroupsState) => EditorGroupsState): void;
  openFile(place: FilePlace, options?: { readonly preview?: boolean; readonly focus?: boolean }): void;
  openView(view: string, key: string, title: string): void;
  openTab(tab: EditorTab): void;
  /** Asked of the text editor that shows the file, once it does. */
  readonly reveal: Emitter<FilePlace & { readonly focus: boolean }>;
  /** The place asked for and not yet shown, for an editor that is only being made. */
  takeReveal(path: string): (FilePlace & { readonly focus: boolean }) | undefined;
}

const EDITORS_KEY = "webrunner.editors";

/** `onOpen`: a tab was opened or shown, for whoever brings the editors into sight. */
export function createEditors(storage: KeyValueStorage, onOpen: () => void = () => undefined): Editors {
  const state = createStore<EditorGroupsState>(() => fromStored(readJson<EditorGroupsState>(storage, EDITORS_KEY)));
  state.subscribe((editors) => writeJson(storage, EDITORS_KEY, toStored(editors)));
  const reveal = createEmitter<FilePlace & { focus: boolean }>((error) => console.error(error));
  let pending: (FilePlace & { readonly focus: boolean }) | undefined;
  const open = (tab: EditorTab, options?: { readonly preview: boolean }): void => {
    state.setState(openTab(state.getState(), tab, options), true);
    onOpen();
  };
  return {
    state,
    cursor: createStore<CursorState | undefined>(() => undefined),
    reveal,
    change: (step) => state.setState(step(state.getState()), true),
    openFile(place, options = {}) {
      pending = { ...place, focus: options.focus ?? true };
      open(toFileTab(place.path), { preview: options.preview ?? false });
      reveal.emit(pending);
    },
    openView: (view, key, title) => open(toViewTab(view, key, title)),
    openTab: (tab) => open(tab),
    takeReveal(path) {
      const place = pending?.path === path ? pending : undefined;
      if (place) pending = undefined;
      return place;
    },
  };
}
