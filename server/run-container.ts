/**
 * The part of the composition that runs things: engines, runs, instances, their logs.
 *
 * Made by the container, which gives it the projects; kept apart because its pieces only know each other here.
 */
import { join } from "node:path";
import type { RunInfo } from "@/lib/protocol";
import type { Broadcaster, EventHandlers } from "@/server/realtime/event";
import { createDebugContainer, type FindLastChange } from "./debug-container";
import { createDownloadSurvey } from "./engine/download-survey";
import type { DevelopedRecipe } from "./engine/engine";
import { createEngineEnvironment, type EngineEnvironment } from "./engine/engine-environment";
import { createEngineLauncher } from "./engine/engine-launcher";
import { ensureEngineProfile } from "./engine/engine-profile";
import { createPlainBuildout, toBuildName } from "./engine/plain-buildout";
import { createRecipeTests } from "./engine/recipe-tests";
import { createServiceKeeper } from "./engine/service-keeper";
import { createSlaposStandalone, type SlaposStandalone } from "./engine/slapos-standalone";
import { createVerificationBuilds, type PushedReleases } from "./engine/verification-builds";
import { createExplainContainer } from "./explain-container";
import type { CredentialStore } from "./git/credentials";
import type { GitService } from "./git/git-service";
import { createHistoryContainer } from "./history-container";
import type { DebugHandlerName } from "./http/debug-handlers";
import { createEngineHandlers } from "./http/engine-handlers";
import type { ExplainHandlerName } from "./http/explain-handlers";
import type { HistoryHandlerName } from "./http/history-handlers";
import { createInstanceHandlers, type InstanceHandlerName } from "./http/instance-handlers";
import type { ErrorLog } from "./http/problems";
import type { Handlers } from "./http/route";
import type { RunChoiceHandlerName } from "./http/run-choice-handlers";
import { createRunHandlers } from "./http/run-handlers";
import { createTraceHandlers, type TraceHandlerName } from "./http/trace-handlers";
import { createInstanceKeeper, type InstanceKeeper } from "./instance/instance-keeper";
import { createReleaseParameterReader } from "./instance/release-parameters";
import { createServiceFinder } from "./instance/service-finder";
import type { ServiceTarget } from "./instance/service-proxy";
import { createPartitionContainer, type PartitionHandlerName } from "./partition-container";
import type { Commands } from "./platform/command";
import type { ConfinedFiles } from "./platform/confined-files";
import type { DataLayout } from "./platform/data-layout";
import { createDurableProcesses } from "./platform/durable-processes";
import type { Files } from "./platform/files";
import type { StateLog } from "./platform/json-state";
import { findProcessUsage } from "./platform/process-usage";
import type { RunIdentity } from "./platform/run-identity";
import { createLogStream } from "./realtime/log-stream";
import { createRunChoiceContainer } from "./run-choice-container";
import { createLogIndex } from "./runs/log-index";
import { createRunKeeper, type RunKeeper } from "./runs/run-keeper";
import { createTimelineReader } from "./runs/timeline-reader";
import { createUsageKeeper } from "./runs/usage-keeper";
import type { Settings } from "./settings";
import type { TerminalKeeper } from "./terminal/terminal-keeper";

export interface RunContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly identity: RunIdentity;
  readonly commands: Commands;
  readonly broadcaster: Broadcaster;
  readonly log: StateLog & ErrorLog;
  /** The folder of `provision.py`. */
  readonly engineSources: string;
  /** Makes the engine's environment at the start; else it is made when it is asked for. */
  readonly provisionsEngine: boolean;
  readonly buildout: Settings["buildout"];
  /** `project/not-found` */
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
  /** Unsaved texts, by workspace path. */
  readonly listUnsaved: (project: string) => Promise<readonly { readonly path: string; readonly text: string }[]>;
  /** The recipe eggs that the project has in development mode. */
  readonly listDeveloped: (project: string) => Promise<readonly DevelopedRecipe[]>;
  readonly listProjects: () => Promise<readonly string[]>;
  /** Workspace paths of the project's releases. */
  readonly listReleases: (project: string) => Promise<readonly string[]>;
  readonly findEngine: (project: string, profile: string) => Promise<"slapos" | "buildout">;
  readonly pushed: PushedReleases;
  readonly findLastChange: FindLastChange;
  readonly git: () => Pick<GitService, "run">;
  readonly gitLogins: () => Pick<CredentialStore, "list" | "find">;
  readonly terminals: TerminalKeeper;
  readonly terminalEnvironment: (project: string) => Readonly<Record<string, string>>;
}

