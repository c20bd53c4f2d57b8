/**
 * One thread of analysis for each project that somebody looks at, and the sessions that pages hold with it.
 *
 * The thread may crash, run out of memory or hang on a text: it is ended, its sessions are told so, and the next one
 * begins a new thread. The server itself only passes messages on.
 *
 * Invariant: after `onEnded` a session gets nothing more, and what is sent to it goes nowhere.
 */
import { Worker } from "node:worker_threads";
import { invariant, WebrunnerError } from "@/lib/base/errors";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import type { FromWorker, ProfileQuestion, ToWorker, WorkerStart } from "./worker-messages";

/** How often the thread is asked for a sign of life while it has work, and how long it may be silent. */
const PING_MS = 5_000;
const SILENCE_MS = 20_000;
/** After the last session: a page that reloads comes back within this. */
const LINGER_MS = 60_000;
/** An analysis of 742 profiles holds 150 MB; beyond this something is wrong with it. */
const HEAP_MB = 1_024;
/** More pages at once than one person has. */
const MAX_SESSIONS = 32;

export interface LanguageSessionOptions {
  readonly onMessage: (message: unknown) => void;
  readonly onEnded: () => void;
}

export interface LanguageKeeper {
  /** Gives the session's id; of too many sessions the oldest gives way. */
  open(project: string, directory: string, options: LanguageSessionOptions): string;
  /** False when there is no such session any more. */
  send(session: string, message: unknown): boolean;
  close(session: string): void;
  /** A file of the project changed on disk; the path is the workspace's. */
  fileChanged(project: string, path: string, removed: boolean): void;
  /** From the saved files; undefined when the file is no profile. */
  ask(project: string, directory: string, question: ProfileQuestion): Promise<unknown>;
  /** Ends the project's thread; its sessions are told. */
  end(project: string): void;
  dispose(): void;
}

export interface LanguageKeeperOptions {
  /** The built worker. */
  readonly program: string;
  readonly environmentOf: (project: string) => Readonly<Record<string, string>>;
  readonly newId: () => string;
  readonly log: { warn(data: object, message: string): void };
  readonly pingMs?: number;
  readonly silenceMs?: number;
}

interface Question {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly project: string;
  readonly worker: Worker;
  readonly sessions: Map<string, LanguageSessionOptions>;
  readonly questions: Map<number, Question>;
  pings: NodeJS.Timeout;
  silentSince: number | undefined;
  linger: NodeJS.Timeout | undefined;
  ended: boolean;
}

export function createLanguageKeeper(options: LanguageKeeperOptions): LanguageKeeper {
  const { pingMs = PING_MS, silenceMs = SILENCE_MS, log } = options;
  const threads = new Map<string, Thread>();
  const sessions = new Map<string, Thread>();
  let nextId = 1;

  const post = (thread: Thread, message: ToWorker): void => {
    thread.worker.postMessage(message);
  };

  const end = (thread: Thread, why: string | undefined): void => {
    if (thread.ended) return;
    thread.ended = true;
    clearInterval(thread.pings);
    clearTimeout(thread.linger);
    if (threads.get(thread.project) === thread) threads.delete(thread.project);
    for (const id of thread.sessions.keys()) sessions.delete(id);
    void thread.worker.terminate();
    if (why !== undefined) log.warn({ project: thread.project, why }, "The analysis of the profiles ended");
    const error = new WebrunnerError("language/unavailable", { message: "The analysis of the profiles ended." });
    for (const { reject } of thread.questions.values()) reject(error);
    for (const { onEnded } of thread.sessions.values()) onEnded();
    thread.questions.clear();
    thread.sessions.clear();
  };

  const rest = (thread: Thread): void => {
    if (thread.sessions.size > 0 || thread.questions.size > 0 || thread.ended) return;
    clearTimeout(thread.linger);
    thread.linger = setTimeout(() => end(thread, undefined), LINGER_MS);
    thread.linger.unref();
  };

  const ping = (thread: Thread): void => {
    if (thread.silentSince !== undefined) {
      if (performance.now() - thread.silentSince >= silenceMs) end(thread, "It did not answer any more");
      return;
    }
    thread.silentSince = performance.now();
    post(thread, { kind: "ping", id: nextId++ });
  };

  const hear = (thread: Thread, message: FromWorker): void => {
    if (thread.ended) return;
    thread.silentSince = undefined;
    if (message.kind === "message") thread.sessions.get(message.session)?.onMessage(message.message);
    else if (message.kind !== "pong") {
      const question = thread.questions.get(message.id);
      thread.questions.delete(message.id);
      if (message.kind === "answer") question?.resolve(message.answer ?? undefined);
      else question?.reject(new Error(message.message));
      rest(thread);
    }
  };

  const begin = (project: string, directory: string): Thread => {
    const known = threads.get(project);
    if (known) {
      clearTimeout(known.linger);
      return known;
    }
    const workerData: WorkerStart = { directory, environment: options.environmentOf(project) };
    const worker = new Worker(options.program, {
      workerData,
      name: `language ${project}`,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      // Not the server's own: flags of how it was started need not fit a thread.
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    const thread: Thread = {
      project,
      worker,
      sessions: new Map(),
      questions: new Map(),
      pings: setInterval(() => ping(thread), pingMs),
      silentSince: undefined,
      linger: undefined,
      ended: false,
    };
    thread.pings.unref();
    worker.stdout.resume();
    worker.stderr.resume();
    worker.on("message", (message: FromWorker) => hear(thread, message));
    worker.on("error", (error) => end(thread, String(error)));
    worker.on("exit", (code) => end(thread, `It ended by itself with ${code}`));
    threads.set(project, thread);
    return thread;
  };

  const close = (session: string): void => {
    const thread = sessions.get(session);
    if (!thread) return;
    sessions.delete(session);
    thread.sessions.delete(session);
    post(thread, { kind: "close", session });
    rest(thread);
  };

  return {
    open(project, directory, session) {
      const thread = begin(project, directory);
      if (thread.sessions.size >= MAX_SESSIONS) {
        const [oldest] = thread.sessions;
        invariant(oldest !== undefined, "a full map has a first entry");
        close(oldest[0]);
        oldest[1].onEnded();
      }
      const id = options.newId();
      thread.sessions.set(id, session);
      sessions.set(id, thread);
      post(thread, { kind: "open", session: id });
      return id;
    },
    send(session, message) {
      const thread = sessions.get(session);
      if (!thread) return false;
      post(thread, { kind: "message", session, message });
      return true;
    },
    close,
    fileChanged(project, path, removed) {
      const thread = threads.get(project);
      if (thread) post(thread, { kind: "changed", path: `${LANGUAGE_ROOT}/${path}`, removed });
    },
    ask(project, directory, question) {
      const thread = begin(project, directory);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        thread.questions.set(id, { resolve, reject });
        post(thread, { kind: "ask", id, question });
      });
    },
    end(project) {
      const thread = threads.get(project);
      if (thread) end(thread, undefined);
    },
    dispose() {
      for (const thread of [...threads.values()]) end(thread, undefined);
    },
  };
}
