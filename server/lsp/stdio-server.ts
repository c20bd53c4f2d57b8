/** The process that an editor starts: its standard input and output, and the life of the thread of analysis. */
import { Worker } from "node:worker_threads";
import { createMessageFraming } from "./message-framing";
import {
  type AnalysisThread,
  createStdioSupervisor,
  type FromThread,
  type ThreadEvents,
  type WireMessage,
} from "./stdio-supervisor";

/** An analysis of 742 profiles holds 150 MB; beyond this something is wrong with it. */
const HEAP_MB = 1_024;
/** A young generation of the default size takes 40 MB that nothing lives in. */
const YOUNG_MB = 8;
/** Editors that die do not say so: their process is looked for now and then. */
const EDITOR_CHECK_MS = 3_000;

function beginThread(program: string, { onMessage, onEnded }: ThreadEvents): AnalysisThread {
  const worker = new Worker(program, {
    argv: ["lsp", "--stdio"],
    name: "analysis",
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: Number(process.env.WEBRUNNER_LANGUAGE_HEAP_MB) || HEAP_MB,
      maxYoungGenerationSizeMb: YOUNG_MB,
    },
    // What it prints is not the protocol's.
    stdout: true,
    stderr: true,
  });
  worker.stdout.pipe(process.stderr, { end: false });
  worker.stderr.pipe(process.stderr, { end: false });
  worker.on("message", (message: FromThread) => onMessage(message));
  worker.on("error", (error) => onEnded(error.message));
  worker.on("exit", (code) => onEnded(`it ended with ${code}`));
  return { send: (message) => worker.postMessage(message), end: () => void worker.terminate() };
}

/** Resolves when the editor says `exit` or closes its end. */
export function serveStdio(program: string): Promise<number> {
  return new Promise((resolve) => {
    const supervisor = createStdioSupervisor({
      begin: (events) => beginThread(program, events),
      write(body) {
        process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      },
      exit: (code) => end(code),
      now: () => performance.now(),
    });
    let check: NodeJS.Timeout | undefined;
    const end = (code: number): void => {
      clearInterval(check);
      supervisor.dispose();
      process.stdin.destroy();
      resolve(code);
    };
    const complain = (message: string): void => void process.stderr.write(`webrunner: ${message}\n`);
    const framing = createMessageFraming((message) => {
      const { method, params } = message as WireMessage;
      if (method === "initialize") {
        const { processId } = params as { processId?: number | null };
        if (processId) check = setInterval(() => isAlive(processId) || end(1), EDITOR_CHECK_MS).unref();
      }
      supervisor.receive(message as WireMessage);
    }, complain);
    process.stdin.on("data", (bytes: Buffer) => framing.push(bytes));
    process.stdin.on("end", () => end(0));
    process.stdin.on("error", (error) => complain(error.message));
  });
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
