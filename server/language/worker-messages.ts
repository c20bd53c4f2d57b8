/** What the server and the thread that holds a project's analysis say to each other. */

export interface WorkerStart {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A question about the saved files. */
export type ProfileQuestion =
  | { readonly kind: "effective"; readonly path: string; readonly section: string }
  | { readonly kind: "extends"; readonly path: string }
  | { readonly kind: "parts"; readonly path: string };

export type ToWorker =
  | { readonly kind: "open"; readonly session: string }
  | { readonly kind: "message"; readonly session: string; readonly message: unknown }
  | { readonly kind: "close"; readonly session: string }
  | { readonly kind: "changed"; readonly path: string; readonly removed: boolean }
  | { readonly kind: "ask"; readonly id: number; readonly question: ProfileQuestion }
  | { readonly kind: "ping"; readonly id: number };

export type FromWorker =
  | { readonly kind: "message"; readonly session: string; readonly message: unknown }
  /** `null`: the file is no profile. */
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly message: string }
  | { readonly kind: "pong"; readonly id: number };
