/**
 * The page's own composition root: every store and service of the browser, made once and handed down.
 * Nothing here knows React; a view gets it from `useApp()`.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import { createEmitter, type Emitter } from "@/lib/base/emitter";
import { type Api, createApi } from "./api";
import { type Commands, createCommands } from "./commands";
import { type Connection, createConnection } from "./connection";
import { describeError } from "./describe-error";
import { createDialogs, type Dialogs } from "./dialogs";
import { createEditors, type Editors } from "./editors";
import { createFileSearch, type FileSearch } from "./file-search";
import { createGestures, type GestureStore } from "./gestures";
import { createGit, type GitStore } from "./git";
import { createGitDialogs, type GitDialogs } from "./git-dialogs";
import type { GitEditorRequest } from "./git-editor";
import { askIdentity } from "./git-identity";
import { offerHashes } from "./git-merge";
import { type CommitMessage, createCommitMessage } from "./git-message";
import { createGuide, type Guide } from "./guide";
import { createLanguageClient, type LanguageClient } from "./language";
import { createLayout, type Layout } from "./layout";
import { createNotices, type Notices } from "./notices";
import { createPalette, type Palette } from "./palette";
import { forgetOtherProjects, keepChosenProject, readChosenProject, toProjectStorage } from "./project-choice";
import { createProjectStore, type ProjectStore } from "./project-store";
import { createRunChoices, type RunChoices } from "./run-choices";
import { createRunControl, type RunControl } from "./run-control";
import { createRunNotifications, type RunNotifications } from "./run-notifications";
import { createSession, type Session } from "./session";
import { createSettings, type Settings } from "./settings";
import { createTerminals, type TerminalsStore } from "./terminals";
import { createWorkspace, type Workspace, type WorkspaceOptions } from "./workspace";

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
  readonly palette: Palette;
  /** Files, open documents and drafts of the project; undefined until the project is known. */
  readonly workspace: StoreApi<Workspace | undefined>;
  /** Finding and replacing in all files. */
  readonly fileSearch: FileSearch;
  /** Recipe development, Run all, the first-run checklist, the tutorial. */
  readonly guide: Guide;
  /** Answers about profiles; there as soon as the workspace is. */
  readonly language: StoreApi<LanguageClient | undefined>;
  /** The runs, their logs, the instances, and what the run buttons do. */
  readonly runControl: RunControl;
  readonly runChoices: RunChoices;
  /** Whether the browser tells of the ends of runs. */
  readonly runNotifications: RunNotifications;
  readonly terminals: TerminalsStore;
  /** The repository of the project. */
  readonly git: GitStore;
  readonly gitDialogs: GitDialogs;
  readonly commitMessage: CommitMessage;
  /** Changes of profiles by what they mean: override, promote. */
  readonly gestures: GestureStore;
  /** The commit that the log shows beside its list. */
  readonly selectedCommit: StoreApi<string | undefined>;
  readonly gitEditor: Emitter<GitEditorRequest>;
  /** Reads who is signed in and the project, connects, and keeps up with the server from then on. */
  start(): Promise<void>;
  /** Shows another project: the page begins anew with it, what is unsaved is kept. */
  switchProject(project: string): Promise<void>;
  /** A project is gone: one that this page shows gives its place to the first. */
  projectRemoved(project: string): Promise<void>;
  /** Shows an error as a notice, in a person's words. */
  showError(error: unknown, title?: string): void;
}

export interface ClientAppOptions {
  readonly storage: Storage;
  readonly fetch: typeof fetch;
  /** Begins the page anew. */
  readonly restart: () => void;
  readonly workspace: Pick<WorkspaceOptions, "loadBuffers" | "shelf" | "claimWriter" | "listLivingWriters">;
}

export function createClientApp(options: ClientAppOptions): ClientApp {
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
  const chosen = readChosenProject(storage);
  const ownStorage = toProjectStorage(storage, chosen);
  const project = createProjectStore(api, connection, chosen);
  const terminals = createTerminals({ api, connection, storage: ownStorage });
  project.state.subscribe(({ project: current }) => current && terminals.choose(current.id));
  const dialogs = createDialogs();
  const layout = createLayout(storage);
  const editors = createEditors(ownStorage, layout.showEditors);
  const workspace = createStore<Workspace | undefined>(() => undefined);
  const language = createStore<LanguageClient | undefined>(() => undefined);
  const forgetRemoved = (): void => {
    const { projects } = project.state.getState();
    if (projects.length > 0)
      forgetOtherProjects(
        storage,
        projects.map(({ id }) => id),
      );
  };
  const app: ClientApp = {
    api,
    connection,
    session,
    project,
    notices,
    dialogs,
    editors,
    workspace,
    language,
    showError,
    commands: createCommands((error) => showError(error)),
    settings: createSettings(storage),
    layout,
    runControl: createRunControl(
      { api, connection, project, editors, notices, dialogs, layout, workspace, showError },
      ownStorage,
    ),
    terminals,
    runChoices: createRunChoices({
      api,
      terminals,
      layout,
      currentProject: () => project.state.getState().project?.id,
    }),
    runNotifications: createRunNotifications(storage, () => globalThis.Notification),
    git: createGit({ api, connection, project, storage: ownStorage, askIdentity: () => askIdentity(app) }),
    gitDialogs: createGitDialogs(),
    commitMessage: createCommitMessage(ownStorage),
    fileSearch: createFileSearch({ api, project, workspace }),
    gestures: createGestures({ api, project, editors, notices, workspace, showError }),
    guide: createGuide({ api, connection, project }),
    selectedCommit: createStore<string | undefined>(() => undefined),
    gitEditor: createEmitter((error) => showError(error)),
    palette: createPalette(),
    async switchProject(id) {
      await workspace.getState()?.drafts.flush();
      keepChosenProject(storage, id);
      options.restart();
    },
    async projectRemoved(id) {
      if (project.state.getState().project?.id !== id) {
        await project.load();
        return forgetRemoved();
      }
      keepChosenProject(storage, undefined);
      options.restart();
    },
    async start() {
      const [{ status }] = await Promise.all([session.read(), project.load()]);
      if (status !== "signed-in") return;
      connection.start();
      const { project: current } = project.state.getState();
      forgetRemoved();
      if (current) {
        keepChosenProject(storage, current.id);
        // What this browser has of it (tabs, places) was looked for under another name.
        if (!ownStorage.belongTo(current.id) && readChosenProject(storage) === current.id) return options.restart();
      }
      if (current && !workspace.getState()) {
        workspace.setState(
          await createWorkspace({ app, storage: ownStorage, project: current.id, ...options.workspace }),
          true,
        );
        language.setState(createLanguageClient({ connection, settings: app.settings, project: current.id }), true);
      }
    },
  };
  app.commitMessage.choose(app.git.state.getState().repository);
  app.git.state.subscribe(({ repository }) => app.commitMessage.choose(repository));
  connection.on("project:removed", ({ project: id }) => void app.projectRemoved(id));
  offerHashes(app);
  return app;
}
