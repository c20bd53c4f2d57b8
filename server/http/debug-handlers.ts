/** The routes that debug instances: source of a file, preview, why it is red; a shell in a release; the node's size. */
import { WebrunnerError } from "@/lib/base/errors";
import type { Diagnosis, FileSource, RenderedFile, RenderRequest, RenderTarget, TerminalInfo } from "@/lib/protocol";
import type { Handlers } from "./route";

export type DebugHandlerName =
  | "readFileSource"
  | "renderFile"
  | "listRenderTargets"
  | "explainInstance"
  | "openReleaseTerminal"
  | "readNode"
  | "replaceNode";

export interface DebugHandlersDependencies {
  /** `project/not-found` */
  readonly ensureProject: (project: string) => Promise<void>;
  readonly trace: (project: string, partition: string, path: string, line: number | undefined) => Promise<FileSource>;
  readonly render: (project: string, request: RenderRequest) => Promise<RenderedFile>;
  readonly listTargets: (project: string, template: string) => Promise<RenderTarget[]>;
  readonly diagnose: (project: string, instance: string) => Promise<Diagnosis>;
  readonly openReleaseTerminal: (
    project: string,
    profile: string,
    size: { readonly columns?: number; readonly rows?: number },
  ) => Promise<TerminalInfo>;
  readonly readPartitionCount: (project: string) => Promise<number>;
  readonly replacePartitionCount: (project: string, count: number) => Promise<void>;
  /** `slappart0` … of those that an instance has. */
  readonly listUsedPartitions: (project: string) => Promise<readonly string[]>;
}

export function createDebugHandlers(deps: DebugHandlersDependencies): Pick<Handlers, DebugHandlerName> {
  const readNode = async (project: string) => ({
    partitions: await deps.readPartitionCount(project),
    used: (await deps.listUsedPartitions(project)).length,
  });
  return {
    async readFileSource({ params: { project, partition }, query: { path, line } }) {
      await deps.ensureProject(project);
      return deps.trace(project, partition, path, line);
    },
    async renderFile({ params: { project }, body }) {
      await deps.ensureProject(project);
      return deps.render(project, body);
    },
    async listRenderTargets({ params: { project }, query: { path } }) {
      await deps.ensureProject(project);
      return { targets: await deps.listTargets(project, path) };
    },
    async explainInstance({ params: { project, instance } }) {
      await deps.ensureProject(project);
      return deps.diagnose(project, instance);
    },
    async openReleaseTerminal({ params: { project }, body: { profile, ...size } }) {
      await deps.ensureProject(project);
      return deps.openReleaseTerminal(project, profile, size);
    },
    async readNode({ params: { project } }) {
      await deps.ensureProject(project);
      return readNode(project);
    },
    async replaceNode({ params: { project }, body: { partitions } }) {
      await deps.ensureProject(project);
      const inTheWay = (await deps.listUsedPartitions(project)).filter(
        (id) => Number(id.replace("slappart", "")) >= partitions,
      );
      if (inTheWay.length > 0) {
        throw new WebrunnerError("request/invalid", {
          message: `${inTheWay.join(", ")} ${inTheWay.length === 1 ? "is" : "are"} in use.`,
          hint: "Destroy the instances there first, or keep more partitions.",
        });
      }
      await deps.replacePartitionCount(project, partitions);
      return readNode(project);
    },
  };
}
