/**
 * The page's session with the language service: documents go out, diagnostics and answers come back.
 *
 * It speaks the Language Server Protocol's JSON over the page's socket. The session may end at any time (the server
 * restarts, the analysis crashes): a new one is begun and told of every open document, and until then every question
 * is answered with `undefined`. Typing and saving never wait for it.
 */
import type {
  Diagnostic,
  InitializeResult,
  TextDocumentContentChangeEvent,
  WorkspaceEdit,
} from "vscode-languageserver-protocol";
import { createStore, type StoreApi } from "zustand/vanilla";
import { createEmitter, type Emitter } from "@/lib/base/emitter";
import type { EffectiveSectionInfo, ExtendsViewInfo, PartsInfo } from "@/lib/protocol/language";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import type { Connection } from "./connection";
import type { Settings } from "./settings";

/** How long to wait before the next session when one ended by itself; a text that it dies of is not tried for ever. */
const RETRY_MS = [500, 2_000, 5_000, 15_000, 30_000];
/** A session that lived this long did not die of the first thing it read. */
const STEADY_MS = 30_000;

export type LanguagePhase = "starting" | "ready" | "away";

export interface LanguageDocument {
  readonly languageId: string;
  text(): string;
  version(): number;
}

export interface ApplyEditRequest {
  readonly label?: string;
  readonly edit: WorkspaceEdit;
}

/** The requests of a profile as a whole; see `lib/protocol/language.ts`. */
export interface ProfileRequests {
  "buildout/effective": { params: { section: string }; answer: EffectiveSectionInfo };
  "buildout/extends": { params: object; answer: ExtendsViewInfo };
  "buildout/parts": { params: object; answer: PartsInfo };
  "buildout/tops": { params: object; answer: readonly string[] };
}

export interface LanguageClient {
  readonly state: StoreApi<{ readonly phase: LanguagePhase; readonly capabilities?: InitializeResult["capabilities"] }>;
  readonly diagnostics: StoreApi<ReadonlyMap<string, readonly Diagnostic[]>>;
  /** Counts changes of texts and files: what was asked for at one number may be different at the next. */
  readonly revision: StoreApi<number>;
  readonly onApplyEdit: Emitter<ApplyEditRequest>;
  open(path: string, document: LanguageDocument): void;
  change(path: string, changes: readonly TextDocumentContentChangeEvent[]): void;
  saved(path: string): void;
  close(path: string): void;
  /** Undefined when the service is away, refuses, or `signal` says that nobody waits any more. */
  request<T>(method: string, params: unknown, signal?: AbortSignal): Promise<T | undefined>;
  /** Like `request`, but a refusal is thrown with the service's words. */
  requestOrRefuse<T>(method: string, params: unknown): Promise<T | undefined>;
  askProfile<Name extends keyof ProfileRequests>(
    name: Name,
    path: string,
    params: ProfileRequests[Name]["params"],
  ): Promise<ProfileRequests[Name]["answer"] | undefined>;
}

/** The service said why it does not do what was asked. */
export class LanguageRefusal extends Error {}

export function toDocumentUri(path: string): string {
  return `file://${LANGUAGE_ROOT}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** Undefined for what is not of the workspace, as a profile on the web. */
export function fromDocumentUri(uri: string): string | undefined {
  const start = `file://${LANGUAGE_ROOT}/`;
  return uri.startsWith(start) ? decodeURIComponent(uri.slice(start.length)) : undefined;
}

