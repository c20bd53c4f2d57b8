/**
 * A run's log in the page: a window on the log file, fed over the socket while it is attached to the file's end, and
 * over HTTP where a person looks at another place of a large log.
 *
 * Attached, the window takes every chunk from the byte that it ends at; after a lost connection it asks for the log
 * from there. A large log is opened near its end. Beyond `WINDOW_MAX_BYTES` the window slides: following, it drops its
 * first rows; with a reader in the middle it lets go of the end and goes on growing only when asked.
 *
 * Invariant: the window's bytes are the file's bytes at `start` to `end`; what is outside is said by `start` and by
 * `sizeBytes`, and can be loaded.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Disposable } from "@/lib/base/disposable";
import { createLogWindow, type LogWindow } from "@/lib/logs/log-window";
import type { CarriageReturns } from "@/lib/logs/row-index";
import type { Api } from "./api";
import type { Connection } from "./connection";

/** A million lines of seq, or 600,000 of a usual build; a phone still holds it. */
export const WINDOW_MAX_BYTES = 64 * 1024 * 1024;
/** Each row costs 17 bytes beside its text; two million are 34 MB. */
export const WINDOW_MAX_ROWS = 2_000_000;
/** What is left when the window drops rows: enough below the limit that it is not done at every chunk. */
const KEEP_SHARE = 0.75;
/** A log up to this is opened whole. */
export const OPEN_WHOLE_BYTES = 16 * 1024 * 1024;
/** Of a larger one, this much of its end. */
const OPEN_TAIL_BYTES = 1024 * 1024;
/** The server gives at most this much at once. */
const READ_BYTES = 1024 * 1024;
const CONNECT_RETRY_MS = 1_000;
/** What is on its way is waited for this long; then it is read by itself. */
const HELD_LIMIT_MS = 1_500;

export interface LogState {
  readonly status: "loading" | "live" | "ended" | "failed";
  /** Grows whenever rows came or went. */
  readonly version: number;
  readonly start: number;
  readonly end: number;
  readonly sizeBytes: number;
  /** The window's end follows the log's end. */
  readonly attached: boolean;
  readonly following: boolean;
  readonly carriageReturns: CarriageReturns;
  readonly reading: boolean;
  readonly error: unknown;
}

export interface LogStore extends Disposable {
  readonly run: string;
  readonly state: StoreApi<LogState>;
  /** The window of now; another one after a jump. */
  readonly window: LogWindow;
  setFollowing(following: boolean): void;
  loadEarlier(): Promise<void>;
  loadLater(): Promise<void>;
  /** Gives the row that holds the byte, after reading around it when needed. */
  showOffset(offset: number): Promise<number>;
  /** Gives the row that begins the line (zero-based); of a line past the end, the last row. */
  showLine(line: number): Promise<number>;
  showStart(): Promise<void>;
  /** Attaches to the log's end again and follows it. */
  showEnd(): void;
  setCarriageReturns(mode: CarriageReturns): void;
  readBytes(offset: number, limit: number): Promise<Uint8Array<ArrayBuffer>>;
}

export interface LogStoreOptions {
  readonly api: Pick<Api, "readLog" | "findLogLine">;
  readonly connection: Pick<Connection, "on" | "onOnline" | "request">;
  readonly run: string;
  /** Size of the file as last heard; a large log is opened near its end. */
  readonly sizeBytes?: number;
  /** Runs its argument once, soon: the next frame of a page. */
  readonly schedule?: (publish: () => void) => void;
  readonly limits?: { readonly bytes: number; readonly rows: number };
}

