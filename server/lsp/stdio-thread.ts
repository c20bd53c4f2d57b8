/** The thread that holds the analysis for an editor: the protocol server behind `stdio-supervisor.ts`. */
import { type MessagePort, parentPort } from "node:worker_threads";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Message,
} from "vscode-languageserver-protocol/node";
import { invariant } from "@/lib/base/errors";
import { createNodeEnvironment } from "@/server/language/node-environment";
import { serveLanguage } from "./language-connection";
import type { FromThread, ToThread, WireMessage } from "./stdio-supervisor";

class ThreadReader extends AbstractMessageReader {
  constructor(private readonly port: MessagePort) {
    super();
  }
  listen(callback: DataCallback) {
    const hear = (message: ToThread): void => {
      if (message.kind === "ping") this.port.postMessage({ kind: "pong" } satisfies FromThread);
      else callback(message.message as Message);
    };
    this.port.on("message", hear);
    return { dispose: () => this.port.off("message", hear) };
  }
}

/** Writes as text here what the supervisor only passes on, so that it need not be copied as objects. */
class ThreadWriter extends AbstractMessageWriter {
  constructor(private readonly port: MessagePort) {
    super();
  }
  write(message: Message): Promise<void> {
    this.port.postMessage(toThreadMessage(message as WireMessage));
    return Promise.resolve();
  }
  end(): void {
    // The supervisor ends the thread.
  }
}

function toThreadMessage(message: WireMessage): FromThread {
  const { id, method } = message;
  if (method !== undefined && id !== undefined) return { kind: "request", message };
  const body = JSON.stringify(message);
  return method === undefined ? { kind: "response", id: id ?? null, body } : { kind: "notification", body };
}

export function runThread(): void {
  invariant(parentPort !== null, "this runs in a worker thread");
  const connection = createConnection(ProposedFeatures.all, new ThreadReader(parentPort), new ThreadWriter(parentPort));
  serveLanguage(connection, createNodeEnvironment(process.env, Date.now));
  connection.listen();
}
