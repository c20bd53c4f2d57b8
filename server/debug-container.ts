/**
 * The part of the composition that debugs partitions: from a file to its source, previews by the engine, why an instance
 * is red, and shells in releases. Made by the run container, which has what these need of each other.
 */
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { FileSource, LastChange, Place, RenderedFile, RenderRequest, RenderTarget } from "@/lib/protocol";
import type { SlaposEngine } from "./engine/engine";
import { createDebugHandlers, type DebugHandlerName } from "./http/debug-handlers";
import type { Handlers } from "./http/route";
import { createDiagnosis } from "./instance/diagnosis";
import type { InstanceKeeper } from "./instance/instance-keeper";
import type { PartitionFiles } from "./instance/partition-files";
import type { PartitionLogs } from "./instance/partition-logs";
import { createSourceReader, type SourceReader } from "./instance/source-reader";
import type { ConfinedFiles } from "./platform/confined-files";
import { findConfinedPath, toConfinedPath } from "./platform/confined-path";
import type { DataLayout } from "./platform/data-layout";
import { createPlanDisk, type PlanDisk } from "./platform/plan-disk";
import type { TerminalKeeper } from "./terminal/terminal-keeper";

export interface DebugContainerOptions {
  readonly layout: DataLayout;
  readonly slapos: SlaposEngine;
  readonly instances: Pick<InstanceKeeper, "examine" | "history" | "list">;
  readonly partitionFiles: PartitionFiles;
  readonly partitionLogs: PartitionLogs;
  readonly terminals: Pick<TerminalKeeper, "open">;
  readonly terminalEnvironment: (project: string) => Readonly<Record<string, string>>;
  /** `project/not-found` */
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
  readonly listUnsaved: (project: string) => Promise<readonly { readonly path: string; readonly text: string }[]>;
  /** Workspace paths of the releases. */
  readonly listReleases: (project: string) => Promise<readonly string[]>;
  readonly findLastChange: FindLastChange;
}

/** Of the lines of a file of the workspace. */
export type FindLastChange = (
  project: string,
  path: string,
  text: string,
  range: { readonly from: number; readonly to: number },
) => Promise<Omit<LastChange, "kind" | "place"> | undefined>;

export interface DebugContainer {
  readonly handlers: Pick<Handlers, DebugHandlerName>;
}

