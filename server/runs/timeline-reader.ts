/**
 * The timeline of a run, from what is kept with it: the steps with their times, the plan, how it ended; with what its
 * parts took in former runs of the same profile.
 *
 * A run of which no steps were recorded (it is older than the recording) has its steps from the log alone, spread over
 * its time as the bytes lie, and marked as estimated.
 */
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { createLineSplitter } from "@/lib/logs/line-splitter";
import type { PartAction } from "@/lib/logs/run-progress";
import { createDurationHistory, type DurationHistory, type RunDurations } from "@/lib/logs/timeline/estimate";
import { type TimedStep, type TimelineRow, toTimeline } from "@/lib/logs/timeline/run-timeline";
import { createStepReader } from "@/lib/logs/timeline/step-reader";
import type { RunInfo, RunKind, RunTimeline } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import type { LogIndex } from "./log-index";
import { readLogBytes } from "./log-reader";
import type { RunKeeper } from "./run-keeper";
import { readSteps } from "./run-recorder";
import type { UsageKeeper } from "./usage-keeper";

/** Former runs that an estimate is made of: enough for a median, few enough to read at once. */
const HISTORY_RUNS = 8;
/** Timelines of ended runs that are kept in memory. */
const CACHE_MAX = 64;
const SLOWEST = 5;
/** A log that nobody recorded is read for its steps up to this: a second of work. */
const SCAN_MAX_BYTES = 64 * 1024 * 1024;

export interface PlannedStep {
  readonly part: string;
  readonly action: PartAction;
}

export interface TimelineReader {
  /** `since`: the run to compare with; by default the last of the same profile before that succeeded. */
  read(run: string, since?: string): Promise<RunTimeline>;
  /** What former runs of a profile took. */
  history(project: string, kind: RunKind, profile: string, before?: RunInfo): Promise<DurationHistory>;
}

export interface TimelineReaderOptions {
  readonly files: Files;
  readonly runs: Pick<RunKeeper, "get" | "list" | "findFolder">;
  readonly index: Pick<LogIndex, "countLines">;
  readonly usage: Pick<UsageKeeper, "read">;
  /** What the run was to do, in its order; empty where no plan was kept. */
  readonly plannedOf: (run: RunInfo) => Promise<readonly PlannedStep[]>;
  readonly now: () => number;
}

interface Traced {
  readonly steps: readonly TimedStep[];
  readonly logLines: number;
}

const isGoing = ({ state }: RunInfo): boolean => state === "queued" || state === "running";

