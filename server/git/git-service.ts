/**
 * The git feature: repositories of projects kept open, one operation at a time on each, and the long ones (clone,
 * fetch, pull, push) as tasks with progress, messages and cancelling.
 *
 * Invariant: two operations never work on one repository at once; what other processes do is guarded by git's locks.
 * A conversation with a remote is no work on it: others go on meanwhile. One that is being cloned is not there yet.
 */

import type { ErrorCode } from "@/lib/base/errors";
import { WebrunnerError } from "@/lib/base/errors";
import { createPace } from "@/lib/base/pace";
import { createGitDisk } from "@/server/platform/git-disk";
import type { GitTransport } from "@/server/platform/git-transport";
import type { KeepCopy } from "./checkout";
import type { CredentialStore } from "./credentials";
import { type CloneRequest, cloneInto, type ExchangeContext } from "./exchange";
import { createEmptyRepository, listRepositories, openRepository, readUserSettings } from "./open-repository";
import type { AllowedUrl } from "./remotes";
import type { Repository } from "./repository";
import type { Outcome } from "./sequencer";
import type { StatusOptions } from "./status";
import { createSubmoduleReader } from "./submodules";
import type { HostKey } from "./trust";
import { type Apart, createTurns } from "./turns";
import { createWorkTree, type WorkTree } from "./work-tree";

export type GitTaskKind = "clone" | "fetch" | "pull" | "push";

export interface GitTaskState {
  readonly id: string;
  readonly project: string;
  readonly repository: string;
  readonly kind: GitTaskKind;
  readonly state: "running" | "succeeded" | "failed" | "cancelled";
  readonly phase: string;
  readonly done: number;
  readonly total?: number;
  readonly receivedBytes?: number;
  readonly messages: readonly string[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly details?: readonly string[];
    /** Of an ssh host that is not known, or shows another key: what it shows now. */
    readonly hostKeys?: readonly HostKey[];
  };
  readonly outcome?: Outcome;
  readonly requestUrl?: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
}

export interface OpenedRepository {
  readonly repository: Repository;
  readonly tree: WorkTree;
  readonly keepCopy: KeepCopy;
  readonly submodule: NonNullable<StatusOptions["submodule"]>;
}

export interface GitService {
  list(project: string): Promise<string[]>;
  create(project: string, path: string, branch: string | undefined): Promise<void>;
  /** Alone on the repository, but while it is `apart`; `changes` tells the others afterwards. */
  run<T>(
    project: string,
    path: string,
    work: (opened: OpenedRepository, apart: Apart) => Promise<T> | T,
    options?: { changes?: boolean },
  ): Promise<T>;
  startTask(
    project: string,
    path: string,
    kind: Exclude<GitTaskKind, "clone">,
    account: string,
    work: (
      opened: OpenedRepository,
      context: ExchangeContext,
    ) => Promise<{ outcome?: Outcome; requestUrl?: string } | undefined>,
  ): Promise<GitTaskState>;
  clone(project: string, path: string, account: string, request: CloneRequest): Promise<GitTaskState>;
  /** Into a place that becomes a project only when the clone is whole; else `discard` is called. */
  cloneApart(
    project: string,
    account: string,
    request: CloneRequest,
    place: { readonly workspace: string; finish(): Promise<unknown>; discard(): Promise<void> },
  ): GitTaskState;
  tasks(project: string): GitTaskState[];
  getTask(project: string, id: string): GitTaskState;
  waitForTask(project: string, id: string, waitMs: number, signal: AbortSignal): Promise<GitTaskState>;
  cancelTask(project: string, id: string): GitTaskState;
  context(account: string): ExchangeContext;
  /** Closes the project's repositories, for one that is removed. */
  forget(project: string): void;
  dispose(): void;
}

