/**
 * A program that answers each line that it is given with one line, kept running while it is used, for tools of the
 * language service whose start takes longer than their work.
 *
 * It is started by the first question and ended after a while without one, or when an answer does not come in time;
 * the next question starts it anew. What it runs is the caller's to choose: the input is data.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { invariant } from "@/lib/base/errors";

const MAX_OUTPUT = 4 << 20;
/** Longer than the pauses of somebody who types. A Python that waits takes 15 MB, and one that is started 0.2 s. */
const IDLE_MS = 2_500;

export interface AnsweringProgram {
  /** One line at a time, in their order; undefined when the program cannot be run, ends or is too slow. */
  ask(program: string, line: string, timeoutMs: number): Promise<string | undefined>;
}

interface Running {
  readonly program: string;
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Of the question that waits. */
  answer: ((line: string | undefined) => void) | undefined;
}

export function createAnsweringProgram(args: readonly string[], idleMs = IDLE_MS): AnsweringProgram {
  let running: Running | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const start = (program: string): Running => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    const started: Running = { program, child, answer: undefined };
    let output = "";
    const give = (line: string | undefined): void => {
      const { answer } = started;
      started.answer = undefined;
      answer?.(line);
    };
    const gone = (): void => {
      if (running === started) running = undefined;
      give(undefined);
    };
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk: string) => {
      output += chunk;
      const end = output.indexOf("\n");
      if (end >= 0) {
        const line = output.slice(0, end);
        output = output.slice(end + 1);
        give(line);
      } else if (output.length > MAX_OUTPUT) child.kill("SIGKILL");
    });
    child.stdin.on("error", () => {
      // The program ended before it read everything; `close` tells.
    });
    child.on("error", gone);
    child.on("close", gone);
    // It ends when its input does: whoever holds this does not wait for it.
    child.unref();
    return started;
  };

  const end = (): void => {
    running?.child.stdin.end();
    running = undefined;
  };

  const askNow = async (program: string, line: string, timeoutMs: number): Promise<string | undefined> => {
    invariant(!line.includes("\n"), "a question is one line");
    clearTimeout(idle);
    if (running !== undefined && running.program !== program) end();
    running ??= start(program);
    const asked = running;
    const slow = setTimeout(() => asked.child.kill("SIGKILL"), timeoutMs);
    const answer = await new Promise<string | undefined>((resolve) => {
      asked.answer = resolve;
      asked.child.stdin.write(`${line}\n`);
    });
    clearTimeout(slow);
    idle = setTimeout(end, idleMs).unref();
    return answer;
  };

  return {
    ask(program, line, timeoutMs) {
      const answer = last.then(() => askNow(program, line, timeoutMs));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}
