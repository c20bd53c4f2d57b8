/**
 * The HTTP API, typed by its contracts: `api.startRun({ params, body })`.
 *
 * What the server refuses arrives as a `WebrunnerError` with the code that the server gave; a server that does
 * not answer is `ConnectionLost`, an error of its own because waiting mends it. A 401 is told to
 * `onSignedOut` before it is thrown. Nothing is retried here: the caller knows what may run twice.
 */
import type { z } from "zod";
import { ERROR_CODES, type ErrorCode, WebrunnerError } from "@/lib/base/errors";
import type { RouteContract } from "@/lib/protocol/contract";
import type { Problem } from "@/lib/protocol/errors";
import type { RouteName, Routes } from "@/lib/protocol/routes";
import { type RouteAddress, routeTable } from "./route-table";

type In<Schema> = Schema extends z.ZodType ? z.input<Schema> : never;
type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : never;
type Part<Key extends string, Schema> = Schema extends z.ZodType ? { [K in Key]: In<Schema> } : unknown;

/** A contract's own types: `defineRoute` leaves the widest type where a contract says nothing. */
type Declared<Route, Key extends "params" | "query" | "body" | "response"> =
  Route extends RouteContract<infer Params, infer Query, infer Body, infer Response>
    ? Key extends "params"
      ? string extends keyof Params["shape"]
        ? undefined
        : Params
      : Key extends "query"
        ? string extends keyof Query["shape"]
          ? undefined
          : Query
        : Key extends "body"
          ? unknown extends z.output<Body>
            ? undefined
            : Body
          : unknown extends z.output<Response>
            ? undefined
            : Response
    : never;

export type ApiInput<Name extends RouteName> = Part<"params", Declared<Routes[Name], "params">> &
  Part<"query", Declared<Routes[Name], "query">> &
  Part<"body", Declared<Routes[Name], "body">> & {
    /** Bytes of a route whose request is not JSON. */
    raw?: Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;
    signal?: AbortSignal;
    /** Finish the request though the page is being closed. Bodies up to 64 KB. */
    keepalive?: boolean;
  };

type RawResponseRoute = "downloadEntry" | "readLog" | "streamLogMatches" | "downloadRunBundle";
export type ApiOutput<Name extends RouteName> = Name extends RawResponseRoute
  ? Response
  : Declared<Routes[Name], "response"> extends undefined
    ? undefined
    : Out<Declared<Routes[Name], "response">>;

export type Api = {
  readonly [Name in RouteName]: (
    ...input: Record<string, never> extends Pick<ApiInput<Name>, never> & RequiredPart<ApiInput<Name>>
      ? [input?: ApiInput<Name>]
      : [input: ApiInput<Name>]
  ) => Promise<ApiOutput<Name>>;
};
type RequiredPart<Type> = { [K in keyof Type as Record<string, never> extends Pick<Type, K> ? never : K]: Type[K] };

/** The server did not answer: it is away or restarting. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super("The server does not answer", { cause });
    this.name = "ConnectionLost";
  }
}

export interface ApiOptions {
  readonly fetch: typeof fetch;
  /** Origin of the server; empty for the page's own. */
  readonly origin?: string;
  readonly onSignedOut?: () => void;
}

interface AnyInput {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  raw?: BodyInit;
  signal?: AbortSignal;
  keepalive?: boolean;
}

/** The address of a route with its parameters filled in, for links that the browser follows itself. */
export function toRouteUrl(name: RouteName, input: { params?: Record<string, string>; query?: object } = {}): string {
  return fillAddress(routeTable[name], input.params, input.query as Record<string, unknown> | undefined);
}

export function createApi(options: ApiOptions): Api {
  const call = async (address: RouteAddress, input: AnyInput = {}): Promise<unknown> => {
    const url = `${options.origin ?? ""}${fillAddress(address, input.params, input.query)}`;
    const headers: Record<string, string> = { Accept: "application/json" };
    let body: BodyInit | undefined;
    if (address.rawRequest) {
      headers["Content-Type"] = "application/octet-stream";
      body = input.raw;
    } else if (input.body !== undefined) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(input.body);
    }
    let response: Response;
    try {
      response = await options.fetch(url, {
        method: address.method,
        headers,
        body,
        signal: input.signal,
        keepalive: input.keepalive,
        credentials: "same-origin",
        cache: "no-store",
      });
    } catch (cause) {
      if (input.signal?.aborted) throw cause;
      throw new ConnectionLost(cause);
    }
    if (!response.ok) {
      const error = await toError(response);
      if (error.code === "access/required") options.onSignedOut?.();
      throw error;
    }
    if (address.rawResponse) return response;
    if (response.status === 204) return undefined;
    return response.json();
  };
  const entries = Object.entries(routeTable).map(([name, address]) => [
    name,
    (input?: AnyInput) => call(address, input),
  ]);
  return Object.fromEntries(entries) as Api;
}

function fillAddress(address: RouteAddress, params?: Record<string, string>, query?: Record<string, unknown>): string {
  const path = address.path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params?.[key] ?? ""));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(key, String(value));
  const tail = search.size > 0 ? `?${search}` : "";
  return `/api/v1${path}${tail}`;
}

async function toError(response: Response): Promise<WebrunnerError> {
  const problem = await readProblem(response);
  const code = problem && problem.code in ERROR_CODES ? (problem.code as ErrorCode) : codeOfStatus(response.status);
  return new WebrunnerError(code, {
    ...problem?.data,
    message: problem?.title ?? `The server answered ${response.status}`,
    ...(problem?.hint ? { hint: problem.hint } : {}),
    ...(problem?.requestId ? { requestId: problem.requestId } : {}),
  });
}

async function readProblem(response: Response): Promise<Problem | undefined> {
  try {
    const body: unknown = await response.json();
    const isProblem = typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";
    return isProblem ? (body as Problem) : undefined;
  } catch {
    return undefined; // A proxy's error page: the status says what is known.
  }
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "access/required";
  if (status === 403) return "access/denied";
  if (status === 404) return "request/not-found";
  if (status === 413) return "request/too-large";
  return status >= 500 ? "internal/failed" : "request/invalid";
}
