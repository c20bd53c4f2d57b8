/**
 * Stands between an editor and the thread of analysis, so that the editor keeps its server when the thread dies.
 *
 * The thread may crash, run out of memory or hang on a text. It is ended then, requests under way are answered with an
 * error, and another thread is told what the editor told the first: how it was initialised and which documents are open,
 * with their last text. The editor notices a message and nothing else.
 *
 * Invariant: every request of the editor is answered once. A thread that dies again at once is begun anew only when the
 * editor changes something, so that a text that kills the analysis cannot keep the machine busy.
 */
import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  InitializeResult,
} from "vscode-languageserver-protocol";
import { createOpenDocuments } from "./open-documents";
import { createPositionConverter, type PositionEncoding } from "./positions";

/** As much of a JSON-RPC message as is looked at. */
export interface WireMessage {
  readonly jsonrpc: "2.0";
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What a thread says: a message, already as text where nobody has to look into it. */
export type FromThread =
  | { readonly kind: "response"; readonly id: number | string | null; readonly body: string }
  | { readonly kind: "notification"; readonly body: string }
  | { readonly kind: "request"; readonly message: WireMessage }
  | { readonly kind: "pong" };

export type ToThread = { readonly kind: "message"; readonly message: WireMessage } | { readonly kind: "ping" };

export interface AnalysisThread {
  send(message: ToThread): void;
  end(): void;
}

export interface ThreadEvents {
  readonly onMessage: (message: FromThread) => void;
  readonly onEnded: (why: string) => void;
}

export interface SupervisorOptions {
  readonly begin: (events: ThreadEvents) => AnalysisThread;
  readonly write: (body: string) => void;
  readonly exit: (code: number) => void;
  readonly now: () => number;
  readonly pingMs?: number;
  readonly silenceMs?: number;
}

export interface StdioSupervisor {
  receive(message: WireMessage): void;
  dispose(): void;
}

/** How often the thread is asked for a sign of life while it has work, and how long it may be silent. */
const PING_MS = 2_000;
const SILENCE_MS = 10_000;
/** A thread that lived shorter than this was killed by what it was told first. */
const SHORT_LIFE_MS = 15_000;
const REQUEST_FAILED = -32_803;
/** A `MessageType`: the protocol's library is not loaded for a number. */
const WARNING = 2;

interface Running {
  readonly thread: AnalysisThread;
  readonly number: number;
  readonly begun: number;
  /** Undefined while it is silent about nothing. */
  silentSince: number | undefined;
  /** Told what the editor told; until then messages wait. */
  ready: boolean;
}

export function createStdioSupervisor(options: SupervisorOptions): StdioSupervisor {
  const { begin, write, exit, now, pingMs = PING_MS, silenceMs = SILENCE_MS } = options;
  let encoding: PositionEncoding = "utf-16";
  const documents = createOpenDocuments(() => createPositionConverter(encoding));
  const languages = new Map<string, string>();
  const pending = new Map<number | string, string>();
  const asked = new Map<string, { readonly number: number; readonly id: number | string | null | undefined }>();
  const registered = new Set<string>();
  let waiting: WireMessage[] = [];
  let initialize: WireMessage | undefined;
  let initialised = false;
  let answered = false;
  let shutDown = false;
  let count = 0;
  let running: Running | undefined;

  const send = (message: object): void => write(JSON.stringify({ jsonrpc: "2.0", ...message }));

  const refuse = (id: number | string, method: string): void => {
    if (method === "shutdown") send({ id, result: null });
    else send({ id, error: { code: REQUEST_FAILED, message: "The analysis stopped and begins anew: ask again." } });
  };

  const start = (): void => {
    const number = ++count;
    const thread = begin({
      onMessage: (message) => {
        if (running?.number === number) hear(running, message);
      },
      onEnded: (why) => {
        if (running?.number === number) ended(running, why);
      },
    });
    running = { thread, number, begun: now(), silentSince: undefined, ready: initialize === undefined || !answered };
    if (running.ready) {
      // Nothing was answered yet: the thread gets the editor's own messages.
      if (initialize) post(running, initialize);
      return;
    }
    post(running, { ...initialize!, id: REPLAY });
  };

  const post = (to: Running, message: WireMessage): void => {
    to.silentSince ??= now();
    to.thread.send({ kind: "message", message });
  };

  /** The editor's state, for a thread that has answered `initialize`. */
  const replay = (to: Running): void => {
    to.ready = true;
    if (initialised) post(to, { jsonrpc: "2.0", method: "initialized", params: {} });
    for (const { uri, version, text } of documents.all()) {
      const textDocument = { uri, languageId: languages.get(uri) ?? "", version, text };
      post(to, { jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument } });
    }
    const rest = waiting;
    waiting = [];
    for (const message of rest) post(to, message);
  };

