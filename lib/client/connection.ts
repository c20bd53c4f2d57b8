/**
 * The one socket to the server: typed events in, typed requests out, and whether the server is there.
 *
 * States: `connecting` (first time), `online`, `reconnecting` (was online; tried every ≤ 2 s, so a server that
 * restarts is found again well within 10 s and the page is never reloaded), `signed-out`.
 * `onOnline` fires at every (re)connection: whoever follows something by events reads it anew there, because
 * events of the time away are not repeated.
 */
import { io, type Socket } from "socket.io-client";
import type { z } from "zod";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Disposable } from "@/lib/base/disposable";
import { toDisposable } from "@/lib/base/disposable";
import { createEmitter } from "@/lib/base/emitter";
import { ERROR_CODES, type ErrorCode, WebrunnerError } from "@/lib/base/errors";
import type { ClientEvents, ServerEvents } from "@/lib/protocol/events";
import { ConnectionLost } from "./api";
import { clientEventNames } from "./route-table";

export type ConnectionState = "connecting" | "online" | "reconnecting" | "signed-out";

export interface Connection {
  readonly state: StoreApi<{ readonly state: ConnectionState; readonly since: number }>;
  start(): void;
  stop(): void;
  /** Tries now instead of at the next turn. */
  retryNow(): void;
  /** The server said 401, or the person signed out. */
  signedOut(): void;
  on<Name extends keyof ServerEvents>(
    name: Name,
    listener: (payload: ServerEvents[Name], acknowledge?: () => void) => void,
  ): Disposable;
  onOnline(listener: () => void): Disposable;
  request<Name extends keyof ClientEvents>(
    name: Name,
    payload: z.input<ClientEvents[Name]["payload"]>,
  ): Promise<z.output<ClientEvents[Name]["reply"]>>;
}

const RECONNECT_FIRST_MS = 250;
const RECONNECT_MAX_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;

export interface ConnectionOptions {
  /** Called when the server refuses the handshake or is away; finds out whether the session is over. */
  readonly onRefused?: () => void;
  readonly origin?: string;
  readonly createSocket?: typeof io;
  readonly now?: () => number;
}

export function createConnection(options: ConnectionOptions = {}): Connection {
  const now = options.now ?? Date.now;
  const state = createStore<{ state: ConnectionState; since: number }>(() => ({ state: "connecting", since: now() }));
  const online = createEmitter<void>((error) => console.error(error));
  const socket: Socket = (options.createSocket ?? io)(options.origin ?? "/", {
    autoConnect: false,
    transports: ["websocket"],
    reconnectionDelay: RECONNECT_FIRST_MS,
    reconnectionDelayMax: RECONNECT_MAX_MS,
    randomizationFactor: 0.3,
    timeout: 5_000,
  });
  const become = (next: ConnectionState): void => {
    if (state.getState().state !== next) state.setState({ state: next, since: now() });
  };
  let started = false;
  const signedOut = (): void => {
    become("signed-out");
    socket.disconnect();
  };

  socket.on("connect", () => {
    become("online");
    online.emit();
  });
  socket.on("disconnect", (reason) => {
    if (state.getState().state === "signed-out") return;
    become("reconnecting");
    if (reason === "io server disconnect" && started) socket.connect();
  });
  socket.on("connect_error", () => {
    if (state.getState().state === "online") become("reconnecting");
    options.onRefused?.();
  });
  socket.on("session:ended", signedOut);

  return {
    state,
    start() {
      started = true;
      if (state.getState().state === "signed-out") become("connecting");
      socket.connect();
    },
    stop() {
      started = false;
      socket.disconnect();
    },
    retryNow() {
      if (!socket.connected && started) socket.disconnect().connect();
    },
    signedOut,
    on(name, listener) {
      const heard = listener as (...parts: unknown[]) => void;
      socket.on(name as string, heard);
      return toDisposable(() => socket.off(name as string, heard));
    },
    onOnline(listener) {
      const registration = online.on(listener);
      if (socket.connected) listener();
      return registration;
    },
    async request(name, payload) {
      if (!socket.connected) throw new ConnectionLost(undefined);
      let reply: unknown;
      try {
        reply = await socket.timeout(REQUEST_TIMEOUT_MS).emitWithAck(clientEventNames[name], payload);
      } catch (cause) {
        throw new ConnectionLost(cause);
      }
      return readReply(reply) as never;
    },
  };
}

/** A refused event is answered with a problem (`code`, `status`, `title`), bare or below `error`. */
function readReply(reply: unknown): unknown {
  const body = typeof reply === "object" && reply !== null && "error" in reply ? reply.error : reply;
  if (typeof body === "object" && body !== null && "code" in body && "status" in body && "title" in body) {
    const code = String(body.code) in ERROR_CODES ? (body.code as ErrorCode) : "internal/failed";
    const data = "data" in body && typeof body.data === "object" ? body.data : {};
    throw new WebrunnerError(code, { ...data, message: String(body.title) });
  }
  return reply;
}
