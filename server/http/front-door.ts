/**
 * The first thing that sees a request of the one http server: headers for every response, the host, and then who
 * answers: health, the API, or the pages.
 *
 * Invariant: nothing that happens in here ends the process.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { WebrunnerError } from "@/lib/base/errors";
import type { ServiceProxy } from "@/server/instance/service-proxy";
import type { NodeBindings } from "./api";
import type { Pages } from "./pages";
import { type ErrorLog, toProblem } from "./problems";
import type { RequestGuard } from "./request-guard";
import { setSecurityHeaders } from "./security-headers";

export interface FrontDoorOptions {
  readonly api: Hono<{ Bindings: NodeBindings }>;
  readonly pages: Pages | undefined;
  /** The services of instances. */
  readonly services: ServiceProxy;
  readonly guard: RequestGuard;
  readonly log: ErrorLog;
}

export interface FrontDoor {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Sets the headers that every response has; before anything else listens. */
  prepare(request: IncomingMessage, response: ServerResponse): void;
  /** A socket that is none of socket.io: one to a service, or refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export function createFrontDoor({ api, pages, services, guard, log }: FrontDoorOptions): FrontDoor {
  const answerApi = getRequestListener(api.fetch, { overrideGlobalObjects: false });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? "/";
    if (!guard.isHostAllowed(request.headers.host)) {
      throw new WebrunnerError("access/origin", {
        message: "This server does not go by that name.",
        hint: "Use its address, or name the origin in WEBRUNNER_ORIGINS.",
      });
    }
    if (url === "/healthz") {
      response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store" }).end("ok\n");
    } else if (/^\/api(\/|\?|$)/.test(url)) {
      await answerApi(request, response);
    } else if (services.owns(url)) {
      await services.handle(request, response);
    } else if (pages) {
      await pages.handle(request, response);
    } else {
      throw new WebrunnerError("request/not-found", { message: "There is no such address." });
    }
  };

  const connect = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (!guard.isHostAllowed(request.headers.host) || !services.owns(request.url ?? "")) {
      throw new WebrunnerError("request/not-found", { message: "There is no such address." });
    }
    await services.upgrade(request, socket, head);
  };

  return {
    upgrade(request, socket, head) {
      if (/^\/socket\.io(\/|\?|$)/.test(request.url ?? "")) return;
      socket.on("error", () => socket.destroy());
      connect(request, socket, head).catch((error) => {
        const { status } = toProblem(error, randomUUID(), log);
        socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      });
    },
    prepare: (request, response) => setSecurityHeaders(response, guard.isSecure(request.headers.host)),
    handle(request, response) {
      answer(request, response).catch((error) => {
        const problem = toProblem(error, randomUUID(), log);
        if (response.headersSent) {
          response.destroy();
          return;
        }
        response
          .writeHead(problem.status, { "content-type": "application/problem+json", "cache-control": "no-store" })
          .end(JSON.stringify(problem));
      });
    },
  };
}
