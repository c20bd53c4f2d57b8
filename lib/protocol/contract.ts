/**
 * What one route or one socket event is, said once: the server validates and guards by it, the page and the
 * command line call by it, the OpenAPI document and the access inventory are made from it.
 *
 * Invariant: every contract declares its access; leaving it out is a type error.
 */
import type { z } from "zod";

/** `public`: anyone who reaches the port. `user`: a session cookie or a bearer token. */
export type Access = "public" | "user";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A body that is not JSON. `bytes` both ways; `upload` is a raw request body with the name in the query. */
export type RawBody = "bytes";

export interface RouteContract<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> {
  readonly method: Method;
  /** Below `/api/v1`, parameters in braces: `/projects/{project}/file`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly response?: Response;
  /** Default 200. */
  readonly status?: 200 | 201 | 202 | 204;
  readonly rawRequest?: RawBody;
  readonly rawResponse?: RawBody;
}

export function defineRoute<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Response extends z.ZodType,
>(contract: RouteContract<Params, Query, Body, Response>): RouteContract<Params, Query, Body, Response> {
  return contract;
}

/** An event that a client sends and that is answered with `Reply` or an error. */
export interface EventContract<Payload extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  /** `subject:verb`, imperative. */
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly payload: Payload;
  readonly reply: Reply;
}

export function defineEvent<Payload extends z.ZodType, Reply extends z.ZodType>(
  contract: EventContract<Payload, Reply>,
): EventContract<Payload, Reply> {
  return contract;
}
