/**
 * All that a run failed of, from its log: with keep going one or more parts, of the preflight one or more downloads, and
 * else the one thing that ended it.
 *
 * Promises: never throws; at least one report, in the order of the log, each as `reportLines` promises.
 */
import { readPartLine } from "../run-progress";
import { PREFLIGHT } from "./cause-rules";
import { cleanLogLine, type FailureReport, reportLines } from "./failure-report";

/** Of the layer, see docs/engine.md. */
const KEPT_GOING = /^webrunner_engine: Kept going to the end\. Failed: (.+?)(?:; skipped: .+)?$/;
/** What comes after a part that failed. */
const GOES_ON = /^webrunner_engine: (?:Skipping|Leaving|Kept going) /;

export function reportFailures(log: string): readonly [FailureReport, ...FailureReport[]] {
  const lines = log.split("\n").map(cleanLogLine);
  const named = lines.map((line) => KEPT_GOING.exec(line)?.[1]).findLast((parts) => parts !== undefined);
  const [part, ...parts] = (named?.split(", ") ?? []).flatMap((name) => reportPart(lines, name) ?? []);
  if (part) return [part, ...parts];
  const report = reportLines(lines);
  if (report.phase !== "downloading") return [report];
  const [download = report, ...downloads] = lines
    .slice(report.start, report.end)
    .flatMap((line, index) => (PREFLIGHT.test(line) ? [moved(reportLines([line]), report.start + index)] : []));
  return [download, ...downloads];
}

/** From the line that begins the part to the line that goes on after it: what others printed is no cause of its. */
function reportPart(lines: readonly string[], part: string): FailureReport | undefined {
  const steps = [`  Installing ${part}.`, `  Updating ${part}.`];
  const failed = lines.findIndex((line, index) => line === "While:" && steps.includes(lines[index + 1] ?? ""));
  if (failed < 0) return undefined;
  const begun = lines.findLastIndex((line, index) => index < failed && readPartLine(line)?.part === part);
  const from = begun < 0 ? failed : begun;
  const length = lines.slice(failed).findIndex((line) => GOES_ON.test(line) || readPartLine(line) !== undefined);
  return moved(reportLines(lines.slice(from, length < 0 ? undefined : failed + length)), from);
}

function moved(report: FailureReport, by: number): FailureReport {
  const { traceback, start, end } = report;
  return {
    ...report,
    start: start + by,
    end: end + by,
    traceback: traceback && { ...traceback, start: traceback.start + by, end: traceback.end + by },
  };
}
