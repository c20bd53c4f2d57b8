/**
 * The runs of the project, newest first, as the server tells them; and the acts on them.
 *
 * A run that has ended stays ended: news that arrive late do not set it going again. Asking twice for the same run
 * while the first request is on its way is one request.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import { createEmitter, type Emitter } from "@/lib/base/emitter";
import { compareNewestFirst } from "@/lib/base/newest-first";
import type { RunInfo, RunKind, RunRequest, RunState } from "@/lib/protocol/runs";
import type { Api } from "./api";
import type { Connection } from "./connection";

export interface RunsState {
  readonly status: "loading" | "ready" | "failed";
  readonly runs: readonly RunInfo[];
  readonly error: unknown;
  /** The run whose log is shown. */
  readonly selected: string | undefined;
  /** Kinds that were asked for and not answered yet. */
  readonly starting: readonly RunKind[];
}

export interface RunsStore {
  readonly state: StoreApi<RunsState>;
  /** A run that went on while the page looked has ended. */
  readonly finished: Emitter<RunInfo>;
  /** Whose runs these are; they are read by `load`. */
  choose(project: string): void;
  load(project: string): Promise<void>;
  start(request: RunRequest): Promise<RunInfo>;
  stop(run: string): Promise<void>;
  select(run: string | undefined): void;
  /** Begins to listen. */
  connect(): Disposable;
}

export function isGoingOn(run: { readonly state: RunState }): boolean {
  return run.state === "queued" || run.state === "running";
}

/** The runs after the news of one of them. */
export function applyRun(runs: readonly RunInfo[], news: RunInfo): readonly RunInfo[] {
  const at = runs.findIndex((run) => run.id === news.id);
  if (at < 0) return [...runs, news].sort(compareNewestFirst);
  const known = runs[at]!;
  if (!isGoingOn(known) && isGoingOn(news)) return runs;
  return runs.with(at, news);
}

export function findRun(state: RunsState, id: string | undefined): RunInfo | undefined {
  return id === undefined ? undefined : state.runs.find((run) => run.id === id);
}

/** The newest run that goes on, else the newest. */
export function findCurrentRun(state: RunsState): RunInfo | undefined {
  return state.runs.find(isGoingOn) ?? state.runs[0];
}

export function createRunsStore(options: {
  readonly api: Pick<Api, "listRuns" | "startRun" | "stopRun">;
  readonly connection: Pick<Connection, "on">;
}): RunsStore {
  const { api, connection } = options;
  let project: string | undefined;
  const state = createStore<RunsState>(() => ({
    status: "loading",
    runs: [],
    error: undefined,
    selected: undefined,
    starting: [],
  }));
  const finished = createEmitter<RunInfo>((error) => console.error(error));
  const pending = new Map<string, Promise<RunInfo>>();

  const hear = (run: RunInfo): void => {
    if (run.project !== project) return;
    const before = findRun(state.getState(), run.id);
    state.setState({ runs: applyRun(state.getState().runs, run) });
    if (before && isGoingOn(before) && !isGoingOn(run)) finished.emit(run);
  };

  return {
    state,
    finished,
    choose(id) {
      project = id;
    },
    async load(id) {
      project = id;
      try {
        const { runs } = await api.listRuns({ params: { project: id } });
        const before = state.getState();
        const merged = before.runs.filter((run) => run.project === id).reduce(applyRun, runs as readonly RunInfo[]);
        // The list is the server's word of now, so a run that it calls ended is, whatever was known.
        const fresh = merged.map((run) => runs.find((listed) => listed.id === run.id && !isGoingOn(listed)) ?? run);
        state.setState({ status: "ready", runs: fresh, error: undefined });
        for (const run of fresh) {
          const known = findRun(before, run.id);
          if (known && isGoingOn(known) && !isGoingOn(run)) finished.emit(run);
        }
      } catch (error) {
        state.setState({ error, status: state.getState().status === "ready" ? "ready" : "failed" });
      }
    },
    start(request) {
      const id = project;
      if (id === undefined) return Promise.reject(new Error("No project is open"));
      const key = JSON.stringify([id, request]);
      const known = pending.get(key);
      if (known) return known;
      const asked = (async () => {
        state.setState({ starting: [...state.getState().starting, request.kind] });
        try {
          const run = await api.startRun({ params: { project: id }, body: request });
          hear(run);
          state.setState({ selected: run.id });
          return run;
        } finally {
          pending.delete(key);
          const starting = [...state.getState().starting];
          starting.splice(starting.indexOf(request.kind), 1);
          state.setState({ starting });
        }
      })();
      pending.set(key, asked);
      return asked;
    },
    async stop(run) {
      hear(await api.stopRun({ params: { run } }));
    },
    select: (run) => state.setState({ selected: run }),
    connect() {
      const listeners = [
        connection.on("run:changed", hear),
        connection.on("run:removed", ({ run }) => {
          const { runs, selected } = state.getState();
          state.setState({
            runs: runs.filter(({ id }) => id !== run),
            selected: selected === run ? undefined : selected,
          });
        }),
      ];
      return toDisposable(() => {
        for (const listener of listeners) listener.dispose();
      });
    },
  };
}
