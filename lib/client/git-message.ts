/**
 * The message that is being written, kept in this browser until it is committed, and those of before: what was
 * committed from here, then what the log says. Arrow keys walk through them and come back to what was typed.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type KeyValueStorage, readJson, writeJson } from "./settings";

const KEY = "webrunner.commitMessages";
const HISTORY_LIMIT = 30;

export interface CommitMessageState {
  /** Undefined: nothing was typed, the draft of the repository stands. */
  readonly typed: string | undefined;
  readonly history: readonly string[];
  /** Which message of before is shown; undefined: the typed one. */
  readonly shown: number | undefined;
  /** The box was asked for, and takes the focus as soon as it is drawn. */
  readonly isFocusAsked: boolean;
}

export interface CommitMessage {
  readonly state: StoreApi<CommitMessageState>;
  /** The messages of another repository of the project; the root is the empty string. */
  choose(repository: string): void;
  type(text: string): void;
  askFocus(): void;
  focused(): void;
  committed(message: string): void;
  /** Messages of the log, newest first, are older than those committed from here. */
  addHistory(messages: readonly string[]): void;
  older(): void;
  newer(): void;
}

/** The text in the box. */
export function toMessage({ typed, history, shown }: CommitMessageState, draft: string): string {
  return (shown === undefined ? typed : history[shown]) ?? draft;
}

const unique = (messages: readonly string[]): string[] =>
  [...new Set(messages.map((message) => message.trim()).filter(Boolean))].slice(0, HISTORY_LIMIT);

export function createCommitMessage(storage: KeyValueStorage): CommitMessage {
  let chosen = "";
  const toKey = (): string => (chosen === "" ? KEY : `${KEY}@${chosen}`);
  const read = (): CommitMessageState => {
    const kept = readJson<Partial<CommitMessageState>>(storage, toKey());
    const history = Array.isArray(kept?.history) ? kept.history.filter((each) => typeof each === "string") : [];
    return {
      typed: typeof kept?.typed === "string" ? kept.typed : undefined,
      history,
      shown: undefined,
      isFocusAsked: false,
    };
  };
  const state = createStore<CommitMessageState>(read);
  let own: readonly string[] = state.getState().history;
  const keep = (): void => {
    const { typed } = state.getState();
    writeJson(storage, toKey(), { typed, history: own });
  };
  return {
    state,
    choose(repository) {
      if (repository === chosen) return;
      chosen = repository;
      state.setState(read());
      own = state.getState().history;
    },
    type(text) {
      state.setState({ typed: text, shown: undefined });
      keep();
    },
    askFocus: () => state.setState({ isFocusAsked: true }),
    focused: () => state.setState({ isFocusAsked: false }),
    committed(message) {
      own = unique([message, ...own]);
      state.setState(({ history: before }) => ({
        typed: undefined,
        shown: undefined,
        history: unique([message, ...before]),
      }));
      keep();
    },
    addHistory: (messages) => state.setState({ history: unique([...own, ...messages]) }),
    older: () =>
      state.setState(({ history: all, shown }) => ({
        shown: all.length === 0 ? undefined : Math.min((shown ?? -1) + 1, all.length - 1),
      })),
    newer: () => state.setState(({ shown }) => ({ shown: shown === undefined || shown === 0 ? undefined : shown - 1 })),
  };
}
