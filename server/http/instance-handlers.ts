/** The routes of instances. */
import type { InstanceKeeper } from "@/server/instance/instance-keeper";
import type { Handlers } from "./route";

export interface InstanceHandlersDependencies {
  readonly instances: InstanceKeeper;
  /** `project/not-found`. */
  readonly ensureProject: (project: string) => Promise<void> | void;
  /** `run/refused` when the release is not there; gives the workspace path. */
  readonly ensureProfile: (project: string, profile: string) => Promise<string>;
}

export function createInstanceHandlers({
  instances,
  ensureProject,
  ensureProfile,
}: InstanceHandlersDependencies): Pick<Handlers, "listInstances" | "readInstance" | "requestInstance"> {
  return {
    async listInstances({ params: { project } }) {
      await ensureProject(project);
      return { instances: await instances.list(project) };
    },
    async readInstance({ params: { project, instance } }) {
      await ensureProject(project);
      return instances.get(project, instance);
    },
    async requestInstance({ params: { project, instance }, body }) {
      await ensureProject(project);
      // What is stopped or destroyed may have lost its profile.
      const isStarted = body.state === undefined || body.state === "started";
      const profile = isStarted ? await ensureProfile(project, body.profile) : body.profile;
      return instances.request(project, instance, { ...body, profile });
    },
  };
}
