/** The session of a page that is nothing but the login: the API over the browser's own `fetch`. */
import { createApi } from "./api";
import { createSession, type Session } from "./session";

export function createBrowserSession(): Session {
  return createSession(createApi({ fetch: (input, init) => fetch(input, init) }));
}
