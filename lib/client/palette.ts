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
  /** What gets the focus when the box closes; without it, what had it before. */
  readonly focusAfter?: Focusable;
}

interface Focusable {
  focus(): void;
}

export interface Palette {
  readonly state: StoreApi<PaletteState>;
  show(text: string): void;
  type(text: string): void;
  choose(title: string, choices: readonly PaletteChoice[]): void;
  hide(): void;
  /** For what was asked for and is ready only now: it does not take the focus out of the box that was opened meanwhile. */
  focusLate(target: Focusable): void;
}

export function createPalette(): Palette {
  const state = createStore<PaletteState>(() => ({ open: false, text: "" }));
  return {
    state,
    show: (text) => state.setState({ open: true, text, list: undefined }),
    type: (text) => state.setState({ text }),
    choose: (title, choices) => state.setState({ open: true, text: "", list: { title, choices } }),
    hide: () => state.setState({ open: false, focusAfter: undefined }),
    focusLate(target) {
      if (state.getState().open) state.setState({ focusAfter: target });
      else target.focus();
    },
  };
}