export function createTimelineReader(options: TimelineReaderOptions): TimelineReader {
  const { files, runs, index, usage, plannedOf, now } = options;
  const ended = new Map<string, Promise<TimelineRow[]>>();

  const trace = async (run: RunInfo): Promise<Traced> => {
    const { path, recorder } = runs.findFolder(run.id);
    if (recorder) return { steps: recorder.steps, logLines: recorder.lines };
    const steps = (await readSteps(files, path)) ?? (await scanLog(files, path, run));
    return { steps, logLines: await index.countLines(run.id) };
  };

  const makeRows = async (run: RunInfo): Promise<TimelineRow[]> => {
    const { steps, logLines } = await trace(run);
    return toTimeline({
      steps,
      state: run.state,
      startedMs: run.startedAt === undefined ? undefined : Date.parse(run.startedAt),
      finishedMs: run.finishedAt === undefined ? undefined : Date.parse(run.finishedAt),
      nowMs: now(),
      logBytes: run.logSizeBytes,
      logLines,
      planned: await plannedOf(run),
    });
  };

  const rowsOf = (run: RunInfo): Promise<TimelineRow[]> => {
    if (isGoing(run)) return makeRows(run);
    const known = ended.get(run.id);
    if (known) return known;
    const made = makeRows(run);
    ended.set(run.id, made);
    made.catch(() => ended.delete(run.id));
    for (const id of ended.keys()) {
      if (ended.size <= CACHE_MAX) break;
      ended.delete(id);
    }
    return made;
  };

  const toDurations = async (run: RunInfo): Promise<RunDurations> => {
    const rows = await rowsOf(run);
    const parts = new Map<string, { key: string; action: PartAction; durationMs: number }>();
    for (const { key, kind, state, spans } of rows) {
      // What a part took that failed or was stopped says nothing of what it takes.
      if (kind !== "part" || (state !== "done" && state !== "reused")) continue;
      for (const { action, startedMs, endedMs } of spans) {
        if (!action) continue;
        const id = `${action} ${key}`;
        const durationMs = (parts.get(id)?.durationMs ?? 0) + endedMs - startedMs;
        parts.set(id, { key, action, durationMs });
      }
    }
    return {
      totalMs: Date.parse(run.finishedAt!) - Date.parse(run.startedAt!),
      parts: [...parts.values()],
      phasesMs: rows.reduce((sum, row) => sum + (row.kind === "phase" ? row.durationMs : 0), 0),
    };
  };

  const isFormer = (run: RunInfo, project: string, kind: RunKind, profile: string, before?: RunInfo): boolean =>
    run.project === project &&
    run.kind === kind &&
    run.profile === profile &&
    run.instance === (before?.instance ?? run.instance) &&
    run.startedAt !== undefined &&
    run.finishedAt !== undefined &&
    (before === undefined || run.createdAt < before.createdAt);

  const history: TimelineReader["history"] = async (project, kind, profile, before) => {
    const former = runs
      .list(project)
      .filter((run) => isFormer(run, project, kind, profile, before))
      // A run that found nothing to do tells nothing; one that failed tells of the parts before.
      .filter((run) => !run.nothingToDo && (run.state === "succeeded" || run.state === "failed"))
      .slice(0, HISTORY_RUNS);
    return createDurationHistory(await Promise.all(former.map(toDurations)));
  };

  const findSince = (run: RunInfo, since: string | undefined): RunInfo | undefined => {
    if (since !== undefined) {
      const other = runs.get(since);
      if (other.id !== run.id) return other;
      throw new WebrunnerError("request/invalid", { message: "A run is not compared with itself." });
    }
    return runs
      .list(run.project)
      .find(
        (other) =>
          isFormer(other, run.project, run.kind, run.profile, run) && other.state === "succeeded" && !other.nothingToDo,
      );
  };

  return {
    history,
    async read(id, sinceId) {
      const run = runs.get(id);
      const since = findSince(run, sinceId);
      const [rows, former, used, before] = await Promise.all([
        rowsOf(run),
        history(run.project, run.kind, run.profile, run),
        usage.read(run.id, runs.findFolder(run.id).path),
        since ? rowsOf(since) : [],
      ]);
      const beforeMs = new Map(before.map((row) => [toCompareKey(row), row.durationMs]));
      const parts = rows.map((row): RunTimeline["parts"][number] => {
        const expectedMs = row.kind === "part" && row.action ? former.partMs(row.key, row.action) : undefined;
        return {
          key: row.key,
          kind: row.kind,
          name: row.name,
          partition: row.partition,
          state: row.state,
          action: row.action,
          blockedBy: row.blockedBy,
          durationMs: row.durationMs,
          expectedMs,
          // What did not come to its end took no time that could be compared.
          beforeMs: row.state === "done" || row.state === "reused" ? beforeMs.get(toCompareKey(row)) : undefined,
          spans: row.spans.map(({ startedMs, endedMs, ...span }) => ({
            ...span,
            startedAt: new Date(startedMs).toISOString(),
            durationMs: endedMs - startedMs,
          })),
        };
      });
      const own = parts.filter(({ kind }) => kind === "part");
      const isPlanned = (await plannedOf(run)).length > 0;
      const isCounted = ({ action }: { action?: PartAction }): boolean => action !== "uninstalling";
      return {
        run: run.id,
        state: run.state,
        startedAt: run.startedAt,
        finishedAt: run.finishedAt,
        at: new Date(now()).toISOString(),
        partsDone: own.filter((part) => isCounted(part) && (part.state === "done" || part.state === "reused")).length,
        partsTotal: isPlanned || !isGoing(run) ? own.filter(isCounted).length : undefined,
        remainingMs: isGoing(run) ? toRemaining(run, parts, former, isPlanned, now()) : undefined,
        expectedMs: former.totalMs,
        historyRuns: former.runs,
        since: since?.id,
        parts,
        slowest: own
          .filter(({ durationMs }) => durationMs > 0)
          .sort((a, b) => b.durationMs - a.durationMs)
          .slice(0, SLOWEST)
          .map(({ key }) => key),
        usage: {
          everyMs: used.everyMs,
          samples: used.samples.map(({ atMs, ...sample }) => ({ at: new Date(atMs).toISOString(), ...sample })),
        },
      };
    },
  };
}

/** Phases have keys of their own run only; two of one title are told apart by nothing. */
function toCompareKey({
  kind,
  key,
  name,
}: {
  readonly kind: string;
  readonly key: string;
  readonly name: string;
}): string {
  return kind === "phase" ? `phase ${name}` : key;
}

function toRemaining(
  run: RunInfo,
  parts: RunTimeline["parts"],
  history: DurationHistory,
  isPlanned: boolean,
  nowMs: number,
): number | undefined {
  if (history.runs === 0) return undefined;
  if (!isPlanned) {
    if (history.totalMs === undefined) return undefined;
    const elapsed = run.startedAt === undefined ? 0 : nowMs - Date.parse(run.startedAt);
    return Math.max(0, history.totalMs - elapsed);
  }
  const isBegun = parts.some(({ kind, spans }) => kind === "part" && spans.length > 0);
  let remaining = isBegun ? 0 : (history.phasesMs ?? 0);
  for (const { state, action, expectedMs, durationMs, kind } of parts) {
    if (kind !== "part" || action === undefined) continue;
    const expected = expectedMs ?? history.anyMs(action) ?? 0;
    if (state === "queued") remaining += expected;
    if (state === "running") remaining += Math.max(0, expected - durationMs);
  }
  return Math.round(remaining);
}

/** The steps as the log tells them, of a run that nobody recorded. */
async function scanLog(files: Files, folder: string, run: RunInfo): Promise<TimedStep[]> {
  const splitter = createLineSplitter();
  const reader = createStepReader();
  const decoder = new TextDecoder();
  const steps: TimedStep[] = [];
  const startMs = Date.parse(run.startedAt ?? run.createdAt);
  const endMs = run.finishedAt === undefined ? startMs : Date.parse(run.finishedAt);
  const toMs = (offset: number): number =>
    Math.round(startMs + ((endMs - startMs) * offset) / Math.max(1, run.logSizeBytes));
  const end = Math.min(run.logSizeBytes, SCAN_MAX_BYTES);
  for await (const bytes of readLogBytes(files, join(folder, "log"), 0, end)) {
    splitter.push(bytes, (line) => {
      const step = reader.readLine(decoder.decode(line.bytes), { offset: line.offset, line: line.number });
      if (step) steps.push({ ...step, atMs: toMs(step.offset), estimated: true });
    });
  }
  return steps;
}
