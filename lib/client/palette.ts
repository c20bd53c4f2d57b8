/** The box for files and commands: open or not, and what is typed in it. `>` begins a command, `:` a line number. */
import { createStore, type StoreApi } from "zustand/vanilla";

export interface Palette {
  readonly state: StoreApi<{ readonly open: boolean; readonly text: string }>;
  show(text: string): void;
  hide(): void;
}

export function createPalette(): Palette {
  const state = createStore(() => ({ open: false, text: "" }));
  return {
    state,
    show: (text) => state.setState({ open: true, text }),
    hide: () => state.setState({ open: false }),
  };
}
