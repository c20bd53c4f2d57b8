/**
 * The runs of all projects: started, followed, stopped, taken up again after a restart of the server.
 *
 * Promises: a run survives the server (B1); it has exactly one end, told once (B2); of the runs that work in the same
 * directories one goes on at a time, and asking twice for the same is one run (B3); stopping ends every process of
 * it, but never the instances' supervisord (B4).
 */
import { randomInt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { WebrunnerError } from "@/lib/base/errors";
import { compareNewestFirst } from "@/lib/base/newest-first";
import { createPace } from "@/lib/base/pace";
import { findEngineError } from "@/lib/logs/engine-error";
import type { RunInfo, RunRequest } from "@/lib/protocol";
import type { DurableProcesses, DurableRecord, DurableState } from "@/server/platform/durable-processes";
import type { Files, Owner } from "@/server/platform/files";
import { createRunFollower, type RunFollower } from "./run-follower";
import { type RunLauncher, type RunPlan, toRunGroup } from "./run-launcher";
import { createRunRecords, type RunEnd, type RunFolder, type RunRecord, toRunFolder, toRunInfo } from "./run-record";
import { createRunRecorder, type RunRecorder, type RunRecorderOptions } from "./run-recorder";

/** Enough for a traceback and the compiler's output before it. */
const ERROR_TAIL_BYTES = 256 * 1024;

const RETRY_MS = 2_000;
const NEVER_BEGAN = "The server ended before the run began.";
const VANISHED = "The run's process is gone and left no exit code: it was killed, or the machine was restarted.";

export interface RunKeeperDependencies {
  readonly files: Files;
  readonly processes: DurableProcesses;
  readonly launcher: RunLauncher;
  /** Whom builds run as. */
  readonly builder: Owner;
  readonly runsDirectory: (project: string) => string;
  readonly now: () => Date;
  readonly onChanged: (run: RunInfo) => void;
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void };
}

export interface RunKeeper {
  /** Takes up what an earlier server left; before anything else is asked. */
  adopt(projects: readonly string[]): Promise<void>;
  /** Resolves as soon as the run exists; it goes on by itself. `account`: whose logins it uses where it needs one. */
  start(project: string, request: RunRequest, account?: string): Promise<RunInfo>;
  /** Newest first. */
  list(project: string): RunInfo[];
  get(id: string): RunInfo;
  /** Returns at once; the end is told like any other. `run/finished` when there is nothing to stop. */
  stop(id: string): Promise<RunInfo>;
  /** Holds its processes, over a restart of the server too; `run/finished` when it has ended, `run/refused` before it began. */
  pause(id: string): Promise<RunInfo>;
  resume(id: string): Promise<RunInfo>;
  /** The file that is the truth, and its size as of now. */
  findLog(id: string): Promise<{ readonly path: string; readonly sizeBytes: number; readonly ended: boolean }>;
  /** Where a run's records lie, and what this server has recorded of it. */
  findFolder(id: string): { readonly path: string; readonly recorder?: RunRecorder };
  /** Forgets a run that has ended; `run/busy` for one that goes on. Its folder is the caller's to remove. */
  forget(id: string): { readonly path: string };
  /** Stops following; the runs go on. */
  dispose(): void;
}

interface Entry {
  info: RunInfo;
  readonly record: RunRecord;
  readonly folder: RunFolder;
  readonly durable: DurableRecord;
  follower?: RunFollower;
  recorder?: RunRecorder;
  explainFailure?: RunPlan["explainFailure"];
  cancelled: boolean;
  /** Until its command begins. */
  readonly preparing: AbortController;
  stopping?: Promise<void>;
}

interface Going {
  readonly request: string;
  started?: Promise<RunInfo>;
  entry?: Entry;
}

