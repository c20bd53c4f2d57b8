/**
 * Between the page's open documents and the language service: every change is told, every edit that comes back is
 * made in the documents, opened first where they are not.
 *
 * Invariant: an edit of several files is made in all of them or in none, and can be taken back as one.
 */
import type { TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver-protocol";
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import { openTab, toFileTab } from "../editor-groups";
import { toName } from "../file-tree";
import { fromDocumentUri, type LanguageClient } from "../language";
import { toLspRange, toMonacoRange } from "./language-conversion";
import { toLanguage } from "./language-of-path";
import type { LanguagePage } from "./language-page";
import type { EditorModel, ModelBuffer } from "./text-buffers";

type Uri = import("monaco-editor/editor").Uri;

/** A file that is only looked at, as in a list of references. */
const MAX_PEEKED = 80;

export interface LanguageDocuments extends Disposable {
  pathOf(model: EditorModel): string | undefined;
  modelOf(path: string): EditorModel | undefined;
  toUri(path: string): Uri;
  /** An address of the service's as Monaco's. */
  fromServiceUri(uri: string): Uri;
  /** Reads files that are not open, so that Monaco can show pieces of them. */
  ensureModels(paths: readonly string[]): Promise<void>;
  /** False when it was not made; the person has been told why. */
  apply(edit: WorkspaceEdit, label: string): Promise<boolean>;
}

export function createLanguageDocuments(page: LanguagePage, client: LanguageClient): LanguageDocuments {
  const { monaco, workspace, editors, api, notices } = page;
  const { documents } = workspace;
  const open = new Map<string, { readonly model: EditorModel; readonly listening: Disposable }>();
  const paths = new WeakMap<EditorModel, string>();
  const peeked = new Map<string, EditorModel>();

  const begin = (path: string, model: EditorModel): void => {
    paths.set(model, path);
    const subscription = model.onDidChangeContent((event) => {
      client.change(
        path,
        event.changes.map(({ range, text }) => ({ range: toLspRange(range), text })),
      );
    });
    open.set(path, { model, listening: toDisposable(() => subscription.dispose()) });
    client.open(path, {
      languageId: toLanguage(path),
      text: () => model.getValue(),
      version: () => model.getVersionId(),
    });
  };
  const end = (path: string): void => {
    open.get(path)?.listening.dispose();
    open.delete(path);
    client.close(path);
  };
  const sync = (
    state: ReturnType<typeof documents.state.getState>,
    before?: ReturnType<typeof documents.state.getState>,
  ): void => {
    for (const [path, { model }] of [...open]) {
      if (!state.has(path) || (documents.buffer(path) as ModelBuffer | undefined)?.model !== model) end(path);
    }
    for (const [path, { phase, saving, dirty }] of state) {
      const model = (documents.buffer(path) as ModelBuffer | undefined)?.model;
      if (phase === "ready" && model && !open.has(path)) begin(path, model);
      if (before?.get(path)?.saving && !saving && !dirty) client.saved(path);
    }
  };
  const unsubscribe = documents.state.subscribe(sync);
  sync(documents.state.getState());

  const toUri = (path: string): Uri =>
    open.get(path)?.model.uri ?? monaco.Uri.from({ scheme: "file", path: `/${path}` });
  const modelOf = (path: string): EditorModel | undefined =>
    open.get(path)?.model ?? monaco.editor.getModel(toUri(path)) ?? undefined;

  const peek = async (path: string): Promise<void> => {
    if (modelOf(path)) return;
    const file = await api.readFile({ params: { project: workspace.project }, query: { path } }).catch(() => undefined);
    if (!file || modelOf(path)) return;
    const model = monaco.editor.createModel(file.text, toLanguage(path), toUri(path));
    paths.set(model, path);
    peeked.set(path, model);
    model.onWillDispose(() => peeked.delete(path));
    if (peeked.size <= MAX_PEEKED) return;
    const oldest = [...peeked.values()].find((known) => !known.isAttachedToEditor());
    if (oldest !== model) oldest?.dispose();
  };

  const refuse = (label: string, detail: string): false => {
    notices.show({ kind: "warning", title: `${label}: nothing was changed`, detail });
    return false;
  };

  /** Opens what is not open; undefined when one of them cannot be changed. */
  const prepare = async (
    changes: readonly TextDocumentEdit[],
    label: string,
  ): Promise<{ path: string; buffer: ModelBuffer; change: TextDocumentEdit }[] | false> => {
    const targets: { path: string; buffer: ModelBuffer; change: TextDocumentEdit }[] = [];
    for (const change of changes) {
      const path = fromDocumentUri(change.textDocument.uri);
      if (path === undefined) return refuse(label, `${change.textDocument.uri} is not in the workspace.`);
      const wasOpen = documents.state.getState().get(path)?.phase === "ready";
      await documents.open(path);
      const buffer = documents.buffer(path) as ModelBuffer | undefined;
      const state = documents.state.getState().get(path);
      if (!buffer || !state || state.readOnly) return refuse(label, `${path} cannot be changed.`);
      if (!wasOpen && state.dirty) {
        editors.openFile({ path });
        return refuse(label, `Unsaved text of ${path} was kept from before. Look at it first.`);
      }
      targets.push({ path, buffer, change });
    }
    return targets;
  };

  const showTabs = (changed: readonly string[]): void => {
    editors.change((state) => {
      const shown = new Set(state.groups.flatMap(({ tabs }) => tabs.map(({ id }) => id)));
      const active = state.groups.find(({ id }) => id === state.activeGroup);
      const current = active?.tabs.find(({ id }) => id === active.active);
      let next = state;
      for (const path of changed) if (!shown.has(`file:${path}`)) next = openTab(next, toFileTab(path));
      return current && next !== state ? openTab(next, current) : next;
    });
  };

  return {
    pathOf: (model) => paths.get(model),
    modelOf,
    toUri,
    fromServiceUri(uri) {
      const path = fromDocumentUri(uri);
      return path === undefined ? monaco.Uri.parse(uri) : toUri(path);
    },
    async ensureModels(wanted) {
      await Promise.all([...new Set(wanted)].slice(0, MAX_PEEKED).map(peek));
    },
    async apply({ documentChanges = [] }, label) {
      const changes = documentChanges.filter((change): change is TextDocumentEdit => "edits" in change);
      const targets = await prepare(changes, label);
      if (!targets) return false;
      const done = targets.map(({ path, buffer, change }) => {
        const { model } = buffer;
        model.pushStackElement();
        const edits = change.edits.flatMap((edit) =>
          "newText" in edit ? [{ range: toMonacoRange(edit.range), text: edit.newText }] : [],
        );
        model.pushEditOperations([], edits, () => null);
        model.pushStackElement();
        return { path, buffer, after: buffer.version() };
      });
      showTabs(done.map(({ path }) => path));
      if (done.length > 1) {
        notices.show({
          kind: "success",
          title: `${label}: ${done.length} files changed, not saved yet`,
          detail: done.map(({ path }) => toName(path)).join(", "),
          actions: [
            { title: "Save all", run: () => documents.saveAll() },
            {
              title: "Undo in all",
              run() {
                for (const { buffer, after } of done) if (buffer.version() === after) void buffer.model.undo();
              },
            },
          ],
        });
      }
      return true;
    },
    dispose() {
      unsubscribe();
      for (const path of [...open.keys()]) end(path);
      for (const model of [...peeked.values()]) model.dispose();
    },
  };
}
