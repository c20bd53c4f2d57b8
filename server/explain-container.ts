/**
 * The part of the composition that explains runs: the plan before one, the failure after it.
 *
 * A failure is written down once, beside the log of its run (`failure.json`), as soon as the run has ended; a run of an
 * earlier server that has none gets it when it is first asked for.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { createLanguageService } from "@/lib/language/create-language-service";
import { type FailureRecord, failureRecordSchema, type RunInfo } from "@/lib/protocol";
import { ensureEngineProfile } from "./engine/engine-profile";
import { toBuildName } from "./engine/plain-buildout";
import { createExplainHandlers } from "./http/explain-handlers";
import type { Handlers } from "./http/route";
import { createFailureReader, type FailureReader } from "./plan/failure-reader";
import { createPlanReader, type PlanReader, type PlanTarget } from "./plan/plan-reader";
import { toPlanInfo } from "./plan/to-plan-info";
import type { ConfinedFiles } from "./platform/confined-files";
import type { DataLayout } from "./platform/data-layout";
import type { Files } from "./platform/files";
import { createPlanDisk, type PlanDisk } from "./platform/plan-disk";
import { createWorkspaceTexts } from "./platform/workspace-texts";
import type { RunKeeper } from "./runs/run-keeper";

/** The cause of a failure is near the log's end; a build that prints more after it has buried it. */
const LOG_TAIL_BYTES = 1024 * 1024;

export interface ExplainContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly runs: () => Pick<RunKeeper, "get" | "findLog">;
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
  /** Unsaved texts by workspace path. */
  readonly listUnsaved: (project: string) => Promise<readonly { readonly path: string; readonly text: string }[]>;
  readonly onError: (error: unknown) => void;
}

export interface ExplainContainer {
  readonly handlers: Pick<Handlers, "readPlan" | "readFailure">;
  /** To be told of every change of a run. */
  noteRun(run: RunInfo): void;
}

interface ProjectReaders {
  readonly disk: PlanDisk;
  readonly plans: PlanReader;
  readonly failures: FailureReader;
}

export function createExplainContainer(options: ExplainContainerOptions): ExplainContainer {
  const { files, layout, runs, openTree, listUnsaved, onError } = options;
  const readers = new Map<string, ProjectReaders>();
  const being = new Map<string, Promise<FailureRecord>>();

  const readersOf = (project: string): ProjectReaders => {
    const known = readers.get(project);
    if (known) return known;
    const { workspace, slapos, build } = layout.project(project);
    const disk = createPlanDisk([workspace, slapos, build, layout.engine]);
    const made = {
      disk,
      plans: createPlanReader({ disk, engineDirectory: layout.engine }),
      failures: createFailureReader({ disk, openLanguage }),
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

  const readPlan = async (project: string, named: string, kind: PlanTarget["kind"]) => {
    const profile = await ensureEngineProfile(project, await openTree(project), named);
    const target = toTarget(project, kind, profile.path, profile.absolute);
    const drafts = await listUnsaved(project);
    const unsaved = new Map(drafts.map(({ path, text }) => [`${profile.workspaceRoot}/${path}`, text]));
    const { slapos, build } = layout.project(project);
    const roots = { workspace: profile.workspaceRoot, hidden: [target.directory, slapos, build, layout.engine] };
    return toPlanInfo(readersOf(project).plans.read(target, unsaved), target, profile.path, roots);
  };

  const toRecordPath = (run: RunInfo): string => join(layout.project(run.project).runs, run.id, "failure.json");

  const findRecord = async (run: RunInfo): Promise<FailureRecord | undefined> => {
    const bytes = await files.find(toRecordPath(run));
    if (!bytes) return undefined;
    try {
      return failureRecordSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
    } catch {
      // Half a file of a full disk: it is made anew.
      return undefined;
    }
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

  return {
    handlers: createExplainHandlers({
      readPlan,
      async readFailure(id) {
        const run = runs().get(id);
        if (run.state !== "failed" || run.logSizeBytes === 0) {
          throw new WebrunnerError("run/refused", {
            message: run.state === "failed" ? "The run failed before it had a log." : "The run did not fail.",
          });
        }
        const record = await ensureRecord(run);
        return readersOf(run.project).failures.explain(record, layout.project(run.project).workspace);
      },
    }),
    noteRun(run) {
      if (run.state === "failed" && run.logSizeBytes > 0) ensureRecord(run).catch(onError);
    },
  };
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
