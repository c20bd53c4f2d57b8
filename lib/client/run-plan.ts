/**
 * What the next run of the picked release would do, kept up to date while somebody looks at it.
 *
 * Asked anew when a file or a draft changes, a run ends or another release is picked; at most one question is under way,
 * and what changed meanwhile is one more afterwards.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import type { RunPlanInfo } from "@/lib/protocol/explanations";
import type { ReleaseInfo } from "@/lib/protocol/project";
import type { Api } from "./api";
import type { Connection } from "./connection";
import type { ProjectStore } from "./project-store";
import { isGoingOn } from "./runs";

/** A person's typing is kept as drafts in bursts; the plan follows when it pauses. */
const SETTLE_MS = 300;

export interface RunPlanState {
  readonly profile: string | undefined;
  /** The last answer, also while a newer one is asked for. */
  readonly plan: RunPlanInfo | undefined;
  readonly error: unknown;
  readonly asking: boolean;
  /** The servers of its downloads are being asked; how far, once that is known. */
  readonly check: { readonly done?: number; readonly total?: number } | undefined;
}

export interface RunPlanStore {
  readonly state: StoreApi<RunPlanState>;
  /** Keeps the plan up to date until it is disposed. */
  watch(): Disposable;
  reload(): void;
  /** Asks the servers of all downloads for their sizes; the plan then has them, and what cannot be had. */
  checkDownloads(): Promise<void>;
  /** Ends it; what was found out until then stays known. */
  stopCheck(): void;
}

export function createRunPlan(options: {
  readonly api: Pick<Api, "readPlan" | "checkDownloads">;
  readonly connection: Pick<Connection, "on" | "onOnline">;
  readonly project: Pick<ProjectStore, "state">;
  readonly picked: StoreApi<unknown>;
  readonly findRelease: () => ReleaseInfo | undefined;
}): RunPlanStore {
  const { api, connection, project, picked, findRelease } = options;
  const state = createStore<RunPlanState>(() => ({
    profile: undefined,
    plan: undefined,
    error: undefined,
    asking: false,
    check: undefined,
  }));
  let checking: AbortController | undefined;
  let watchers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;

  const ask = async (): Promise<void> => {
    if (state.getState().asking) {
      again = true;
      return;
    }
    const id = project.state.getState().project?.id;
    const release = findRelease();
    if (id === undefined || !release) return;
    const { profile, engine } = release;
    const isOther = state.getState().profile !== profile;
    if (isOther) checking?.abort();
    state.setState({ profile, asking: true, ...(isOther ? { plan: undefined, error: undefined } : {}) });
    try {
      const kind = engine === "buildout" ? "buildout" : "software";
      const plan = await api.readPlan({ params: { project: id }, query: { profile, kind } });
      state.setState({ plan, error: undefined });
    } catch (error) {
      state.setState({ plan: undefined, error });
    } finally {
      state.setState({ asking: false });
    }
    if (!again) return;
    again = false;
    await ask();
  };
  const soon = (): void => {
    if (watchers === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), SETTLE_MS);
  };

  return {
    state,
    reload: () => void ask(),
    async checkDownloads() {
      const id = project.state.getState().project?.id;
      const release = findRelease();
      if (id === undefined || !release) return;
      const { profile, engine } = release;
      const kind = engine === "buildout" ? "buildout" : "software";
      checking?.abort();
      const mine = new AbortController();
      checking = mine;
      state.setState({ check: {} });
      const told = connection.on("downloads:asked", (asked) => {
        if (asked.project !== id || asked.profile !== profile || checking !== mine) return;
        state.setState({ check: { done: asked.done, total: asked.total } });
      });
      try {
        const body = { profile, kind } as const;
        const plan = await api.checkDownloads({ params: { project: id }, body, signal: mine.signal });
        if (state.getState().profile === profile) state.setState({ plan, error: undefined });
      } catch (error) {
        if (!mine.signal.aborted) throw error;
        void ask();
      } finally {
        told.dispose();
        if (checking === mine) {
          checking = undefined;
          state.setState({ check: undefined });
        }
      }
    },
    stopCheck: () => checking?.abort(),
    watch() {
      watchers++;
      void ask();
      const listeners = [
        connection.on("file:changed", soon),
        connection.on("draft:changed", soon),
        connection.on("run:changed", (run) => !isGoingOn(run) && soon()),
        connection.onOnline(soon),
      ];
      const unsubscribe = [picked.subscribe(soon), project.state.subscribe(soon)];
      return toDisposable(() => {
        watchers--;
        if (watchers === 0) clearTimeout(timer);
        for (const listener of listeners) listener.dispose();
        for (const stop of unsubscribe) stop();
      });
    },
  };
}
