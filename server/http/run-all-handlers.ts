/** The routes of Run all. */
import type { RunAllKeeper } from "@/server/run-all/run-all";
import type { Handlers } from "./route";

export interface RunAllHandlersDependencies {
  readonly runAll: RunAllKeeper;
  /** `project/not-found` */
  readonly ensureProject: (project: string) => Promise<void>;
}

export function createRunAllHandlers({
  runAll,
  ensureProject,
}: RunAllHandlersDependencies): Pick<Handlers, "startRunAll" | "readRunAll" | "stopRunAll"> {
  return {
    async startRunAll({ params: { project }, body }) {
      await ensureProject(project);
      return runAll.start(project, body);
    },
    async readRunAll({ params: { project } }) {
      await ensureProject(project);
      return { runAll: await runAll.find(project) };
    },
    async stopRunAll({ params: { project } }) {
      await ensureProject(project);
      return runAll.stop(project);
    },
  };
}