interface JsonRpcMessage {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

interface Waiting {
  readonly resolve: (message: JsonRpcMessage | undefined) => void;
}

export interface LanguageClientOptions {
  readonly connection: Pick<Connection, "on" | "onOnline" | "request">;
  readonly project: string;
  readonly settings: StoreApi<Settings>;
  readonly now?: () => number;
}

export function createLanguageClient({
  connection,
  project,
  settings,
  now = () => performance.now(),
}: LanguageClientOptions): LanguageClient {
  const state = createStore<{ phase: LanguagePhase; capabilities?: InitializeResult["capabilities"] }>(() => ({
    phase: "starting",
  }));
  const diagnostics = createStore<ReadonlyMap<string, readonly Diagnostic[]>>(() => new Map());
  const revision = createStore<number>(() => 0);
  const onApplyEdit = createEmitter<ApplyEditRequest>((error) => console.error(error));
  const documents = new Map<string, LanguageDocument>();
  const waiting = new Map<number, Waiting>();
  let session: string | undefined;
  let attempt = 0;
  let begunAt = 0;
  let generation = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let lastId = 0;

  const changed = (): void => revision.setState(revision.getState() + 1, true);

  const lose = (): void => {
    session = undefined;
    state.setState({ phase: "away" });
    for (const { resolve } of waiting.values()) resolve(undefined);
    waiting.clear();
  };

  const beginLater = (): void => {
    if (now() - begunAt > STEADY_MS) attempt = 0;
    clearTimeout(retry);
    retry = setTimeout(() => void begin(), RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)]);
  };

  const post = (message: object): void => {
    const to = session;
    if (to === undefined) return;
    connection
      .request("sendLanguage", { session: to, message: { jsonrpc: "2.0", ...message } })
      .then(({ open }) => {
        if (open || session !== to) return;
        lose();
        beginLater();
      })
      .catch(() => undefined); // The connection is lost: the next one begins a session of its own.
  };
  const notify = (method: string, params: unknown): void => {
    if (state.getState().phase === "ready") post({ method, params });
  };

  const ask = (method: string, params: unknown, signal?: AbortSignal): Promise<JsonRpcMessage | undefined> => {
    // Before the first answer a session only understands how it begins.
    const isEarly = state.getState().phase !== "ready" && method !== "initialize";
    if (session === undefined || isEarly || signal?.aborted) return Promise.resolve(undefined);
    const id = ++lastId;
    return new Promise((resolve) => {
      const cancel = (): void => {
        if (!waiting.delete(id)) return;
        notify("$/cancelRequest", { id });
        resolve(undefined);
      };
      signal?.addEventListener("abort", cancel, { once: true });
      waiting.set(id, {
        resolve(message) {
          signal?.removeEventListener("abort", cancel);
          resolve(message);
        },
      });
      post({ id, method, params });
    });
  };

  const tellOpen = (path: string, document: LanguageDocument): void =>
    notify("textDocument/didOpen", {
      textDocument: {
        uri: toDocumentUri(path),
        languageId: document.languageId,
        version: document.version(),
        text: document.text(),
      },
    });

  const begin = async (): Promise<void> => {
    const mine = ++generation;
    clearTimeout(retry);
    lose();
    state.setState({ phase: "starting" });
    begunAt = now();
    try {
      const opened = await connection.request("openLanguage", { project });
      if (mine !== generation) return;
      session = opened.session;
    } catch {
      // Away for now; a lost connection tells when it is back.
      state.setState({ phase: "away" });
      if (mine === generation) beginLater();
      return;
    }
    const reply = await ask("initialize", {
      processId: null,
      rootUri: `file://${LANGUAGE_ROOT}`,
      capabilities: {
        workspace: { applyEdit: true, configuration: true },
        textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } } },
      },
    });
    if (mine !== generation || !reply || reply.error) return;
    const { capabilities } = reply.result as InitializeResult;
    post({ method: "initialized", params: {} });
    state.setState({ phase: "ready", capabilities });
    for (const [path, document] of documents) tellOpen(path, document);
    changed();
  };

  const hearDiagnostics = (uri: string, found: readonly Diagnostic[]): void => {
    const path = fromDocumentUri(uri);
    if (path === undefined) return;
    const next = new Map(diagnostics.getState());
    if (found.length > 0 && documents.has(path)) next.set(path, found);
    else if (!next.delete(path)) return;
    diagnostics.setState(next, true);
  };

  const hear = (message: JsonRpcMessage): void => {
    if (message.method === undefined) {
      const entry = waiting.get(message.id as number);
      waiting.delete(message.id as number);
      entry?.resolve(message);
      return;
    }
    if (message.method === "textDocument/publishDiagnostics") {
      const { uri, diagnostics: found } = message.params as { uri: string; diagnostics: Diagnostic[] };
      hearDiagnostics(uri, found);
    } else if (message.method === "workspace/applyEdit") {
      onApplyEdit.emit(message.params as ApplyEditRequest);
      post({ id: message.id, result: { applied: true } });
    } else if (message.method === "workspace/configuration") {
      const { hashOnSave } = settings.getState();
      const { items } = message.params as { items: readonly unknown[] };
      post({ id: message.id, result: items.map(() => ({ hashOnSave })) });
    } else if (message.id !== undefined) {
      post({ id: message.id, error: { code: -32_601, message: "The page does not do this." } });
    }
  };

  settings.subscribe((current, before) => {
    if (current.hashOnSave !== before.hashOnSave) notify("workspace/didChangeConfiguration", { settings: null });
  });
  connection.on("language:message", (event) => {
    if (event.session === session) hear(event.message as JsonRpcMessage);
  });
  connection.on("language:ended", (event) => {
    if (event.session !== session) return;
    lose();
    beginLater();
  });
  connection.on("file:changed", (event) => {
    if (event.project === project) changed();
  });
  connection.onOnline(() => {
    attempt = 0;
    void begin();
  });

  return {
    state,
    diagnostics,
    revision,
    onApplyEdit,
    open(path, document) {
      documents.set(path, document);
      if (state.getState().phase === "ready") tellOpen(path, document);
    },
    change(path, contentChanges) {
      const document = documents.get(path);
      if (!document) return;
      if (state.getState().phase === "ready") {
        const textDocument = { uri: toDocumentUri(path), version: document.version() };
        notify("textDocument/didChange", { textDocument, contentChanges });
      }
      changed();
    },
    saved: (path) => notify("textDocument/didSave", { textDocument: { uri: toDocumentUri(path) } }),
    close(path) {
      if (!documents.delete(path)) return;
      notify("textDocument/didClose", { textDocument: { uri: toDocumentUri(path) } });
      hearDiagnostics(toDocumentUri(path), []);
    },
    async request<T>(method: string, params: unknown, signal?: AbortSignal) {
      const reply = await ask(method, params, signal);
      return (reply?.result ?? undefined) as T | undefined;
    },
    async requestOrRefuse<T>(method: string, params: unknown) {
      const reply = await ask(method, params);
      if (reply?.error) throw new LanguageRefusal(reply.error.message);
      return (reply?.result ?? undefined) as T | undefined;
    },
    async askProfile(name, path, params) {
      const reply = await ask(name, { ...params, textDocument: { uri: toDocumentUri(path) } });
      return (reply?.result ?? undefined) as never;
    },
  };
}
