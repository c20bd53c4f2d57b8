/**
 * The sockets: who may open one, how an event reaches its handler, and how the server tells pages what happened.
 *
 * Invariants: host, origin and session are checked before the handshake, so a foreign page never gets a socket; every
 * event of the table is validated and guarded here and nowhere else; a session that ends takes its sockets along.
 */
import { randomUUID } from "node:crypto";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server, type Socket } from "socket.io";
import { toDisposable } from "@/lib/base/disposable";
import type { Emitter } from "@/lib/base/emitter";
import { WebrunnerError } from "@/lib/base/errors";
import { clientEvents, type EventContract } from "@/lib/protocol";
import { type Credential, OWNER } from "@/server/access/access-keeper";
import type { Credentials, RequestHeaders } from "@/server/http/credentials";
import { createInvalid, type ErrorLog, toProblem } from "@/server/http/problems";
import type { RequestGuard } from "@/server/http/request-guard";
import type { Broadcaster, EventHandler, EventHandlers, EventInput, EventName, EventSocket } from "./event";

/** Room for one message of 5 MiB of text; what is larger goes by HTTP. */
const MESSAGE_BYTES = 16 * 1024 * 1024;
/** A page that is gone without a word is noticed within these two together (20 s). */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;

export interface Sockets extends Broadcaster {
  /** From here on events are answered; connections that came before wait. */
  serve(handlers: EventHandlers): void;
  close(): Promise<void>;
}

export interface SocketsOptions {
  readonly httpServer: HttpServer;
  readonly guard: RequestGuard;
  readonly credentials: Credentials;
  readonly onCredentialEnded: Emitter<Credential>;
  readonly log: ErrorLog;
}

type AnyHandler = (input: EventInput<EventName>) => unknown;

const ALL = "all";
const toRoom = (project: string): string => `project ${project}`;

export function createSockets({ httpServer, guard, credentials, onCredentialEnded, log }: SocketsOptions): Sockets {
  let handlers: EventHandlers | undefined;
  const io = new Server(httpServer, {
    transports: ["websocket"],
    perMessageDeflate: false,
    serveClient: false,
    // Sockets to services of instances are somebody else's, who also refuses all others.
    destroyUpgrade: false,
    maxHttpBufferSize: MESSAGE_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: 10_000,
    allowRequest: (request, decide) => {
      const refusal = findRefusal(request);
      decide(refusal, refusal === undefined);
    },
  });

  const findRefusal = (request: IncomingMessage): string | undefined => {
    const { host, origin } = request.headers;
    const headers = toHeaders(request);
    if (!guard.isHostAllowed(host)) return "host";
    // A program with a token of its own has no page to be of; a browser always says its origin.
    const hasToken = headers.authorization !== undefined;
    if (!(origin === undefined && hasToken) && !guard.isOriginAllowed(origin, host)) return "origin";
    return credentials.find(headers) ? undefined : "session";
  };

  const answer = async (
    name: EventName,
    socket: Socket,
    eventSocket: EventSocket,
    payload: unknown,
  ): Promise<unknown> => {
    const contract: EventContract = clientEvents[name];
    try {
      const credential = credentials.find(toHeaders(socket.request));
      if (!credential) throw new WebrunnerError("access/required", { message: "Sign in first." });
      if (!handlers) throw new WebrunnerError("engine/not-ready", { message: "The server is starting." });
      const parsed = contract.payload.safeParse(payload);
      if (!parsed.success) throw createInvalid(parsed.error.issues, name);
      const input = { payload: parsed.data, user: { name: OWNER, credential }, socket: eventSocket };
      const reply = await (handlers[name] as EventHandler<EventName> as AnyHandler)(input as EventInput<EventName>);
      return contract.reply.parse(reply ?? {});
    } catch (error) {
      return toProblem(error, randomUUID(), log);
    }
  };

  io.on("connection", (socket) => {
    const credential = credentials.find(toHeaders(socket.request));
    if (!credential) {
      socket.disconnect(true);
      return;
    }
    socket.join([ALL, toCredentialRoom(credential)]);
    const eventSocket = toEventSocket(socket);
    for (const [name, contract] of Object.entries(clientEvents) as [EventName, EventContract][]) {
      socket.on(contract.name, (payload: unknown, acknowledge: unknown) => {
        answer(name, socket, eventSocket, payload).then((reply) => {
          if (typeof acknowledge === "function") acknowledge(reply);
        });
      });
    }
    socket.on("error", (error) => log.error({ err: error }, "A socket failed"));
  });

  const ending = onCredentialEnded.on((credential) => {
    const room = io.in(toCredentialRoom(credential));
    room.emit("session:ended", {});
    room.disconnectSockets(true);
  });

  return {
    serve(given) {
      handlers = given;
    },
    toProject(project, name, payload) {
      io.to(toRoom(project)).emit(name, payload);
    },
    toAll(name, payload) {
      io.to(ALL).emit(name, payload);
    },
    async close() {
      ending.dispose();
      io.disconnectSockets(true);
      // Closes the http server too, which its owner may have done already.
      await io.close();
    },
  };
}

function toCredentialRoom({ kind, id }: Credential): string {
  return `${kind} ${id}`;
}

function toHeaders({ headers }: IncomingMessage): RequestHeaders {
  return { host: headers.host, cookie: headers.cookie, authorization: headers.authorization };
}

function toEventSocket(socket: Socket): EventSocket {
  return {
    id: socket.id,
    get connected() {
      return socket.connected;
    },
    send: (name, payload) => {
      socket.emit(name, payload);
    },
    sendAcknowledged: async (name, payload, timeoutMs) => {
      await socket.timeout(timeoutMs).emitWithAck(name, payload);
    },
    joinProject: (project) => {
      socket.join(toRoom(project));
    },
    onClose(listener) {
      if (!socket.connected) {
        listener();
        return toDisposable(() => {});
      }
      socket.once("disconnect", listener);
      return toDisposable(() => socket.off("disconnect", listener));
    },
  };
}
