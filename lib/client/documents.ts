/**
 * The files that are open: their text (in a `TextBuffer`), the tag it began from, and what happened to it.
 *
 * Invariants: a save carries the tag that the text began from, so a file that someone else changed is a conflict
 * and never overwritten · two saves of one file never run at once · a clean document follows the disk, a dirty
 * one is only marked · a document's draft ends by save, discard or merge and by nothing else.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Disposable } from "@/lib/base/disposable";
import { WebrunnerError } from "@/lib/base/errors";
import type { FileText } from "@/lib/protocol/files";
import { type Api, ConnectionLost } from "./api";
import type { ConflictAnswer } from "./dialogs";
import type { DraftCandidate, Drafts } from "./drafts";

/** The editable text of a document; in the page a Monaco model. */
export interface TextBuffer {
  getText(): string;
  /** As one undoable step that keeps the cursor where the text around it stays the same. */
  replaceText(text: string): void;
  /** Takes the last step back, where the buffer keeps steps. */
  undo?(): void;
  /** Equal numbers mean equal texts: undo gives an earlier number back. */
  version(): number;
  onChange(listener: () => void): Disposable;
  dispose(): void;
}
export type CreateTextBuffer = (path: string, text: string) => TextBuffer;

export interface DocumentState {
  readonly path: string;
  readonly phase: "loading" | "ready" | "failed";
  readonly error?: unknown;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly readOnly: boolean;
  /** The disk went another way than this text: only ever set on a dirty document, or `removed` on any. */
  readonly disk: "same" | "changed" | "removed";
  /** The text was taken up from a draft, kept at this time. */
  readonly restoredFrom?: string;
}

export interface Documents {
  readonly state: StoreApi<ReadonlyMap<string, DocumentState>>;
  open(path: string): Promise<void>;
  /** Forgets the document; its draft stays unless `discard`. */
  close(path: string, options?: { readonly discard?: boolean }): void;
  buffer(path: string): TextBuffer | undefined;
  /** True when the text is on disk afterwards; false when the person chose to go on editing, or it is queued. */
  save(path: string): Promise<boolean>;
  saveAll(): Promise<void>;
  /** Takes the disk's text, as an undoable step. */
  revert(path: string): Promise<void>;
  readDisk(path: string): Promise<FileText | undefined>;
  /** The server said that the file changed, or the page was away: look. */
  check(path: string): Promise<void>;
  checkAll(): Promise<void>;
  /** The file or a folder above it was moved by this page. */
  renamed(from: string, to: string): void;
  /** Dirty documents whose text is kept nowhere yet. */
  listUnkept(): readonly string[];
}

export interface DocumentsOptions {
  readonly project: string;
  readonly api: Pick<Api, "readFile" | "replaceFile">;
  readonly drafts: Drafts;
  /** May have to load the editor first. */
  readonly loadBuffers: () => Promise<CreateTextBuffer>;
  readonly resolveConflict: (question: {
    path: string;
    mine: string;
    theirs: string;
  }) => Promise<ConflictAnswer | undefined>;
  /** Other texts were kept of a file than the one that was taken up. */
  readonly onOtherDrafts?: (path: string, others: readonly DraftCandidate[]) => void;
  readonly onQueued?: (path: string) => void;
}

interface OpenDocument {
  path: string;
  buffer: TextBuffer | undefined;
  subscription: Disposable | undefined;
  /** Content identity that the text began from; null: the file is not there. */
  tag: string | null;
  savedVersion: number;
  saving: Promise<boolean> | undefined;
  saveAgain: boolean;
  closed: boolean;
}

