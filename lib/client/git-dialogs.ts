/** Which of the dialogs about remotes is open; asked for from views, commands and errors alike. */
import { createStore, type StoreApi } from "zustand/vanilla";

export type GitDialog =
  | { readonly kind: "clone" }
  | { readonly kind: "fork"; readonly url?: string }
  | { readonly kind: "remotes" }
  /** Logins, the ssh key, trusted hosts and certificates; `url` is what a login is wanted for. */
  | { readonly kind: "access"; readonly url?: string };

export interface GitDialogs {
  readonly state: StoreApi<{ readonly dialog: GitDialog | undefined }>;
  open(dialog: GitDialog): void;
  close(): void;
}

export function createGitDialogs(): GitDialogs {
  const state = createStore<{ dialog: GitDialog | undefined }>(() => ({ dialog: undefined }));
  return {
    state,
    open: (dialog) => state.setState({ dialog }),
    close: () => state.setState({ dialog: undefined }),
  };
}