export interface GitServiceOptions {
  /** Absolute; `project/not-found` for an unknown one. */
  readonly workspaceOf: (project: string) => Promise<string>;
  /** The home directory of the user that builds run as: where git's own settings are. */
  readonly home: string;
  readonly transport: GitTransport;
  readonly credentials: CredentialStore;
  readonly trustOf?: (account: string, url: AllowedUrl) => ReturnType<NonNullable<ExchangeContext["trust"]>>;
  readonly keepCopyOf: (project: string) => KeepCopy;
  readonly onChanged: (project: string, repository: string) => void;
  readonly onTask: (task: GitTaskState) => void;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** Tasks that have ended are remembered for those who ask late. */
const KEPT_TASKS = 50;
const KEPT_MESSAGES = 200;

interface Handle {
  readonly opened: OpenedRepository;
  /** Which `.git` it was opened for: another one in its place is another repository. */
  readonly mark: string;
}

interface Task {
  state: GitTaskState;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export function createGitService(options: GitServiceOptions): GitService {
  const { credentials, transport } = options;
  const handles = new Map<string, Handle>();
  const turns = createTurns();
  const tasks = new Map<string, Task>();
  const cloning = new Set<string>();
  const keyOf = (project: string, path: string): string => `${project}\0${path}`;

  const open = (workspace: string, project: string, path: string): OpenedRepository => {
    const key = keyOf(project, path);
    const disk = createGitDisk({ root: workspace });
    const stat = disk.stat(path === "" ? ".git" : `${path}/.git`);
    disk.release();
    const mark = stat ? `${stat.ino}` : "none";
    const known = handles.get(key);
    if (known?.mark === mark) return known.opened;
    known?.opened.repository.close();
    handles.delete(key);
    const user = readUserSettings(options.home);
    const repository = openRepository(workspace, path, user);
    const prefix = path === "" ? "" : `${path}/`;
    const keep = options.keepCopyOf(project);
    const opened: OpenedRepository = {
      repository,
      tree: createWorkTree(repository),
      keepCopy: (name, bytes) => keep(prefix + name, bytes),
      submodule: createSubmoduleReader(workspace, path, user),
    };
    handles.set(key, { opened, mark });
    return opened;
  };

  const run: GitService["run"] = async (project, path, work, { changes = false } = {}) => {
    const workspace = await options.workspaceOf(project);
    if (cloning.has(keyOf(project, path)))
      throw new WebrunnerError("git/no-repository", {
        message: "The repository is still being cloned.",
        hint: "Wait for its end, or cancel it.",
      });
    return turns.take(keyOf(project, path), async (apart) => {
      const opened = open(workspace, project, path);
      const leave: Apart = async (long) => {
        opened.repository.release();
        const result = await apart(long);
        if (open(workspace, project, path) === opened) return result;
        throw new WebrunnerError("git/changed", {
          message: "Another repository has taken the place of this one in the meantime.",
          hint: "Look at the new one and try again.",
        });
      };
      try {
        return await work(opened, leave);
      } finally {
        opened.repository.release();
        if (changes) options.onChanged(project, path);
      }
    });
  };

  const context = (account: string): ExchangeContext => ({
    transport,
    login: (url) => credentials.find(account, url),
    ...(options.trustOf && { trust: (url) => options.trustOf!(account, url) }),
  });

  const start = (
    project: string,
    path: string,
    kind: GitTaskKind,
    account: string,
    work: (context: ExchangeContext) => Promise<{ outcome?: Outcome; requestUrl?: string } | undefined>,
  ): GitTaskState => {
    const busy = [...tasks.values()].find(
      ({ state }) => state.project === project && state.repository === path && state.state === "running",
    );
    if (busy) {
      throw new WebrunnerError("git/busy", {
        message: `A ${busy.state.kind} is going on in this repository.`,
        hint: "Wait for it, or cancel it.",
        task: busy.state.id,
      });
    }
    const controller = new AbortController();
    const id = options.newId();
    let state: GitTaskState = {
      id,
      project,
      repository: path,
      kind,
      state: "running",
      phase: "connecting",
      done: 0,
      messages: [],
      startedAt: options.now().toISOString(),
    };
    const isTime = createPace();
    const update = (change: Partial<GitTaskState>, urgent: boolean): void => {
      state = { ...state, ...change };
      const task = tasks.get(id);
      if (task) task.state = state;
      if (isTime(options.now().getTime(), urgent)) options.onTask(state);
    };
    const finish = async (): Promise<void> => {
      try {
        const result = await work({
          ...context(account),
          signal: controller.signal,
          onProgress: ({ phase, done, total, receivedBytes }) =>
            update({ phase, done, total, receivedBytes: receivedBytes ?? state.receivedBytes }, false),
          onMessage: (text) => update({ messages: [...state.messages, text].slice(-KEPT_MESSAGES) }, true),
        });
        update({ ...result, state: "succeeded", finishedAt: options.now().toISOString() }, true);
      } catch (error) {
        const cancelled = controller.signal.aborted;
        update(
          {
            state: cancelled ? "cancelled" : "failed",
            finishedAt: options.now().toISOString(),
            ...(!cancelled && { error: toTaskError(error) }),
          },
          true,
        );
      }
    };
    const ended = finish();
    tasks.set(id, { state, controller, ended });
    for (const [key, task] of tasks) {
      if (tasks.size <= KEPT_TASKS) break;
      if (task.state.state !== "running") tasks.delete(key);
    }
    return state;
  };

  const find = (project: string, id: string): Task => {
    const task = tasks.get(id);
    if (task?.state.project === project) return task;
    throw new WebrunnerError("git/not-found", { message: "There is no such task." });
  };

  return {
    run,
    context,
    async list(project) {
      const paths = listRepositories(await options.workspaceOf(project));
      return paths.filter((path) => !cloning.has(keyOf(project, path)));
    },
    async create(project, path, branch) {
      const workspace = await options.workspaceOf(project);
      await turns.take(keyOf(project, path), () =>
        createEmptyRepository(workspace, path, readUserSettings(options.home), branch).close(),
      );
      options.onChanged(project, path);
    },
    async startTask(project, path, kind, account, work) {
      // Fails at once for an unknown project or repository.
      await run(project, path, () => undefined);
      return start(project, path, kind, account, (given) =>
        run(project, path, (opened, apart) => work(opened, { ...given, apart }), { changes: true }),
      );
    },
    async clone(project, path, account, request) {
      const workspace = await options.workspaceOf(project);
      const disk = createGitDisk({ root: workspace });
      // Folders that the clone will make on its way go with it when it fails, unless somebody used them meanwhile.
      const made = listParents(path).filter((folder) => disk.stat(folder) === undefined);
      const isTaken =
        path === "" ? disk.stat(".git") !== undefined : (disk.list(path)?.length ?? (disk.stat(path) ? 1 : 0)) > 0;
      disk.release();
      if (isTaken)
        throw new WebrunnerError("file/exists", {
          message: "There is something in that folder already.",
          hint: "Choose a new folder.",
        });
      return start(project, path, "clone", account, async (given) => {
        cloning.add(keyOf(project, path));
        try {
          await turns.take(keyOf(project, path), async () => {
            const repository = createEmptyRepository(workspace, path, readUserSettings(options.home));
            try {
              await cloneInto(repository, createWorkTree(repository), given, request);
            } catch (error) {
              repository.close();
              removeTree(workspace, path === "" ? ".git" : path, made);
              throw error;
            }
            repository.close();
          });
        } finally {
          cloning.delete(keyOf(project, path));
        }
        options.onChanged(project, path);
        return undefined;
      });
    },
    cloneApart(project, account, request, place) {
      return start(project, "", "clone", account, async (given) => {
        try {
          const repository = createEmptyRepository(place.workspace, "", readUserSettings(options.home));
          try {
            await cloneInto(repository, createWorkTree(repository), given, request);
          } finally {
            repository.close();
          }
          given.signal?.throwIfAborted();
          await place.finish();
        } catch (error) {
          await place.discard();
          throw error;
        }
        return undefined;
      });
    },
    tasks: (project) =>
      [...tasks.values()]
        .map((task) => task.state)
        .filter((state) => state.project === project)
        .reverse(),
    getTask: (project, id) => find(project, id).state,
    async waitForTask(project, id, waitMs, signal) {
      const task = find(project, id);
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.race([task.ended, timeout]);
      clearTimeout(timer);
      return find(project, id).state;
    },
    cancelTask(project, id) {
      const task = find(project, id);
      task.controller.abort();
      return task.state;
    },
    forget(project) {
      for (const [key, { opened }] of handles) {
        if (!key.startsWith(`${project}\0`)) continue;
        opened.repository.close();
        handles.delete(key);
      }
    },
    dispose() {
      for (const task of tasks.values()) task.controller.abort();
      for (const { opened } of handles.values()) opened.repository.close();
      handles.clear();
    },
  };
}

/** `a/b`, `a` of `a/b/c`. */
function listParents(path: string): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, at) => names.slice(0, names.length - 1 - at).join("/"));
}

/** And of the folders `above` it, innermost first, those that are empty then. */
function removeTree(workspace: string, path: string, above: readonly string[]): void {
  const disk = createGitDisk({ root: workspace });
  const remove = (name: string): void => {
    for (const entry of disk.list(name) ?? []) {
      if (entry.kind === "folder") remove(`${name}/${entry.name}`);
      else disk.remove(`${name}/${entry.name}`);
    }
    disk.removeFolder(name);
  };
  try {
    remove(path);
    above.every((folder) => disk.removeFolder(folder));
  } finally {
    disk.release();
  }
}

function toTaskError(error: unknown): NonNullable<GitTaskState["error"]> {
  if (!(error instanceof WebrunnerError)) {
    const code: ErrorCode = "internal/failed";
    return { code, message: "Something went wrong in the server." };
  }
  const { hint, details, hostKeys } = error.data as { hint?: string; details?: string[]; hostKeys?: HostKey[] };
  return {
    code: error.code,
    message: error.message,
    ...(hint !== undefined && { hint }),
    ...(details && { details }),
    ...(hostKeys && { hostKeys }),
  };
}