export function createDocuments(options: DocumentsOptions): Documents {
  const { project, api, drafts } = options;
  const state = createStore<ReadonlyMap<string, DocumentState>>(() => new Map());
  const open = new Map<string, OpenDocument>();
  const waiting = new Set<string>();

  const patch = (path: string, change: Partial<DocumentState>): void => {
    const before = state.getState().get(path);
    if (!before) return;
    const after = { ...before, ...change };
    if ((Object.keys(change) as (keyof DocumentState)[]).every((key) => before[key] === after[key])) return;
    state.setState(new Map(state.getState()).set(path, after), true);
  };
  const readDisk = async (path: string): Promise<FileText | undefined> => {
    try {
      return await api.readFile({ params: { project }, query: { path } });
    } catch (error) {
      if (error instanceof WebrunnerError && error.code === "file/not-found") return undefined;
      throw error;
    }
  };

  const noteChange = (document: OpenDocument): void => {
    const { buffer, path } = document;
    if (!buffer) return;
    const dirty = buffer.version() !== document.savedVersion;
    if (dirty) drafts.changed(path, () => ({ text: buffer.getText(), baseTag: document.tag }));
    else if (state.getState().get(path)?.dirty) void drafts.forget(path);
    patch(path, { dirty, ...(dirty ? {} : { restoredFrom: undefined }) });
  };

  /** The buffer's text is the disk's: the draft ends here. */
  const settle = (document: OpenDocument, tag: string, version: number): void => {
    document.tag = tag;
    document.savedVersion = version;
    const dirty = document.buffer?.version() !== version;
    patch(document.path, { dirty, disk: "same", ...(dirty ? {} : { restoredFrom: undefined }) });
    void drafts.forget(document.path);
    if (dirty) noteChange(document);
  };

  const load = async (document: OpenDocument): Promise<void> => {
    const { path } = document;
    const [disk, kept, createBuffer] = await Promise.all([readDisk(path), drafts.find(path), options.loadBuffers()]);
    if (document.closed) return;
    const differing = kept.filter(({ text }) => text !== disk?.text);
    for (const same of kept) if (!differing.includes(same)) void drafts.discard(same).catch(() => undefined);
    const own = differing.find(({ source }) => source === "own");
    const draft = own ?? differing[0];
    if (!disk && !draft) throw new WebrunnerError("file/not-found");
    const buffer = createBuffer(path, disk?.text ?? "");
    document.buffer = buffer;
    document.tag = disk?.tag ?? null;
    document.savedVersion = disk ? buffer.version() : -1;
    document.subscription = buffer.onChange(() => noteChange(document));
    patch(path, { phase: "ready", error: undefined, readOnly: disk?.readOnly ?? false });
    if (!draft) return;
    // The text goes on from where it began, so that saving it over a newer file is a conflict.
    document.tag = draft.baseTag;
    buffer.replaceText(draft.text);
    noteChange(document);
    const moved = draft.baseTag !== (disk?.tag ?? null);
    patch(path, { restoredFrom: draft.keptAt, disk: moved ? (disk ? "changed" : "removed") : "same" });
    const others = differing.filter(({ text }) => text !== draft.text);
    if (others.length > 0) options.onOtherDrafts?.(path, others);
  };

  const put = async (document: OpenDocument, text: string, tag: string | null): Promise<string> => {
    const saved = await api.replaceFile({
      params: { project },
      query: { path: document.path },
      body: { text, tag },
    });
    return saved.tag;
  };

  /** One attempt after another until the text is saved, the other text is taken, or the person goes on editing. */
  const saveOnce = async (document: OpenDocument, buffer: TextBuffer): Promise<boolean> => {
    for (;;) {
      const text = buffer.getText();
      const version = buffer.version();
      try {
        settle(document, await put(document, text, document.tag), version);
        return true;
      } catch (error) {
        if (!(error instanceof WebrunnerError) || error.code !== "file/conflict") throw error;
      }
      const disk = await readDisk(document.path);
      if (!disk) {
        document.tag = null; // Removed meanwhile: saving makes it again.
        continue;
      }
      if (disk.text === text) {
        settle(document, disk.tag, version);
        return true;
      }
      patch(document.path, { disk: "changed" });
      const answer = await options.resolveConflict({ path: document.path, mine: text, theirs: disk.text });
      if (answer === undefined) return false;
      if (answer === "theirs") {
        buffer.replaceText(disk.text);
        settle(document, disk.tag, buffer.version());
        return true;
      }
      if (answer !== "mine") buffer.replaceText(answer.merged);
      document.tag = disk.tag;
    }
  };

  const save = (path: string): Promise<boolean> => {
    const document = open.get(path);
    const buffer = document?.buffer;
    if (!document || !buffer || state.getState().get(path)?.readOnly) return Promise.resolve(false);
    if (document.saving) {
      document.saveAgain = true;
      return document.saving;
    }
    if (buffer.version() === document.savedVersion && document.tag !== null) return Promise.resolve(true);
    waiting.delete(path);
    patch(path, { saving: true });
    document.saving = saveOnce(document, buffer)
      .catch((error: unknown) => {
        if (!(error instanceof ConnectionLost)) throw error;
        waiting.add(path);
        options.onQueued?.(path);
        return false;
      })
      .finally(() => {
        document.saving = undefined;
        patch(document.path, { saving: false });
        const again = document.saveAgain;
        document.saveAgain = false;
        if (again && !document.closed && !waiting.has(path)) void save(document.path).catch(() => undefined);
      });
    return document.saving;
  };

  const check = async (path: string): Promise<void> => {
    const document = open.get(path);
    const buffer = document?.buffer;
    if (!document || !buffer || document.saving) return;
    const disk = await readDisk(path);
    if (document.closed || document.saving || document.path !== path) return;
    const dirty = buffer.version() !== document.savedVersion;
    if (!disk) {
      if (document.tag === null && dirty) return; // Not there before either: a draft of a new file.
      document.tag = null;
      return patch(path, { disk: "removed" });
    }
    patch(path, { readOnly: disk.readOnly });
    if (disk.tag === document.tag) return patch(path, { disk: "same" });
    if (disk.text === buffer.getText()) return settle(document, disk.tag, buffer.version());
    if (dirty) return patch(path, { disk: "changed" });
    document.savedVersion = Number.NaN; // The change below is the disk's, not a person's.
    document.subscription?.dispose();
    buffer.replaceText(disk.text);
    document.subscription = buffer.onChange(() => noteChange(document));
    settle(document, disk.tag, buffer.version());
  };

  const forgetDocument = (document: OpenDocument): void => {
    document.closed = true;
    document.subscription?.dispose();
    document.buffer?.dispose();
    open.delete(document.path);
    waiting.delete(document.path);
    const left = new Map(state.getState());
    left.delete(document.path);
    state.setState(left, true);
  };

  return {
    state,
    readDisk,
    save,
    check,
    async open(path) {
      const known = state.getState().get(path);
      if (known && known.phase !== "failed") return;
      const document: OpenDocument = open.get(path) ?? {
        path,
        buffer: undefined,
        subscription: undefined,
        tag: null,
        savedVersion: 0,
        saving: undefined,
        saveAgain: false,
        closed: false,
      };
      open.set(path, document);
      const fresh: DocumentState = {
        path,
        phase: "loading",
        dirty: false,
        saving: false,
        readOnly: false,
        disk: "same",
      };
      state.setState(new Map(state.getState()).set(path, fresh), true);
      try {
        await load(document);
      } catch (error) {
        patch(path, { phase: "failed", error });
      }
    },
    close(path, { discard = false } = {}) {
      const document = open.get(path);
      if (!document) return;
      forgetDocument(document);
      if (discard) void drafts.forget(path);
    },
    buffer: (path) => open.get(path)?.buffer,
    async saveAll() {
      const dirty = [...state.getState().values()].filter((document) => document.dirty);
      for (const { path } of dirty) await save(path);
    },
    async revert(path) {
      const document = open.get(path);
      if (!document?.buffer) return;
      const disk = await readDisk(path);
      if (!disk) throw new WebrunnerError("file/not-found");
      document.buffer.replaceText(disk.text);
      settle(document, disk.tag, document.buffer.version());
    },
    async checkAll() {
      for (const path of [...waiting]) await save(path).catch(() => false);
      await Promise.all([...open.keys()].map((path) => check(path).catch(() => undefined)));
    },
    renamed(from, to) {
      for (const document of [...open.values()]) {
        const { path } = document;
        const next = path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : undefined;
        if (next === undefined) continue;
        const before = state.getState().get(path);
        open.delete(path);
        open.set(next, document);
        document.path = next;
        const moved = new Map(state.getState());
        moved.delete(path);
        if (before) moved.set(next, { ...before, path: next });
        state.setState(moved, true);
        void drafts.forget(path);
        noteChange(document);
      }
    },
    listUnkept: () =>
      [...state.getState().values()].filter(({ dirty, path }) => dirty && !drafts.isKept(path)).map(({ path }) => path),
  };
}
