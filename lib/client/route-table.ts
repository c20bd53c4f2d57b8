/**
 * Method and path of every route, without the schemas.
 *
 * The page types its calls by `lib/protocol/routes` but does not carry it: the schemas and zod are 95 KB of
 * compressed script that the page never runs. A unit test holds this table equal to the contracts.
 */
import type { Method } from "@/lib/protocol/contract";
import type { RouteName } from "@/lib/protocol/routes";

export interface RouteAddress {
  readonly method: Method;
  /** Below `/api/v1`. */
  readonly path: string;
  /** The response is bytes, given back as the `Response` itself. */
  readonly rawResponse?: true;
  /** The request body is bytes. */
  readonly rawRequest?: true;
}

export const routeTable: { readonly [Name in RouteName]: RouteAddress } = {
  health: { method: "GET", path: "/health" },
  signIn: { method: "POST", path: "/session" },
  readSession: { method: "GET", path: "/session" },
  createLoginToken: { method: "POST", path: "/login-tokens" },
  signOut: { method: "DELETE", path: "/session" },
  replacePassword: { method: "PUT", path: "/password" },
  listTokens: { method: "GET", path: "/tokens" },
  createToken: { method: "POST", path: "/tokens" },
  removeToken: { method: "DELETE", path: "/tokens/{token}" },
  readEngine: { method: "GET", path: "/engine" },
  provisionEngine: { method: "POST", path: "/engine/provision" },
  listProjects: { method: "GET", path: "/projects" },
  readProject: { method: "GET", path: "/projects/{project}" },
  listEntries: { method: "GET", path: "/projects/{project}/entries" },
  listFiles: { method: "GET", path: "/projects/{project}/paths" },
  createEntry: { method: "POST", path: "/projects/{project}/entries" },
  moveEntry: { method: "POST", path: "/projects/{project}/entries/move" },
  copyEntry: { method: "POST", path: "/projects/{project}/entries/copy" },
  removeEntry: { method: "DELETE", path: "/projects/{project}/entries" },
  readFile: { method: "GET", path: "/projects/{project}/file" },
  replaceFile: { method: "PUT", path: "/projects/{project}/file" },
  downloadEntry: { method: "GET", path: "/projects/{project}/download", rawResponse: true },
  uploadFile: { method: "PUT", path: "/projects/{project}/upload", rawRequest: true },
  searchFiles: { method: "GET", path: "/projects/{project}/search" },
  listDrafts: { method: "GET", path: "/projects/{project}/drafts" },
  keepDraft: { method: "PUT", path: "/projects/{project}/draft" },
  removeDraft: { method: "DELETE", path: "/projects/{project}/draft" },
  startRun: { method: "POST", path: "/projects/{project}/runs" },
  listRuns: { method: "GET", path: "/projects/{project}/runs" },
  readRun: { method: "GET", path: "/runs/{run}" },
  stopRun: { method: "POST", path: "/runs/{run}/stop" },
  readLog: { method: "GET", path: "/runs/{run}/log", rawResponse: true },
  searchLog: { method: "GET", path: "/runs/{run}/log/search" },
  listInstances: { method: "GET", path: "/projects/{project}/instances" },
  readInstance: { method: "GET", path: "/projects/{project}/instances/{instance}" },
  requestInstance: { method: "PUT", path: "/projects/{project}/instances/{instance}" },
  listTerminals: { method: "GET", path: "/projects/{project}/terminals" },
  openTerminal: { method: "POST", path: "/projects/{project}/terminals" },
  renameTerminal: { method: "PATCH", path: "/terminals/{terminal}" },
  closeTerminal: { method: "DELETE", path: "/terminals/{terminal}" },
};

/** Name on the wire of every event that the page sends. */
export const clientEventNames = {
  watchProject: "project:watch",
  subscribeLog: "log:subscribe",
  unsubscribeLog: "log:unsubscribe",
  viewTerminal: "terminal:view",
  leaveTerminal: "terminal:leave",
  typeTerminal: "terminal:type",
  resizeTerminal: "terminal:resize",
} as const;
