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
  readPlan: { method: "GET", path: "/projects/{project}/plan" },
  readFailure: { method: "GET", path: "/runs/{run}/failure" },
  listInstances: { method: "GET", path: "/projects/{project}/instances" },
  readInstance: { method: "GET", path: "/projects/{project}/instances/{instance}" },
  requestInstance: { method: "PUT", path: "/projects/{project}/instances/{instance}" },
  listTerminals: { method: "GET", path: "/projects/{project}/terminals" },
  openTerminal: { method: "POST", path: "/projects/{project}/terminals" },
  renameTerminal: { method: "PATCH", path: "/terminals/{terminal}" },
  closeTerminal: { method: "DELETE", path: "/terminals/{terminal}" },
  listGitRepositories: { method: "GET", path: "/projects/{project}/git/repositories" },
  createGitRepository: { method: "POST", path: "/projects/{project}/git/repositories" },
  cloneGitRepository: { method: "POST", path: "/projects/{project}/git/clone" },
  readGitStatus: { method: "GET", path: "/projects/{project}/git/status" },
  readGitDiff: { method: "GET", path: "/projects/{project}/git/diff" },
  readGitFile: { method: "GET", path: "/projects/{project}/git/file" },
  stageGit: { method: "POST", path: "/projects/{project}/git/stage" },
  unstageGit: { method: "POST", path: "/projects/{project}/git/unstage" },
  discardGit: { method: "POST", path: "/projects/{project}/git/discard" },
  commitGit: { method: "POST", path: "/projects/{project}/git/commits" },
  readGitLog: { method: "GET", path: "/projects/{project}/git/log" },
  readGitCommit: { method: "GET", path: "/projects/{project}/git/commit" },
  compareGit: { method: "GET", path: "/projects/{project}/git/compare" },
  readGitBlame: { method: "GET", path: "/projects/{project}/git/blame" },
  listGitBranches: { method: "GET", path: "/projects/{project}/git/branches" },
  createGitBranch: { method: "POST", path: "/projects/{project}/git/branches" },
  changeGitBranch: { method: "PATCH", path: "/projects/{project}/git/branches" },
  removeGitBranch: { method: "DELETE", path: "/projects/{project}/git/branches" },
  switchGit: { method: "POST", path: "/projects/{project}/git/switch" },
  resetGit: { method: "POST", path: "/projects/{project}/git/reset" },
  mergeGit: { method: "POST", path: "/projects/{project}/git/merge" },
  pickGit: { method: "POST", path: "/projects/{project}/git/pick" },
  rebaseGit: { method: "POST", path: "/projects/{project}/git/rebase" },
  continueGit: { method: "POST", path: "/projects/{project}/git/continue" },
  abortGit: { method: "POST", path: "/projects/{project}/git/abort" },
  takeGitSide: { method: "POST", path: "/projects/{project}/git/conflict" },
  listGitTags: { method: "GET", path: "/projects/{project}/git/tags" },
  createGitTag: { method: "POST", path: "/projects/{project}/git/tags" },
  removeGitTag: { method: "DELETE", path: "/projects/{project}/git/tags" },
  listGitStashes: { method: "GET", path: "/projects/{project}/git/stashes" },
  saveGitStash: { method: "POST", path: "/projects/{project}/git/stashes" },
  applyGitStash: { method: "POST", path: "/projects/{project}/git/stashes/apply" },
  dropGitStash: { method: "DELETE", path: "/projects/{project}/git/stashes" },
  listGitRemotes: { method: "GET", path: "/projects/{project}/git/remotes" },
  saveGitRemote: { method: "PUT", path: "/projects/{project}/git/remotes" },
  removeGitRemote: { method: "DELETE", path: "/projects/{project}/git/remotes" },
  connectGitFork: { method: "POST", path: "/projects/{project}/git/fork" },
  fetchGit: { method: "POST", path: "/projects/{project}/git/fetch" },
  pullGit: { method: "POST", path: "/projects/{project}/git/pull" },
  pushGit: { method: "POST", path: "/projects/{project}/git/push" },
  listGitTasks: { method: "GET", path: "/projects/{project}/git/tasks" },
  readGitTask: { method: "GET", path: "/projects/{project}/git/tasks/{task}" },
  cancelGitTask: { method: "POST", path: "/projects/{project}/git/tasks/{task}/cancel" },
  replaceGitIdentity: { method: "PUT", path: "/projects/{project}/git/identity" },
  listGitLogins: { method: "GET", path: "/projects/{project}/git/logins" },
  saveGitLogin: { method: "PUT", path: "/projects/{project}/git/logins" },
  removeGitLogin: { method: "DELETE", path: "/projects/{project}/git/logins" },
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
