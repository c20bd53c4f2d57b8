/**
 * The port to what builds software and runs instances.
 *
 * An engine plans: it checks that a request can work, and says which command does it. It executes nothing itself; the
 * command runs as a durable process of a run, so that it outlives the server and is stopped like any other.
 * `describe` tells the state of a project's node without changing it.
 */
import type { RunInfo } from "@/lib/protocol";

export interface EnginePlan {
  readonly engine: "slapos" | "buildout";
  /** Workspace path. */
  readonly profile: string;
  readonly instance?: string;
  readonly section?: string;
  readonly keepGoing?: boolean;
  readonly verification?: RunInfo["verification"];
  readonly workingDirectory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly spec: unknown;
  toArgv(specPath: string): readonly string[];
  readonly roots: readonly string[];
  /** `signal`: the run is to be stopped. */
  prepare?(signal?: AbortSignal, onCloning?: (progress: NonNullable<RunInfo["cloning"]>) => void): Promise<void>;
  explainFailure?(log: string): Promise<string | undefined>;
}

/** A profile of a workspace, checked: it is there, and the engine can work with its path. */
export interface EngineProfile {
  readonly project: string;
  /** Workspace path. */
  readonly path: string;
  readonly absolute: string;
  readonly workspaceRoot: string;
}

/** A recipe egg in development mode, and its checkout; absolute. */
export interface DevelopedRecipe {
  readonly egg: string;
  readonly directory: string;
}

export interface BuildOptions {
  readonly force: boolean;
  readonly develop: readonly DevelopedRecipe[];
}

export interface InstanceTarget {
  readonly name: string;
  readonly softwareType?: string;
  /** Served by another instance of the release. */
  readonly shared?: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly state: "started" | "stopped" | "destroyed";
}

export interface BuildoutEngine {
  isBuilt(project: string, path: string): Promise<boolean>;
  planBuildout(profile: EngineProfile, options: BuildOptions): Promise<EnginePlan>;
}

export interface SlaposEngine {
  planSoftware(profile: EngineProfile, options: BuildOptions): Promise<EnginePlan>;
  /** Applies the request as it is kept: started, stopped or destroyed. */
  planInstance(profile: EngineProfile, target: InstanceTarget): Promise<EnginePlan>;
  isBuilt(project: string, absoluteProfile: string): Promise<boolean>;
  /** Where a release is built; absolute. */
  toSoftwareDirectory(project: string, absoluteProfile: string): string;
  describe(project: string): Promise<NodeState>;
  /** Checks one promise of a partition, or all, and gives the results of all. */
  checkPromises(project: string, partition: string, name: string | undefined): Promise<readonly NodePromise[]>;
  /** A file as the next run would leave it; the recipe's code runs confined. */
  renderFile(project: string, request: RenderSpec): Promise<RenderResult>;
  /** How many partitions the node has. */
  readPartitionCount(project: string): Promise<number>;
  /** The next run makes them. */
  replacePartitionCount(project: string, count: number): Promise<void>;
  /** How supervisord starts a program. */
  describeProgram(project: string, group: string, name: string): Promise<NodeProgram>;
}

export interface RenderSpec {
  /** Absolute. */
  readonly profile: string;
  readonly partition?: string;
  /** Absolute. */
  readonly file: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly softwareType?: string;
  /** Unsaved texts by absolute path. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface RenderResult {
  readonly content?: Buffer;
  readonly part?: string;
  readonly recipe?: string;
  readonly notes: readonly string[];
  readonly error?: string;
  readonly doing: readonly string[];
  readonly traceback: readonly string[];
  /** Absolute path and one-based line. */
  readonly place?: { readonly path: string; readonly line: number };
}

export interface NodePromise {
  readonly name: string;
  readonly state: string;
  readonly message: string;
  readonly checkedAt?: string;
}

export interface NodeProgram {
  readonly argv: readonly string[];
  readonly directory?: string;
  /** The whole environment that supervisord gives it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a node tells of itself; profiles are absolute paths or URLs. */
export interface NodeState {
  readonly instances: readonly NodeInstance[];
  readonly partitions: readonly NodePartition[];
}

export interface NodeInstance {
  readonly name: string;
  readonly profile: string;
  readonly softwareType?: string;
  readonly state: string;
  readonly partition: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly connectionParameters: Readonly<Record<string, unknown>>;
  /** Served by the instance of `partition`, without one of its own. */
  readonly shared?: boolean;
}

export interface NodePartition {
  readonly id: string;
  readonly instance?: string;
  /** The instance that asked for it, when no user did. */
  readonly requestedBy?: string;
  readonly state: string;
  readonly profile?: string;
  readonly softwareType?: string;
  /** The partition whose instance requested this one. */
  readonly parent?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly connectionParameters?: Readonly<Record<string, unknown>>;
  readonly promises: readonly NodePromise[];
  readonly processes: readonly {
    readonly group: string;
    readonly name: string;
    readonly state: string;
    readonly pid?: number;
    readonly exitCode?: number;
    readonly description: string;
  }[];
}

export const EMPTY_NODE: NodeState = { instances: [], partitions: [] };