const PROFILE_SECTION = /^\[/;

export function createDebugContainer(options: DebugContainerOptions): DebugContainer {
  const { layout, slapos, instances, partitionFiles, partitionLogs, openTree } = options;
  const disks = new Map<string, PlanDisk>();

  const diskOf = (project: string): PlanDisk => {
    const known = disks.get(project);
    if (known) return known;
    const { workspace, slapos: node } = layout.project(project);
    const disk = createPlanDisk([workspace, node]);
    disks.set(project, disk);
    return disk;
  };

  const ensureProfile = (project: string, profile: string): string => {
    const { workspace } = layout.project(project);
    return join(workspace, toConfinedPath(profile));
  };

  const readerOf = async (project: string, partition: string | undefined, profile?: string) => {
    const { workspace } = layout.project(project);
    const known = partition === undefined ? undefined : await findPartition(project, partition);
    const absolute = known?.profile ?? (profile === undefined ? undefined : ensureProfile(project, profile));
    if (absolute === undefined) {
      throw new WebrunnerError("request/invalid", { message: "Name a partition that is in use, or a release." });
    }
    const softwareDirectory = slapos.toSoftwareDirectory(project, absolute);
    const reader = createSourceReader(diskOf(project), {
      workspace,
      profile: absolute,
      softwareDirectory,
      partition: partition && partitionFiles.toDirectory(project, partition),
    });
    return { reader, absolute, softwareDirectory, known };
  };

  const findPartition = async (project: string, partition: string) => {
    const found = (await slapos.describe(project)).partitions.find(({ id }) => id === partition);
    if (!found) throw new WebrunnerError("instance/not-found", { message: `There is no partition ${partition}.` });
    return found;
  };

  const trace = async (
    project: string,
    partition: string,
    path: string,
    line: number | undefined,
  ): Promise<FileSource> => {
    const { root } = await partitionFiles.open(project, partition);
    const { reader } = await readerOf(project, partition);
    return reader.trace(join(root, toConfinedPath(path)), line);
  };

  const listTargets = async (project: string, template: string): Promise<RenderTarget[]> => {
    const { workspace } = layout.project(project);
    const file = join(workspace, toConfinedPath(template));
    const targets: RenderTarget[] = [];
    const add = (reader: SourceReader, base: string, rest: Omit<RenderTarget, "path" | "part">): void => {
      for (const { path, part } of reader.listOutputs(file)) {
        if (path.startsWith(`${base}/`)) targets.push({ ...rest, path: path.slice(base.length + 1), part });
      }
    };
    for (const profile of await options.listReleases(project)) {
      if (!(await slapos.isBuilt(project, join(workspace, profile)))) continue;
      const { reader, softwareDirectory } = await readerOf(project, undefined, profile);
      add(reader, softwareDirectory, { profile });
    }
    for (const { id, instance, profile } of (await slapos.describe(project)).partitions) {
      if (instance === undefined || !profile?.startsWith(`${workspace}/`)) continue;
      const { reader } = await readerOf(project, id);
      const rest = { partition: id, instance, profile: profile.slice(workspace.length + 1) };
      add(reader, partitionFiles.toDirectory(project, id), rest);
    }
    return targets;
  };

  const listTexts = async (project: string): Promise<Record<string, string>> => {
    const { workspace } = layout.project(project);
    const unsaved = await options.listUnsaved(project);
    return Object.fromEntries(unsaved.map(({ path, text }) => [`${workspace}/${path}`, text]));
  };

  /** As they are asked for: of the instance itself, else as the partition has them. */
  const findParameters = async (project: string, partition: string, asked: RenderRequest["parameters"]) => {
    if (asked !== undefined) return asked;
    const { instance, requestedBy } = await findPartition(project, partition);
    if (requestedBy !== undefined) return undefined;
    return (await instances.list(project)).find(({ name }) => name === instance)?.parameters;
  };

  const render = async (project: string, request: RenderRequest): Promise<RenderedFile> => {
    const { partition } = request;
    const path = toConfinedPath(request.path);
    const { reader, absolute, softwareDirectory, known } = await readerOf(project, partition, request.profile);
    if (partition !== undefined && known?.instance === undefined) {
      throw new WebrunnerError("instance/not-found", { message: `Nobody uses the partition ${partition}.` });
    }
    const base = partition === undefined ? softwareDirectory : partitionFiles.toDirectory(project, partition);
    const file = join(base, path);
    const { content, part, recipe, notes, error, doing, traceback, place } = await slapos.renderFile(project, {
      profile: absolute,
      partition,
      file,
      parameters: partition === undefined ? undefined : await findParameters(project, partition, request.parameters),
      softwareType: request.softwareType ?? known?.softwareType,
      texts: request.saved ? {} : await listTexts(project),
    });
    const deployed = diskOf(project).readText(file);
    const origin = place && reader.trace(place.path, place.line).origin;
    const { workspace, slapos: node } = layout.project(project);
    const relative = (text: string): string => text.replaceAll(`${workspace}/`, "").replaceAll(`${node}/`, "");
    return {
      path,
      text: content?.toString("utf8"),
      deployed,
      same: content !== undefined && deployed !== undefined && content.equals(Buffer.from(deployed, "utf8")),
      part,
      recipe,
      notes: notes.map(relative),
      problem:
        error === undefined
          ? undefined
          : {
              message: relative(error),
              doing: doing.map(relative),
              place: origin,
              traceback: traceback.map((line) => relative(line).replaceAll(`${layout.engine}/`, "")),
            },
    };
  };

  const findLastChange = async (project: string, place: Place, whole: boolean): Promise<LastChange | undefined> => {
    const text = diskOf(project).readText(join(layout.project(project).workspace, place.path));
    if (text === undefined) return undefined;
    const lines = text.split("\n");
    const next = lines.findIndex((line, index) => index >= place.line && PROFILE_SECTION.test(line));
    const range = whole ? { from: 1, to: lines.length } : { from: place.line, to: next < 0 ? lines.length : next };
    const change = await options.findLastChange(project, place.path, text, range);
    return change && { ...change, kind: change.commit === undefined ? "uncommitted" : "commit", place };
  };

  const diagnose = createDiagnosis({
    examine: (project, name) => instances.examine(project, name),
    listVersions: (project, name) => instances.history(project, name),
    readLogEnd: async (project, partition, path, bytes) =>
      (await partitionLogs.read(project, partition, { path, limit: bytes })).text,
    trace: (project, partition, path) => trace(project, partition, path, undefined),
    async findFile(project, partition, paths) {
      const directory = partitionFiles.toDirectory(project, partition);
      // A promise is called what its author likes; a name that is no path leads to no file.
      return paths.find((path) => findConfinedPath(path) && diskOf(project).exists(join(directory, path)));
    },
    findLastChange,
  });

  return {
    handlers: createDebugHandlers({
      ensureProject: async (project) => void (await openTree(project)),
      trace,
      render,
      listTargets,
      diagnose,
      async openReleaseTerminal(project, profile, size) {
        const absolute = ensureProfile(project, profile);
        if (!(await slapos.isBuilt(project, absolute))) {
          throw new WebrunnerError("run/refused", {
            message: `The software of ${profile} is not built.`,
            hint: "Run software first.",
          });
        }
        const directory = slapos.toSoftwareDirectory(project, absolute);
        const environment = options.terminalEnvironment(project);
        return options.terminals.open({
          ...size,
          project,
          name: profile.split("/").at(-2) ?? profile,
          directory,
          environment: { ...environment, PATH: `${join(directory, "bin")}:${environment.PATH}` },
        });
      },
      readPartitionCount: (project) => slapos.readPartitionCount(project),
      replacePartitionCount: (project, count) => slapos.replacePartitionCount(project, count),
      listUsedPartitions: async (project) =>
        (await slapos.describe(project)).partitions
          .filter(({ instance }) => instance !== undefined)
          .map(({ id }) => id),
    }),
  };
}
