/**
 * Pseudoterminals: the port, and its implementation on node-pty.
 *
 * Under root the child becomes the unprivileged user by `setpriv`, which also drops root's supplementary groups.
 * Bytes are handed on as they come; nothing is decoded here. All that the program printed comes before its end is told.
 */
import { accessSync, constants, readSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { type IPty, spawn } from "@lydell/node-pty";
import { WebrunnerError } from "@/lib/base/errors";
import { childEnvironment, type RunIdentity } from "./run-identity";

export interface PtyRequest {
  /** Without it, an interactive shell. */
  readonly argv?: readonly string[];
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Nothing but `environment`, to run a program exactly as its supervisor does. */
  readonly bare?: boolean;
  readonly columns: number;
  readonly rows: number;
}

export interface Pty {
  readonly pid: number;
  write(data: string): void;
  resize(columns: number, rows: number): void;
  /** The child blocks on its output until `resume`. */
  pause(): void;
  resume(): void;
  /** Hangs up, and kills what is left of the session's foreground group after a grace time. */
  end(): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  onExit(listener: (exitCode: number) => void): void;
}

export interface Ptys {
  start(request: PtyRequest): Pty;
}

const HANGUP_GRACE_MS = 2_000;

/** More than a kernel keeps of a terminal's output; a program that lives on in it could print for ever. */
const LAST_OUTPUT_BYTES = 256 * 1024;

export function createNodePtys(identity: RunIdentity): Ptys {
  return {
    start(request) {
      const command = [...(request.argv ?? defaultShell())];
      // A terminal's library always names the terminal in the environment.
      if (request.bare && request.environment?.TERM === undefined) command.unshift("env", "-u", "TERM", "--");
      const argv = identity.switched ? [...becomeUser(identity), ...command] : command;
      let child: IPty;
      try {
        child = spawn(argv[0]!, argv.slice(1), {
          name: "xterm-256color",
          cols: request.columns,
          rows: request.rows,
          cwd: request.directory,
          encoding: null,
          env: request.bare
            ? { ...request.environment }
            : childEnvironment(identity, { TERM: "xterm-256color", COLORTERM: "truecolor", ...request.environment }),
        });
      } catch (cause) {
        throw new WebrunnerError("terminal/failed", { message: "The terminal could not be started." }, { cause });
      }
      return toPty(child);
    },
  };
}

/**
 * node-pty closes the terminal as soon as it has read its end, or 200 ms after the program's, and drops what nobody has taken by
 * then: all that waits while the terminal is held back. That is handed on first.
 */
function handOnLastOutput(child: IPty, handOn: (bytes: Uint8Array) => void): void {
  const { _socket: stream, fd } = child as unknown as { readonly _socket: ReadStream; readonly fd: number };
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error) => {
    if (stream.destroyed) return stream;
    // What is taken so is told as data.
    while (stream.read() !== null);
    let left = LAST_OUTPUT_BYTES;
    try {
      while (left > 0) {
        const bytes = Buffer.alloc(16 * 1024);
        const size = readSync(fd, bytes);
        if (size === 0) break;
        left -= size;
        handOn(bytes.subarray(0, size));
      }
    } catch {
      // There is nothing more to read, or never will be.
    }
    return destroy(error);
  };
}

function toPty(child: IPty): Pty {
  const listeners = new Set<(bytes: Uint8Array) => void>();
  const handOn = (bytes: Uint8Array): void => {
    for (const listener of listeners) listener(bytes);
  };
  // With `encoding: null` the data are bytes, which the type of node-pty does not know.
  child.onData((data) => handOn(data as unknown as Uint8Array));
  handOnLastOutput(child, handOn);
  let ended = false;
  let killTimer: NodeJS.Timeout | undefined;
  child.onExit(() => {
    ended = true;
    clearTimeout(killTimer);
  });
  const signal = (name: NodeJS.Signals): void => {
    if (ended) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // The group is gone between its end and our hearing of it.
    }
  };
  return {
    pid: child.pid,
    write: (data) => child.write(data),
    resize(columns, rows) {
      if (!ended) child.resize(columns, rows);
    },
    pause: () => child.pause(),
    resume: () => child.resume(),
    end() {
      // A paused terminal would never tell its end.
      child.resume();
      signal("SIGHUP");
      killTimer = setTimeout(() => signal("SIGKILL"), HANGUP_GRACE_MS);
      killTimer.unref();
    },
    onData: (listener) => void listeners.add(listener),
    onExit(listener) {
      child.onExit(({ exitCode }) => listener(exitCode));
    },
  };
}

function becomeUser({ uid, gid }: RunIdentity): string[] {
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"];
}

function defaultShell(): string[] {
  for (const shell of ["/bin/bash", "/usr/bin/bash"]) {
    try {
      accessSync(shell, constants.X_OK);
      return [shell, "-i"];
    } catch {
      // Not there: the next, and in the end the shell that every system has.
    }
  }
  return ["/bin/sh", "-i"];
}
