/**
 * The part of the composition that looks into partitions: their processes, promises, logs, files and shells.
 *
 * Made by the run container, which gives it the engine; kept apart because its pieces only know each other here.
 */
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { ProgramInfo } from "@/lib/protocol";
import type { EventHandlers } from "@/server/realtime/event";
import type { SlaposEngine } from "./engine/engine";
import { createProcessHandlers, type ProcessHandlerName } from "./http/process-handlers";
import type { Handlers } from "./http/route";
import { createHandRuns } from "./instance/hand-runs";
import { createPartitionFiles, type PartitionFiles } from "./instance/partition-files";
import { createPartitionLogs, type PartitionLogs } from "./instance/partition-logs";
import type { Commands } from "./platform/command";
import type { DataLayout } from "./platform/data-layout";
import type { Files } from "./platform/files";
import type { RunIdentity } from "./platform/run-identity";
import { createProcessEventHandlers } from "./realtime/process-events";
import { createProcessKeeper, toProgramInfo } from "./supervisor/process-keeper";
import { createProcessWatch } from "./supervisor/process-watch";
import type { TerminalKeeper } from "./terminal/terminal-keeper";

export interface PartitionContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly identity: RunIdentity;
  readonly commands: Commands;
  readonly slapos: SlaposEngine;
  readonly terminals: TerminalKeeper;
  readonly terminalEnvironment: (project: string) => Readonly<Record<string, string>>;
  /** `project/not-found` */
  readonly ensureProject: (project: string) => Promise<void>;
  readonly onChanged: (project: string) => void;
  readonly onError: (error: unknown) => void;
}

export type PartitionHandlerName = ProcessHandlerName;

export interface PartitionContainer {
  readonly handlers: Pick<Handlers, PartitionHandlerName>;
  readonly events: Pick<EventHandlers, "watchProcesses">;
  readonly partitionFiles: PartitionFiles;
  readonly partitionLogs: PartitionLogs;
  /** As they are now; undefined when supervisord does not answer. */
  listPrograms(project: string): Promise<readonly ProgramInfo[] | undefined>;
  dispose(): void;
}

export function createPartitionContainer(options: PartitionContainerOptions): PartitionContainer {
  const { files, layout, identity, commands, slapos, terminals, ensureProject, onChanged } = options;
  const instanceRoot = (project: string): string => join(layout.project(project).slapos, "inst");
  const partitionFiles = createPartitionFiles({
    files,
    instanceRoot,
    owner: identity.switched ? identity : undefined,
  });
  const partitionLogs = createPartitionLogs(partitionFiles);
  const processes = createProcessKeeper({ socketPath: (project) => join(instanceRoot(project), "sv.sock"), onChanged });
  const handRuns = createHandRuns({
    describeProgram: (project, group, name) => slapos.describeProgram(project, group, name),
    stopProgram: (project, group, name) => processes.stop(project, group, name),
    openTerminal: (request) => terminals.open(request),
    toDirectory: (project, partition) => partitionFiles.toDirectory(project, partition),
    onChanged,
  });
  const processWatch = createProcessWatch({
    list: (project) => processes.list(project),
    onChanged,
    onError: options.onError,
  });

  const listPrograms = async (project: string): Promise<readonly ProgramInfo[] | undefined> => {
    const programs = await processes.list(project);
    const open = new Set(terminals.list(project).map(({ id }) => id));
    return programs?.map((program) => {
      const { group, name, state } = program;
      if (state === "RUNNING") handRuns.settle(project, group, name);
      const terminal = handRuns.findTerminal(project, group, name);
      const info = toProgramInfo(program, partitionFiles.toDirectory(project, group));
      return terminal !== undefined && open.has(terminal) ? { ...info, terminal } : info;
    });
  };

  const findPartition = async (project: string, partition: string) => {
    const found = (await slapos.describe(project)).partitions.find(({ id }) => id === partition);
    if (!found) throw new WebrunnerError("instance/not-found", { message: `There is no partition ${partition}.` });
    return found;
  };

  /** The release's own programs first, then the engine's. */
  const environmentOf = async (project: string, partition: string): Promise<Record<string, string>> => {
    const { profile } = await findPartition(project, partition);
    const environment = options.terminalEnvironment(project);
    const bins = [join(partitionFiles.toDirectory(project, partition), "bin")];
    if (profile !== undefined) bins.push(join(slapos.toSoftwareDirectory(project, profile), "bin"));
    return { ...environment, PATH: [...bins, environment.PATH].join(":") };
  };

  return {
    partitionFiles,
    partitionLogs,
    listPrograms,
    handlers: createProcessHandlers({
      processes,
      listPrograms,
      partitionFiles,
      partitionLogs,
      handRuns,
      terminals,
      commands,
      findPromises: async (project, partition) => (await findPartition(project, partition)).promises,
      checkPromises: async (project, partition, name) => {
        await findPartition(project, partition);
        return slapos.checkPromises(project, partition, name);
      },
      environmentOf,
      ensureProject,
      onChanged,
    }),
    events: createProcessEventHandlers({ processWatch, ensureProject }),
    dispose: () => processWatch.dispose(),
  };
}
