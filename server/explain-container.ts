/**
 * The part of the composition that explains runs: the plan before one, the failure after it, what changed between two.
 *
 * When a run begins, its plan and the resolved profile are written beside its log (`snapshot.json`), once.
 * A failure is written down once, beside the log of its run (`failure.json`), as soon as the run has ended; a run of an
 * earlier server that has none gets it when it is first asked for.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { type ConfigurationChange, compareValues, resolvedValues } from "@/lib/buildout";
import { createLanguageService } from "@/lib/language/create-language-service";
import { estimateParts } from "@/lib/logs/timeline/estimate";
import {
  type FailureRecord,
  failureRecordSchema,
  type RunChanges,
  type RunFailure,
  type RunInfo,
  type RunPlanInfo,
  type RunSnapshot,
  runSnapshotSchema,
} from "@/lib/protocol";
import { ensureEngineProfile } from "./engine/engine-profile";
import { toBuildName } from "./engine/plain-buildout";
import { createExplainHandlers, type ExplainHandlerName } from "./http/explain-handlers";
import type { Handlers } from "./http/route";
import { createFailureReader, type FailureReader } from "./plan/failure-reader";
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
import type { RunKeeper } from "./runs/run-keeper";
import type { PlannedStep, TimelineReader } from "./runs/timeline-reader";

/** The cause of a failure is near the log's end; a build that prints more after it has buried it. */
const LOG_TAIL_BYTES = 1024 * 1024;
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
  /** Section → option → final value, as they were when the run began. */
  readValues(run: string): Promise<RunSnapshot["values"] | undefined>;
  /** The last run of the same profile before that succeeded. */
  findSince(run: RunInfo): RunInfo;
}

interface ProjectReaders {
  readonly disk: PlanDisk;
  readonly plans: PlanReader;
  readonly failures: FailureReader;
  readonly downloads: DownloadReader;
}

export function createExplainContainer(options: ExplainContainerOptions): ExplainContainer {
  const { files, layout, runs, openTree, listUnsaved, listDeveloped, onError } = options;
  const readers = new Map<string, ProjectReaders>();
  const begun = new Set<string>();
  const being = new Map<string, Promise<FailureRecord>>();
  const planned = new Map<string, readonly PlannedStep[]>();

  const readersOf = (project: string): ProjectReaders => {
    const known = readers.get(project);
    if (known) return known;
    const { workspace, slapos, build } = layout.project(project);
    const disk = createPlanDisk([workspace, slapos, build, layout.engine]);
    const made = {
      disk,
      plans: createPlanReader({ disk, engineDirectory: layout.engine }),
      failures: createFailureReader({ disk, openLanguage }),
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

  const findSnapshot = async (run: RunInfo): Promise<RunSnapshot | undefined> => {
    const bytes = await files.find(toSnapshotPath(run));
    return bytes && parse(bytes, (value) => runSnapshotSchema.safeParse(value).data);
  };

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

  const readRunPlan = async (id: string): Promise<RunPlanInfo> => (await getSnapshot(runs().get(id))).plan;

  const toRecordPath = (run: RunInfo): string => join(layout.project(run.project).runs, run.id, "failure.json");

  const findRecord = async (run: RunInfo): Promise<FailureRecord | undefined> => {
    const bytes = await files.find(toRecordPath(run));
    return bytes && parse(bytes, (value) => failureRecordSchema.safeParse(value).data);
  };

  const makeRecord = async (run: RunInfo): Promise<FailureRecord> => {
    const known = await findRecord(run);
    if (known) return known;
    const { path, sizeBytes } = await runs().findLog(run.id);
    const from = Math.max(0, sizeBytes - LOG_TAIL_BYTES);
    const tail = await files.readRange(path, from, sizeBytes - from);
    // A tail begins in the middle of a line, and perhaps of a character.
    const skipped = from === 0 ? 0 : tail.indexOf(10) + 1;
    const { workspace, slapos, build } = layout.project(run.project);
    const record = readersOf(run.project).failures.record({
      log: tail.subarray(skipped).toString("utf8"),
      logOffset: from + skipped,
      workspace,
      profile: join(workspace, run.profile),
      findPartitionProfile: (partition) => join(slapos, "inst", partition, "buildout.cfg"),
      roots: [workspace, slapos, build, layout.engine],
    });
    await files.replace(toRecordPath(run), `${JSON.stringify(record)}\n`);
    return record;
  };

  const ensureRecord = (run: RunInfo): Promise<FailureRecord> => {
    const known = being.get(run.id);
    if (known) return known;
    const made = makeRecord(run).finally(() => being.delete(run.id));
    being.set(run.id, made);
    return made;
  };

  const readFailure = async (id: string): Promise<RunFailure> => {
    const run = runs().get(id);
    if (run.state !== "failed" || run.logSizeBytes === 0) {
      throw new WebrunnerError("run/refused", {
        message: run.state === "failed" ? "The run failed before it had a log." : "The run did not fail.",
      });
    }
    const record = await ensureRecord(run);
    return readersOf(run.project).failures.explain(record, layout.project(run.project).workspace, run.profile);
  };

  return {
    handlers: createExplainHandlers({
      async readPlan(project, profile, kind) {
        const plan = (await readTarget(project, profile, kind, true)).toPlan();
        return { ...plan, estimate: await estimate(project, plan) };
      },
      async checkDownloads(project, profile, kind) {
        const { read, downloads, places, toPlan } = await readTarget(project, profile, kind, true);
        await downloads.check(read, places);
        const plan = toPlan();
        return { ...plan, estimate: await estimate(project, plan) };
      },
      readRunPlan,
      compareRuns,
      readFailure,
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
    findFailedPart: async (run) =>
      run.state === "failed" && run.logSizeBytes > 0 ? (await ensureRecord(run)).part : undefined,
    readPlan: readRunPlan,
    compare: compareRuns,
    readFailure,
    readValues: async (id) => (await findSnapshot(runs().get(id)))?.values,
    findSince: findLastGreen,
    noteRun(run) {
      if (run.state === "queued" && !begun.has(run.id)) {
        begun.add(run.id);
        keepSnapshot(run).catch(onError);
      }
      if (run.state !== "queued" && run.state !== "running") begun.delete(run.id);
      if (run.state === "failed" && run.logSizeBytes > 0) ensureRecord(run).catch(onError);
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

/** Half a file of a full disk is as good as none. */
function parse<T>(bytes: Uint8Array, take: (value: unknown) => T | undefined): T | undefined {
  try {
    return take(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
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
