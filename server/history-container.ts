/**
 * The part of the composition that keeps what a run was made of, gives it away, and lets it go: git state and
 * environment at its beginning, the bundle, how long runs are kept, who hears of their ends.
 *
 * What belongs to a run is written into its folder once and never changed (`source.json`, `environment.json`). Made by
 * the run container; kept apart because git, runs and instances meet here only.
 */
import { arch, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import { isSecretName, REDACTED, redactText } from "@/lib/logs/redaction";
import type {
  RunChanges,
  RunEnvironment,
  RunFailure,
  RunInfo,
  RunKeeping,
  RunKeepingChange,
  RunPlanInfo,
  RunSource,
  RunSourceChanges,
  RunTimeline,
  RunWarnings,
  SourceFile,
} from "@/lib/protocol";
import { OWNER } from "@/server/access/access-keeper";
import type { CredentialStore } from "./git/credentials";
import type { GitService } from "./git/git-service";
import { describeDirty, diffStates, readWorkspaceState, type WorkspaceState } from "./git/workspace-state";
import { createHistoryHandlers, type HistoryHandlerName } from "./http/history-handlers";
import type { Handlers } from "./http/route";
import type { DataLayout } from "./platform/data-layout";
import type { Files } from "./platform/files";
import { openJsonState, type StateLog } from "./platform/json-state";
import { childEnvironment, type RunIdentity } from "./platform/run-identity";
import { ensureWebhookUrl, postJson } from "./platform/webhook";
import { readKept } from "./runs/kept-json";
import { type BundleFile, findSecrets, writeRunBundle } from "./runs/run-bundle";
import type { RunKeeper } from "./runs/run-keeper";
import { createRunNotifier } from "./runs/run-notifier";
import { pickExpired } from "./runs/run-retention";

const settingsSchema = z.object({
  keepDays: z.number().nullable(),
  keepMegabytes: z.number().nullable(),
  webhookUrl: z.string().nullable(),
  webhookSecret: z.string().optional(),
});
type KeptSettings = z.infer<typeof settingsSchema>;
/** A build's records are small beside what it builds; still they do not grow for ever unasked. */
const DEFAULTS: KeptSettings = { keepDays: null, keepMegabytes: 10_000, webhookUrl: null };
const MEGABYTE = 1_000_000;
/** Runs get old without anybody doing anything. */
const SWEEP_EVERY_MS = 3_600_000;

const stateSchema = z.object({
  revision: z.string().optional(),
  branch: z.string().optional(),
  dirty: z.array(z.object({ path: z.string(), id: z.string().optional(), text: z.string().optional() })),
  truncated: z.boolean(),
});
const environmentSchema = z.object({
  variables: z.record(z.string(), z.string()),
  engine: z.record(z.string(), z.string()),
  machine: z.object({
    system: z.string(),
    architecture: z.string(),
    processors: z.number(),
    memoryBytes: z.number(),
  }),
});

export interface HistoryContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly identity: RunIdentity;
  readonly log: StateLog;
  readonly git: () => Pick<GitService, "run">;
  readonly gitLogins: () => Pick<CredentialStore, "list" | "find">;
  readonly runs: () => Pick<RunKeeper, "get" | "list" | "findLog" | "findFolder" | "forget">;
  /** Everything that is told of the instances of a project: their parameters and what they publish. */
  readonly instanceValues: (project: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly explain: {
    readPlan(run: string): Promise<RunPlanInfo>;
    readValues(run: string): Promise<Readonly<Record<string, Readonly<Record<string, string>>>> | undefined>;
    compare(run: string, since: string | undefined): Promise<RunChanges>;
    readFailure(run: string): Promise<RunFailure>;
    readWarnings(run: string): Promise<RunWarnings>;
    findSince(run: RunInfo): RunInfo;
  };
  readonly readTimeline: (run: string) => Promise<RunTimeline>;
  readonly ensureProject: (project: string) => Promise<void>;
  readonly onRemoved: (run: RunInfo) => void;
}

export interface HistoryContainer {
  readonly handlers: Pick<Handlers, HistoryHandlerName>;
  /** To be told of every change of a run. */
  noteRun(run: RunInfo): void;
  /** Lets go of what need not be kept, now and from time to time. */
  sweep(projects: readonly string[]): Promise<void>;
  dispose(): void;
}

export function createHistoryContainer(options: HistoryContainerOptions): HistoryContainer {
  const { files, layout, identity, log, runs, explain } = options;
  const onError = (error: unknown): void => log.warn({ error: String(error) }, "The history of runs could not be kept");
  const begun = new Set<string>();
  const told = new Set<string>();
  const settings = new Map<string, ReturnType<typeof openSettings>>();
  const deliveries = new Map<string, NonNullable<RunKeeping["lastDelivery"]>>();
  const notifier = createRunNotifier({
    post: postJson,
    now: () => new Date(),
    wait: (ms, signal) => wait(ms, undefined, { signal }),
  });
  let sweeper: NodeJS.Timeout | undefined;

  const openSettings = (project: string) =>
    openJsonState({
      files,
      // In a folder of its own, which nobody else may enter.
      path: join(layout.project(project).root, "run-keeping", "keeping.json"),
      schema: settingsSchema,
      initial: DEFAULTS,
      log,
      now: () => Date.now(),
    });
  const settingsOf = (project: string) => {
    const known = settings.get(project);
    if (known) return known;
    const opened = openSettings(project);
    settings.set(project, opened);
    opened.catch(() => settings.delete(project));
    return opened;
  };
  const folderOf = (run: string): string => runs().findFolder(run).path;

  const keepState = async (run: RunInfo): Promise<void> => {
    const state = await options
      .git()
      .run(run.project, "", readWorkspaceState)
      .catch((error: unknown) => {
        if (error instanceof WebrunnerError && error.code === "git/no-repository") return undefined;
        throw error;
      });
    if (state) await files.create(join(folderOf(run.id), "source.json"), `${JSON.stringify(state)}\n`);
  };
  const keepEnvironment = async (run: RunInfo): Promise<void> => {
    const variables = Object.entries(childEnvironment(identity)).map(([name, value]) => [
      name,
      isSecretName(name) ? REDACTED : redactText(value),
    ]);
    const environment = {
      variables: Object.fromEntries(variables),
      engine: await readEngineVersions(),
      machine: {
        system: `${type()} ${release()}`,
        architecture: arch(),
        processors: cpus().length,
        memoryBytes: totalmem(),
      },
    };
    await files.create(join(folderOf(run.id), "environment.json"), `${JSON.stringify(environment)}\n`);
  };
  const readEngineVersions = async (): Promise<Record<string, string>> => {
    const stamp = await readKept(
      files,
      join(layout.engine, "stamp.json"),
      z.object({ versions: z.record(z.string(), z.string()) }),
    );
    return stamp?.versions ?? {};
  };
  const findState = (run: string): Promise<WorkspaceState | undefined> =>
    readKept(files, join(folderOf(run), "source.json"), stateSchema);
  const getState = async (run: string): Promise<WorkspaceState> => {
    const state = await findState(run);
    if (state) return state;
    throw new WebrunnerError("run/refused", {
      message: `Of run ${run} the state of the workspace was not kept.`,
      hint: "It is kept of runs whose workspace is a git repository.",
    });
  };

  /** Which files are the code of a recipe that is developed here. */
  const withRecipes = async (run: string, found: readonly Omit<SourceFile, "recipeOf">[]): Promise<SourceFile[]> => {
    const develop = (await explain.readValues(run))?.buildout?.develop ?? "";
    const workspace = layout.project(runs().get(run).project).workspace;
    const eggs = develop.split(/\s+/).flatMap((path) => {
      if (path === "") return [];
      if (path === workspace) return [{ path, prefix: "" }];
      return path.startsWith(`${workspace}/`) ? [{ path, prefix: `${path.slice(workspace.length + 1)}/` }] : [];
    });
    return found.map((file) => {
      const egg = file.path.endsWith(".py") ? eggs.find(({ prefix }) => file.path.startsWith(prefix)) : undefined;
      return egg ? { ...file, recipeOf: egg.prefix === "" ? "." : egg.prefix.slice(0, -1) } : file;
    });
  };

  const readSource = async (id: string): Promise<RunSource> => {
    const run = runs().get(id);
    const state = await getState(id);
    const { files: found, truncated } = await options
      .git()
      .run(run.project, "", (opened) => describeDirty(opened, state));
    const { revision, branch } = state;
    return { run: id, revision, branch, files: await withRecipes(id, found), truncated };
  };
  const compareSources = async (id: string, sinceId: string | undefined): Promise<RunSourceChanges> => {
    const run = runs().get(id);
    const since = sinceId === undefined ? explain.findSince(run) : runs().get(sinceId);
    if (since.project !== run.project) {
      throw new WebrunnerError("request/invalid", { message: "The two runs are of different projects." });
    }
    const [before, after] = [await getState(since.id), await getState(id)];
    const { files: found, truncated } = await options
      .git()
      .run(run.project, "", (opened) => diffStates(opened, before, after));
    return {
      run: id,
      since: since.id,
      revision: after.revision,
      sinceRevision: before.revision,
      files: await withRecipes(id, found),
      truncated,
    };
  };
  const readEnvironment = async (id: string): Promise<RunEnvironment> => {
    const kept = await readKept(files, join(folderOf(id), "environment.json"), environmentSchema);
    if (kept) return { run: id, ...kept };
    throw new WebrunnerError("run/refused", { message: `Of run ${id} the environment was not kept.` });
  };

  const listSecrets = async (project: string): Promise<string[]> => {
    const logins = options.gitLogins();
    const passwords = await Promise.all(
      (await logins.list(OWNER)).map(async ({ url }) => (await logins.find(OWNER, url))?.password ?? ""),
    );
    const values = await options.instanceValues(project);
    const webhook = (await settingsOf(project)).value.webhookSecret;
    const secrets = [...passwords, ...values.flatMap(findSecrets), ...findSecrets(process.env), webhook ?? ""];
    return secrets.filter((secret) => secret !== "");
  };
  /** What there is not is left out; a refusal is no reason to have no bundle. */
  const orNothing = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (error instanceof WebrunnerError) return undefined;
      throw error;
    }
  };
  const writeBundle = async (id: string): Promise<AsyncIterable<Uint8Array>> => {
    const run = runs().get(id);
    const { path, sizeBytes } = await runs().findLog(id);
    const source = await orNothing(() => readSource(id));
    const parts: BundleFile[] = [
      { name: "plan.json", content: await orNothing(() => explain.readPlan(id)) },
      { name: "values.json", content: await explain.readValues(id) },
      { name: "timeline.json", content: await orNothing(() => options.readTimeline(id)) },
      { name: "failure.json", content: await orNothing(() => explain.readFailure(id)) },
      { name: "warnings.json", content: await orNothing(() => explain.readWarnings(id)) },
      { name: "changes.json", content: await orNothing(() => explain.compare(id, undefined)) },
      { name: "environment.json", content: await orNothing(() => readEnvironment(id)) },
      {
        name: "source.json",
        content: source && { ...source, files: source.files.map(({ path, kind }) => ({ path, kind })) },
      },
      { name: "uncommitted.diff", content: source && source.files.length > 0 ? toPatch(source.files) : undefined },
    ];
    const secrets = await listSecrets(run.project);
    return writeRunBundle({ files, run, log: { path, sizeBytes }, parts, secrets, now: Date.now() });
  };

  const sizeOf = async (run: string): Promise<number> => {
    const entries = await files.list(folderOf(run));
    const sizes = await Promise.all(
      entries.map(async ({ name }) => (await files.findInfo(join(folderOf(run), name)))?.sizeBytes ?? 0),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const sizeAll = (project: string) =>
    Promise.all(
      runs()
        .list(project)
        .map(async (run) => ({ run, sizeBytes: await sizeOf(run.id) })),
    );
  const sweepOne = async (project: string): Promise<void> => {
    const { keepDays, keepMegabytes } = (await settingsOf(project)).value;
    const keepBytes = keepMegabytes === null ? null : keepMegabytes * MEGABYTE;
    for (const run of pickExpired(await sizeAll(project), { keepDays, keepBytes }, Date.now())) {
      const { path } = runs().forget(run.id);
      options.onRemoved(run);
      await files.remove(path);
    }
  };

  const toSettings = async (project: string): Promise<RunKeeping> => {
    const { webhookSecret, ...shown } = (await settingsOf(project)).value;
    const sized = await sizeAll(project);
    return {
      ...shown,
      hasWebhookSecret: webhookSecret !== undefined,
      lastDelivery: deliveries.get(project),
      kept: { runs: sized.length, sizeBytes: sized.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
    };
  };
  const changeSettings = async (project: string, change: RunKeepingChange): Promise<RunKeeping> => {
    if (typeof change.webhookUrl === "string") ensureWebhookUrl(change.webhookUrl);
    const state = await settingsOf(project);
    const { webhookSecret = state.value.webhookSecret, ...rest } = change;
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    await state.replace({ ...state.value, ...given, webhookSecret: webhookSecret ?? undefined });
    await sweepOne(project);
    return toSettings(project);
  };

  const tell = async (run: RunInfo): Promise<NonNullable<RunKeeping["lastDelivery"]> | undefined> => {
    const { webhookUrl, webhookSecret } = (await settingsOf(run.project)).value;
    if (webhookUrl === null) return undefined;
    const delivery = await notifier.tell(run, { url: webhookUrl, secret: webhookSecret });
    deliveries.set(run.project, delivery);
    return delivery;
  };

  return {
    handlers: createHistoryHandlers({
      ensureProject: options.ensureProject,
      readSource,
      compareSources,
      readEnvironment,
      writeBundle,
      readSettings: toSettings,
      changeSettings,
      async testWebhook(project) {
        const [last] = runs().list(project);
        if (!last) throw new WebrunnerError("run/refused", { message: "Nothing has been run that could be told of." });
        const delivery = await tell(last);
        if (delivery) return delivery;
        throw new WebrunnerError("request/invalid", { message: "No webhook is set.", hint: "Set its address first." });
      },
    }),
    noteRun(run) {
      if (run.state === "queued" && !begun.has(run.id)) {
        begun.add(run.id);
        keepState(run).catch(onError);
        keepEnvironment(run).catch(onError);
      }
      if (run.finishedAt === undefined || told.has(run.id)) return;
      begun.delete(run.id);
      told.add(run.id);
      tell(run).catch(onError);
      sweepOne(run.project).catch(onError);
    },
    async sweep(projects) {
      for (const project of projects) await sweepOne(project);
      sweeper ??= setInterval(() => {
        for (const project of projects) sweepOne(project).catch(onError);
      }, SWEEP_EVERY_MS).unref();
    },
    dispose() {
      clearInterval(sweeper);
      notifier.dispose();
    },
  };
}

function toPatch(files: readonly SourceFile[]): string {
  return files
    .map(({ path, diff, kind, binary }) => {
      const [old, fresh] = [
        kind === "added" ? "/dev/null" : `a/${path}`,
        kind === "deleted" ? "/dev/null" : `b/${path}`,
      ];
      return `diff --git a/${path} b/${path}\n${binary ? "Binary or large: not kept\n" : `--- ${old}\n+++ ${fresh}\n${diff}`}`;
    })
    .join("");
}
