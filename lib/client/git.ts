/**
 * The repository of the project as the page shows it, and what its buttons do to it.
 *
 * One status is read at a time: whatever changes meanwhile causes one more reading after it, so the last change is
 * always seen. A transfer (fetch, pull, push) is one task; its progress comes by events, its end is waited for.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { WebrunnerError } from "@/lib/base/errors";
import { choosePushRemote } from "@/lib/git/default-remote";
import type { GitDiff, GitDiscarded, GitSelection, GitStatus, GitStatusEntry, GitTask } from "@/lib/protocol/git";
import type { Api } from "./api";
import type { Connection } from "./connection";
import { isIdentityMissing } from "./git-identity";
import type { ProjectStore } from "./project-store";
import type { KeyValueStorage } from "./settings";

export const GIT_VIEW = "source-control";
export const GIT_DIFF_TAB = "git-diff";

export type DiffPair = "worktree" | "staged";

export interface GitState {
  /** Which one is shown, by its workspace path; the root is the empty string. */
  readonly repository: string;
  /** All of the project. */
  readonly repositories: readonly string[];
  /** `none`: the workspace is no repository. */
  readonly phase: "loading" | "ready" | "none" | "failed";
  readonly status: GitStatus | undefined;
  readonly remotes: readonly { readonly name: string; readonly url: string }[];
  readonly error: unknown;
  /** The last transfer, until it is put away. */
  readonly task: GitTask | undefined;
  /** Goes up with every reading: what shows a diff reads it again. */
  readonly revision: number;
  /** Goes up when branches, tags, stashes or commits may have moved; saving a file does not count. */
  readonly moves: number;
}

