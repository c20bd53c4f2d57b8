/**
 * The part of the composition that explains runs: the plan before one, what changed between two, and by
 * `finding-container.ts` what came of one.
 *
 * When a run begins, its plan and the resolved profile are written beside its log (`snapshot.json`), once.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { createPace } from "@/lib/base/pace";
import { type ConfigurationChange, compareValues, resolvedValues } from "@/lib/buildout";
import { createLanguageService } from "@/lib/language/create-language-service";
import { estimateParts } from "@/lib/logs/timeline/estimate";
import {
  type DownloadCheck,
  type RunChanges,
  type RunFailure,
  type RunInfo,
  type RunPlanInfo,
  type RunSnapshot,
  type RunWarnings,
  runSnapshotSchema,
} from "@/lib/protocol";
import type { DownloadSurvey } from "./engine/download-survey";
import { ensureEngineProfile } from "./engine/engine-profile";
import { toBuildName } from "./engine/plain-buildout";
import { createFindingContainer } from "./finding-container";
import { createExplainHandlers, type ExplainHandlerName } from "./http/explain-handlers";
import type { Handlers } from "./http/route";
import { createDownloadReader, type DownloadReader, type PreflightSpec } from "./plan/plan-downloads";
import { createPlanReader, type PlanReader, type PlanTarget, type ReadPlan } from "./plan/plan-reader";
import type { DevelopedEgg } from "./plan/software-inputs";
import { toPlanInfo } from "./plan/to-plan-info";
import type { ConfinedFiles } from "./platform/confined-files";
import type { DataLayout } from "./platform/data-layout";
import type { Files } from "./platform/files";
import { createPlanDisk, type PlanDisk } from "./platform/plan-disk";
import { askWeb } from "./platform/web-head";
import { createWorkspaceTexts } from "./platform/workspace-texts";
import { readKept } from "./runs/kept-json";
import type { RunKeeper } from "./runs/run-keeper";
import type { PlannedStep, TimelineReader } from "./runs/timeline-reader";

/** Runs whose planned parts are kept in memory: those that a page looks at, and their history. */
const PLANNED_MAX = 64;
const PART_ACTIONS = { install: "installing", update: "updating", uninstall: "uninstalling" } as const;

export interface ExplainContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly runs: () => Pick<RunKeeper, "get" | "list" | "findLog">;
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
  /** Unsaved texts by workspace path. */
  readonly listUnsaved: (project: string) => Promise<readonly { readonly path: string; readonly text: string }[]>;
  /** What former runs of a profile took. */
  readonly history: TimelineReader["history"];
  /** Recipe eggs in development mode, with absolute directories. */
  readonly listDeveloped: (project: string) => Promise<readonly DevelopedEgg[]>;
  /** Of the log of a verification. */
  readonly toWorkspacePaths: (project: string, log: string) => string;
  readonly survey: DownloadSurvey;
  readonly isEngineReady: () => boolean;
  readonly onAsked: (check: DownloadCheck) => void;
  readonly onError: (error: unknown) => void;
}

export interface ExplainContainer {
  readonly handlers: Pick<Handlers, ExplainHandlerName>;
  /** To be told of every change of a run. */
  noteRun(run: RunInfo): void;
  /** What the run was to do when it began, in its order; empty where no plan was kept. */
  plannedOf(run: RunInfo): Promise<readonly PlannedStep[]>;
  /** What a run of the profile, as it is on the disk, would fetch. */
  toPreflight(project: string, profile: string, kind: PlanTarget["kind"]): Promise<PreflightSpec>;
  /** The profile as it is on the disk, and where it is built. */
  readBuild(
    project: string,
    profile: string,
    kind: PlanTarget["kind"],
  ): Promise<{ readonly disk: PlanDisk; readonly directory: string; readonly resolution: ReadPlan["resolution"] }>;
  findFailedPart(run: RunInfo): Promise<string | undefined>;
  /** `run/refused` for a run of which none was kept, as of the two below where there is nothing to tell. */
  readPlan(run: string): Promise<RunPlanInfo>;
  compare(run: string, since: string | undefined): Promise<RunChanges>;
  readFailure(run: string): Promise<RunFailure>;
  readWarnings(run: string): Promise<RunWarnings>;
  /** Section → option → final value, as they were when the run began. */
  readValues(run: string): Promise<RunSnapshot["values"] | undefined>;
  /** The last run of the same profile before that succeeded. */
  findSince(run: RunInfo): RunInfo;
}

interface ProjectReaders {
  readonly disk: PlanDisk;
  readonly plans: PlanReader;
  readonly downloads: DownloadReader;
}

