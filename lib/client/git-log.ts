/**
 * A log read page by page: of a branch, of everything, or of one file; the lanes of its graph go on over the pages.
 * What is read again (the repository changed) replaces the list at once, as long as it was, so nothing jumps.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type GraphRow, layoutGraph } from "@/lib/git/log-graph";
import type { GitCommit } from "@/lib/protocol/git";
import type { Api } from "./api";
import type { GitStore } from "./git";

export type { GraphRow };

export interface LogFilter {
  /** Default: every branch and tag. */
  readonly from?: string;
  /** The history of this file, from HEAD or `from`. */
  readonly path?: string;
  /** In message, author or id. */
  readonly text?: string;
}

export interface GitLogState {
  readonly phase: "loading" | "ready" | "failed";
  readonly commits: readonly GitCommit[];
  readonly rows: readonly GraphRow[];
  readonly more: boolean;
  readonly error: unknown;
  readonly filter: LogFilter;
}

export interface GitLog {
  readonly state: StoreApi<GitLogState>;
  filter(filter: LogFilter): void;
  reload(): Promise<void>;
  loadMore(): Promise<void>;
}

const PAGE = 200;
/** The server gives at most this many at a time. */
const LIMIT = 1000;

export function createGitLog(api: Pick<Api, "readGitLog">, git: Pick<GitStore, "ask">, filter: LogFilter): GitLog {
  const state = createStore<GitLogState>(() => ({
    phase: "loading",
    commits: [],
    rows: [],
    more: false,
    error: undefined,
    filter,
  }));
  /** A later request makes the answers of earlier ones void. */
  let turn = 0;
  /** That the last page ended with. */
  let lanes: readonly (string | undefined)[] = [];
  const read = async (skip: number, limit: number): Promise<void> => {
    turn += 1;
    const mine = turn;
    const { from, path, text } = state.getState().filter;
    try {
      const query = {
        ...(from !== undefined && { from }),
        ...(path !== undefined && { path }),
        ...(from === undefined && path === undefined && { all: "true" as const }),
        ...(text && { text }),
        skip,
        limit,
      };
      const page = await git.ask((address) => api.readGitLog({ ...address, query: { ...address.query, ...query } }));
      if (mine !== turn) return;
      const before = skip === 0 ? { commits: [], rows: [] } : state.getState();
      const layout = layoutGraph(page.commits, skip === 0 ? [] : lanes);
      lanes = layout.lanes;
      state.setState({
        phase: "ready",
        commits: [...before.commits, ...page.commits],
        rows: [...before.rows, ...layout.rows],
        more: page.more,
        error: undefined,
      });
    } catch (error) {
      if (mine === turn) state.setState({ phase: "failed", error });
    }
  };
  let loadingMore: Promise<void> | undefined;
  return {
    state,
    filter(next) {
      state.setState({ filter: next, phase: "loading" });
      void read(0, PAGE);
    },
    reload: () => read(0, Math.min(Math.max(state.getState().commits.length, PAGE), LIMIT)),
    async loadMore() {
      const { more, commits } = state.getState();
      if (!more || loadingMore) return loadingMore;
      loadingMore = read(commits.length, PAGE).finally(() => {
        loadingMore = undefined;
      });
      return loadingMore;
    },
  };
}
