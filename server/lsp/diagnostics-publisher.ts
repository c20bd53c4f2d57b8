/**
 * Computes diagnostics when there is a moment for it and sends them.
 *
 * Requests come first: nothing is computed until the messages at hand are dealt with. A document's diagnostics are
 * computed for its last text only, however many keys were pressed meanwhile.
 */

import type { Connection } from "vscode-languageserver";
import type { Diagnostic } from "vscode-languageserver-protocol";
import type { LanguageService } from "@/lib/language/service";
import type { PythonLint } from "@/server/language/python-lint";
import type { OpenDocument, OpenDocuments } from "./open-documents";
import { type ProtocolContext, toDiagnostic } from "./to-protocol";

/** Long enough for the completion request that follows a key, short against the 30 ms that diagnostics may take. */
const QUIET_MS = 3;
/** Dependent documents wait until typing pauses. */
const DEPENDANTS_MS = 120;
/** Python is started only when typing pauses. */
const LINT_MS = 250;

export interface PublisherOptions {
  readonly connection: Connection;
  readonly service: LanguageService;
  readonly context: ProtocolContext;
  readonly documents: OpenDocuments;
  readonly lint: PythonLint;
}

export interface DiagnosticsPublisher {
  changed(path: string): void;
  closed(path: string, uri: string): void;
}

interface DocumentState {
  own: Diagnostic[];
  versions: Diagnostic[];
  python: Diagnostic[];
  round: number;
  sent: string;
}

export function createDiagnosticsPublisher(options: PublisherOptions): DiagnosticsPublisher {
  const { connection, service, context, documents, lint } = options;
  const states = new Map<string, DocumentState>();
  const urgent = new Set<string>();
  const later = new Set<string>();
  let soon: NodeJS.Timeout | undefined;
  let pause: NodeJS.Timeout | undefined;
  let linting: NodeJS.Timeout | undefined;
  const toLint = new Set<string>();

  const stateOf = (path: string): DocumentState => {
    let state = states.get(path);
    if (!state) {
      state = { own: [], versions: [], python: [], round: 0, sent: "" };
      states.set(path, state);
    }
    return state;
  };

  const send = (document: OpenDocument, state: DocumentState, always: boolean): void => {
    const diagnostics = [...state.own, ...state.versions, ...state.python];
    const print = JSON.stringify(diagnostics);
    if (!always && print === state.sent) return;
    state.sent = print;
    void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
  };

  const isCurrent = (document: OpenDocument, state: DocumentState, round: number): boolean =>
    state.round === round && documents.find(document.path) === document;

  const publish = async (path: string, always: boolean): Promise<void> => {
    const document = documents.find(path);
    if (!document) return;
    const state = stateOf(path);
    const round = ++state.round;
    state.own = service.diagnostics(path).map((found) => toDiagnostic(context, document, found));
    let sent = false;
    const versions = service.versionDiagnostics(path).then((found) => {
      if (!isCurrent(document, state, round)) return;
      state.versions = found.map((one) => toDiagnostic(context, document, one));
      if (sent) send(document, state, false);
    });
    // Answers that are known already are part of the first message: they come before the next turn.
    await Promise.race([versions, new Promise<void>((resolve) => setImmediate(resolve))]);
    if (!isCurrent(document, state, round)) return;
    sent = true;
    send(document, state, always);
    await versions;
  };

  const report = (error: unknown): void => {
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };

  const flush = (): void => {
    soon = undefined;
    const paths = [...urgent];
    urgent.clear();
    for (const path of paths) publish(path, true).catch(report);
  };

  const flushDependants = (): void => {
    pause = undefined;
    const changed = [...later];
    later.clear();
    for (const document of documents.all()) {
      if (changed.includes(document.path)) continue;
      if (changed.some((path) => service.dependsOn(document.path, path))) publish(document.path, false).catch(report);
    }
  };

  const lintOne = async (path: string): Promise<void> => {
    const document = documents.find(path);
    if (!document) return;
    const { version } = document;
    const snippets = service.pythonSnippets(path);
    const state = stateOf(path);
    const problems = snippets.length > 0 ? await lint(snippets) : [];
    if (documents.find(path) !== document || document.version !== version) return;
    state.python = problems.map((problem): Diagnostic => {
      const lines = snippets[problem.snippet]!.lines;
      const line = lines[Math.min(problem.line - 1, lines.length - 1)] ?? { offset: 0 };
      const start = Math.min(line.offset + problem.column, document.text.length);
      const word = /^\w+/.exec(document.text.slice(start, start + 80))?.[0].length ?? 1;
      return toDiagnostic(context, document, {
        range: { start, end: start + word },
        severity: problem.isError ? "error" : "warning",
        code: "python/pyflakes",
        source: "pyflakes",
        message: problem.message,
      });
    });
    send(document, state, false);
  };

  const flushLint = (): void => {
    linting = undefined;
    const paths = [...toLint];
    toLint.clear();
    for (const path of paths) lintOne(path).catch(report);
  };

  return {
    changed(path) {
      if (documents.find(path)) urgent.add(path);
      later.add(path);
      toLint.add(path);
      clearTimeout(soon);
      soon = setTimeout(flush, QUIET_MS);
      clearTimeout(pause);
      pause = setTimeout(flushDependants, DEPENDANTS_MS);
      clearTimeout(linting);
      linting = setTimeout(flushLint, LINT_MS);
    },
    closed(path, uri) {
      urgent.delete(path);
      states.delete(path);
      void connection.sendDiagnostics({ uri, diagnostics: [] });
      later.add(path);
      clearTimeout(pause);
      pause = setTimeout(flushDependants, DEPENDANTS_MS);
    },
  };
}