export function createLogStore(options: LogStoreOptions): LogStore {
  const { api, connection, run } = options;
  const schedule = options.schedule ?? ((publish) => void requestAnimationFrame(publish));
  const limits = options.limits ?? { bytes: WINDOW_MAX_BYTES, rows: WINDOW_MAX_ROWS };
  let sizeBytes = options.sizeBytes ?? 0;
  let window = createLogWindow({ start: sizeBytes > OPEN_WHOLE_BYTES ? sizeBytes - OPEN_TAIL_BYTES : 0 });
  let attached = true;
  let ended = false;
  let disposed = false;
  let published = false;
  let subscribing = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let work: Promise<unknown> = Promise.resolve();

  const state = createStore<LogState>(() => ({
    status: "loading",
    version: 0,
    start: window.start,
    end: window.end,
    sizeBytes,
    attached,
    following: true,
    carriageReturns: "overwrite",
    reading: false,
    error: undefined,
  }));

  const publish = (): void => {
    if (published || disposed) return;
    published = true;
    schedule(() => {
      published = false;
      if (disposed) return;
      const before = state.getState();
      const isComplete = ended && (!attached || window.end >= sizeBytes);
      const isLoading = before.status === "loading" && window.end === window.start && sizeBytes > 0;
      state.setState({
        status: before.status === "failed" ? "failed" : isComplete ? "ended" : isLoading ? "loading" : "live",
        version: before.version + 1,
        start: window.start,
        end: window.end,
        sizeBytes: Math.max(sizeBytes, window.end),
        attached,
      });
    });
  };

  const isOver = (share = 1): boolean =>
    window.end - window.start > limits.bytes * share || window.endRow - window.firstRow > limits.rows * share;
  const detach = (): void => {
    if (!attached) return;
    attached = false;
    void connection.request("unsubscribeLog", { run }).catch(() => undefined);
  };

  const subscribe = async (): Promise<void> => {
    if (!attached || disposed || subscribing) return;
    subscribing = true;
    const asked = window.end;
    try {
      const reply = await connection.request("subscribeLog", { run, offset: asked });
      sizeBytes = reply.sizeBytes;
      subscribing = false;
      if (reply.sizeBytes < asked) restart(0);
      state.setState({ status: "live", error: undefined });
      publish();
    } catch (error) {
      subscribing = false;
      if (disposed) return;
      if (error instanceof Error && error.name === "ConnectionLost") {
        retryTimer = setTimeout(() => void subscribe(), CONNECT_RETRY_MS);
      } else {
        state.setState({ status: "failed", error });
      }
    }
  };
  const restart = (start: number): void => {
    window = createLogWindow({ start, carriageReturns: state.getState().carriageReturns });
    publish();
  };
  const attach = (): void => {
    attached = true;
    publish();
    void subscribe();
  };

  const onChunk = (offset: number, bytes: Uint8Array): void => {
    if (!attached) return;
    sizeBytes = Math.max(sizeBytes, offset + bytes.length);
    const taken = window.append(offset, bytes);
    if (taken === "gap") void subscribe();
    if (taken !== "added") return;
    if (isOver()) {
      if (state.getState().following) window.dropFirst(limits.bytes * KEEP_SHARE, limits.rows * KEEP_SHARE);
      else detach();
    }
    publish();
  };

  const listeners = [
    connection.on("log:chunk", (chunk, acknowledge) => {
      if (chunk.run !== run) return;
      onChunk(chunk.offset, toBytes(chunk.bytes));
      acknowledge?.();
    }),
    connection.on("log:ended", (end) => {
      if (end.run !== run) return;
      sizeBytes = end.sizeBytes;
      ended = true;
      publish();
    }),
    connection.on("run:changed", (info) => {
      if (info.id !== run || info.logSizeBytes <= sizeBytes) return;
      sizeBytes = info.logSizeBytes;
      publish();
    }),
    connection.onOnline(() => {
      clearTimeout(retryTimer);
      if (!(ended && window.end >= sizeBytes)) void subscribe();
    }),
  ];

  const readBytes = async (offset: number, limit: number): Promise<Uint8Array<ArrayBuffer>> => {
    const response = await api.readLog({ params: { run }, query: { offset, limit } });
    return new Uint8Array(await response.arrayBuffer());
  };
  /** One reading at a time, in the order asked; a refusal is told to the caller and kept for the view. */
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const turn = work.then(async () => {
      state.setState({ reading: true, error: undefined });
      try {
        return await step();
      } catch (error) {
        state.setState({ error });
        throw error;
      } finally {
        state.setState({ reading: false });
        publish();
      }
    });
    work = turn.catch(() => undefined);
    return turn;
  };

  const readAround = async (offset: number): Promise<void> => {
    detach();
    const from = Math.max(0, offset - READ_BYTES / 4);
    const bytes = await readBytes(from, READ_BYTES);
    restart(from);
    window.append(from, bytes);
    sizeBytes = Math.max(sizeBytes, window.end);
  };
  /** Of a log that is opened whole, what is not there yet is on its way. */
  const isComing = (offset: number): boolean =>
    attached && window.start === 0 && offset >= window.end && offset < sizeBytes && sizeBytes <= OPEN_WHOLE_BYTES;
  const untilHeld = (offset: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        stop();
        clearTimeout(timer);
        resolve();
      };
      const stop = state.subscribe(({ end }) => end > offset && done());
      const timer = setTimeout(done, HELD_LIMIT_MS);
    });
  const hasLine = (line: number): boolean =>
    window.knowsLines &&
    window.endRow > window.firstRow &&
    window.getRow(window.firstRow).line <= line &&
    line <= window.getRow(window.endRow - 1).line;
  /** Where the line begins; undefined past the log's end. */
  const findLine = async (line: number): Promise<number | undefined> => {
    try {
      return (await api.findLogLine({ params: { run }, query: { line: line + 1 } })).offset;
    } catch (error) {
      if ((error as { code?: string }).code === "request/invalid") return undefined;
      throw error;
    }
  };
  const readLater = async (): Promise<void> => {
    if (attached) return;
    const bytes = await readBytes(window.end, READ_BYTES);
    window.append(window.end, bytes);
    if (isOver()) window.dropFirst(limits.bytes * KEEP_SHARE, limits.rows * KEEP_SHARE);
    if (bytes.length < READ_BYTES) attach();
  };

  return {
    run,
    state,
    get window() {
      return window;
    },
    setFollowing: (following) => state.setState({ following }),
    loadEarlier: () =>
      inTurn(async () => {
        const end = window.start;
        if (end === 0) return;
        const from = Math.max(0, end - READ_BYTES);
        const bytes = await readBytes(from, end - from);
        if (window.start !== end) return;
        window.prepend(from, bytes);
        if (!isOver()) return;
        detach();
        window.dropLast(limits.bytes * KEEP_SHARE, limits.rows * KEEP_SHARE);
      }),
    loadLater: () => inTurn(readLater),
    showOffset: (offset) =>
      inTurn(async () => {
        if (isComing(offset)) await untilHeld(offset);
        if (offset < window.start || offset >= window.end) await readAround(offset);
        return window.rowAt(offset);
      }),
    showLine: (line) =>
      inTurn(async () => {
        if (!hasLine(line)) {
          const offset = await findLine(line);
          if (offset === undefined) return window.endRow - 1;
          await readAround(offset);
          window.learnLine(offset, line);
        }
        return window.rowOfLine(line);
      }),
    showStart: () =>
      inTurn(async () => {
        if (window.start > 0) await readAround(0);
      }),
    showEnd() {
      state.setState({ following: true });
      if (attached) return;
      if (sizeBytes - window.end > OPEN_TAIL_BYTES) restart(sizeBytes - OPEN_TAIL_BYTES);
      attach();
    },
    setCarriageReturns(mode) {
      window.setCarriageReturns(mode);
      state.setState({ carriageReturns: mode });
      publish();
    },
    readBytes,
    dispose() {
      disposed = true;
      clearTimeout(retryTimer);
      for (const listener of listeners) listener.dispose();
      void connection.request("unsubscribeLog", { run }).catch(() => undefined);
    },
  };
}

/** socket.io gives an ArrayBuffer in browsers and a Buffer in Node. */
function toBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  return bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
}
