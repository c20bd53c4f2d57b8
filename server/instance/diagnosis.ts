/**
 * Why an instance is not green: of each process and promise that is not as it should be the end of its log, the part and
 * recipe that made it, the template, and who changed those last.
 *
 * Only looks; what cannot be found out is left out.
 */
import type { Diagnosis, FileSource, InstanceVersion, LastChange, Place, RedReason } from "@/lib/protocol";
import type { ExaminedInstance } from "./instance-keeper";
import type { InstanceProblem } from "./instance-problems";

const LOG_LINES = 12;
const LOG_BYTES = 16 * 1024;
const MOST_CHANGES = 4;
/** An instance with more is as broken, and each costs a look into git. */
const MOST_REASONS = 20;

export interface DiagnosisOptions {
  readonly examine: (project: string, instance: string) => Promise<ExaminedInstance>;
  readonly listVersions: (project: string, instance: string) => Promise<readonly InstanceVersion[]>;
  /** The end of a log of a partition; fails when it is not there. */
  readonly readLogEnd: (project: string, partition: string, path: string, bytes: number) => Promise<string>;
  readonly trace: (project: string, partition: string, path: string) => Promise<FileSource | undefined>;
  /** Which of these files of a partition is there. */
  readonly findFile: (project: string, partition: string, paths: readonly string[]) => Promise<string | undefined>;
  /** Of the section that begins at the place, or of the whole file when `whole`. */
  readonly findLastChange: (project: string, place: Place, whole: boolean) => Promise<LastChange | undefined>;
}

export type Diagnose = (project: string, instance: string) => Promise<Diagnosis>;

export function createDiagnosis(options: DiagnosisOptions): Diagnose {
  const readLog = async (project: string, partition: string, path: string | undefined): Promise<RedReason["log"]> => {
    if (path === undefined) return undefined;
    try {
      const text = await options.readLogEnd(project, partition, path, LOG_BYTES);
      const lines = text.replace(/\n$/, "").split("\n").slice(-LOG_LINES);
      return text === "" ? undefined : { path, lines };
    } catch {
      // No log yet: there is nothing to show, and that is no second problem.
      return undefined;
    }
  };

  const listChanges = async (project: string, source: FileSource | undefined): Promise<LastChange[]> => {
    const changes: LastChange[] = [];
    const add = async (place: Place, whole: boolean): Promise<void> => {
      const change = await options.findLastChange(project, place, whole);
      if (
        change &&
        !changes.some(({ commit, place: known }) => commit === change.commit && known?.path === place.path)
      ) {
        changes.push(change);
      }
    };
    for (const { kind, root, path, place } of source?.steps ?? []) {
      if (kind === "source" && root === "workspace") {
        await add({ path, line: 1, column: 1, endLine: 1, endColumn: 1 }, true);
      } else if (place) await add(place, false);
    }
    return changes;
  };

  /** The last time that other parameters were asked for. */
  const findParameterChange = async (project: string, instance: string): Promise<LastChange | undefined> => {
    const [now, before] = await options.listVersions(project, instance);
    if (!now || !before) return undefined;
    const names = [...new Set([...Object.keys(now.parameters), ...Object.keys(before.parameters)])];
    const changed = names.filter(
      (name) => JSON.stringify(now.parameters[name]) !== JSON.stringify(before.parameters[name]),
    );
    if (changed.length === 0) return undefined;
    return { kind: "parameters", at: now.requestedAt, summary: `Parameters changed: ${changed.sort().join(", ")}` };
  };

  const explain = async (
    project: string,
    problem: InstanceProblem,
    { instance, lastRun }: ExaminedInstance,
    parameters: LastChange | undefined,
  ): Promise<RedReason> => {
    const { partition, name } = problem;
    if (partition === undefined || name === undefined) {
      return { ...problem, run: problem.kind === "run" ? lastRun : undefined, changes: parameters ? [parameters] : [] };
    }
    const programs = instance.partitions.find(({ id }) => id === partition)?.programs ?? [];
    const plain = name.replace(/-on-watch$/, "");
    const log =
      problem.kind === "process"
        ? programs.find((program) => program.name === name)?.log
        : `.slapgrid/promise/log/${name}.log`;
    const files =
      problem.kind === "process"
        ? [`etc/service/${plain}`, `etc/run/${plain}`]
        : [`etc/plugin/${name}.py`, `etc/plugin/${name}`, `etc/promise/${name}`];
    const file = await options.findFile(project, partition, files);
    const source = file === undefined ? undefined : await options.trace(project, partition, file);
    const changes = [...(await listChanges(project, source)), ...(parameters ? [parameters] : [])];
    changes.sort((a, b) => (b.at ?? "9").localeCompare(a.at ?? "9"));
    return { ...problem, log: await readLog(project, partition, log), source, changes: changes.slice(0, MOST_CHANGES) };
  };

  return async (project, name) => {
    const examined = await options.examine(project, name);
    const { instance, problems } = examined;
    if (problems.length === 0) return { health: instance.health, reasons: [] };
    const parameters = await findParameterChange(project, name);
    const reasons: RedReason[] = [];
    // One after the other: they look into the same repository and profiles.
    for (const problem of problems.slice(0, MOST_REASONS)) {
      reasons.push(await explain(project, problem, examined, parameters));
    }
    return { health: instance.health, reasons };
  };
}
