/**
 * Why a run failed, where that stands in the workspace, and what would mend it.
 *
 * The record is made once, at the run's end, from the log and the files as they are then.
 */
import { posix } from "node:path";
import { createEngineFacts, ProfileAnalysis } from "@/lib/buildout";
import type { FailureReport } from "@/lib/logs/failure/failure-report";
import { reportFailures } from "@/lib/logs/failure/report-failures";
import type { FailureCause, FailureCauseRecord, FailureRecord, RunFailure } from "@/lib/protocol";
import { findFailurePlace } from "@/lib/slapos/failure-place";
import type { PlanDisk } from "@/server/platform/plan-disk";
import { withoutRoots } from "./places";
import type { EndedRun, RunPlaces, TextState } from "./run-places";
import { findStatedFix, type StatedFixInput } from "./stated-fixes";

export interface FailedRun extends EndedRun {
  /** The end of the log, and the offset in bytes at which it begins. */
  readonly log: string;
  readonly logOffset: number;
  readonly roots: readonly string[];
}

export interface FailureReader {
  record(run: FailedRun): FailureRecord;
  /** `profile` is the workspace path of what was run. */
  explain(record: FailureRecord, workspace: string, profile: string): RunFailure;
}

const MAX_FIXES = 5;
/** More are not read one by one. */
const MAX_OTHERS = 50;

export function createFailureReader({ disk, places }: { disk: PlanDisk; places: RunPlaces }): FailureReader {
  /** What the fixes that the engine's words name are for; the profile is read once for all causes. */
  const readRun = (workspace: string, profile: string): Omit<StatedFixInput, "record"> | undefined => {
    const path = posix.join(workspace, profile);
    const text = disk.readText(path);
    if (text === undefined) return undefined;
    const analysis = new ProfileAnalysis({ source: disk.profiles, dialect: "slapos", facts: createEngineFacts() });
    const { versionsSection } = analysis.resolve(path).configuration;
    return { profile: { path: profile, text }, versionsSection };
  };

  const toRecord = (
    report: FailureReport,
    run: FailedRun,
    lines: readonly string[],
    { analysis, toPath }: ReturnType<RunPlaces["open"]>,
  ): FailureCauseRecord => {
    const before = lines.slice(0, report.start).map((line) => `${line}\n`);
    return {
      phase: report.phase,
      part: report.part,
      partition: report.partition,
      kind: report.cause.kind,
      message: withoutRoots(report.message, run.roots),
      lines: lines
        .slice(report.start, Math.max(report.end, report.start + 1))
        .map((line) => withoutRoots(line, run.roots)),
      logOffset: run.logOffset + Buffer.byteLength(before.join("")),
      ...places.take(run, findFailurePlace(report, analysis, toPath(report.partition))),
    };
  };

  return {
    record(run) {
      const [first, ...others] = reportFailures(run.log);
      const lines = run.log.split("\n");
      const profiles = places.open(run);
      const further = others.slice(0, MAX_OTHERS).map((report) => toRecord(report, run, lines, profiles));
      return { ...toRecord(first, run, lines, profiles), others: further };
    },
    explain({ others, ...first }, workspace, profile) {
      const look = places.look(workspace);
      const run = readRun(workspace, profile);
      const explainOne = (record: FailureCauseRecord): FailureCause => {
        const { placeText: _, ...cause } = record;
        const state: TextState = look(record);
        const stated = run && record.place && !state.isEdited ? findStatedFix({ record, ...run }) : undefined;
        const fixes = stated ? [stated, ...state.fixes] : state.fixes;
        return { ...cause, isEdited: state.isEdited, fixes: fixes.slice(0, MAX_FIXES) };
      };
      return { ...explainOne(first), others: others.map(explainOne) };
    },
  };
}
