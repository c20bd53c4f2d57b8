/**
 * `/service/<instance>/…`: an instance's web service behind our own address, for whoever is signed in.
 *
 * It leads to 127.0.0.1, ::1 or a unix socket, and only where a process of that instance listens: what an instance
 * publishes is its own word. Answers are sandboxed (see `service-headers.ts`), so a service's page cannot act as ours.
 * A page's first request is redirected to an address with a ticket, see `service-tickets.ts`.
 */
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { WebrunnerError } from "@/lib/base/errors";
import { toBrowserHeaders, toServiceRequestHeaders } from "./service-headers";
import type { Credential, ServiceTickets } from "./service-tickets";

const CONNECT_LIMIT_MS = 10_000;

export interface ServiceTarget {
  /** The same for every name that leads to it. */
  readonly key: string;
  readonly url: URL;
}

export interface ServiceProxy {
  /** The address is one of a service. */
  owns(url: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
}

export interface ServiceProxyOptions {
  readonly tickets: ServiceTickets;
  readonly findCredential: (request: IncomingMessage) => Credential | undefined;
  /** The page that asks is one of ours. */
  readonly isOwnOrigin: (request: IncomingMessage) => boolean;
  readonly isSecure: (host: string | undefined) => boolean;
  /** Undefined when there is no such instance or it publishes no service here; `service/unreachable` when nobody of it listens. */
  readonly findTarget: (name: string) => Promise<ServiceTarget | undefined>;
}

interface Address {
  readonly name: string;
  /** `/service/hello` as the browser wrote it. */
  readonly base: string;
  readonly ticket: string | undefined;
  /** With its slash, and the query. */
  readonly rest: string;
}

export function createServiceProxy(options: ServiceProxyOptions): ServiceProxy {
  const { tickets, findCredential, isOwnOrigin, isSecure, findTarget } = options;

  /** The target and how the request was let in. Nothing is looked up for a request that is not let in. */
  const admit = async (
    request: IncomingMessage,
    address: Address,
  ): Promise<{ target: ServiceTarget; credential: Credential | undefined }> => {
    if (address.ticket !== undefined) {
      const service = tickets.findService(address.ticket);
      const target = service === undefined ? undefined : await findTarget(address.name);
      if (target && target.key === service) return { target, credential: undefined };
      throw new WebrunnerError("access/required", {
        message: "This address is not good any more.",
        hint: "Open the service again.",
      });
    }
    const credential = findCredential(request);
    if (!credential) throw new WebrunnerError("access/required", { message: "Sign in first." });
    const target = await findTarget(address.name);
    if (target) return { target, credential };
    throw new WebrunnerError("instance/not-found", {
      message: `There is no instance ${address.name} with a web service here.`,
    });
  };

  const toOptions = (request: IncomingMessage, target: ServiceTarget, address: Address): RequestOptions => {
    const { url } = target;
    const prefix = address.base + (address.ticket === undefined ? "" : `/@${address.ticket}`);
    const host = request.headers.host ?? "";
    const headers = toServiceRequestHeaders(request.headers, {
      target: url,
      prefix,
      host,
      secure: isSecure(host),
      isOurToken: address.ticket === undefined && request.headers.authorization !== undefined,
    });
    const common = { method: request.method, path: address.rest, headers, agent: false as const };
    if (url.protocol === "unix:") return { ...common, socketPath: decodeURIComponent(url.pathname) };
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    return { ...common, hostname, port: url.port || (url.protocol === "https:" ? 443 : 80) };
  };

  /** A service on this machine signs its certificate itself: who listens was checked otherwise. */
  const open = (target: ServiceTarget, requestOptions: RequestOptions): ClientRequest =>
    target.url.protocol === "https:"
      ? httpsRequest({ ...requestOptions, rejectUnauthorized: false })
      : httpRequest(requestOptions);

  return {
    owns: (url) => /^\/service(\/|\?|$)/.test(url),

    async handle(request, response) {
      const address = parseAddress(request.url ?? "");
      if (!address) throw new WebrunnerError("request/not-found", { message: "There is no such address." });
      const isNavigation = isDocument(request);
      // The loads of a sandboxed page ask first whether they may.
      if (request.method === "OPTIONS" && request.headers.origin === "null" && address.ticket !== undefined) {
        response.writeHead(204, toPreflight(request)).end();
        return;
      }
      let admitted: Awaited<ReturnType<typeof admit>>;
      try {
        admitted = await admit(request, address);
      } catch (error) {
        if (!(error instanceof WebrunnerError) || error.code !== "access/required" || !isNavigation) throw error;
        // With a ticket of before, the session may still be good: the same address without it.
        const isOld = address.ticket !== undefined;
        const location = isOld ? address.base + address.rest : "/login";
        response.writeHead(302, { location, "cache-control": "no-store" }).end();
        return;
      }
      const { target, credential } = admitted;
      if (!address.rest.startsWith("/")) {
        response.writeHead(302, { location: `${address.base}/${address.rest}`, "cache-control": "no-store" }).end();
        return;
      }
      if (credential?.kind === "session") {
        if (isNavigation && (request.method === "GET" || request.method === "HEAD")) {
          const ticket = tickets.issue(target.key, credential);
          const location = `${address.base}/@${ticket}${address.rest}`;
          response.writeHead(302, { location, "cache-control": "no-store" }).end();
          return;
        }
        if (!isOwnOrigin(request)) {
          throw new WebrunnerError("access/origin", { message: "The request comes from another page." });
        }
      }
      await pass(request, response, open(target, toOptions(request, target, address)), (headers) =>
        toBrowserHeaders(headers, {
          target: target.url,
          prefix: address.base + (address.ticket === undefined ? "" : `/@${address.ticket}`),
        }),
      );
    },

    async upgrade(request, socket, head) {
      const address = parseAddress(request.url ?? "");
      if (!address) throw new WebrunnerError("request/not-found", { message: "There is no such address." });
      const { target, credential } = await admit(request, address);
      if (credential?.kind === "session" && !isOwnOrigin(request)) {
        throw new WebrunnerError("access/origin", { message: "The request comes from another page." });
      }
      const requestOptions = toOptions(request, target, address);
      const headers = { ...requestOptions.headers, connection: "Upgrade", upgrade: request.headers.upgrade };
      await tunnel(open(target, { ...requestOptions, headers }), socket, head);
    },
  };
}

/** `/service/NAME[/@TICKET][/rest][?query]` */
function parseAddress(url: string): Address | undefined {
  const match = /^\/service\/([^/?#@]+)(\/@([A-Za-z0-9_-]{10,64}))?([/?].*)?$/.exec(url);
  if (!match) return undefined;
  try {
    const name = decodeURIComponent(match[1]!);
    return { name, base: `/service/${match[1]}`, ticket: match[3], rest: match[4] ?? "" };
  } catch {
    return undefined; // A stray percent sign is no name.
  }
}

function isDocument({ headers }: IncomingMessage): boolean {
  const destination = headers["sec-fetch-dest"];
  if (destination !== undefined) return destination === "document" || destination === "iframe";
  return headers.cookie !== undefined && (headers.accept ?? "").includes("text/html");
}

function toPreflight({ headers }: IncomingMessage): Record<string, string> {
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": String(headers["access-control-request-headers"] ?? ""),
    "access-control-max-age": "60",
  };
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: ClientRequest,
  toHeaders: (headers: IncomingMessage["headers"]) => Record<string, unknown>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.setTimeout(0);
    const connecting = setTimeout(() => outgoing.destroy(new Error("No connection")), CONNECT_LIMIT_MS);
    outgoing.on("socket", (socket) => socket.once("connect", () => clearTimeout(connecting)));
    outgoing.on("response", (answer) => {
      clearTimeout(connecting);
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response.setHeader("x-content-type-options", "nosniff");
      response.writeHead(answer.statusCode ?? 502, toHeaders(answer.headers) as never);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
      response.on("close", () => {
        answer.destroy();
        resolve();
      });
    });
    outgoing.on("error", (cause) => {
      clearTimeout(connecting);
      if (response.headersSent) {
        response.destroy();
        resolve();
      } else reject(createUnreachable(cause));
    });
    response.on("close", () => outgoing.destroy());
    request.pipe(outgoing);
  });
}

