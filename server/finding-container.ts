/**
 * The part of the composition that explains runs which have ended: what one failed of, and what the engine warned of.
 *
 * Both are written down once, beside the log of the run (`failure.json`, `warnings.json`), as soon as it has ended; a
 * run of an earlier server that has none gets it when it is first asked for.
 */
import { join } from "node:path";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import {
  type FailureRecord,
  failureRecordSchema,
  type RunFailure,
  type RunInfo,
  type RunWarnings,
  type WarningRecord,
  warningRecordSchema,
} from "@/lib/protocol";
import { createFailureReader } from "./plan/failure-reader";
import { createRunPlaces, type RunPlacesOptions } from "./plan/run-places";
import { createWarningReader } from "./plan/warning-reader";
import type { DataLayout } from "./platform/data-layout";
import type { Files } from "./platform/files";
import type { PlanDisk } from "./platform/plan-disk";
import { readKept } from "./runs/kept-json";
import type { RunKeeper } from "./runs/run-keeper";
import { readSteps } from "./runs/run-recorder";

/** The cause of a failure is near the log's end; a build that prints more after it has buried it. */
const LOG_TAIL_BYTES = 1024 * 1024;

export interface FindingContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly runs: () => Pick<RunKeeper, "get" | "list" | "findLog">;
  readonly diskOf: (project: string) => PlanDisk;
  readonly openLanguage: RunPlacesOptions["openLanguage"];
  /** Of the log of a verification. */
  readonly toWorkspacePaths: (project: string, log: string) => string;
  readonly onError: (error: unknown) => void;
}

export interface FindingContainer {
  /** To be told of every run that has ended. */
  noteEnd(run: RunInfo): void;
  findFailedPart(run: RunInfo): Promise<string | undefined>;
  /** `run/refused` for a run that did not fail. */
  readFailure(run: string): Promise<RunFailure>;
  /** `run/refused` for a run that has not ended. */
  readWarnings(run: string): Promise<RunWarnings>;
}

export function createFindingContainer(options: FindingContainerOptions): FindingContainer {
  const { files, layout, runs, diskOf, openLanguage, toWorkspacePaths, onError } = options;
  const pending = new Map<string, Promise<unknown>>();

  const readersOf = (project: string) => {
    const disk = diskOf(project);
    const places = createRunPlaces({ disk, openLanguage });
    return { failures: createFailureReader({ disk, places }), warnings: createWarningReader(places) };
  };

  /** What is common to both: where the run's texts are. */
  const toEndedRun = (run: RunInfo) => {
    const { workspace, slapos, build } = layout.project(run.project);
    return {
      workspace,
      profile: join(workspace, run.profile),
      findPartitionProfile: (partition: string) => join(slapos, "inst", partition, "buildout.cfg"),
      roots: [workspace, slapos, build, layout.engine],
    };
  };

  /** Reads what is written down, else makes it and writes it down; once at a time. */
  const ensure = <T>(run: RunInfo, name: string, schema: z.ZodType<T>, make: () => Promise<T>): Promise<T> => {
    const path = join(layout.project(run.project).runs, run.id, name);
    const known = pending.get(path) as Promise<T> | undefined;
    if (known) return known;
    const work = async (): Promise<T> => {
      const kept = await readKept(files, path, schema);
      if (kept !== undefined) return kept;
      const made = await make();
      await files.replace(path, `${JSON.stringify(made)}\n`);
      return made;
    };
    const made = work().finally(() => pending.delete(path));
    pending.set(path, made);
    return made;
  };

  const ensureFailure = (run: RunInfo): Promise<FailureRecord> =>
    ensure(run, "failure.json", failureRecordSchema, async () => {
      const { path, sizeBytes } = await runs().findLog(run.id);
      const from = Math.max(0, sizeBytes - LOG_TAIL_BYTES);
      const tail = await files.readRange(path, from, sizeBytes - from);
      // A tail begins in the middle of a line, and perhaps of a character.
      const skipped = from === 0 ? 0 : tail.indexOf(10) + 1;
      const said = tail.subarray(skipped).toString("utf8");
      const log = run.kind === "verification" ? toWorkspacePaths(run.project, said) : said;
      return readersOf(run.project).failures.record({ ...toEndedRun(run), log, logOffset: from + skipped });
    });

  const ensureWarnings = (run: RunInfo): Promise<WarningRecord[]> =>
    ensure(run, "warnings.json", z.array(warningRecordSchema), async () => {
      const steps = (await readSteps(files, join(layout.project(run.project).runs, run.id))) ?? [];
      const takenUp = steps.flatMap((step) => (step.kind === "part" && step.action !== "updating" ? [step.part] : []));
      const failure = hasFailure(run) ? await ensureFailure(run) : undefined;
      return readersOf(run.project).warnings.record({
        ...toEndedRun(run),
        id: run.id,
        said: steps.flatMap((step) => (step.kind === "warning" ? [step] : [])),
        takenUp: new Set(takenUp),
        before: await readBefore(run),
        failedAt: failure ? [failure.place, ...failure.others.map(({ place }) => place)] : [],
      });
    });

  const readBefore = async (run: RunInfo): Promise<readonly WarningRecord[]> => {
    const before = runs()
      .list(run.project)
      .find(
        (other) =>
          other.kind === run.kind &&
          other.profile === run.profile &&
          other.instance === run.instance &&
          other.createdAt < run.createdAt,
      );
    if (!before) return [];
    const path = join(layout.project(run.project).runs, before.id, "warnings.json");
    return (await readKept(files, path, z.array(warningRecordSchema))) ?? [];
  };

  const workspaceOf = (run: RunInfo): string => layout.project(run.project).workspace;

  return {
    noteEnd(run) {
      if (hasFailure(run)) ensureFailure(run).catch(onError);
      ensureWarnings(run).catch(onError);
    },
    findFailedPart: async (run) => (hasFailure(run) ? (await ensureFailure(run)).part : undefined),
    async readFailure(id) {
      const run = runs().get(id);
      if (!hasFailure(run)) {
        throw new WebrunnerError("run/refused", {
          message: run.state === "failed" ? "The run failed before it had a log." : "The run did not fail.",
        });
      }
      const record = await ensureFailure(run);
      return readersOf(run.project).failures.explain(record, workspaceOf(run), run.profile);
    },
    async readWarnings(id) {
      const run = runs().get(id);
      if (run.finishedAt === undefined) {
        throw new WebrunnerError("run/refused", {
          message: "The run has not ended.",
          hint: "What it warns of is in its log already.",
        });
      }
      const records = await ensureWarnings(run);
      return { warnings: readersOf(run.project).warnings.explain(records, workspaceOf(run), run.profile) };
    },
  };
}

function hasFailure(run: RunInfo): boolean {
  return run.state === "failed" && run.logSizeBytes > 0;
}
