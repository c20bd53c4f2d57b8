/**
 * The repository of the project as the page shows it, and what its buttons do to it.
 *
 * One status is read at a time: whatever changes meanwhile causes one more reading after it, so the last change is
 * always seen. A transfer (fetch, pull, push) is one task; its progress comes by events, its end is waited for.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { WebrunnerError } from "@/lib/base/errors";
import type { GitDiff, GitDiscarded, GitSelection, GitStatus, GitStatusEntry, GitTask } from "@/lib/protocol/git";
import type { Api } from "./api";
import type { Connection } from "./connection";
import type { ProjectStore } from "./project-store";

export const GIT_VIEW = "source-control";
export const GIT_DIFF_TAB = "git-diff";

export type DiffPair = "worktree" | "staged";

export interface GitState {
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
  readonly query: Record<never, never>;
}

export interface GitStore {
  readonly state: StoreApi<GitState>;
  reload(): Promise<void>;
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
  fetch(): Promise<void>;
  pull(mode: "fast-forward" | "rebase"): Promise<void>;
  push(): Promise<void>;
  cancel(): Promise<void>;
  dismissTask(): void;
  takeSide(path: string, side: "ours" | "theirs"): Promise<void>;
  continue(): Promise<void>;
  abort(): Promise<void>;
}

/** Where a push goes: what the branch follows, else the fork, else the only remote. */
export function chooseRemote(
  status: Pick<GitStatus, "upstream"> | undefined,
  remotes: readonly { readonly name: string }[],
): string | undefined {
  const followed = remotes.find(({ name }) => status?.upstream?.startsWith(`${name}/`));
  const fork = remotes.find(({ name }) => name === "fork");
  return (followed ?? fork ?? (remotes.length === 1 ? remotes[0] : undefined))?.name;
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

export function createGit(options: {
  readonly api: Api;
  readonly connection: Pick<Connection, "on" | "onOnline">;
  readonly project: ProjectStore;
}): GitStore {
  const { api, connection } = options;
  const state = createStore<GitState>(() => ({
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

  const read = async (): Promise<void> => {
    try {
      const [status, { remotes }] = await Promise.all([
        api.readGitStatus({ params: params(), query: {} }),
        api.listGitRemotes({ params: params(), query: {} }),
      ]);
      const { revision } = state.getState();
      state.setState({ phase: "ready", status, remotes, error: undefined, revision: revision + 1 });
    } catch (error) {
      const isNone = error instanceof WebrunnerError && error.code === "git/no-repository";
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
  const follow = (): void => {
    if (options.project.state.getState().project) void reload();
  };
  const followMove = (): void => {
    state.setState(({ moves }) => ({ moves: moves + 1 }));
    follow();
  };
  connection.onOnline(followMove);
  connection.on("git:changed", followMove);
  connection.on("file:changed", follow);
  connection.on("git:task-changed", (task) => {
    const known = state.getState().task;
    if (known?.id === task.id && known.state === "running") state.setState({ task });
  });

  const change = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      await reload();
    }
  };
  const silently = async (work: Promise<unknown>): Promise<void> => {
    await work;
  };
  const transfer = async (started: Promise<GitTask>): Promise<GitTask> => {
    let task = await started;
    state.setState({ task });
    while (task.state === "running") {
      task = await api.readGitTask({ params: { ...params(), task: task.id }, query: { waitMs: 20_000 } });
    }
    state.setState({ task });
    await reload();
    return task;
  };
  const needRemote = (): string => {
    const { status, remotes } = state.getState();
    const remote = chooseRemote(status, remotes);
    if (remote === undefined) throw new WebrunnerError("git/not-found", { message: "Connect your fork first" });
    return remote;
  };
  const at = <Body>(body: Body) => ({ params: params(), query: {}, body });

  return {
    state,
    reload,
    createRepository: () => silently(change(api.createGitRepository({ params: params(), body: { path: "" } }))),
    readDiff: (pair, path) => {
      const [from, to] = pair === "worktree" ? ["index", "worktree"] : ["head", "index"];
      return api.readGitDiff({ params: params(), query: { path, from, to } });
    },
    async readFile(place, path) {
      try {
        return (await api.readGitFile({ params: params(), query: { path, at: place } })).text;
      } catch (error) {
        if (error instanceof WebrunnerError && /not-found$/.test(error.code)) return "";
        throw error;
      }
    },
    stage: (selection) => silently(change(api.stageGit(at(selection)))),
    unstage: (selection) => silently(change(api.unstageGit(at(selection)))),
    discard: async (selection) => (await change(api.discardGit(at(selection)))).discarded,
    restore: (files) => silently(change(api.restoreGit(at({ files: [...files] })))),
    ask: (work) => work({ params: params(), query: {} }),
    change: (work) => change(work({ params: params(), query: {} })),
    transfer: (start) => transfer(start({ params: params(), query: {} })),
    commit: (body) => silently(change(api.commitGit(at(body)))),
    saveIdentity: (identity) => silently(change(api.replaceGitIdentity(at(identity)))),
    connectFork: (fork) => silently(change(api.connectGitFork(at({ ...fork, name: "fork" })))),
    async fetch() {
      await transfer(api.fetchGit(at({ remote: needRemote() })));
    },
    async pull(mode) {
      await transfer(api.pullGit(at({ mode, remote: needRemote(), branch: state.getState().status?.branch })));
    },
    async push() {
      await transfer(api.pushGit(at({ remote: needRemote(), setUpstream: true })));
    },
    async cancel() {
      const { task } = state.getState();
      if (task) await api.cancelGitTask({ params: { ...params(), task: task.id } });
    },
    dismissTask: () => state.setState({ task: undefined }),
    takeSide: (path, side) => silently(change(api.takeGitSide(at({ path, side })))),
    continue: () => silently(change(api.continueGit(at({})))),
    abort: () => silently(change(api.abortGit({ params: params(), query: {} }))),
  };
}
