/**
 * Files, open documents and drafts of one project, tied to the server's events: a file that changed is looked
 * at, and after every (re)connection everything that is shown is read anew.
 */
import type { ClientApp } from "./app";
import { type CreateTextBuffer, createDocuments, type Documents } from "./documents";
import type { DraftShelf } from "./draft-shelf";
import { createDrafts, type DraftCandidate, type Drafts } from "./drafts";
import { closeTab, type DiffTab, keepTab, renamePath } from "./editor-groups";
import { toName } from "./file-tree";
import { createFiles, type Files } from "./files";
import type { KeyValueStorage } from "./settings";

export interface Workspace {
  readonly project: string;
  readonly files: Files;
  readonly documents: Documents;
  readonly drafts: Drafts;
  /** Closes a tab; asks first when it is the last one of a dirty document. */
  closeTab(tab: string, group: number): Promise<boolean>;
}

export interface WorkspaceOptions {
  readonly app: ClientApp;
  readonly storage: KeyValueStorage;
  readonly project: string;
  readonly shelf: DraftShelf;
  readonly claimWriter: () => Promise<string>;
  readonly listLivingWriters: () => Promise<ReadonlySet<string> | undefined>;
  readonly loadBuffers: () => Promise<CreateTextBuffer>;
}

export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { app, project, shelf, listLivingWriters } = options;
  const { api, connection, editors } = app;
  const writer = await options.claimWriter();
  const drafts = createDrafts({ project, writer, shelf, api, listLivingWriters, now: () => new Date() });
  const documents = createDocuments({
    project,
    api,
    drafts,
    loadBuffers: options.loadBuffers,
    resolveConflict: (question) => app.dialogs.resolveConflict(question),
    onOtherDrafts: (path, others) => offerOthers(app, drafts, path, others),
    onQueued: (path) =>
      app.notices.show({
        kind: "warning",
        title: `${toName(path)} is not saved yet`,
        detail: "The server is away. The text is kept in this browser and saved when the server is back.",
      }),
  });
  const files = createFiles({
    project,
    api,
    storage: options.storage,
    onMoved: (from, to) => {
      documents.renamed(from, to);
      editors.change((state) => renamePath(state, from, to));
    },
    onRemoved: (path) => void documents.check(path).catch(() => undefined),
  });

  connection.on("file:changed", (event) => {
    if (event.project !== project) return;
    files.noteChange(event.path, event.change);
    documents.check(event.path).catch(() => undefined); // Looked at again at the next event or reconnection.
  });
  let isOpened = false;
  connection.onOnline(() => {
    // What changes before the server watches is told by no event: it is looked at again from then on.
    connection.request("watchProject", { project, opened: !isOpened }).then(
      () => {
        isOpened = true;
        void files.refreshAll();
        void documents.checkAll();
        void app.git.reload();
      },
      (error: unknown) => app.showError(error),
    );
    void files.refreshAll();
    void drafts.flush();
    void documents.checkAll();
  });
  documents.state.subscribe((state, before) => {
    for (const { path, dirty } of state.values())
      if (dirty && !before.get(path)?.dirty) editors.change((groups) => keepTab(groups, `file:${path}`));
  });
  void offerUnopened(app, drafts, documents);

  return {
    project,
    files,
    documents,
    drafts,
    async closeTab(tab, group) {
      const { groups } = editors.state.getState();
      const open = groups.flatMap((each) => each.tabs.filter(({ id }) => id === tab).map((found) => ({ found, each })));
      const found = open.find(({ each }) => each.id === group)?.found;
      if (found?.kind === "file" && open.length === 1) {
        const answer = documents.state.getState().get(found.path)?.dirty ? await askAboutUnsaved(found.path) : "close";
        if (answer === undefined) return false;
        if (answer === "save" && !(await documents.save(found.path))) return false;
        documents.close(found.path, { discard: answer === "discard" });
      }
      editors.change((state) => closeTab(state, tab, group));
      return true;
    },
  };

  function askAboutUnsaved(path: string): Promise<string | undefined> {
    return app.dialogs.choose({
      title: `Save the changes to ${toName(path)}?`,
      detail: "Without saving, the changes are lost.",
      choices: [
        { id: "save", title: "Save" },
        { id: "discard", title: "Don't save", danger: true },
      ],
    });
  }
}

/** Unsaved texts of files that no tab shows, as after work in another browser. */
async function offerUnopened(app: ClientApp, drafts: Drafts, documents: Documents): Promise<void> {
  const kept = await drafts.list();
  const tabs = app.editors.state.getState().groups.flatMap((group) => group.tabs);
  const isShown = (path: string): boolean => tabs.some((tab) => tab.kind === "file" && tab.path === path);
  const paths = [...new Set(kept.map(({ path }) => path))];
  for (const path of paths.filter(isShown)) void documents.open(path);
  const others = paths.filter((path) => !isShown(path));
  if (others.length === 0) return;
  app.notices.show({
    kind: "info",
    title:
      others.length === 1
        ? `Unsaved text of ${toName(others[0]!)} was kept`
        : `Unsaved text of ${others.length} files was kept`,
    detail: others.slice(0, 5).join("\n"),
    actions: [{ title: "Open", run: () => openAll(app, others) }],
  });
}

function openAll(app: ClientApp, paths: readonly string[]): void {
  for (const path of paths) app.editors.openFile({ path });
}

function offerOthers(app: ClientApp, drafts: Drafts, path: string, others: readonly DraftCandidate[]): void {
  for (const other of others) {
    const when = new Date(other.keptAt).toLocaleString();
    const tab: DiffTab = {
      id: `diff:draft:${path}:${other.keptAt}`,
      kind: "diff",
      title: `${toName(path)} (${when})`,
      original: { kind: "text", title: `Kept ${when}`, text: other.text, path },
      modified: { kind: "file", path },
    };
    app.notices.show({
      kind: "info",
      title: `Another unsaved text of ${toName(path)} was kept`,
      detail: `From ${when}. The newest one is in the editor.`,
      actions: [
        { title: "Compare", run: () => app.editors.openTab(tab) },
        { title: "Discard it", run: () => drafts.discard(other).catch((error: unknown) => app.showError(error)) },
      ],
    });
  }
}
