/**
 * The HTTP API below `/api/v1`, mounted from the table of routes: validation, access, limits and the mapping of errors
 * happen here, once, for every route alike.
 *
 * Invariants: a route whose access is `user` never reaches its handler without one; a request that changes something
 * and came with a cookie has this server's own origin; whatever a handler throws is a problem, and the process lives.
 */
import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { WebrunnerError } from "@/lib/base/errors";
import { type RouteName, routes } from "@/lib/protocol";
import { OWNER } from "@/server/access/access-keeper";
import type { Credentials, RequestHeaders } from "./credentials";
import { createOpenApiDocument } from "./openapi";
import { createInvalid, type ErrorLog, toProblem, toProblemResponse } from "./problems";
import { readJsonBody, toByteIterable, toByteStream } from "./request-body";
import type { RequestGuard } from "./request-guard";
import {
  type AnyContract,
  API_BASE,
  type Handler,
  type Handlers,
  type RawReply,
  type RouteInput,
  type User,
} from "./route";

const BODY_BYTES = 1024 * 1024;
/** 5 MiB of text are at most 30 MiB of JSON, when every character is escaped. */
const TEXT_BODY_BYTES = 32 * 1024 * 1024;
const TEXT_ROUTES: ReadonlySet<RouteName> = new Set<RouteName>(["replaceFile", "keepDraft"]);

export interface ApiOptions {
  readonly handlers: Handlers;
  readonly credentials: Credentials;
  readonly guard: RequestGuard;
  readonly log: ErrorLog;
  readonly version: string;
}

/** What Node knows of a request and a `Request` does not. */
export interface NodeBindings {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string } };
}

type ApiContext = Context<{ Bindings: NodeBindings }>;
type AnyHandler = (input: RouteInput<RouteName>) => unknown;

export function createApi(options: ApiOptions): Hono<{ Bindings: NodeBindings }> {
  const api = new Hono<{ Bindings: NodeBindings }>();
  for (const name of Object.keys(routes) as RouteName[]) {
    const contract: AnyContract = routes[name];
    const path = API_BASE + contract.path.replace(/\{(\w+)\}/g, ":$1");
    api.on(contract.method, path, (context) => answer(options, name, contract, context));
  }
  api.get(`${API_BASE}/openapi.json`, async () => toJson(await createOpenApiDocument(options.version), 200));
  api.notFound((context) =>
    toProblemResponse(
      toProblem(
        new WebrunnerError("request/not-found", { message: "There is no such address." }),
        toRequestId(context),
        options.log,
      ),
    ),
  );
  api.onError((error, context) => toProblemResponse(toProblem(error, toRequestId(context), options.log)));
  return api;
}

async function answer(
  options: ApiOptions,
  name: RouteName,
  contract: AnyContract,
  context: ApiContext,
): Promise<Response> {
  const { handlers, credentials, guard, log } = options;
  const request = context.req.raw;
  const requestId = toRequestId(context);
  try {
    const headers = toRequestHeaders(request.headers);
    const credential = credentials.find(headers);
    if (contract.access === "user" && !credential) {
      throw new WebrunnerError("access/required", { message: "Sign in first." });
    }
    ensureOrigin(guard, contract, request.headers, headers);
    const user: User = { name: OWNER, credential: credential ?? { kind: "session", id: "" } };

    const params = validate(contract.params, context.req.param(), "path");
    const query = validate(contract.query, context.req.query(), "query");
    const body = contract.body
      ? validate(
          contract.body,
          await readJsonBody(request, TEXT_ROUTES.has(name) ? TEXT_BODY_BYTES : BODY_BYTES),
          "body",
        )
      : undefined;

    const replyHeaders = new Headers({ "cache-control": "no-store", "x-request-id": requestId });
    const input = {
      params,
      query,
      body,
      bytes: toByteIterable(request),
      user,
      origin: { address: context.env?.incoming?.socket.remoteAddress ?? "", secure: guard.isSecure(headers.host) },
      signal: request.signal,
      headers: request.headers,
      setHeader: (header: string, value: string) => replyHeaders.append(header, value),
    };
    const reply = await (handlers[name] as Handler<RouteName> as AnyHandler)(input as RouteInput<RouteName>);
    if (contract.rawResponse) return toRawResponse(reply as RawReply, replyHeaders);
    const status = contract.status ?? 200;
    if (!contract.response) return new Response(null, { status, headers: replyHeaders });
    // The contract also filters: what it does not name does not leave the server.
    return toJson(contract.response.parse(reply), status, replyHeaders);
  } catch (error) {
    // Nobody waits for this answer.
    if (request.signal.aborted) return new Response(null, { status: 499 });
    return toProblemResponse(toProblem(error, requestId, log));
  }
}

/**
 * Cookies are sent along with what another page makes the browser ask for; a bearer token is not. So without a token,
 * whatever changes something must say that it comes from our own page.
 */
function ensureOrigin(
  guard: RequestGuard,
  contract: AnyContract,
  headers: Headers,
  { host, authorization }: RequestHeaders,
): void {
  const origin = headers.get("origin") ?? undefined;
  const site = headers.get("sec-fetch-site") ?? "same-origin";
  const isOwn =
    origin === undefined
      ? contract.method === "GET" ||
        authorization !== undefined ||
        (contract.access === "public" && !headers.has("cookie"))
      : guard.isOriginAllowed(origin, host);
  if (isOwn && (site === "same-origin" || site === "none")) return;
  throw new WebrunnerError("access/origin", {
    message: "The request comes from another page.",
    hint: "Behind a proxy, name its address in WEBRUNNER_ORIGINS.",
  });
}

function validate(schema: AnyContract["params"] | AnyContract["body"], value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw createInvalid(result.error.issues, where);
  return result.data;
}

export function toRequestHeaders(headers: Headers): RequestHeaders {
  return {
    host: headers.get("host") ?? undefined,
    cookie: headers.get("cookie") ?? undefined,
    authorization: headers.get("authorization") ?? undefined,
  };
}

function toRequestId(context: ApiContext): string {
  const known = context.res.headers.get("x-request-id");
  if (known) return known;
  const id = randomUUID();
  context.header("x-request-id", id);
  return id;
}

function toRawResponse({ body, headers: given = {} }: RawReply, headers: Headers): Response {
  headers.set("content-type", "application/octet-stream");
  for (const [name, value] of Object.entries(given)) headers.set(name, value);
  const content = body instanceof Uint8Array ? new Uint8Array(body) : toByteStream(body);
  return new Response(content, { headers });
}

function toJson(value: unknown, status: number, headers = new Headers()): Response {
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(value), { status, headers });
}
