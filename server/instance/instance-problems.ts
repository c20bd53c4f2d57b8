/** What keeps an instance from being green, each with a sentence for a person. */
import type { PartitionInfo, ProgramInfo, RedReason, RunInfo } from "@/lib/protocol";

export type InstanceProblem = Pick<RedReason, "kind" | "title" | "partition" | "name" | "message">;

/** slapgrid gives the programs of `etc/service`, which shall never end, this suffix; those of `etc/run` end by themselves. */
const SERVICE_SUFFIX = "-on-watch";

/** slapos.cookbook:wrapper puts it into the name of a service that shall be restarted when its files change. */
const FILES_HASH = /-[0-9a-f]{32}$/;

export interface InstanceFacts {
  /** As the node has it. */
  readonly state: string;
  readonly partitions: readonly PartitionInfo[];
  /** Whether supervisord answers. */
  readonly answers: boolean;
  readonly lastRun: Pick<RunInfo, "state" | "code"> | undefined;
}

export function listInstanceProblems({ state, partitions, answers, lastRun }: InstanceFacts): InstanceProblem[] {
  const problems: InstanceProblem[] = [];
  if (lastRun?.state === "lost") problems.push({ kind: "run", title: "The last run of the instance was lost." });
  // 2 is "only a promise failed": whether it still does, its newest result says.
  if (lastRun?.state === "failed" && lastRun.code !== 2) {
    problems.push({ kind: "run", title: "The last run of the instance failed." });
  }
  if (state !== "started") return problems;
  if (!answers && partitions.length > 0) {
    const title = "supervisord does not answer: nothing runs. Run instance starts it again.";
    return [...problems, { kind: "supervisor", title }];
  }
  for (const { id, programs, promises } of partitions) {
    for (const program of programs) {
      const title = findProgramProblem(program);
      if (title) problems.push({ kind: "process", title, partition: id, name: program.name });
    }
    for (const { name, ok, message } of promises) {
      if (ok) continue;
      const title = `The promise ${name} fails${message ? `: ${message.trim().split("\n")[0]}` : "."}`;
      problems.push({ kind: "promise", title, partition: id, name, message });
    }
  }
  return problems;
}

function findProgramProblem(program: ProgramInfo): string | undefined {
  const { group, state, exitStatus, description } = program;
  const isService = program.name.endsWith(SERVICE_SUFFIX);
  const name = `${program.name.replace(new RegExp(`${SERVICE_SUFFIX}$`), "").replace(FILES_HASH, "")} of ${group}`;
  if (program.terminal && state !== "RUNNING") return `${name} is run by hand, not by supervisord.`;
  if (state === "FATAL" || state === "BACKOFF") return `${name} cannot be started: ${description}`;
  if (state === "UNKNOWN") return `${name} is in an unknown state.`;
  if (state === "EXITED" && exitStatus !== undefined && exitStatus < 0) return `${name} was killed.`;
  if (state === "EXITED" && exitStatus) return `${name} has exited with ${exitStatus}.`;
  if (state === "EXITED" && isService) return `${name} has ended.`;
  if (state === "STOPPED" && isService) return `${name} is stopped.`;
  return undefined;
}
