/**
 * The project that this page shows, its software releases, and the state of the engine's environment.
 * Read when the page starts and anew at every reconnection; the engine's state also follows `engine:changed`, and the
 * releases follow their files.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { EngineStatus } from "@/lib/protocol/engine";
import type { ProjectInfo, ReleaseInfo } from "@/lib/protocol/project";
import type { Api } from "./api";
import type { Connection } from "./connection";

/** A file that makes a release, or gives one its title. */
const RELEASE_FILE = /(?:^|\/)(?:software|buildout)(?:\.sandbox)?\.cfg(?:\.json)?$/;

export interface ProjectState {
  readonly project: ProjectInfo | undefined;
  /** All there are, this one among them. */
  readonly projects: readonly ProjectInfo[];
  readonly releases: readonly ReleaseInfo[];
  /** Before that, no release is no news: the server has not been asked yet. */
  readonly isRead: boolean;
  readonly engine: EngineStatus | undefined;
  readonly error: unknown;
}

export interface ProjectStore {
  readonly state: StoreApi<ProjectState>;
  /** Reads projects, releases and engine; a refusal is kept in `state.error` for the view to show. */
  load(): Promise<void>;
  refreshReleases(): Promise<void>;
  /** Once the project and its releases are known; throws what kept them from being read. */
  whenRead(): Promise<void>;
  provisionEngine(): Promise<void>;
}

/** The id that every request about the project names. */
export function getProjectId({ state }: Pick<ProjectStore, "state">): string {
  const { project } = state.getState();
  if (!project) throw new Error("No project is open");
  return project.id;
}

export function createProjectStore(api: Api, connection: Connection, preferred?: string): ProjectStore {
  const state = createStore<ProjectState>(() => ({
    project: undefined,
    projects: [],
    releases: [],
    isRead: false,
    engine: undefined,
    error: undefined,
  }));
  connection.on("engine:changed", (engine) => state.setState({ engine }));

  const readEngine = async (): Promise<void> => {
    try {
      state.setState({ engine: await api.readEngine() });
    } catch {
      // The engine's state is said again by `engine:changed`; the page works without it.
    }
  };
  const refreshReleases = async (): Promise<void> => {
    const { project } = state.getState();
    if (!project) return;
    const { releases } = await api.readProject({ params: { project: project.id } });
    state.setState({ releases, isRead: true });
  };

  connection.on("file:changed", ({ project, path }) => {
    if (project !== state.getState().project?.id || !RELEASE_FILE.test(path)) return;
    // Until it is asked again the list is as it was.
    refreshReleases().catch(() => undefined);
  });

  return {
    state,
    refreshReleases,
    whenRead: () =>
      new Promise((resolve, reject) => {
        const look = ({ isRead, error }: ProjectState): boolean => {
          if (isRead) resolve();
          else if (error !== undefined) reject(error);
          return isRead || error !== undefined;
        };
        if (look(state.getState())) return;
        const unsubscribe = state.subscribe((now) => {
          if (look(now)) unsubscribe();
        });
      }),
    async load() {
      void readEngine();
      try {
        const { projects, last } = await api.listProjects();
        const find = (wanted: string | undefined): ProjectInfo | undefined => projects.find(({ id }) => id === wanted);
        const project = find(state.getState().project?.id ?? preferred) ?? find(last) ?? projects[0];
        state.setState({ project, projects, error: undefined, ...(project ? {} : { isRead: true }) });
        await refreshReleases();
      } catch (error) {
        state.setState({ error });
      }
    },
    async provisionEngine() {
      state.setState({ engine: await api.provisionEngine() });
    },
  };
}
