/**
 * The box for files and commands: open or not, and what is typed in it. `>` begins a command, `:` a line number, `@` a
 * section of the open file, `#` a section of the workspace. It may also be given a list of its own to choose from.
 *
 * While it is open it has the focus; what asks for the focus meanwhile gets it when the box is closed.
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
  /** Goes up each time that it is asked for. */
  readonly asked: number;
  /** What had the focus when the box was opened. */
  readonly focusBefore?: Focusable;
  /** What gets the focus when the box closes; without it, what had it before. */
  readonly focusAfter?: Focusable;
}

interface Focusable {
  focus(): void;
  readonly isConnected?: boolean;
}

export interface Palette {
  readonly state: StoreApi<PaletteState>;
  show(text: string): void;
  type(text: string): void;
  choose(title: string, choices: readonly PaletteChoice[]): void;
  /** The focus goes on to what asked for it meanwhile, else back to what had it before. */
  close(): void;
  /** For a person who went on elsewhere: the focus stays where they put it. */
  leave(): void;
  /** The key of another command is a way out of the box, unless the command shows something in it. */
  closeAfter(run: () => boolean): boolean;
  /** For what was asked for and is ready only now: it does not take the focus out of the box that was opened meanwhile. */
  focusLate(target: Focusable): void;
}

export function createPalette(findFocus: () => Focusable | undefined = findFocusedElement): Palette {
  const state = createStore<PaletteState>(() => ({ open: false, text: "", asked: 0 }));
  const show = (what: Pick<PaletteState, "text" | "list">): void => {
    const { open, asked, focusBefore } = state.getState();
    state.setState({ open: true, asked: asked + 1, focusBefore: open ? focusBefore : findFocus(), ...what });
  };
  const leave = (): void => state.setState({ open: false, focusBefore: undefined, focusAfter: undefined });
  const close = (): void => {
    const { focusAfter, focusBefore } = state.getState();
    leave();
    [focusAfter, focusBefore].find((target) => target && target.isConnected !== false)?.focus();
  };
  return {
    state,
    show: (text) => show({ text, list: undefined }),
    type: (text) => state.setState({ text }),
    choose: (title, choices) => show({ text: "", list: { title, choices } }),
    close,
    leave,
    closeAfter(run) {
      const { open, asked } = state.getState();
      const isDone = run();
      if (isDone && open && state.getState().asked === asked) close();
      return isDone;
    },
    focusLate(target) {
      if (state.getState().open) state.setState({ focusAfter: target });
      else target.focus();
    },
  };
}

function findFocusedElement(): Focusable | undefined {
  const { activeElement, body } = document;
  return activeElement instanceof HTMLElement && activeElement !== body ? activeElement : undefined;
}