export type RunHandlerName =
  | PartitionHandlerName
  | DebugHandlerName
  | "readEngine"
  | "provisionEngine"
  | "startRun"
  | "listRuns"
  | "readRun"
  | "stopRun"
  | "readLog"
  | "searchLog"
  | TraceHandlerName
  | ExplainHandlerName
  | RunChoiceHandlerName
  | HistoryHandlerName
  | InstanceHandlerName;

export interface RunContainer {
  readonly environment: EngineEnvironment;
  readonly handlers: Pick<Handlers, RunHandlerName>;
  readonly events: Pick<EventHandlers, "subscribeLog" | "unsubscribeLog" | "watchProcesses">;
  readonly runs: Pick<RunKeeper, "start" | "get" | "stop" | "list">;
  readonly instances: Pick<InstanceKeeper, "list" | "get" | "request">;
  readonly slapos: Pick<SlaposStandalone, "checkPromises" | "proxyEvents" | "resume" | "end">;
  isBuilt(project: string, profile: string): Promise<boolean>;
  /** Where the software of a release is built, or its plain buildout works. */
  listBuildDirectories(project: string, profile: string): Promise<readonly string[]>;
  /** Where the web service of an instance is; see `service-finder.ts`. */
  findService(name: string): Promise<ServiceTarget | undefined>;
  /** Takes up the runs of an earlier server; the engine's environment is made in the background. */
  prepare(projects: readonly string[]): Promise<void>;
  dispose(): void;
}

