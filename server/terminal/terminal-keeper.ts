/**
 * The terminals of all projects.
 *
 * Promises: a terminal outlives the page that opened it, with its last output (E1); `^C` acts under flood, since the
 * program is held back at `HIGH_WATER_BYTES` that the pages have not drawn (E2); an ended terminal stays readable until closed.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { TerminalInfo } from "@/lib/protocol";
import type { Pty, Ptys } from "@/server/platform/pty";
import { createTerminalBuffer, type TerminalBuffer } from "./terminal-buffer";
import { createTerminalViewer, type TerminalSink, type TerminalViewer } from "./terminal-viewer";

/** About 10,000 lines of 100 bytes, as much as the page's screen scrolls back. */
const SCROLLBACK_BYTES = 1024 * 1024;
/** xterm.js advises 100,000 to 500,000 characters of unacknowledged output. */
const HIGH_WATER_BYTES = 100_000;
const LOW_WATER_BYTES = 20_000;
const TERMINAL_LIMIT = 32;

export interface TerminalRequest {
  readonly project: string;
  readonly name?: string;
  readonly directory: string;
  readonly argv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Nothing but `environment`. */
  readonly bare?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** The program has ended, by itself or because the terminal was closed. */
  readonly onEnd?: () => void;
}

export interface TerminalKeeper {
  list(project: string): TerminalInfo[];
  /** `terminal/not-found` when it was closed. */
  get(id: string): TerminalInfo;
  open(request: TerminalRequest): TerminalInfo;
  rename(id: string, name: string): TerminalInfo;
  /** Ends the program and forgets the output. */
  close(id: string): void;
  write(id: string, data: string): void;
  resize(id: string, columns: number, rows: number): void;
  /** The page gets what is kept from `offset` on, then what comes. */
  view(id: string, offset: number, sink: TerminalSink): { readonly endOffset: number; close(): void };
  dispose(): void;
}

interface Terminal {
  info: TerminalInfo;
  readonly pty: Pty;
  readonly buffer: TerminalBuffer;
  readonly viewers: Set<TerminalViewer>;
  paused: boolean;
}

export function createTerminalKeeper(deps: {
  readonly ptys: Ptys;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly onChanged: (terminal: TerminalInfo) => void;
}): TerminalKeeper {
  const terminals = new Map<string, Terminal>();

  const find = (id: string): Terminal => {
    const terminal = terminals.get(id);
    if (!terminal) throw new WebrunnerError("terminal/not-found", { message: "That terminal was closed." });
    return terminal;
  };

  const change = (terminal: Terminal, changes: Partial<TerminalInfo>): void => {
    terminal.info = { ...terminal.info, ...changes };
    deps.onChanged(terminal.info);
  };

  const regulate = (terminal: Terminal): void => {
    const lag = Math.max(0, ...[...terminal.viewers].map((viewer) => viewer.lagBytes));
    if (!terminal.paused && lag > HIGH_WATER_BYTES) {
      terminal.paused = true;
      terminal.pty.pause();
    } else if (terminal.paused && lag < LOW_WATER_BYTES) {
      terminal.paused = false;
      terminal.pty.resume();
    }
  };

  const open = (request: TerminalRequest): TerminalInfo => {
    if (terminals.size >= TERMINAL_LIMIT) {
      throw new WebrunnerError("terminal/too-many", {
        message: `There are ${TERMINAL_LIMIT} terminals already.`,
        hint: "Close one that you do not need.",
      });
    }
    const id = deps.newId();
    const columns = request.columns ?? 80;
    const rows = request.rows ?? 24;
    const pty = deps.ptys.start({ ...request, columns, rows });
    const taken = new Set([...terminals.values()].map(({ info }) => info.name));
    let number = 1;
    while (taken.has(`Terminal ${number}`)) number++;
    const info: TerminalInfo = {
      id,
      project: request.project,
      name: request.name ?? `Terminal ${number}`,
      state: "running",
      createdAt: deps.now().toISOString(),
    };
    const buffer = createTerminalBuffer(SCROLLBACK_BYTES);
    const terminal: Terminal = { info, pty, buffer, viewers: new Set(), paused: false };
    terminals.set(id, terminal);
    pty.onData((bytes) => {
      buffer.append(bytes);
      for (const viewer of terminal.viewers) viewer.wake();
      regulate(terminal);
    });
    pty.onExit((exitCode) => {
      request.onEnd?.();
      change(terminal, { state: "ended", exitCode, endOffset: buffer.endOffset });
    });
    deps.onChanged(info);
    return info;
  };

  const close = (id: string): void => {
    const terminal = find(id);
    terminals.delete(id);
    for (const viewer of terminal.viewers) viewer.close();
    terminal.pty.end();
    deps.onChanged({ ...terminal.info, state: "closed" });
  };

  return {
    list: (project) => [...terminals.values()].map(({ info }) => info).filter((info) => info.project === project),
    get: (id) => find(id).info,
    open,
    rename(id, name) {
      const terminal = find(id);
      change(terminal, { name });
      return terminal.info;
    },
    close,
    write(id, data) {
      const { info, pty } = find(id);
      if (info.state === "running") pty.write(data);
    },
    resize: (id, columns, rows) => find(id).pty.resize(columns, rows),
    view(id, offset, sink) {
      const terminal = find(id);
      const leave = (): void => {
        viewer.close();
        terminal.viewers.delete(viewer);
        regulate(terminal);
      };
      const viewer = createTerminalViewer({
        buffer: terminal.buffer,
        offset,
        sink,
        onProgress: () => regulate(terminal),
        onGone: leave,
      });
      terminal.viewers.add(viewer);
      viewer.wake();
      return { endOffset: terminal.buffer.endOffset, close: leave };
    },
    dispose() {
      for (const id of [...terminals.keys()]) close(id);
    },
  };
}
