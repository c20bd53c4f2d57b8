/** Who is signed in. `unknown` until the server has said it; a 401 of any call ends in `signed-out`. */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { SessionInfo } from "@/lib/protocol/access";
import type { Api } from "./api";

export interface SessionState {
  readonly status: "unknown" | "signed-in" | "signed-out";
  readonly session: SessionInfo | undefined;
}

export interface Session {
  readonly state: StoreApi<SessionState>;
  /** Asks the server; throws what the call throws, except 401, which is an answer. */
  read(): Promise<SessionState>;
  signIn(credentials: { loginToken: string } | { password: string }): Promise<void>;
  signOut(): Promise<void>;
  setPassword(input: { password: string; current?: string }): Promise<void>;
  signedOut(): void;
}

export function createSession(api: Api): Session {
  const state = createStore<SessionState>(() => ({ status: "unknown", session: undefined }));
  const signedOut = (): void => state.setState({ status: "signed-out", session: undefined });
  return {
    state,
    signedOut,
    async read() {
      try {
        state.setState({ status: "signed-in", session: await api.readSession() });
      } catch (error) {
        if (!(error instanceof Error) || (error as { code?: string }).code !== "access/required") throw error;
        signedOut();
      }
      return state.getState();
    },
    async signIn(credentials) {
      state.setState({ status: "signed-in", session: await api.signIn({ body: credentials }) });
    },
    async signOut() {
      await api.signOut();
      signedOut();
    },
    async setPassword(input) {
      await api.replacePassword({ body: input });
      const { session } = state.getState();
      if (session) state.setState({ session: { ...session, passwordSet: true } });
    },
  };
}