export function createRunContainer(options: RunContainerOptions): RunContainer {
  const { files, layout, identity, commands, broadcaster, log, openTree } = options;
  const processes = createDurableProcesses(identity);
  const environment = createEngineEnvironment({
    files,
    engineDirectory: layout.engine,
    sources: options.engineSources,
    buildout: options.buildout,
    buildUser: identity.switched ? identity.name : undefined,
    onChanged: (status) => broadcaster.toAll("engine:changed", status),
  });
  const services = createServiceKeeper({
    files,
    processes,
    builder: identity,
    log,
    onEvent: () => broadcaster.toAll("engine:changed", environment.status),
  });
  const slapos = createSlaposStandalone({
    files,
    layout,
    builder: identity,
    environment,
    services,
    commands,
  });
  const buildout = createPlainBuildout({ files, layout, builder: identity, environment });
  const verifications = createVerificationBuilds({
    files,
    layout,
    builder: identity,
    isSwitched: identity.switched,
    slapos,
    buildout,
    findEngine: options.findEngine,
    pushed: options.pushed,
  });

  const onInstancesChanged = (project: string): void => {
    slapos.forget(project);
    broadcaster.toProject(project, "instance:changed", { project });
  };
  const onRunChanged = (run: RunInfo): void => {
    broadcaster.toProject(run.project, "run:changed", run);
    explain.noteRun(run);
    usage.noteRun(run);
    history.noteRun(run);
    const isEnd = run.finishedAt !== undefined;
    if (run.kind === "verification" && isEnd)
      verifications
        .remove(run.project, run.profile)
        .catch((error) => log.warn({ run: run.id, error: String(error) }, "A verification was not cleaned up"));
    if (run.kind !== "buildout" && run.kind !== "recipe" && (isEnd || run.state === "queued"))
      onInstancesChanged(run.project);
  };

  const partitions = createPartitionContainer({
    files,
    layout,
    identity,
    commands,
    slapos,
    terminals: options.terminals,
    terminalEnvironment: options.terminalEnvironment,
    ensureProject: async (project) => void (await openTree(project)),
    onChanged: onInstancesChanged,
    onError: (error) => log.warn({ error: String(error) }, "The processes could not be looked at"),
  });

  const explain = createExplainContainer({
    files,
    layout,
    openTree,
    listUnsaved: options.listUnsaved,
    listDeveloped: options.listDeveloped,
    toWorkspacePaths: verifications.toWorkspacePaths,
    survey: createDownloadSurvey({ files, layout, builder: identity, environment, commands }),
    isEngineReady: () => environment.status.phase === "ready",
    onAsked: (check) => broadcaster.toProject(check.project, "downloads:asked", check),
    runs: () => runs,
    history: (...profile) => timelines.history(...profile),
    onError: (error) => log.warn({ error: String(error) }, "A failure could not be explained"),
  });
  const ensureProject = async (project: string): Promise<void> => void (await openTree(project));
  const choices = createRunChoiceContainer({
    files,
    layout,
    builder: identity,
    explain,
    runs: () => runs,
    terminals: options.terminals,
    terminalEnvironment: options.terminalEnvironment,
    ensureProject,
    onError: (error, what) => log.warn({ error: String(error) }, what),
    engines: createEngineLauncher({
      slapos,
      buildout,
      recipeTests: createRecipeTests({ files, layout, builder: identity, environment, slapos }),
      verifications,
      listDeveloped: options.listDeveloped,
      openTree,
      resolveInstance: (project, profile, name) => instances.resolve(project, profile, name),
    }),
  });
  const runs = createRunKeeper({
    files,
    processes,
    builder: identity,
    runsDirectory: (project) => layout.project(project).runs,
    now: () => new Date(),
    onChanged: onRunChanged,
    log,
    launcher: choices.launcher,
  });
  const usage = createUsageKeeper({
    files,
    findUsage: findProcessUsage,
    folderOf: (run) => runs.findFolder(run).path,
    now: () => Date.now(),
    onError: (error) => log.warn({ error: String(error) }, "What a run uses could not be kept"),
  });
  const logIndex = createLogIndex({ files, runs });
  const timelines = createTimelineReader({
    files,
    runs,
    index: logIndex,
    usage,
    plannedOf: explain.plannedOf,
    now: () => Date.now(),
  });
  const instances = createInstanceKeeper({
    files,
    storePath: (project) => layout.project(project).instances,
    workspaceRoot: async (project) => (await openTree(project)).root,
    describeNode: (project) => slapos.describe(project),
    listPrograms: partitions.listPrograms,
    findLastRun: (project, name) => runs.list(project).find((run) => run.kind === "instance" && run.instance === name),
    onChanged: onInstancesChanged,
    log,
    now: () => Date.now(),
  });
  const debug = createDebugContainer({
    layout,
    slapos,
    instances,
    partitionFiles: partitions.partitionFiles,
    partitionLogs: partitions.partitionLogs,
    terminals: options.terminals,
    terminalEnvironment: options.terminalEnvironment,
    openTree,
    listUnsaved: options.listUnsaved,
    listReleases: options.listReleases,
    findLastChange: options.findLastChange,
  });
  const history = createHistoryContainer({
    files,
    layout,
    identity,
    log,
    git: options.git,
    gitLogins: options.gitLogins,
    runs: () => runs,
    instanceValues: async (project) =>
      (await instances.list(project)).flatMap(({ parameters, connection, partitions: parts }) => [
        parameters,
        connection,
        ...parts.flatMap((part) => [part.parameters, part.connection]),
      ]),
    explain,
    readTimeline: (run) => timelines.read(run),
    ensureProject: async (project) => void (await openTree(project)),
    onRemoved: ({ project, id }) => broadcaster.toProject(project, "run:removed", { project, run: id }),
  });
  const logStream = createLogStream({
    runs,
    files,
    onError: (error) => log.warn({ error: String(error) }, "A log could not be read"),
  });

  const findService = createServiceFinder({
    listProjects: options.listProjects,
    findInstance: async (project, name) => (await instances.list(project)).find((instance) => instance.name === name),
    toGroup: (project, partition) => ({
      supervisor: `unix://${join(layout.project(project).slapos, "inst", "sv.sock")}`,
      name: partition,
      directory: partitions.partitionFiles.toDirectory(project, partition),
    }),
  });

  return {
    environment,
    runs,
    instances,
    slapos,
    findService,
    handlers: {
      ...createEngineHandlers(environment),
      ...partitions.handlers,
      ...createRunHandlers({ runs, files, ensureProject }),
      ...history.handlers,
      ...createTraceHandlers({ files, runs, index: logIndex, timelines }),
      ...explain.handlers,
      ...debug.handlers,
      ...choices.handlers,
      ...createInstanceHandlers({
        instances,
        ensureProject,
        openTree,
        releaseParameters: createReleaseParameterReader(),
        ensureProfile: async (project, profile) =>
          (await ensureEngineProfile(project, await openTree(project), profile)).path,
      }),
    },
    events: { ...logStream.handlers, ...partitions.events },
    async isBuilt(project, profile) {
      const { root } = await openTree(project);
      return (await slapos.isBuilt(project, join(root, profile))) || buildout.isBuilt(project, profile);
    },
    async listBuildDirectories(project, profile) {
      const { root } = await openTree(project);
      return [
        slapos.toSoftwareDirectory(project, join(root, profile)),
        join(layout.project(project).build, toBuildName(profile)),
      ];
    },
    async prepare(projects) {
      await runs.adopt(projects);
      for (const run of projects.flatMap((project) => runs.list(project))) {
        if (run.state === "running") usage.noteRun(run);
      }
      await history.sweep(projects);
      if (!options.provisionsEngine) return;
      const resume = async (): Promise<void> => {
        await environment.provision();
        for (const project of projects) await slapos.resume(project);
      };
      resume().catch((error) => log.warn({ error: String(error) }, "The SlapOS proxy could not be started again"));
    },
    dispose() {
      partitions.dispose();
      logStream.dispose();
      usage.dispose();
      history.dispose();
      runs.dispose();
      services.dispose();
      environment.dispose();
    },
  };
}
