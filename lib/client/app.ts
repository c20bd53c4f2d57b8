/**
 * The page's own composition root: every store and service of the browser, made once and handed down.
 * Nothing here knows React; a view gets it from `useApp()`.
 */

import type { StoreApi } from "zustand/vanilla";
import { type Api, createApi } from "./api";
import { type Commands, createCommands } from "./commands";
import { type Connection, createConnection } from "./connection";
import { describeError } from "./describe-error";
import { createDialogs, type Dialogs } from "./dialogs";
import { createEditors, type Editors } from "./editors";
import { createLayout, type Layout } from "./layout";
import { createNotices, type Notices } from "./notices";
import { createProjectStore, type ProjectStore } from "./project-store";
import { createSession, type Session } from "./session";
import { createSettings, type KeyValueStorage, type Settings } from "./settings";

export interface ClientApp {
  readonly api: Api;
  readonly connection: Connection;
  readonly session: Session;
  readonly project: ProjectStore;
  readonly commands: Commands;
  readonly notices: Notices;
  readonly dialogs: Dialogs;
  readonly settings: StoreApi<Settings>;
  readonly layout: Layout;
  readonly editors: Editors;
  /** Shows an error as a notice, in a person's words. */
  showError(error: unknown, title?: string): void;
}

export function createClientApp(options: { storage: KeyValueStorage; fetch: typeof fetch }): ClientApp {
  const { storage } = options;
  const onSignedOut = (): void => {
    session.signedOut();
    connection.signedOut();
  };
  const api = createApi({ fetch: options.fetch, onSignedOut });
  const session = createSession(api);
  // Why the handshake was refused is not said to a page; whether the session is over, the API says.
  const onRefused = (): void => void session.read().catch(() => undefined);
  const connection = createConnection({ onRefused });
  connection.on("session:ended", () => session.signedOut());
  const notices = createNotices();
  const showError = (error: unknown, title?: string): void => {
    const words = describeError(error);
    if (words.code === "access/required") return;
    notices.show({ kind: "error", title: title ?? words.title, detail: title ? words.title : words.hint });
  };
  return {
    api,
    connection,
    session,
    project: createProjectStore(api, connection),
    commands: createCommands((error) => showError(error)),
    notices,
    dialogs: createDialogs(),
    settings: createSettings(storage),
    layout: createLayout(storage),
    editors: createEditors(storage),
    showError,
  };
}