  const hear = (from: Running, message: FromThread): void => {
    from.silentSince = undefined;
    if (message.kind === "notification") write(message.body);
    else if (message.kind === "response") {
      if (message.id === REPLAY) {
        replay(from);
        return;
      }
      if (message.id !== null && initialize?.id === message.id && !answered) {
        answered = true;
        const { result } = JSON.parse(message.body) as { result?: InitializeResult };
        encoding = (result?.capabilities.positionEncoding as PositionEncoding | undefined) ?? "utf-16";
      }
      if (message.id !== null && !pending.delete(message.id)) return;
      write(message.body);
    } else if (message.kind === "request") ask(from, message.message);
  };

  /** A question of the thread to the editor; each thread counts its own. */
  const ask = (from: Running, message: WireMessage): void => {
    if (message.method === "client/registerCapability") {
      const { registrations } = message.params as { registrations: readonly { method: string }[] };
      const known = registrations.every(({ method }) => registered.has(method));
      for (const { method } of registrations) registered.add(method);
      if (known) {
        post(from, { jsonrpc: "2.0", id: message.id, result: null });
        return;
      }
    }
    const id = `analysis-${from.number}-${message.id}`;
    asked.set(id, { number: from.number, id: message.id });
    write(JSON.stringify({ ...message, id }));
  };

  const ended = (which: Running, why: string): void => {
    running = undefined;
    which.thread.end();
    if (shutDown) return;
    for (const [id, method] of [...pending]) {
      if (method === "initialize" && !answered) continue;
      pending.delete(id);
      refuse(id, method);
    }
    for (const [id, { number }] of asked) if (number === which.number) asked.delete(id);
    const short = now() - which.begun < SHORT_LIFE_MS && which.number > 1;
    const next = short ? "It begins anew when something is changed." : "It begins anew; what you typed is kept.";
    const message = `Buildout: the analysis stopped (${why}). ${next}`;
    send({ method: "window/showMessage", params: { type: WARNING, message } });
    if (!short) start();
  };

  const ping = setInterval(() => {
    if (!running || running.silentSince === undefined) return;
    if (now() - running.silentSince >= silenceMs) ended(running, "it did not answer any more");
    else running.thread.send({ kind: "ping" });
  }, pingMs);
  ping.unref?.();

  const follow = ({ method, params }: WireMessage): void => {
    if (method === "textDocument/didOpen") {
      const { textDocument } = params as DidOpenTextDocumentParams;
      languages.set(textDocument.uri, textDocument.languageId);
      documents.open(textDocument.uri, textDocument.uri, textDocument.version, textDocument.text);
    } else if (method === "textDocument/didChange") {
      const { textDocument, contentChanges } = params as DidChangeTextDocumentParams;
      documents.change(textDocument.uri, textDocument.version, contentChanges);
    } else if (method === "textDocument/didClose") {
      const { textDocument } = params as DidCloseTextDocumentParams;
      documents.close(textDocument.uri);
      languages.delete(textDocument.uri);
    }
  };
  const changesText = (method: string | undefined): boolean => method?.startsWith("textDocument/did") ?? false;

  start();
  return {
    receive(message) {
      const { id, method } = message;
      if (method === "exit") {
        exit(shutDown ? 0 : 1);
        return;
      }
      if (method === undefined) {
        const question = id === undefined || id === null ? undefined : asked.get(String(id));
        asked.delete(String(id));
        if (question && running?.number === question.number) post(running, { ...message, id: question.id });
        return;
      }
      if (method === "initialize") initialize = message;
      if (method === "initialized") initialised = true;
      if (method === "shutdown") shutDown = true;
      follow(message);
      if (id !== undefined && id !== null) pending.set(id, method);
      if (running?.ready) post(running, message);
      else if (running) {
        // The documents are told with their last text; what else was said meanwhile follows.
        if (!changesText(method)) waiting.push(message);
      } else if (changesText(method)) start();
      else if (id !== undefined && id !== null) {
        pending.delete(id);
        refuse(id, method);
      }
    },
    dispose() {
      clearInterval(ping);
      running?.thread.end();
      running = undefined;
    },
  };
}

const REPLAY = "analysis-replay";
