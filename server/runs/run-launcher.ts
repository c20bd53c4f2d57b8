/**
 * The port through which the run keeper has engines plan what a run executes. The keeper knows processes, logs and ends;
 * which command builds a software release is the engine's matter.
 */
import type { RunInfo, RunRequest } from "@/lib/protocol";

export type Cloning = NonNullable<RunInfo["cloning"]>;

export interface RunPlan {
  readonly engine: RunInfo["engine"];
  /** As the run shows it: the workspace path, made canonical. */
  readonly profile: string;
  readonly instance?: string;
  readonly section?: string;
  /** It goes on after a part that fails. */
  readonly keepGoing?: boolean;
  readonly verification?: RunInfo["verification"];
  readonly workingDirectory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The command; the spec is a JSON document that it may read, in the run's directory. */
  toArgv(specPath: string): readonly string[];
  readonly spec: unknown;
  /** Absolute directories that are taken out of an error's text, longest first. */
  readonly roots: readonly string[];
  /**
   * What must work before the command can begin (slapproxy, supervisord, a clone); called once the run is announced, and
   * told when the run is to be stopped. `onCloning`: how far a clone has come.
   */
  prepare?(signal?: AbortSignal, onCloning?: (progress: Cloning) => void): Promise<void>;
  /** The reason of a failure in one sentence, from the end of the log, where the plan knows better than the engine. */
  explainFailure?(log: string): Promise<string | undefined>;
}

export interface RunLauncher {
  /** `run/refused` when it cannot work, with a hint; `engine/not-ready` while the engine is being made. */
  plan(project: string, request: RunRequest, account?: string): Promise<RunPlan>;
  /** A process of a run that must stay when the run is stopped, by its command line: the instances' supervisord. */
  isSpared(commandLine: readonly string[]): boolean;
}

/** Runs of one group work in the same directories, so only one of them may go on at a time (B3). */
export function toRunGroup(kind: RunInfo["kind"]): "slapos" | "buildout" | "recipe" {
  return kind === "buildout" || kind === "recipe" ? kind : "slapos";
}
