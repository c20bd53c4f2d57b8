/**
 * Tickets to services: what stands in the address of a service's page instead of our session.
 *
 * A sandboxed page's own loads bring no session cookie (its origin is opaque, so they count as another site's). The
 * ticket in its address lets them through to that one service, as long as the session lives. It opens nothing else.
 */
import { createHash, randomBytes } from "node:crypto";

export interface Credential {
  readonly kind: "session" | "token";
  readonly id: string;
}

export interface ServiceTickets {
  /** The same one for the same session and service. */
  issue(service: string, credential: Credential): string;
  /** The service that the ticket opens; undefined when it is not good (any more). */
  findService(ticket: string): string | undefined;
  /** The session has ended: its tickets too, at once. */
  end(credential: Credential): void;
}

/** Nobody has so many sessions and services; the oldest go. */
const TICKET_LIMIT = 2_000;

export function createServiceTickets(): ServiceTickets {
  /** By the hash of the ticket, so that looking one up tells nothing of others by its time. */
  const tickets = new Map<string, { readonly service: string; readonly owner: string }>();
  const issued = new Map<string, string>();
  const toOwner = ({ kind, id }: Credential): string => `${kind} ${id}`;
  const toHash = (ticket: string): string => createHash("sha256").update(ticket).digest("base64url");

  return {
    issue(service, credential) {
      const owner = toOwner(credential);
      const key = `${owner}\n${service}`;
      const known = issued.get(key);
      if (known !== undefined) return known;
      const ticket = randomBytes(24).toString("base64url");
      issued.set(key, ticket);
      tickets.set(toHash(ticket), { service, owner });
      if (issued.size > TICKET_LIMIT) {
        const [oldest, gone] = issued.entries().next().value!;
        issued.delete(oldest);
        tickets.delete(toHash(gone));
      }
      return ticket;
    },
    findService: (ticket) => tickets.get(toHash(ticket))?.service,
    end(credential) {
      const owner = toOwner(credential);
      for (const [key, ticket] of issued) {
        if (!key.startsWith(`${owner}\n`)) continue;
        issued.delete(key);
        tickets.delete(toHash(ticket));
      }
    },
  };
}
