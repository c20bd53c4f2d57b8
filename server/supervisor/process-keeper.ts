/** The programs of a project's node: their states as they are now, and start, stop and restart. */
import { WebrunnerError } from "@/lib/base/errors";
import type { ProcessAction, ProgramInfo } from "@/lib/protocol";
import { createSupervisorClient, type SupervisedProgram, type SupervisorClient } from "./supervisor-client";

export interface ProcessKeeper {
  /** Undefined when supervisord does not answer. */
  list(project: string): Promise<readonly SupervisedProgram[] | undefined>;
  /** `process` is `group:name`, or `group:*`. */
  control(project: string, process: string, action: ProcessAction): Promise<void>;
  /** Stops a program and gives its supervisor's name; `process/not-found`. */
  stop(project: string, group: string, name: string): Promise<void>;
}

export interface ProcessKeeperOptions {
  readonly socketPath: (project: string) => string;
  readonly onChanged: (project: string) => void;
}

export function createProcessKeeper({ socketPath, onChanged }: ProcessKeeperOptions): ProcessKeeper {
  const open = (project: string): SupervisorClient => createSupervisorClient(socketPath(project));
  return {
    list: (project) => open(project).list(),

    async control(project, process, action) {
      const [group, name] = toNames(process);
      const client = open(project);
      try {
        if (action !== "start") await client.stop(group, name);
        if (action !== "stop") await client.start(group, name);
      } finally {
        onChanged(project);
      }
    },

    async stop(project, group, name) {
      await open(project).stop(group, name);
      onChanged(project);
    },
  };
}

function toNames(process: string): [group: string, name: string | undefined] {
  const colon = process.indexOf(":");
  if (colon <= 0) throw new WebrunnerError("process/not-found", { message: `There is no program ${process}.` });
  const name = process.slice(colon + 1);
  return [process.slice(0, colon), name === "*" ? undefined : name];
}

/** `logRoot` is the directory of the partition. */
export function toProgramInfo(program: SupervisedProgram, logRoot: string): ProgramInfo {
  const { group, name, state, pid, exitStatus, description, spawnError, logFile } = program;
  const toTime = (seconds: number | undefined): string | undefined =>
    seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();
  return {
    group,
    name,
    state,
    pid,
    exitStatus,
    startedAt: toTime(program.startedAt),
    stoppedAt: toTime(program.stoppedAt),
    description: spawnError || description,
    log: logFile?.startsWith(`${logRoot}/`) ? logFile.slice(logRoot.length + 1) : undefined,
  };
}
