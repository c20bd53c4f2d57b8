/** `process:watch`: as long as a page is there, changed states of processes are noticed and told. */
import type { ProcessWatch } from "@/server/supervisor/process-watch";
import type { EventHandlers, EventSocket } from "./event";

export interface ProcessEventsDeps {
  readonly processWatch: ProcessWatch;
  /** `project/not-found` */
  readonly ensureProject: (project: string) => Promise<void>;
}

export function createProcessEventHandlers({
  processWatch,
  ensureProject,
}: ProcessEventsDeps): Pick<EventHandlers, "watchProcesses"> {
  const watching = new WeakMap<EventSocket, Set<string>>();
  return {
    async watchProcesses({ payload: { project }, socket }) {
      await ensureProject(project);
      const known = watching.get(socket) ?? new Set<string>();
      watching.set(socket, known);
      if (known.has(project)) return {};
      known.add(project);
      processWatch.hold(project);
      socket.onClose(() => processWatch.release(project));
      return {};
    },
  };
}