export function createRunKeeper(dependencies: RunKeeperDependencies): RunKeeper {
  const { files, processes, launcher, runsDirectory, now, onChanged, log } = dependencies;
  const records = createRunRecords(files, dependencies.builder);
  const entries = new Map<string, Entry>();
  /** By project and group: what goes on, or is about to. */
  const going = new Map<string, Going>();
  /** By project: the number given last, also while its run is being written down. */
  const numbers = new Map<string, number>();
  let disposed = false;

  const change = (entry: Entry, changes: Partial<RunInfo>): void => {
    entry.info = { ...entry.info, ...changes };
    onChanged(entry.info);
  };

  const release = (entry: Entry): void => {
    const key = toKey(entry.info.project, entry.info.kind);
    if (going.get(key)?.entry === entry) going.delete(key);
  };

  /** A full disk is waited for: until the end is written down, the run has none. */
  const finish = async (entry: Entry, end: RunEnd): Promise<void> => {
    for (;;) {
      try {
        const stands = await records.createEnd(entry.folder, end);
        release(entry);
        change(entry, { ...stands, paused: undefined, downloading: undefined, cloning: undefined });
        return;
      } catch (error) {
        if (disposed) return;
        log.error({ run: entry.info.id, error: String(error) }, "The end of a run could not be written down");
        await wait(RETRY_MS);
      }
    }
  };

  const readError = async (entry: Entry, code: number, logSizeBytes: number): Promise<string | undefined> => {
    if (logSizeBytes === 0) return undefined;
    const from = Math.max(0, logSizeBytes - ERROR_TAIL_BYTES);
    const tail = await files.readRange(entry.folder.log, from, logSizeBytes - from);
    const text = tail.toString("utf8");
    const error = (await entry.explainFailure?.(text)) ?? findEngineError(text, { code });
    return error && entry.record.roots.reduce((text, root) => text.replaceAll(`${root}/`, ""), error);
  };

  const conclude = async (entry: Entry, state: Exclude<DurableState, { kind: "running" }>): Promise<void> => {
    // Whatever the command left behind would work in parallel with the next run.
    await entry.stopping;
    await processes.stop(entry.durable, { spare: launcher.isSpared });
    const rest = (await entry.follower?.readRest()) ?? { progress: undefined, logSizeBytes: 0 };
    const common = {
      logSizeBytes: rest.logSizeBytes,
      part: rest.progress?.part,
      partsDone: rest.progress?.partsDone,
      nothingToDo: rest.progress?.nothingToDo || undefined,
      retries: rest.progress?.retries,
    };
    // A stopped wrapper writes its code after the last process is gone, so look once more.
    const last = state.kind === "gone" ? await processes.readState(entry.durable) : state;
    if (last.kind !== "exited") {
      const ended = { ...common, startedAt: entry.info.startedAt, finishedAt: now().toISOString() };
      const reason = last.kind === "gone" && !last.started ? NEVER_BEGAN : VANISHED;
      await finish(entry, entry.cancelled ? { ...ended, state: "cancelled" } : { ...ended, state: "lost", reason });
      return;
    }
    const { code } = last;
    const ended = {
      ...common,
      code,
      startedAt: new Date(last.startedMs).toISOString(),
      finishedAt: new Date(last.exitedMs).toISOString(),
    };
    if (code === 0) await finish(entry, { ...ended, state: "succeeded" });
    else if (entry.cancelled) await finish(entry, { ...ended, state: "cancelled" });
    else await finish(entry, { ...ended, state: "failed", error: await readError(entry, code, rest.logSizeBytes) });
  };

  const follow = (entry: Entry, adopted?: RunRecorderOptions["adopted"]): RunFollower => {
    entry.recorder = createRunRecorder({
      files,
      folder: entry.folder.path,
      now,
      onError: (error) => log.warn({ run: entry.info.id, error: String(error) }, "A run could not be recorded"),
      adopted,
    });
    entry.follower = createRunFollower({
      files,
      processes,
      record: entry.durable,
      log: entry.folder.log,
      recorder: entry.recorder,
      onProgress: ({ part, partsDone, nothingToDo, downloading, retries }, logSizeBytes) =>
        change(entry, { part, partsDone, nothingToDo: nothingToDo || undefined, downloading, retries, logSizeBytes }),
      onEnd: (state) => {
        conclude(entry, state).catch((error) => {
          log.error({ run: entry.info.id, error: String(error) }, "The end of a run could not be read");
          const again = async (): Promise<void> => {
            if (!disposed) follow(entry, await toAdopted(entry)).start();
          };
          if (!disposed) setTimeout(() => void again().catch(() => undefined), RETRY_MS).unref();
        });
      },
      onError: (error) => log.warn({ run: entry.info.id, error: String(error) }, "A run could not be looked at"),
    });
    return entry.follower;
  };

  /** What the recorder needs to know of a log that began before it. */
  const toAdopted = async ({ folder, info }: Entry, state?: DurableState): Promise<RunRecorderOptions["adopted"]> => ({
    logSizeBytes: (await files.findInfo(folder.log))?.sizeBytes ?? 0,
    startedMs: state?.kind === "exited" ? state.startedMs : Date.parse(info.startedAt ?? info.createdAt),
    endedMs: state?.kind === "exited" ? state.exitedMs : undefined,
  });

  const prepare = async (entry: Entry, plan: RunPlan): Promise<void> => {
    const isTime = createPace();
    let phase = "";
    await plan.prepare?.(
      entry.preparing.signal,
      ({ receivedBytes = entry.info.cloning?.receivedBytes, ...cloning }) => {
        if (entry.cancelled || !isTime(now().getTime(), cloning.phase !== phase)) return;
        phase = cloning.phase;
        change(entry, { cloning: { ...cloning, receivedBytes } });
      },
    );
  };

  const launch = async (entry: Entry, plan: RunPlan): Promise<void> => {
    try {
      await prepare(entry, plan);
      if (entry.cancelled) throw new WebrunnerError("run/refused", { message: "Stopped before it began." });
      let follower: RunFollower | undefined;
      await processes.start(
        {
          ...entry.durable,
          argv: plan.toArgv(entry.folder.spec),
          workingDirectory: plan.workingDirectory,
          environment: plan.environment,
        },
        () => follower?.lookNow(),
      );
      change(entry, { state: "running", cloning: undefined, startedAt: now().toISOString() });
      if (disposed) return;
      follower = follow(entry);
      follower.start();
      // Asked to stop while it was being started, when there was nothing to end yet.
      if (entry.cancelled) stopProcesses(entry);
    } catch (error) {
      const message = error instanceof WebrunnerError ? (error.data.message ?? error.code) : "It could not be started.";
      const hint = error instanceof WebrunnerError && error.data.hint ? ` ${error.data.hint}` : "";
      if (!(error instanceof WebrunnerError))
        log.error({ run: entry.info.id, error: String(error) }, "A run did not start");
      await finish(entry, {
        state: entry.cancelled ? "cancelled" : "failed",
        error: entry.cancelled ? undefined : `${message}${hint}`,
        finishedAt: now().toISOString(),
        logSizeBytes: 0,
      });
    }
  };

  const takeNumber = (project: string): number => {
    const known = [...entries.values()].filter(({ info }) => info.project === project);
    const number = 1 + Math.max(numbers.get(project) ?? 0, known.length, ...known.map(({ info }) => info.number ?? 0));
    numbers.set(project, number);
    return number;
  };

  const create = async (
    project: string,
    request: RunRequest,
    account: string | undefined,
    mine: Going,
  ): Promise<RunInfo> => {
    const plan = await launcher.plan(project, request, account);
    const createdAt = now();
    const id = createRunId(createdAt);
    const record: RunRecord = {
      id,
      project,
      number: takeNumber(project),
      kind: request.kind,
      engine: plan.engine,
      profile: plan.profile,
      instance: plan.instance,
      section: plan.section,
      force: request.force,
      parts: request.parts,
      keepGoing: plan.keepGoing,
      verification: plan.verification,
      createdAt: createdAt.toISOString(),
      roots: [...plan.roots],
    };
    const folder = toRunFolder(runsDirectory(project), id);
    await files.ensureDirectory(runsDirectory(project), { mode: 0o711 });
    await records.create(folder, record, plan.spec);
    const entry = addEntry(record, folder);
    entry.explainFailure = plan.explainFailure;
    mine.entry = entry;
    onChanged(entry.info);
    void launch(entry, plan);
    return entry.info;
  };

  const addEntry = (record: RunRecord, folder: RunFolder, end?: RunEnd): Entry => {
    const durable = { id: record.id, directory: folder.path };
    const entry: Entry = {
      info: toRunInfo(record, end),
      record,
      folder,
      durable,
      cancelled: false,
      preparing: new AbortController(),
    };
    entries.set(record.id, entry);
    return entry;
  };

  const getEntry = (id: string): Entry => {
    const entry = entries.get(id);
    if (!entry) throw new WebrunnerError("run/not-found", { message: "There is no such run." });
    return entry;
  };

  const getGoing = (id: string): Entry => {
    const entry = getEntry(id);
    if (isEnd(entry.info)) throw new WebrunnerError("run/finished", { message: "The run has ended already.", run: id });
    return entry;
  };

  const adoptOne = async (folder: RunFolder): Promise<void> => {
    const found = await records.find(folder);
    if (!found) return;
    const entry = addEntry(found.record, folder, found.end);
    if (found.end) return;
    entry.cancelled = await records.isCancelled(folder);
    const state = await processes.takeUp(entry.durable);
    if (state.kind === "running") {
      entry.info = { ...entry.info, state: "running", startedAt: new Date(state.startedMs).toISOString() };
      const request = toRequestKey(found.record);
      going.set(toKey(entry.info.project, entry.info.kind), { request, entry });
      follow(entry, await toAdopted(entry)).start();
      // Asked to stop by a server that did not live to see it through.
      if (entry.cancelled) stopProcesses(entry);
      else if (await records.isPaused(folder)) {
        entry.info = { ...entry.info, paused: true };
        await processes.hold(entry.durable, { spare: launcher.isSpared });
      } else await processes.release(entry.durable, { spare: launcher.isSpared });
      return;
    }
    follow(entry, await toAdopted(entry, state));
    await conclude(entry, state);
  };

  const stopProcesses = (entry: Entry): void => {
    entry.stopping ??= processes
      .stop(entry.durable, { spare: launcher.isSpared })
      .then(() => entry.follower?.lookNow())
      .catch((error) => log.error({ run: entry.info.id, error: String(error) }, "A run could not be stopped"));
  };

  return {
    async adopt(projects) {
      for (const project of projects) {
        for (const { name, kind } of await files.list(runsDirectory(project))) {
          if (kind !== "directory") continue;
          try {
            await adoptOne(toRunFolder(runsDirectory(project), name));
          } catch (error) {
            log.error({ run: name, error: String(error) }, "A run could not be taken up");
          }
        }
      }
    },

    async start(project, request, account) {
      const key = toKey(project, request.kind);
      const wanted = toRequestKey(request);
      for (let other = going.get(key); other; other = going.get(key)) {
        // The second click on the same button, before the first was answered.
        if (other.started && !other.entry && other.request === wanted) return other.started;
        const run = other.entry?.info ?? (await other.started?.catch(() => undefined));
        if (run && !isEnd(run)) throw createBusy(run);
      }
      const mine: Going = { request: wanted };
      going.set(key, mine);
      mine.started = create(project, request, account, mine).catch((error) => {
        if (going.get(key) === mine && !mine.entry) going.delete(key);
        throw error;
      });
      return mine.started;
    },

    list: (project) =>
      [...entries.values()]
        .filter(({ info }) => info.project === project)
        .map(({ info }) => info)
        .sort(compareNewestFirst),

    get: (id) => getEntry(id).info,

    async stop(id) {
      const entry = getGoing(id);
      await records.markCancelled(entry.folder);
      entry.cancelled = true;
      entry.preparing.abort();
      if (entry.follower) stopProcesses(entry);
      if (entry.info.paused) change(entry, { paused: undefined });
      return entry.info;
    },

    async pause(id) {
      const entry = getGoing(id);
      if (entry.info.state !== "running" || entry.cancelled) {
        throw new WebrunnerError("run/refused", { message: "Only a run that is at work can be paused.", run: id });
      }
      // Written down first: a server that ends in between takes it up as held.
      await records.markPaused(entry.folder, true);
      await processes.hold(entry.durable, { spare: launcher.isSpared });
      if (!isEnd(entry.info)) change(entry, { paused: true });
      return entry.info;
    },

    async resume(id) {
      const entry = getGoing(id);
      await records.markPaused(entry.folder, false);
      await processes.release(entry.durable, { spare: launcher.isSpared });
      if (!isEnd(entry.info)) change(entry, { paused: undefined });
      return entry.info;
    },

    async findLog(id) {
      const { folder, info } = getEntry(id);
      // Asked before the size: when it has ended, the size is the last one.
      const ended = isEnd(info);
      return { path: folder.log, sizeBytes: (await files.findInfo(folder.log))?.sizeBytes ?? 0, ended };
    },

    findFolder(id) {
      const { folder, recorder } = getEntry(id);
      return { path: folder.path, recorder };
    },

    forget(id) {
      const { info, folder } = getEntry(id);
      if (!isEnd(info)) throw createBusy(info);
      entries.delete(id);
      return { path: folder.path };
    },

    dispose() {
      disposed = true;
      for (const { follower } of entries.values()) follower?.dispose();
    },
  };
}

function isEnd({ state }: RunInfo): boolean {
  return state !== "queued" && state !== "running";
}

function createBusy(run: RunInfo): WebrunnerError {
  return new WebrunnerError("run/busy", {
    message: `Run ${run.kind} of ${run.profile} is going on.`,
    hint: "Wait for its end, or stop it.",
    run: run.id,
  });
}

function toKey(project: string, kind: RunInfo["kind"]): string {
  return `${project} ${toRunGroup(kind)}`;
}

function toRequestKey({ kind, profile, instance, section, force, parts }: RunRequest): string {
  return JSON.stringify([kind, profile, instance, section, force ?? false, parts]);
}

function createRunId(at: Date): string {
  const digits = at.toISOString().replace(/\D/g, "");
  const tail = Array.from({ length: 6 }, () => randomInt(36).toString(36)).join("");
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${tail}`;
}
