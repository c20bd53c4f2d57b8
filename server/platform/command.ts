/**
 * Short programs that the server runs for an answer (git, tar, ripgrep): an argument vector, never a shell; no
 * terminal to ask on; an environment of the child's own; gone with the request that asked.
 *
 * Runs, which outlive the server, are not made here.
 */
import { spawn } from "node:child_process";
import { WebrunnerError } from "@/lib/base/errors";
import { errorNumber } from "./files";
import { childEnvironment, type RunIdentity, toSpawnOwner } from "./run-identity";

export interface CommandOptions {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** The program is ended once it has written this much; default 16 MiB. */
  readonly outputLimitBytes?: number;
  /** Codes that are no failure of a stream; default 0 alone. */
  readonly goodCodes?: readonly number[];
}

export interface CommandResult {
  /** -1 when a signal ended it. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** It was ended because it wrote too much. */
  readonly truncated: boolean;
}

export interface Commands {
  run(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult>;
  /** What the program writes, as the reader pulls; fails when it ends with another code than a good one. */
  stream(program: string, args: readonly string[], options: CommandOptions): AsyncIterable<Uint8Array>;
}

const STDERR_LIMIT_BYTES = 64 * 1024;

/** All programs run as the identity, so that none of them can do more than the user's own builds. */
export function createCommands(identity: RunIdentity): Commands {
  const start = (program: string, args: readonly string[], options: CommandOptions) => {
    // No program can be given one: the system ends an argument there.
    if (args.some((arg) => arg.includes("\0"))) {
      throw new WebrunnerError("request/invalid", { message: "A NUL character cannot be searched for or named." });
    }
    return spawn(program, args, {
      cwd: options.directory,
      env: childEnvironment(identity, options.environment) as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      signal: options.signal,
      timeout: options.timeoutMs ?? 60_000,
      killSignal: "SIGKILL",
      ...toSpawnOwner(identity),
    });
  };

  return {
    run: (program, args, options) =>
      new Promise((resolve, reject) => {
        const child = start(program, args, options);
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        let truncated = false;
        let stderr = "";
        child.stdout.on("data", (chunk: Buffer) => {
          if (truncated) return;
          chunks.push(chunk);
          sizeBytes += chunk.length;
          if (sizeBytes <= (options.outputLimitBytes ?? 16 * 1024 * 1024)) return;
          truncated = true;
          child.kill("SIGKILL");
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          if (stderr.length < STDERR_LIMIT_BYTES) stderr += text;
        });
        child.on("error", (error) => reject(toCommandError(program, error)));
        child.on("close", (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(chunks), stderr, truncated }));
      }),

    async *stream(program, args, options) {
      const child = start(program, args, { timeoutMs: 3_600_000, ...options });
      const ended = new Promise<number>((resolve, reject) => {
        child.on("error", (error) => reject(toCommandError(program, error)));
        child.on("close", (code) => resolve(code ?? -1));
      });
      ended.catch(() => {
        // Awaited below; a reader that gives up first does not need it.
      });
      child.stderr.resume();
      try {
        yield* child.stdout;
        const code = await ended;
        if (!(options.goodCodes ?? [0]).includes(code)) {
          throw new WebrunnerError("disk/failed", { message: `${program} ended with ${code}.` });
        }
      } finally {
        child.kill("SIGKILL");
      }
    },
  };
}

function toCommandError(program: string, error: Error): Error {
  if (error.name === "AbortError") return error;
  const name = program.slice(program.lastIndexOf("/") + 1);
  const missing = errorNumber(error) === "ENOENT";
  return new WebrunnerError(
    "disk/failed",
    missing
      ? { message: `${name} is not installed.`, hint: `Install it: apt install ${name}` }
      : { message: `${name} could not be started.` },
    { cause: error },
  );
}
