/**
 * What a log line is for a reader's eye: the head of a part, a phase of slapgrid, an error, a warning, or plain.
 *
 * Judged by the words only. slapgrid prints buildout's output again at its own level, errors as INFO, so the level in
 * the prefix says nothing.
 */
import { cleanLogLine } from "./failure/failure-report";
import { readPartLine } from "./run-progress";

export type LogLineKind = "part" | "phase" | "error" | "warning" | "plain";

const PHASE =
  /^(?:Processing (?:Computer Partition|software releases|computer partitions|promises)\b|Installing software release |Installing Computer Partition|Destroying |Requested (?:start|stop) of|Checking \S+ promises|Finished )/;
const ERROR =
  /^(?:While:$|\s*(?:\w+\.)*\w*(?:Error|Exception)(?::|$)|Traceback \(most recent call last\)|Error while processing |Error with promises |Promise '.*' failed|An internal error occurred|make(?:\[\d+\])?: \*\*\* |configure: error:|fatal: )|(?::\d+)?:\d+: (?:fatal )?error: |\berror: command |: command not found$/;
const WARNING =
  /^(?:warning|deprecat)|(?::\d+)?:\d+: warning: |\bWARNING\b|^Section `.*` contains unused option|^Couldn't develop /i;

/** slapgrid's own warnings say `NotFoundError` and the like of what it goes on without. */
const SLAPGRID_WARNING = /^(?:[\d-]+ [\d:,.]+ )?[\w.-]+\[\d+\] WARNING /;

export function classifyLogLine(line: string): LogLineKind {
  if (SLAPGRID_WARNING.test(line)) return "warning";
  const text = cleanLogLine(line);
  if (PHASE.test(text)) return "phase";
  if (readPartLine(line)) return "part";
  if (ERROR.test(text)) return "error";
  if (WARNING.test(text) || WARNING.test(line)) return "warning";
  return "plain";
}
