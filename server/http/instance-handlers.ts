/** The routes of instances. */
import { WebrunnerError } from "@/lib/base/errors";
import type { InstanceRequestBody } from "@/lib/protocol";
import type { InstanceKeeper } from "@/server/instance/instance-keeper";
import type { ReleaseParameterReader } from "@/server/instance/release-parameters";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import type { Handlers } from "./route";

export interface InstanceHandlersDependencies {
  readonly instances: InstanceKeeper;
  /** `project/not-found`. */
  readonly ensureProject: (project: string) => Promise<void> | void;
  /** `run/refused` when the release is not there; gives the workspace path. */
  readonly ensureProfile: (project: string, profile: string) => Promise<string>;
  readonly releaseParameters: ReleaseParameterReader;
  /** `project/not-found` */
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
}

export type InstanceHandlerName =
  | "listInstances"
  | "readInstance"
  | "requestInstance"
  | "readReleaseParameters"
  | "checkParameters"
  | "listInstanceVersions";

export function createInstanceHandlers({
  instances,
  ensureProject,
  ensureProfile,
  releaseParameters,
  openTree,
}: InstanceHandlersDependencies): Pick<Handlers, InstanceHandlerName> {
  const ensureFitting = async (project: string, instance: string, body: InstanceRequestBody): Promise<void> => {
    const { profile, parameters, softwareType, shared } = body;
    if (parameters === undefined) return;
    releaseParameters.ensurePlain(parameters);
    if (body.unchecked || (body.state !== undefined && body.state !== "started")) return;
    const known = (await instances.list(project)).find(({ name }) => name === instance);
    const problems = await releaseParameters.check(await openTree(project), {
      profile,
      parameters,
      softwareType: softwareType ?? known?.softwareType,
      shared: shared ?? known?.shared,
    });
    const [first] = problems;
    if (!first) return;
    throw new WebrunnerError("instance/parameters-invalid", {
      message: `The parameter ${first.pointer || "/"} does not fit: ${first.message}`,
      hint: "Correct it, or ask for the parameters unchecked.",
      problems,
    });
  };

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
      await ensureFitting(project, instance, { ...body, profile });
      return instances.request(project, instance, { ...body, profile });
    },
    async readReleaseParameters({ params: { project }, query: { profile } }) {
      return releaseParameters.read(await openTree(project), profile);
    },
    async checkParameters({ params: { project }, body }) {
      return { problems: await releaseParameters.check(await openTree(project), body) };
    },
    async listInstanceVersions({ params: { project, instance } }) {
      await ensureProject(project);
      return { versions: await instances.history(project, instance) };
    },
  };
}
