/**
 * What leads a person through the main job: recipe eggs in development mode, Run all, the first-run checklist, the
 * tutorial. Each is read when somebody looks, and again when the server tells that something changed.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import type { DoctorReport } from "@/lib/protocol/doctor";
import type { ServerEvents } from "@/lib/protocol/events";
import type { RecipeEgg } from "@/lib/protocol/recipe-routes";
import type { RunAllInfo, RunAllRequest } from "@/lib/protocol/run-all";
import type { TutorialInfo } from "@/lib/protocol/tutorial";
import type { ClientApp } from "./app";
import { isGoingOn } from "./runs";

export const TUTORIAL = "customize-slapos" as const;
export const TUTORIAL_TAB = "tutorial";
export const RUN_ALL_VIEW = "run-all";

/** The number of the step that an address names: `#step-6`. */
export function readStep(hash: string): number | undefined {
  const number = /^#step-(\d+)$/.exec(hash)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Events come in bursts: a save, its commit, its status. */
const SETTLE_MS = 250;
/** The proxy of a node can end without anybody telling (A1.2). */
const DOCTOR_MS = 3_000;

export interface Watched<T> {
  readonly state: StoreApi<{ readonly value?: T; readonly error?: unknown }>;
  /** Kept up to date until it is disposed. */
  watch(): Disposable;
  reload(): Promise<void>;
  /** What the server told, or is about to: newer than what a reading under way will bring. */
  put(value: T): void;
}

export interface Guide {
  readonly recipes: Watched<readonly RecipeEgg[]>;
  readonly runAll: Watched<RunAllInfo | undefined>;
  readonly doctor: Watched<DoctorReport>;
  readonly tutorial: Watched<TutorialInfo>;
  /** The number of the step that is shown, from 1. */
  readonly step: StoreApi<{ readonly step: number; readonly presenting: boolean }>;
  startRunAll(request: RunAllRequest): Promise<void>;
  stopRunAll(): Promise<void>;
  develop(
    egg: string,
    body: { path?: string; url?: string; branch?: string; user?: string; password?: string },
  ): Promise<RecipeEgg>;
  release(egg: string): Promise<void>;
  fix(check: DoctorReport["checks"][number]["id"]): Promise<void>;
  doStep(step: string, values: Readonly<Record<string, string>>): Promise<void>;
  restart(): Promise<void>;
}

type App = Pick<ClientApp, "api" | "connection" | "project">;

export function createGuide({ api, connection, project }: App): Guide {
  const getProject = (): string => {
    const id = project.state.getState().project?.id;
    if (id === undefined) throw new Error("The project is not known yet.");
    return id;
  };

  const createWatched = <T>(
    read: (project: string) => Promise<T>,
    events: readonly (keyof ServerEvents)[],
    everyMs?: number,
  ): Watched<T> => {
    const state = createStore<{ value?: T; error?: unknown }>(() => ({}));
    let watchers = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = 0;
    const reload = async (): Promise<void> => {
      const id = project.state.getState().project?.id;
      if (id === undefined) return;
      const mine = ++asked;
      try {
        const value = await read(id);
        if (mine === asked) state.setState({ value, error: undefined });
      } catch (error) {
        if (mine === asked) state.setState({ error });
      }
    };
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void reload(), SETTLE_MS);
    };
    return {
      state,
      reload,
      put(value) {
        asked++;
        state.setState({ value, error: undefined });
      },
      watch() {
        watchers++;
        void reload();
        const listeners = [
          ...events.map((name) => connection.on(name, (payload) => isWorthALook(payload) && soon())),
          connection.onOnline(soon),
        ];
        const unsubscribe = project.state.subscribe((now, before) => {
          if (now.project?.id !== before.project?.id) soon();
        });
        const ticking = everyMs === undefined ? undefined : setInterval(() => void reload(), everyMs);
        return toDisposable(() => {
          watchers--;
          if (watchers === 0) clearTimeout(timer);
          clearInterval(ticking);
          unsubscribe();
          for (const listener of listeners) listener.dispose();
        });
      },
    };
  };

  const recipes = createWatched<readonly RecipeEgg[]>(
    async (id) => (await api.listRecipes({ params: { project: id } })).eggs,
    ["recipe:changed", "run:changed"],
  );
  const runAll = createWatched<RunAllInfo | undefined>(
    async (id) => (await api.readRunAll({ params: { project: id } })).runAll,
    ["run-all:changed"],
  );
  const doctor = createWatched<DoctorReport>(
    (id) => api.readDoctor({ params: { project: id }, query: {} }),
    ["engine:changed", "git:changed", "run:changed"],
    DOCTOR_MS,
  );
  const tutorial = createWatched<TutorialInfo>(
    (id) => api.readTutorial({ params: { project: id, tutorial: TUTORIAL } }),
    [
      "tutorial:changed",
      "run:changed",
      "git:changed",
      "file:changed",
      "recipe:changed",
      "run-all:changed",
      "engine:changed",
    ],
  );
  connection.on("run-all:changed", (value) => runAll.put(value));

  return {
    recipes,
    runAll,
    doctor,
    tutorial,
    step: createStore(() => ({ step: 1, presenting: false })),
    async startRunAll(request) {
      const value = await api.startRunAll({ params: { project: getProject() }, body: request });
      // Events may have told more of it before the answer came.
      if (runAll.state.getState().value?.startedAt !== value.startedAt) runAll.put(value);
    },
    async stopRunAll() {
      await api.stopRunAll({ params: { project: getProject() } });
    },
    async develop(egg, body) {
      const found = await api.developRecipe({ params: { project: getProject(), egg }, body });
      await recipes.reload();
      return found;
    },
    async release(egg) {
      await api.releaseRecipe({ params: { project: getProject(), egg } });
      await recipes.reload();
    },
    async fix(check) {
      const value = await api.fixDoctorCheck({ params: { project: getProject(), check } });
      doctor.put(value);
    },
    async doStep(step, values) {
      const params = { project: getProject(), tutorial: TUTORIAL, step };
      // Said at once: until the server answers, nobody can begin another.
      const before = tutorial.state.getState().value;
      if (before) tutorial.put({ ...before, doing: { step, state: "running", message: "Beginning" } });
      try {
        tutorial.put(await api.doTutorialStep({ params, body: { values: { ...values } } }));
      } catch (error) {
        await tutorial.reload();
        throw error;
      }
    },
    async restart() {
      tutorial.put(await api.restartTutorial({ params: { project: getProject(), tutorial: TUTORIAL } }));
    },
  };
}

/** The progress of a run changes nothing here; its beginning and end do. */
function isWorthALook(payload: unknown): boolean {
  const run = payload as { readonly logSizeBytes?: number; readonly state?: "running" };
  return run?.logSizeBytes === undefined || run.state === undefined || !isGoingOn(run as never);
}