export function createExplainContainer(options: ExplainContainerOptions): ExplainContainer {
  const { files, layout, runs, openTree, listUnsaved, listDeveloped, onError } = options;
  const readers = new Map<string, ProjectReaders>();
  const begun = new Set<string>();
  /** By project: the servers that are being asked. */
  const checks = new Map<string, DownloadCheck>();
  const planned = new Map<string, readonly PlannedStep[]>();

  const readersOf = (project: string): ProjectReaders => {
    const known = readers.get(project);
    if (known) return known;
    const { workspace, slapos, build } = layout.project(project);
    const disk = createPlanDisk([workspace, slapos, build, layout.engine]);
    const made = {
      disk,
      plans: createPlanReader({ disk, engineDirectory: layout.engine }),
      downloads: createDownloadReader({ disk, ask: askWeb, engineDirectory: layout.engine }),
    };
    readers.set(project, made);
    return made;
  };

  const toTarget = (project: string, kind: PlanTarget["kind"], path: string, absolute: string): PlanTarget => {
    const { slapos, build } = layout.project(project);
    const directory =
      kind === "buildout"
        ? join(build, toBuildName(path))
        : join(slapos, "soft", createHash("md5").update(absolute).digest("hex"));
    return { kind, profile: absolute, directory };
  };

  const readTarget = async (project: string, named: string, kind: PlanTarget["kind"], unsaved: boolean) => {
    const profile = await ensureEngineProfile(project, await openTree(project), named);
    const target = toTarget(project, kind, profile.path, profile.absolute);
    const drafts = unsaved ? await listUnsaved(project) : [];
    const texts = new Map(drafts.map(({ path, text }) => [`${profile.workspaceRoot}/${path}`, text]));
    const { slapos, build } = layout.project(project);
    const roots = { workspace: profile.workspaceRoot, hidden: [target.directory, slapos, build, layout.engine] };
    const { disk, plans, downloads } = readersOf(project);
    const read = plans.read(target, texts, await listDeveloped(project));
    const places = {
      workspace: profile.workspaceRoot,
      store: layout.project(project).downloads,
      directory: target.directory,
    };
    const toPlan = (): RunPlanInfo => {
      const plan = toPlanInfo(read, target, profile.path, roots);
      return plan.outcome === "run" ? { ...plan, downloads: downloads.describe(read, places) } : plan;
    };
    return { read, disk, downloads, places, toPlan };
  };

  const toSnapshotPath = (run: RunInfo): string => join(layout.project(run.project).runs, run.id, "snapshot.json");

  /** Begun before the engine is; all texts are read in one go, before the engine's first change. */
  const keepSnapshot = async (run: RunInfo): Promise<void> => {
    if (run.kind !== "software" && run.kind !== "buildout") return;
    const { read, toPlan } = await readTarget(run.project, run.profile, run.kind, false);
    const snapshot: RunSnapshot = { plan: toPlan(), values: resolvedValues(read.resolution) };
    await files.create(toSnapshotPath(run), `${JSON.stringify(snapshot)}\n`);
  };

  /** How long the planned run will take, as far as former runs tell. */
  const estimate = async (project: string, plan: RunPlanInfo): Promise<RunPlanInfo["estimate"]> => {
    if (plan.outcome !== "run") return undefined;
    const history = await options.history(project, plan.kind, plan.profile);
    const parts = plan.steps.map(({ part, action }) => ({ key: part, action: PART_ACTIONS[action] }));
    const found = estimateParts(history, parts);
    return found && { ...found, durationMs: Math.round(found.durationMs), runs: history.runs };
  };

  /** A snapshot is written once, so what was read of it stands. */
  const plannedOf = async (run: RunInfo): Promise<readonly PlannedStep[]> => {
    const known = planned.get(run.id);
    if (known) return known;
    const snapshot = await findSnapshot(run);
    if (!snapshot) return [];
    const steps = snapshot.plan.steps.map(({ part, action }) => ({ part, action: PART_ACTIONS[action] }));
    planned.set(run.id, steps);
    for (const id of planned.keys()) {
      if (planned.size <= PLANNED_MAX) break;
      planned.delete(id);
    }
    return steps;
  };

  const findSnapshot = (run: RunInfo): Promise<RunSnapshot | undefined> =>
    readKept(files, toSnapshotPath(run), runSnapshotSchema);

  const getSnapshot = async (run: RunInfo): Promise<RunSnapshot> => {
    const snapshot = await findSnapshot(run);
    if (snapshot) return snapshot;
    throw new WebrunnerError("run/refused", {
      message: `Of run ${run.id} no plan was kept.`,
      hint: "Runs of software and of plain buildout have one.",
    });
  };

  const findLastGreen = (run: RunInfo): RunInfo => {
    const before = runs()
      .list(run.project)
      .find(
        (other) =>
          other.profile === run.profile &&
          other.kind === run.kind &&
          other.state === "succeeded" &&
          other.createdAt < run.createdAt,
      );
    if (before) return before;
    throw new WebrunnerError("run/refused", {
      message: "No run of this profile succeeded before.",
      hint: "Name the run to compare with.",
    });
  };

  const compareRuns = async (id: string, sinceId: string | undefined): Promise<RunChanges> => {
    const run = runs().get(id);
    const since = sinceId === undefined ? findLastGreen(run) : runs().get(sinceId);
    const [before, after] = [await getSnapshot(since), await getSnapshot(run)];
    return { run: run.id, since: since.id, changes: compareValues(before.values, after.values).map(withKind) };
  };

  /** Tells the pages how far the servers have been asked, at most ten times a second and at the end. */
  const askAll = async (
    project: string,
    profile: string,
    ask: (onAsked: (done: number, total: number) => void) => Promise<void>,
  ): Promise<void> => {
    const isTime = createPace();
    let mine: DownloadCheck | undefined;
    try {
      await ask((done, total) => {
        mine = { project, profile, done, total };
        checks.set(project, mine);
        if (isTime(performance.now())) options.onAsked(mine);
      });
    } finally {
      if (mine) options.onAsked(mine);
      if (checks.get(project) === mine) checks.delete(project);
    }
  };

  const readRunPlan = async (id: string): Promise<RunPlanInfo> => (await getSnapshot(runs().get(id))).plan;

  const findings = createFindingContainer({
    files,
    layout,
    runs,
    diskOf: (project) => readersOf(project).disk,
    openLanguage,
    toWorkspacePaths: options.toWorkspacePaths,
    onError,
  });

  return {
    handlers: createExplainHandlers({
      async readPlan(project, profile, kind) {
        const plan = (await readTarget(project, profile, kind, true)).toPlan();
        return { ...plan, estimate: await estimate(project, plan) };
      },
      async checkDownloads(project, profile, kind, signal) {
        const { read, downloads, places, toPlan } = await readTarget(project, profile, kind, true);
        const develop = await listDeveloped(project);
        await askAll(project, profile, (onAsked) =>
          downloads.check(read, places, {
            signal,
            onAsked,
            survey: options.isEngineReady()
              ? (preflight, watch) => options.survey.run(project, preflight, develop, watch)
              : undefined,
          }),
        );
        const plan = toPlan();
        return { ...plan, estimate: await estimate(project, plan) };
      },
      findDownloadCheck: (project) => checks.get(project),
      readRunPlan,
      compareRuns,
      readFailure: findings.readFailure,
      readWarnings: findings.readWarnings,
    }),
    plannedOf,
    async toPreflight(project, profile, kind) {
      const { read, downloads, places } = await readTarget(project, profile, kind, false);
      return downloads.toPreflight(read, places);
    },
    async readBuild(project, profile, kind) {
      const { read, disk, places } = await readTarget(project, profile, kind, false);
      return { disk, directory: places.directory, resolution: read.resolution };
    },
    findFailedPart: findings.findFailedPart,
    readPlan: readRunPlan,
    compare: compareRuns,
    readFailure: findings.readFailure,
    readWarnings: findings.readWarnings,
    readValues: async (id) => (await findSnapshot(runs().get(id)))?.values,
    findSince: findLastGreen,
    noteRun(run) {
      if (run.state === "queued" && !begun.has(run.id)) {
        begun.add(run.id);
        keepSnapshot(run).catch(onError);
      }
      if (run.state === "queued" || run.state === "running") return;
      begun.delete(run.id);
      findings.noteEnd(run);
    },
  };
}

/** What a person calls it that changed. */
function withKind(change: ConfigurationChange): RunChanges["changes"][number] {
  const { section, option = "" } = change;
  if (change.option === undefined) return { ...change, kind: "section" };
  if (section === "versions") return { ...change, kind: "version" };
  if (/(?:^|[-_])(?:md5sum|sha\d*|hash|checksum)$/i.test(option)) return { ...change, kind: "hash" };
  if (option === "recipe") return { ...change, kind: "recipe" };
  if (section === "buildout" && option === "parts") return { ...change, kind: "parts" };
  return { ...change, kind: "option" };
}

/** Editor answers for one question; nothing is asked of the network. */
function openLanguage(root: string) {
  const texts = createWorkspaceTexts([root]);
  return createLanguageService({
    files: { read: texts.read, kindOf: texts.kindOf, list: texts.list, all: texts.all, roots: [root] },
    digest: texts.digest,
    packages: {
      release: () => Promise.resolve(undefined),
      known: () => undefined,
      projectPage: () => "",
    },
    remote: { text: () => undefined, digest: () => Promise.resolve(undefined) },
  });
}