export interface GitFork {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** What every route of git takes: which project, which repository of it. */
export interface GitAddress {
  readonly params: { readonly project: string };
  readonly query: { readonly repository?: string };
}

export interface GitStore {
  readonly state: StoreApi<GitState>;
  reload(): Promise<void>;
  /** Looks for repositories too. */
  refresh(): Promise<void>;
  /** Shows another repository of the project, and remembers it. */
  choose(repository: string): Promise<void>;
  /** Of a path of the repository that is shown. */
  toWorkspacePath(path: string): string;
  /** Of a workspace path; undefined when it is not of the repository that is shown. */
  findRepositoryPath(path: string): string | undefined;
  createRepository(): Promise<void>;
  readDiff(pair: DiffPair, path: string): Promise<GitDiff>;
  readFile(at: "head" | "index" | "worktree", path: string): Promise<string>;
  stage(selection: GitSelection): Promise<void>;
  unstage(selection: GitSelection): Promise<void>;
  /** Gives back what `restore` takes to undo it. */
  discard(selection: GitSelection): Promise<readonly GitDiscarded[]>;
  restore(files: readonly GitDiscarded[]): Promise<void>;
  /** Asks something of the repository without changing it. */
  ask<T>(work: (address: GitAddress) => Promise<T>): Promise<T>;
  /** Any other change; the status is read again after it, whether it went well or not. */
  change<T>(work: (address: GitAddress) => Promise<T>): Promise<T>;
  /** A push, fetch or pull with words of its own; shown like the others. */
  transfer(start: (address: GitAddress) => Promise<GitTask>): Promise<GitTask>;
  commit(options: { readonly message: string; readonly amend: boolean; readonly signOff: boolean }): Promise<void>;
  saveIdentity(identity: { readonly name: string; readonly email: string }): Promise<void>;
  connectFork(fork: GitFork): Promise<void>;
  /** From what the branch follows, else what `lib/git/default-remote.ts` says. */
  fetch(): Promise<void>;
  /** The same way; fails when several remotes could be meant. */
  push(): Promise<void>;
  cancel(): Promise<void>;
  dismissTask(): void;
  takeSide(path: string, side: "ours" | "theirs"): Promise<void>;
  continue(): Promise<void>;
  abort(): Promise<void>;
}

/** Where a push goes when nobody says so; undefined when several remotes could be meant. */
export function chooseRemote(
  status: Pick<GitStatus, "upstream"> | undefined,
  remotes: readonly { readonly name: string }[],
): string | undefined {
  const followed = remotes.find(({ name }) => status?.upstream?.startsWith(`${name}/`));
  return choosePushRemote(
    followed?.name,
    remotes.map(({ name }) => name),
  );
}

export function groupEntries(entries: readonly GitStatusEntry[]): {
  readonly conflicts: readonly GitStatusEntry[];
  readonly staged: readonly GitStatusEntry[];
  readonly changes: readonly GitStatusEntry[];
} {
  const rest = entries.filter(({ conflict }) => !conflict);
  return {
    conflicts: entries.filter(({ conflict }) => conflict),
    staged: rest.filter(({ staged }) => staged !== " " && staged !== "?"),
    changes: rest.filter(({ unstaged }) => unstaged !== " "),
  };
}

/** The lines of one hunk, as the server takes a choice of lines. */
export function selectHunk(diff: GitDiff, index: number): GitSelection {
  const lines = diff.hunks[index]?.lines ?? [];
  return {
    path: diff.path,
    oldId: diff.oldId,
    newId: diff.newId,
    oldLines: lines.flatMap(({ kind, oldLine }) => (kind === "removed" && oldLine !== undefined ? [oldLine] : [])),
    newLines: lines.flatMap(({ kind, newLine }) => (kind === "added" && newLine !== undefined ? [newLine] : [])),
  };
}

const REPOSITORY_KEY = "webrunner.repository";

export function createGit(options: {
  /** Of this project: which repository is shown is kept there. */
  readonly storage: KeyValueStorage;
  readonly api: Api;
  readonly connection: Pick<Connection, "on" | "onOnline">;
  readonly project: ProjectStore;
  /** For a change that needs it; false when it was not answered. */
  readonly askIdentity: () => Promise<boolean>;
}): GitStore {
  const { api, connection, storage } = options;
  const state = createStore<GitState>(() => ({
    repository: storage.getItem(REPOSITORY_KEY) ?? "",
    repositories: [],
    phase: "loading",
    status: undefined,
    remotes: [],
    error: undefined,
    task: undefined,
    revision: 0,
    moves: 0,
  }));
  const params = (): { project: string } => {
    const { project } = options.project.state.getState();
    if (!project) throw new Error("No project is open");
    return { project: project.id };
  };

  const query = (): GitAddress["query"] => {
    const { repository } = state.getState();
    return repository === "" ? {} : { repository };
  };
  /** The last transfer of each repository, until it is put away. */
  const tasks = new Map<string, GitTask>();
  const tell = (task: GitTask): void => {
    tasks.set(task.repository, task);
    if (task.repository === state.getState().repository) state.setState({ task });
  };
  const show = (repository: string): void => {
    if (repository === "") storage.removeItem(REPOSITORY_KEY);
    else storage.setItem(REPOSITORY_KEY, repository);
    const nothing = { phase: "loading", status: undefined, remotes: [], error: undefined } as const;
    state.setState(({ moves }) => ({ ...nothing, repository, task: tasks.get(repository), moves: moves + 1 }));
  };

  const read = async (): Promise<void> => {
    const { repository } = state.getState();
    const isShown = (): boolean => state.getState().repository === repository;
    try {
      const [status, { remotes }] = await Promise.all([
        api.readGitStatus({ params: params(), query: query() }),
        api.listGitRemotes({ params: params(), query: query() }),
      ]);
      if (!isShown()) return;
      const { revision } = state.getState();
      state.setState({ phase: "ready", status, remotes, error: undefined, revision: revision + 1 });
    } catch (error) {
      if (!isShown()) return;
      const isNone = error instanceof WebrunnerError && error.code === "git/no-repository";
      if (isNone && repository !== "") {
        // Its folder was moved or deleted: the root is always there.
        show("");
        look();
        return read();
      }
      state.setState(isNone ? { phase: "none", status: undefined } : { phase: "failed", error });
    }
  };
  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const reload = (): Promise<void> => {
    if (!reading) {
      reading = read().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    next ??= reading.then(() => {
      next = undefined;
      return reload();
    });
    return next;
  };
  const list = async (): Promise<void> => {
    const { repositories } = await api.listGitRepositories({ params: params() });
    state.setState({ repositories });
  };
  const follow = (): void => {
    if (options.project.state.getState().project) void reload();
  };
  const followMove = (): void => {
    state.setState(({ moves }) => ({ moves: moves + 1 }));
    follow();
  };
  const look = (): void => {
    if (!options.project.state.getState().project) return;
    Promise.all([list(), takeUp()]).catch(() => {
      // What is known of them stays; it is asked again when the page is online the next time.
    });
  };
  /** Transfers that were begun before this page was. */
  const takeUp = async (): Promise<void> => {
    const { tasks: all } = await api.listGitTasks({ params: params() });
    const isNew = ({ id, kind, state: now, repository }: GitTask): boolean =>
      now === "running" && kind !== "clone" && tasks.get(repository)?.id !== id;
    await Promise.all(all.filter(isNew).map(followTask));
  };
  connection.onOnline(() => {
    followMove();
    look();
  });
  connection.on("git:changed", ({ repository }) => {
    followMove();
    if (!state.getState().repositories.includes(repository)) look();
  });
  connection.on("file:changed", follow);
  connection.on("git:task-changed", (task) => {
    const known = tasks.get(task.repository);
    if (known?.id === task.id && known.state === "running") tell(task);
  });

  const change = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      await reload();
    }
  };
  /** A change that makes a commit may lack whose it is: that is asked, and it is tried again. */
  const changeAsSomebody = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await change(work());
    } catch (error) {
      if (!isIdentityMissing(error) || !(await options.askIdentity())) throw error;
      return change(work());
    }
  };
  const silently = async (work: Promise<unknown>): Promise<void> => {
    await work;
  };
  const followTask = async (started: GitTask): Promise<GitTask> => {
    let task = started;
    tell(task);
    while (task.state === "running") {
      task = await api.readGitTask({ params: { ...params(), task: task.id }, query: { waitMs: 20_000 } });
    }
    tell(task);
    await reload();
    return task;
  };
  const transfer = async (started: Promise<GitTask>): Promise<GitTask> => followTask(await started);
  const address = (): GitAddress => ({ params: params(), query: query() });
  const at = <Body>(body: Body) => ({ ...address(), body });

  return {
    state,
    reload,
    async refresh() {
      await Promise.all([list(), reload()]);
    },
    async choose(repository) {
      if (repository === state.getState().repository) return;
      show(repository);
      await reload();
    },
    toWorkspacePath(path) {
      const { repository } = state.getState();
      return repository === "" ? path : `${repository}/${path}`;
    },
    findRepositoryPath(path) {
      const { repository } = state.getState();
      if (repository === "") return path;
      return path.startsWith(`${repository}/`) ? path.slice(repository.length + 1) : undefined;
    },
    createRepository: () => silently(change(api.createGitRepository({ params: params(), body: { path: "" } }))),
    readDiff: (pair, path) => {
      const [from, to] = pair === "worktree" ? ["index", "worktree"] : ["head", "index"];
      return api.readGitDiff({ params: params(), query: { ...query(), path, from, to } });
    },
    async readFile(place, path) {
      try {
        return (await api.readGitFile({ params: params(), query: { ...query(), path, at: place } })).text;
      } catch (error) {
        if (error instanceof WebrunnerError && /not-found$/.test(error.code)) return "";
        throw error;
      }
    },
    stage: (selection) => silently(change(api.stageGit(at(selection)))),
    unstage: (selection) => silently(change(api.unstageGit(at(selection)))),
    discard: async (selection) => (await change(api.discardGit(at(selection)))).discarded,
    restore: (files) => silently(change(api.restoreGit(at({ files: [...files] })))),
    ask: (work) => work(address()),
    change: (work) => changeAsSomebody(() => work(address())),
    async transfer(start) {
      const task = await transfer(start(address()));
      // A merge at the end of a pull is a commit too.
      const isMissing = task.error?.code === "git/identity-missing";
      return isMissing && (await options.askIdentity()) ? transfer(start(address())) : task;
    },
    commit: (body) => silently(change(api.commitGit(at(body)))),
    saveIdentity: (identity) => silently(change(api.replaceGitIdentity(at(identity)))),
    connectFork: (fork) => silently(change(api.connectGitFork(at({ ...fork, name: "fork" })))),
    async fetch() {
      await transfer(api.fetchGit(at({})));
    },
    async push() {
      await transfer(api.pushGit(at({ setUpstream: true })));
    },
    async cancel() {
      const { task } = state.getState();
      if (task) await api.cancelGitTask({ params: { ...params(), task: task.id } });
    },
    dismissTask() {
      tasks.delete(state.getState().repository);
      state.setState({ task: undefined });
    },
    takeSide: (path, side) => silently(change(api.takeGitSide(at({ path, side })))),
    continue: () => silently(changeAsSomebody(() => api.continueGit(at({})))),
    abort: () => silently(change(api.abortGit(address()))),
  };
}
