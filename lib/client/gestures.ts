/**
 * Gestures in the page: which one is being made, what would come of it with the unsaved texts, and making it.
 *
 * A change is made in the open documents, each file as one undoable step and all of them together by "Undo"; only a
 * file that is made or goes away is so on disk at once. Nothing is changed when a text is not the one that the
 * proposal was made from.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { GestureAnswer, GestureFileChange, GestureIntent, GestureProposal } from "@/lib/protocol/gestures";
import type { ClientApp } from "./app";
import type { TextBuffer } from "./documents";
import { closeTab, openTab, toFileTab } from "./editor-groups";
import { toName } from "./file-tree";
import type { Workspace } from "./workspace";

/** What a dialog is open for. `path` is the profile or component that it began from. */
export type GestureRequest =
  | { readonly kind: "override"; readonly path: string; readonly section?: string; readonly option?: string }
  | { readonly kind: "promote"; readonly path: string; readonly section: string; readonly option?: string }
  | { readonly kind: "customise"; readonly path: string; readonly section?: string; readonly option?: string }
  | { readonly kind: "switch-extends"; readonly path: string }
  | { readonly kind: "new-component"; readonly path?: string }
  | { readonly kind: "verify"; readonly path: string };

export interface GestureStore {
  readonly state: StoreApi<{ readonly request: GestureRequest | undefined }>;
  show(request: GestureRequest): void;
  hide(): void;
  /** What would come of it now, with the unsaved texts in place of the files. */
  propose(intent: GestureIntent, signal?: AbortSignal): Promise<GestureAnswer>;
  /** False when nothing was changed; the person has been told why. */
  make(proposal: GestureProposal, title: string): Promise<boolean>;
}

type App = Pick<ClientApp, "api" | "project" | "editors" | "notices" | "workspace" | "showError">;

export function createGestures(app: App): GestureStore {
  const state = createStore<{ request: GestureRequest | undefined }>(() => ({ request: undefined }));

  let lastNotice: number | undefined;

  const params = (): { project: string } => {
    const { project } = app.project.state.getState();
    if (!project) throw new Error("No project is open");
    return { project: project.id };
  };

  const refuse = (title: string, detail: string): false => {
    app.notices.show({ kind: "warning", title: `${title}: nothing was changed`, detail });
    return false;
  };

  /** Opened where it is not; undefined where its text is another than the proposal's. */
  const openBuffer = async (workspace: Workspace, file: GestureFileChange): Promise<TextBuffer | undefined> => {
    const { documents } = workspace;
    await documents.open(file.path);
    const buffer = documents.buffer(file.path);
    if (!buffer || documents.state.getState().get(file.path)?.readOnly || buffer.getText() !== file.before) return;
    return buffer;
  };

  const showTabs = (paths: readonly string[]): void =>
    app.editors.change((groups) => {
      const shown = new Set(groups.groups.flatMap(({ tabs }) => tabs.map(({ id }) => id)));
      const active = groups.groups.find(({ id }) => id === groups.activeGroup);
      const current = active?.tabs.find(({ id }) => id === active.active);
      let next = groups;
      for (const path of paths) if (!shown.has(`file:${path}`)) next = openTab(next, toFileTab(path));
      return current && next !== groups ? openTab(next, current) : next;
    });

  const closeTabs = (workspace: Workspace, path: string): void => {
    workspace.documents.close(path, { discard: true });
    app.editors.change((groups) => {
      let next = groups;
      for (const { id } of groups.groups) next = closeTab(next, `file:${path}`, id);
      return next;
    });
  };

  const make = async (proposal: GestureProposal, title: string): Promise<boolean> => {
    const workspace = app.workspace.getState();
    if (!workspace) return false;
    const { documents } = workspace;
    const changed = proposal.files.filter(({ fate }) => fate === undefined);
    const removed = proposal.files.filter(({ fate }) => fate === "removed");
    const created = proposal.files.filter(({ fate }) => fate === "created");
    const buffers: { file: GestureFileChange; buffer: TextBuffer }[] = [];
    for (const file of changed) {
      const buffer = await openBuffer(workspace, file);
      if (!buffer) return refuse(title, `${file.path} changed meanwhile, or cannot be written. Look again.`);
      buffers.push({ file, buffer });
    }
    for (const { path, after } of created)
      await app.api.replaceFile({ params: params(), query: { path }, body: { text: after, tag: null } });
    const done = buffers.map(({ file, buffer }) => {
      buffer.replaceText(file.after);
      return { file, buffer, version: buffer.version() };
    });
    for (const { path } of removed) {
      closeTabs(workspace, path);
      await app.api.removeEntry({ params: params(), query: { path } });
    }
    showTabs([...created, ...changed].map(({ path }) => path));
    if (created.length + removed.length > 0) void app.project.refreshReleases().catch(() => undefined);

    const undo = async (): Promise<void> => {
      for (const { file, buffer, version } of done) if (buffer.version() === version) restore(buffer, file.before);
      for (const { path } of created) {
        closeTabs(workspace, path);
        await app.api.removeEntry({ params: params(), query: { path } });
      }
      for (const { path, before } of removed)
        await app.api.replaceFile({ params: params(), query: { path }, body: { text: before, tag: null } });
      if (created.length + removed.length > 0) await app.project.refreshReleases();
    };
    const unsaved = done.filter(({ file }) => documents.state.getState().get(file.path)?.dirty);
    // What an earlier gesture could take back may not be there any more.
    if (lastNotice !== undefined) app.notices.dismiss(lastNotice);
    lastNotice = app.notices.show({
      kind: "success",
      title,
      detail: proposal.files.map(({ path, fate }) => `${toName(path)}${fate ? ` (${fate})` : ""}`).join(", "),
      actions: [
        ...(unsaved.length > 0 ? [{ title: "Save", run: () => saveAll(unsaved.map(({ file }) => file.path)) }] : []),
        { title: "Undo", run: () => undo().catch((error: unknown) => app.showError(error)) },
      ],
    });
    return true;
  };

  const saveAll = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) await app.workspace.getState()?.documents.save(path);
  };

  return {
    state,
    show: (request) => state.setState({ request }),
    hide: () => state.setState({ request: undefined }),
    propose(intent, signal) {
      const documents = app.workspace.getState()?.documents;
      const dirty = [...(documents?.state.getState().values() ?? [])].filter((document) => document.dirty);
      const texts = dirty.map(({ path }) => ({ path, text: documents?.buffer(path)?.getText() ?? "" }));
      return app.api.makeGesture({ params: params(), body: { intent, texts, dryRun: true }, signal });
    },
    make,
  };
}

/** By the editor's own undo, so that the text counts as the saved one again; else by its text. */
function restore(buffer: TextBuffer, before: string): void {
  buffer.undo?.();
  if (buffer.getText() !== before) buffer.replaceText(before);
}
