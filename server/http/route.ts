/**
 * What a handler of one route gets and gives, derived from the contract in `lib/protocol/routes.ts`.
 *
 * A feature exports `create<Feature>Handlers(deps): Pick<Handlers, …>`; the composition root spreads them into one
 * `Handlers`, so that a route without a handler, or a handler without a route, is a type error.
 *
 * Invariant: a handler sees only validated values, and a user whenever its route's access is `user`.
 */
import type { z } from "zod";
import type { RouteContract, RouteName, Routes } from "@/lib/protocol";

export const API_BASE = "/api/v1";

/** Who asks. There is one account; the name is for showing. */
export interface User {
  readonly name: string;
  /** What authenticated the request: revoking it ends the sockets that came with it. */
  readonly credential: { readonly kind: "session" | "token"; readonly id: string };
}

/** Where a request comes from, for limits and cookies. */
export interface Origin {
  readonly address: string;
  readonly secure: boolean;
}

type Schema<Contract, Key extends string> = Contract extends { readonly [K in Key]?: infer S } ? S : undefined;
type Input<S> = S extends z.ZodType ? z.output<S> : undefined;
type Reply<S> = S extends z.ZodType ? z.input<S> : undefined;

/** `defineRoute` infers a bare `ZodObject` or `ZodType` for what a contract leaves out: that is "nothing". */
type Given<S> = z.ZodType extends S ? undefined : z.ZodObject extends S ? undefined : S;

type ParamsOf<C> = Input<Given<NonNullable<Schema<C, "params">>>>;
type QueryOf<C> = Input<Given<NonNullable<Schema<C, "query">>>>;
type BodyOf<C> = Input<Given<NonNullable<Schema<C, "body">>>>;
type ResponseOf<C> = Reply<Given<NonNullable<Schema<C, "response">>>>;

/** A body that is not JSON. An iterable is pulled, so a slow reader holds one chunk of memory. */
export interface RawReply {
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Names in lower case; `content-type` is `application/octet-stream` unless given. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteInput<Name extends RouteName> {
  readonly params: ParamsOf<Routes[Name]>;
  readonly query: QueryOf<Routes[Name]>;
  readonly body: BodyOf<Routes[Name]>;
  /** The request's bytes, for a route with `rawRequest`; fails with `request/too-large` beyond the limit. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly user: User;
  readonly origin: Origin;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly headers: Headers;
  /** A header of the reply, for cookies. */
  setHeader(name: string, value: string): void;
}

/** Routes that answer with raw bytes. */
export type RawRouteName = "downloadEntry" | "readLog" | "streamLogMatches" | "downloadRunBundle";

/** Nothing, for a route that answers 204. */
export type RouteReply<Name extends RouteName> = Name extends RawRouteName
  ? RawReply
  : ResponseOf<Routes[Name]> extends undefined
    ? undefined
    : ResponseOf<Routes[Name]>;

export type Handler<Name extends RouteName> = (input: RouteInput<Name>) => Promise<RouteReply<Name>> | RouteReply<Name>;

export type Handlers = { readonly [Name in RouteName]: Handler<Name> };

/** A contract with its types forgotten, for the code that mounts all of them alike. */
export type AnyContract = RouteContract;