function tunnel(outgoing: ClientRequest, socket: Duplex, head: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => outgoing.destroy(new Error("No answer")), CONNECT_LIMIT_MS);
    const write = (answer: IncomingMessage, extra: string): void => {
      const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
      for (let at = 0; at < answer.rawHeaders.length; at += 2) {
        const name = answer.rawHeaders[at]!;
        if (!/^(set-cookie|clear-site-data|strict-transport-security|transfer-encoding)$/i.test(name)) {
          lines.push(`${name}: ${answer.rawHeaders[at + 1]}`);
        }
      }
      socket.write(`${lines.join("\r\n")}\r\n${extra}\r\n`);
    };
    outgoing.on("upgrade", (answer, service, first) => {
      clearTimeout(limit);
      write(answer, "");
      if (first.length > 0) socket.write(first);
      if (head.length > 0) service.write(head);
      service.pipe(socket).pipe(service);
      const end = (): void => {
        service.destroy();
        socket.destroy();
        resolve();
      };
      // A web socket is never closed at one side alone: what was sent is sent, then both go.
      const finish = (): void => {
        for (const side of [service, socket]) side.end(() => side.destroy());
        resolve();
      };
      for (const side of [service, socket]) side.on("error", end).on("close", end).on("end", finish);
    });
    outgoing.on("response", (answer) => {
      clearTimeout(limit);
      write(answer, "Connection: close\r\n");
      answer.pipe(socket);
      answer.on("close", resolve);
    });
    outgoing.on("error", (cause) => {
      clearTimeout(limit);
      reject(createUnreachable(cause));
    });
    socket.on("close", () => outgoing.destroy());
    outgoing.end();
  });
}

function createUnreachable(cause: unknown): WebrunnerError {
  return new WebrunnerError(
    "service/unreachable",
    { message: "The service does not answer.", hint: "Look at its processes and their logs." },
    { cause },
  );
}
