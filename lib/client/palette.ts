/**
 * The box for files and commands: open or not, and what is typed in it. `>` begins a command, `:` a line number, `@` a
 * section of the open file, `#` a section of the workspace. It may also be given a list of its own to choose from.
 */
import { createStore, type StoreApi } from "zustand/vanilla";

export interface PaletteChoice {
  readonly title: string;
  readonly detail?: string;
  readonly run: () => unknown;
}

export interface PaletteState {
  readonly open: boolean;
  readonly text: string;
  /** Only these, and what the list is of. */
  readonly list?: { readonly title: string; readonly choices: readonly PaletteChoice[] };
}

export interface Palette {
  readonly state: StoreApi<PaletteState>;
  show(text: string): void;
  type(text: string): void;
  choose(title: string, choices: readonly PaletteChoice[]): void;
  hide(): void;
}

export function createPalette(): Palette {
  const state = createStore<PaletteState>(() => ({ open: false, text: "" }));
  return {
    state,
    show: (text) => state.setState({ open: true, text, list: undefined }),
    type: (text) => state.setState({ text }),
    choose: (title, choices) => state.setState({ open: true, text: "", list: { title, choices } }),
    hide: () => state.setState({ open: false }),
  };
}
