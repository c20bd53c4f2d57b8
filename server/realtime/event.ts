/**
 * What a handler of one socket event gets and gives, derived from `lib/protocol/events.ts`.
 *
 * Invariant: a handler sees only a validated payload and an authenticated user; what it throws reaches the client as
 * a problem, never as a stack.
 */
import type { z } from "zod";
import type { Disposable } from "@/lib/base/disposable";
import type { ClientEvents, ServerEvents } from "@/lib/protocol";
import type { User } from "@/server/http/route";

export type EventName = keyof ClientEvents;

/** One connected page, as a handler may use it. */
export interface EventSocket {
  readonly id: string;
  readonly connected: boolean;
  send<Name extends keyof ServerEvents>(name: Name, payload: ServerEvents[Name]): void;
  /** Resolves when the page has acknowledged; rejects when it did not within the time or is gone. */
  sendAcknowledged<Name extends keyof ServerEvents>(
    name: Name,
    payload: ServerEvents[Name],
    timeoutMs: number,
  ): Promise<void>;
  /** Hear what concerns this project from now on. */
  joinProject(project: string): void;
  /** Called once, when the socket is gone; at once if it is gone already. */
  onClose(listener: () => void): Disposable;
}

export interface EventInput<Name extends EventName> {
  readonly payload: z.output<ClientEvents[Name]["payload"]>;
  readonly user: User;
  readonly socket: EventSocket;
}

export type EventReply<Name extends EventName> = z.input<ClientEvents[Name]["reply"]>;

export type EventHandler<Name extends EventName> = (
  input: EventInput<Name>,
) => Promise<EventReply<Name>> | EventReply<Name>;

export type EventHandlers = { readonly [Name in EventName]: EventHandler<Name> };

/** How features tell the pages what happened; nothing unbounded goes through here. */
export interface Broadcaster {
  toProject<Name extends keyof ServerEvents>(project: string, name: Name, payload: ServerEvents[Name]): void;
  toAll<Name extends keyof ServerEvents>(name: Name, payload: ServerEvents[Name]): void;
}
