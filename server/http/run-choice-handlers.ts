/** The routes of what a user chooses for runs: settings, pause, a shell in a part, the debugger. */
import type { RunSettings, TerminalInfo } from "@/lib/protocol";
import type { RunKeeper } from "@/server/runs/run-keeper";
import type { RunSettingsStore } from "@/server/runs/run-settings-store";
import type { Handlers } from "./route";

export interface RunChoiceHandlersDependencies {
  readonly runs: () => Pick<RunKeeper, "pause" | "resume">;
  readonly settings: RunSettingsStore;
  /** `project/not-found`. */
  readonly ensureProject: (project: string) => Promise<void>;
  readonly openPartShell: (run: string, part: string | undefined) => Promise<TerminalInfo>;
  readonly openDebugger: (
    project: string,
    request: { readonly profile: string; readonly kind: "software" | "buildout"; readonly parts?: string[] },
  ) => Promise<TerminalInfo>;
}

export type RunChoiceHandlerName =
  | "readRunSettings"
  | "replaceRunSettings"
  | "pauseRun"
  | "resumeRun"
  | "openPartShell"
  | "openDebugger";

export function createRunChoiceHandlers({
  runs,
  settings,
  ensureProject,
  openPartShell,
  openDebugger,
}: RunChoiceHandlersDependencies): Pick<Handlers, RunChoiceHandlerName> {
  return {
    async readRunSettings({ params: { project } }): Promise<RunSettings> {
      await ensureProject(project);
      return settings.read(project);
    },
    async replaceRunSettings({ params: { project }, body }) {
      await ensureProject(project);
      return settings.replace(project, body);
    },
    pauseRun: ({ params: { run } }) => runs().pause(run),
    resumeRun: ({ params: { run } }) => runs().resume(run),
    openPartShell: ({ params: { run }, body: { part } }) => openPartShell(run, part),
    openDebugger: ({ params: { project }, body }) => openDebugger(project, body),
  };
}
