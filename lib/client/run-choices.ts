/**
 * What can be chosen for runs and done with one besides starting and stopping it: settings, pause, a shell where a part
 * was built, the debugger.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { RunSettings } from "@/lib/protocol/run-settings";
import type { RunInfo } from "@/lib/protocol/runs";
import type { TerminalInfo } from "@/lib/protocol/terminals";
import type { Api } from "./api";
import type { Layout } from "./layout";
import { TERMINAL_VIEW, type TerminalsStore } from "./terminals";

export interface RunChoicesState {
  /** The dialog of the settings is shown. */
  readonly isOpen: boolean;
  /** Of the project, once they were read. */
  readonly settings: RunSettings | undefined;
  readonly error: unknown;
}

export interface RunChoices {
  readonly state: StoreApi<RunChoicesState>;
  openSettings(): Promise<void>;
  closeSettings(): void;
  /** Rejects when the server refuses them. */
  saveSettings(settings: RunSettings): Promise<void>;
  pause(run: string): Promise<void>;
  resume(run: string): Promise<void>;
  /** By default of the part that failed. */
  openShell(run: string, part?: string): Promise<void>;
  openDebugger(run: Pick<RunInfo, "profile"> & { readonly kind: "software" | "buildout" }): Promise<void>;
}

export function createRunChoices(options: {
  readonly api: Pick<
    Api,
    "readRunSettings" | "replaceRunSettings" | "pauseRun" | "resumeRun" | "openPartShell" | "openDebugger"
  >;
  readonly terminals: Pick<TerminalsStore, "select">;
  readonly layout: Pick<Layout, "showPanelView">;
  readonly currentProject: () => string | undefined;
}): RunChoices {
  const { api, terminals, layout, currentProject } = options;
  const state = createStore<RunChoicesState>(() => ({ isOpen: false, settings: undefined, error: undefined }));

  const getProject = (): string => {
    const project = currentProject();
    if (project === undefined) throw new Error("No project is open");
    return project;
  };
  const show = ({ id }: TerminalInfo): void => {
    terminals.select(id);
    layout.showPanelView(TERMINAL_VIEW);
  };

  return {
    state,
    async openSettings() {
      state.setState({ isOpen: true, settings: undefined, error: undefined });
      try {
        state.setState({ settings: await api.readRunSettings({ params: { project: getProject() } }) });
      } catch (error) {
        state.setState({ error });
      }
    },
    closeSettings: () => state.setState({ isOpen: false }),
    async saveSettings(settings) {
      const body = settings;
      state.setState({ settings: await api.replaceRunSettings({ params: { project: getProject() }, body }) });
    },
    async pause(run) {
      await api.pauseRun({ params: { run } });
    },
    async resume(run) {
      await api.resumeRun({ params: { run } });
    },
    async openShell(run, part) {
      show(await api.openPartShell({ params: { run }, body: { part } }));
    },
    async openDebugger({ profile, kind }) {
      show(await api.openDebugger({ params: { project: getProject() }, body: { profile, kind } }));
    },
  };
}
