/**
 * Commands by id: what the palette lists, keys and buttons run. A command that fails is told to `onError`
 * and does not disturb its caller.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Disposable, toDisposable } from "@/lib/base/disposable";

export interface Command {
  readonly id: string;
  /** As the palette shows it, in the imperative: "Save". */
  readonly title: string;
  readonly category?: string;
  readonly run: (argument?: unknown) => unknown;
  /** Default: always. */
  readonly isEnabled?: () => boolean;
  /** Not in the palette. */
  readonly isHidden?: boolean;
}

export interface Commands {
  readonly state: StoreApi<ReadonlyMap<string, Command>>;
  register(commands: readonly Command[]): Disposable;
  /** False when there is no such command or it is not enabled now. */
  execute(id: string, argument?: unknown): boolean;
}

export function createCommands(onError: (error: unknown, command: Command) => void): Commands {
  const state = createStore<ReadonlyMap<string, Command>>(() => new Map());
  return {
    state,
    register(commands) {
      state.setState(
        new Map([...state.getState(), ...commands.map((command) => [command.id, command] as const)]),
        true,
      );
      return toDisposable(() => {
        const left = [...state.getState()].filter(([, command]) => !commands.includes(command));
        state.setState(new Map(left), true);
      });
    },
    execute(id, argument) {
      const command = state.getState().get(id);
      if (!command || command.isEnabled?.() === false) return false;
      void (async () => command.run(argument))().catch((error: unknown) => onError(error, command));
      return true;
    },
  };
}
