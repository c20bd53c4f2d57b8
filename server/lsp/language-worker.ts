/**
 * The thread that holds a project's analysis: a protocol server for every page, all on one workspace.
 *
 * Each page has its own open documents, as an editor has; they share the thread, so whatever goes wrong here goes
 * wrong for the pages of one project and for nothing else.
 */
import { MessageChannel, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { PortMessageReader, PortMessageWriter } from "vscode-languageserver-protocol/node";
import { invariant } from "@/lib/base/errors";
import { createLanguageService } from "@/lib/language/create-language-service";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import { createNodeEnvironment } from "@/server/language/node-environment";
import { createProfileAnswers } from "@/server/language/profile-answers";
import type { FromWorker, ProfileQuestion, ToWorker, WorkerStart } from "@/server/language/worker-messages";
import { createRootedTexts } from "@/server/platform/rooted-texts";
import { serveLanguage } from "./language-connection";
import { pathToUri } from "./uris";

invariant(parentPort !== null, "this runs in a worker thread");
const server = parentPort;
const start = workerData as WorkerStart;

const environment = createNodeEnvironment(start.environment, Date.now, undefined, () =>
  createRootedTexts(start.directory, LANGUAGE_ROOT),
);
const sessions = new Map<string, { readonly port: MessagePort }>();

const tell = (message: FromWorker): void => server.postMessage(message);

function open(session: string): void {
  const { port1: outside, port2: inside } = new MessageChannel();
  const connection = createConnection(
    ProposedFeatures.all,
    new PortMessageReader(inside),
    new PortMessageWriter(inside),
  );
  outside.on("message", (message: unknown) => tell({ kind: "message", session, message }));
  serveLanguage(connection, environment);
  connection.listen();
  sessions.set(session, { port: outside });
}

function close(session: string): void {
  const known = sessions.get(session);
  sessions.delete(session);
  if (!known) return;
  // Its answer tells that nothing of the session is under way any more.
  known.port.removeAllListeners("message");
  known.port.once("message", () => known.port.close());
  known.port.postMessage({ jsonrpc: "2.0", id: "close", method: "shutdown" });
}

function answer(question: ProfileQuestion): unknown {
  const ports = environment.open([LANGUAGE_ROOT], () => undefined, environment.settings);
  const service = createLanguageService(ports);
  const answers = createProfileAnswers();
  const path = `${LANGUAGE_ROOT}/${question.path}`;
  if (question.kind === "effective") {
    const found = service.effectiveSection(path, question.section);
    return found && answers.effective(found);
  }
  if (question.kind === "extends") {
    const found = service.extendsView(path);
    return found && answers.extendsView(found);
  }
  const found = service.parts(path);
  return found && answers.parts(found);
}

function hear(message: ToWorker): void {
  switch (message.kind) {
    case "open":
      open(message.session);
      return;
    case "close":
      close(message.session);
      return;
    case "message": {
      const { method } = message.message as { method?: unknown };
      // The protocol's `exit` would end the thread and with it the sessions of other pages.
      if (method !== "exit") sessions.get(message.session)?.port.postMessage(message.message);
      return;
    }
    case "changed": {
      const changes = [{ uri: pathToUri(message.path), type: message.removed ? 3 : 2 }];
      const method = "workspace/didChangeWatchedFiles";
      for (const { port } of sessions.values()) port.postMessage({ jsonrpc: "2.0", method, params: { changes } });
      return;
    }
    case "ask":
      try {
        tell({ kind: "answer", id: message.id, answer: answer(message.question) ?? null });
      } catch (error) {
        tell({ kind: "failed", id: message.id, message: error instanceof Error ? (error.stack ?? "") : String(error) });
      }
      return;
    case "ping":
      tell({ kind: "pong", id: message.id });
  }
}

server.on("message", hear);
