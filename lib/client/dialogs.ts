/** Questions that a command asks and waits for. One at a time; a question closed without an answer is `undefined`. */
import { createStore, type StoreApi } from "zustand/vanilla";

export interface ChoiceQuestion {
  readonly kind: "choice";
  readonly title: string;
  readonly detail?: string;
  /** The first is what Enter does; the one that undoes or refuses is always "Cancel" and added by the dialog. */
  readonly choices: readonly { readonly id: string; readonly title: string; readonly danger?: boolean }[];
}

export interface TextQuestion {
  readonly kind: "text";
  readonly title: string;
  readonly detail?: string;
  readonly label: string;
  readonly value: string;
  readonly confirm: string;
  /** What it confirms cannot be taken back. */
  readonly danger?: boolean;
  /** Selected at first, for a file name without its extension. */
  readonly selectTo?: number;
  /** A password: not shown. */
  readonly isSecret?: boolean;
  /** A sentence says why the text will not do. */
  readonly check?: (text: string) => string | undefined;
}

/** The two texts of a conflict; see the conflict dialog. */
export interface ConflictQuestion {
  readonly kind: "conflict";
  readonly path: string;
  readonly mine: string;
  readonly theirs: string;
}

export type ConflictAnswer = "mine" | "theirs" | { readonly merged: string };

export interface PendingQuestion {
  readonly id: number;
  readonly question: ChoiceQuestion | TextQuestion | ConflictQuestion;
  readonly answer: (value: unknown) => void;
}

export interface Dialogs {
  readonly state: StoreApi<readonly PendingQuestion[]>;
  choose(question: Omit<ChoiceQuestion, "kind">): Promise<string | undefined>;
  askText(question: Omit<TextQuestion, "kind">): Promise<string | undefined>;
  askSecret(question: Omit<TextQuestion, "kind" | "value" | "isSecret">): Promise<string | undefined>;
  resolveConflict(question: Omit<ConflictQuestion, "kind">): Promise<ConflictAnswer | undefined>;
}

export function createDialogs(): Dialogs {
  const state = createStore<readonly PendingQuestion[]>(() => []);
  let lastId = 0;
  const ask = (question: PendingQuestion["question"]): Promise<unknown> =>
    new Promise((resolve) => {
      lastId += 1;
      const id = lastId;
      const answer = (value: unknown): void => {
        const left = state.getState().filter((pending) => pending.id !== id);
        state.setState(left, true);
        resolve(value);
      };
      state.setState([...state.getState(), { id, question, answer }], true);
    });
  return {
    state,
    choose: async (question) => (await ask({ kind: "choice", ...question })) as string | undefined,
    askText: async (question) => (await ask({ kind: "text", ...question })) as string | undefined,
    askSecret: async (question) =>
      (await ask({ kind: "text", value: "", isSecret: true, ...question })) as string | undefined,
    resolveConflict: async (question) => (await ask({ kind: "conflict", ...question })) as ConflictAnswer | undefined,
  };
}
