/**
 * What a log line is for a reader's eye: the head of a part, a phase of slapgrid, an error, a warning, or plain.
 *
 * Judged by the words only. slapgrid prints buildout's output again at its own level, errors as INFO, so the level in
 * the prefix says nothing.
 */
export type LogLineKind = "part" | "phase" | "error" | "warning" | "plain";

/** `2026-11-23 19:24:55 slapos[123] INFO `, in front of every line that slapgrid prints. */
const PREFIX = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d+)? [\w.-]+(?:\[\d+\])? [A-Z]+ +/;
const PART = /^(?:Installing|Updating|Uninstalling|Unused options for) ([^\s'"].*)\.$/;
const PHASE =
  /^(?:Processing (?:Computer Partition|software releases|computer partitions|promises)\b|Installing software release |Installing Computer Partition|Destroying |Requested (?:start|stop) of|Checking \S+ promises|Finished )/;
const ERROR =
  /^(?:While:$|\s*(?:\w+\.)*\w*(?:Error|Exception)(?::|$)|Traceback \(most recent call last\)|Error while processing |Error with promises |Promise '.*' failed|An internal error occurred|make(?:\[\d+\])?: \*\*\* |configure: error:|fatal: )|(?::\d+)?:\d+: (?:fatal )?error: |\berror: command |: command not found$/;
const WARNING =
  /^(?:warning|deprecat)|(?::\d+)?:\d+: warning: |\bWARNING\b|^Section `.*` contains unused option|^Couldn't develop /i;

export function classifyLogLine(line: string): LogLineKind {
  const text = withoutLogPrefix(line);
  if (PHASE.test(text)) return "phase";
  if (PART.test(text)) return "part";
  if (ERROR.test(text)) return "error";
  if (WARNING.test(text)) return "warning";
  return "plain";
}

export function withoutLogPrefix(line: string): string {
  return line.replace(PREFIX, "");
}
