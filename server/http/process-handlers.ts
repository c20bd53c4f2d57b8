/** The routes of processes, promises, logs, files and shells of partitions. */
import type { ProgramInfo } from "@/lib/protocol";
import type { HandRuns } from "@/server/instance/hand-runs";
import type { PartitionFiles } from "@/server/instance/partition-files";
import type { PartitionLogs } from "@/server/instance/partition-logs";
import type { Commands } from "@/server/platform/command";
import type { ProcessKeeper } from "@/server/supervisor/process-keeper";
import type { TerminalKeeper } from "@/server/terminal/terminal-keeper";
import type { Handlers } from "./route";

export type ProcessHandlerName =
  | "listProcesses"
  | "controlProcess"
  | "listPromises"
  | "runPromises"
  | "listPartitionLogs"
  | "readPartitionLog"
  | "listPartitionEntries"
  | "readPartitionFile"
  | "openPartitionTerminal"
  | "runInPartition";

interface PromiseResult {
  readonly name: string;
  readonly state: string;
  readonly message: string;
  readonly checkedAt?: string;
}

export interface ProcessHandlersDependencies {
  readonly processes: ProcessKeeper;
  readonly listPrograms: (project: string) => Promise<readonly ProgramInfo[] | undefined>;
  readonly partitionFiles: PartitionFiles;
  readonly partitionLogs: PartitionLogs;
  readonly handRuns: HandRuns;
  readonly terminals: Pick<TerminalKeeper, "open">;
  readonly commands: Commands;
  /** As they were checked last. `instance/not-found` */
  readonly findPromises: (project: string, partition: string) => Promise<readonly PromiseResult[]>;
  readonly checkPromises: (
    project: string,
    partition: string,
    name: string | undefined,
  ) => Promise<readonly PromiseResult[]>;
  /** What a shell in a partition finds in its environment. */
  readonly environmentOf: (project: string, partition: string) => Promise<Readonly<Record<string, string>>>;
  /** `project/not-found` */
  readonly ensureProject: (project: string) => Promise<void> | void;
  readonly onChanged: (project: string) => void;
}

const EXEC_TIMEOUT_SECONDS = 60;
const EXEC_OUTPUT_BYTES = 4 * 1024 * 1024;

export function createProcessHandlers(deps: ProcessHandlersDependencies): Pick<Handlers, ProcessHandlerName> {
  const { processes, partitionFiles, partitionLogs, handRuns, terminals, commands, ensureProject } = deps;

  const list = async (project: string): Promise<{ answers: boolean; processes: ProgramInfo[] }> => {
    const programs = await deps.listPrograms(project);
    return { answers: programs !== undefined, processes: [...(programs ?? [])] };
  };
  const toPromises = (results: readonly PromiseResult[]) => ({
    promises: results.map(({ name, state, message, checkedAt }) => ({ name, ok: state === "ok", message, checkedAt })),
  });

  return {
    async listProcesses({ params: { project } }) {
      await ensureProject(project);
      return list(project);
    },
    async controlProcess({ params: { project, process, action } }) {
      await ensureProject(project);
      await processes.control(project, process, action);
      return list(project);
    },
    async listPromises({ params: { project, partition } }) {
      await ensureProject(project);
      return toPromises(await deps.findPromises(project, partition));
    },
    async runPromises({ params: { project, partition }, body: { name } }) {
      await ensureProject(project);
      const results = await deps.checkPromises(project, partition, name);
      deps.onChanged(project);
      return toPromises(results);
    },
    async listPartitionLogs({ params: { project, partition } }) {
      await ensureProject(project);
      return { logs: await partitionLogs.list(project, partition) };
    },
    async readPartitionLog({ params: { project, partition }, query }) {
      await ensureProject(project);
      return partitionLogs.read(project, partition, query);
    },
    async listPartitionEntries({ params: { project, partition }, query: { path = "" } }) {
      await ensureProject(project);
      return { entries: await partitionFiles.list(project, partition, path) };
    },
    async readPartitionFile({ params: { project, partition }, query: { path } }) {
      await ensureProject(project);
      return { path, ...(await partitionFiles.readText(project, partition, path)) };
    },
    async openPartitionTerminal({ params: { project, partition }, body: { program, ...size } }) {
      await ensureProject(project);
      if (program !== undefined) return handRuns.start(project, partition, program, size);
      const { root } = await partitionFiles.open(project, partition);
      return terminals.open({
        ...size,
        project,
        name: partition,
        directory: root,
        environment: await deps.environmentOf(project, partition),
      });
    },
    async runInPartition({ params: { project, partition }, body: { argv, timeoutSeconds }, signal }) {
      await ensureProject(project);
      const { root } = await partitionFiles.open(project, partition);
      const [program = "", ...args] = argv;
      const { code, stdout, stderr, truncated } = await commands.run(program, args, {
        directory: root,
        environment: await deps.environmentOf(project, partition),
        timeoutMs: (timeoutSeconds ?? EXEC_TIMEOUT_SECONDS) * 1000,
        outputLimitBytes: EXEC_OUTPUT_BYTES,
        signal,
      });
      return { code, stdout: stdout.toString("utf8"), stderr, truncated };
    },
  };
}
