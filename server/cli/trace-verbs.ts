/** `webrunner run timeline`: a run part by part, as bars over its time. */

import { readMatches } from "@/lib/client/log-matches";
import { describeBytes, describeDuration } from "@/lib/client/run-words";
import type { LogMatch } from "@/lib/protocol/runs";
import type { RunTimeline, TimelinePart } from "@/lib/protocol/timeline";
import { toTable, UsageError, type Verb, type VerbInput } from "./noun";
import { writeOutput } from "./profile/output";

/** A line that is longer is cut: the log itself is read by offset. */
const LINE_BYTES = 64 * 1024;

const BAR_WIDTH = 30;
const STATES: Readonly<Record<TimelinePart["state"], string>> = {
  queued: "to come",
  running: "running",
  done: "done",
  reused: "reused",
  failed: "FAILED",
  stopped: "stopped",
  blocked: "blocked",
  skipped: "not begun",
};

export const timelineVerb: Verb = {
  words: ["RUN", "[SINCE]"],
  summary: "its parts with states and times, compared with run SINCE (default: the last that succeeded before)",
  async run({ api, positionals, print }) {
    const [run, since] = positionals;
    if (run === undefined) throw new UsageError("RUN is missing");
    const timeline = await api.readTimeline({ params: { run }, query: { since } });
    print(timeline, describeTimeline(timeline));
    return undefined;
  },
};

export function describeTimeline(timeline: RunTimeline): string {
  const rows = timeline.parts.map((part) => [
    part.kind === "phase" ? `(${part.name})` : part.key,
    part.state === "done" && part.action === "updating" ? "kept" : STATES[part.state],
    part.spans.length > 0
      ? describeDuration(part.durationMs)
      : part.expectedMs
        ? `~${describeDuration(part.expectedMs)}`
        : "",
    describeDelta(part),
    toBar(part, timeline) || (part.blockedBy ? `by ${part.blockedBy}` : ""),
  ]);
  const { partsDone, partsTotal, remainingMs, usage, since } = timeline;
  const count = `${partsDone}${partsTotal === undefined ? "" : ` of ${partsTotal}`} ${(partsTotal ?? partsDone) === 1 ? "part" : "parts"} done`;
  const left = remainingMs === undefined ? "" : `, about ${describeDuration(remainingMs)} to go`;
  const lines = [`${count}${left}\n`, toTable(rows)];
  if (since !== undefined) lines.push(`The third column compares with run ${since}.\n`);
  if (timeline.slowest.length > 1) lines.push(`slowest: ${timeline.slowest.join(", ")}\n`);
  if (usage.samples.length > 0) lines.push(describeUsage(usage.samples));
  return lines.join("");
}

/** `+1.2 s` against the other run; nothing where it took the same or was not there. */
export function describeDelta({ durationMs, beforeMs, spans }: TimelinePart): string {
  if (beforeMs === undefined || spans.length === 0) return "";
  const delta = durationMs - beforeMs;
  if (Math.abs(delta) < 100) return "=";
  return `${delta > 0 ? "+" : "-"}${describeDuration(Math.abs(delta))}`;
}

function toBar({ spans, state }: TimelinePart, { startedAt, finishedAt, at }: RunTimeline): string {
  if (startedAt === undefined || spans.length === 0) return "";
  const from = Date.parse(startedAt);
  const total = Math.max(1, Date.parse(finishedAt ?? at) - from);
  const cells = Array.from({ length: BAR_WIDTH }, () => " ");
  for (const span of spans) {
    const first = Math.floor(((Date.parse(span.startedAt) - from) / total) * BAR_WIDTH);
    const last = Math.ceil(((Date.parse(span.startedAt) - from + span.durationMs) / total) * BAR_WIDTH);
    cells.fill(state === "failed" ? "x" : "=", Math.min(first, BAR_WIDTH - 1), Math.max(last, first + 1));
  }
  return `|${cells.slice(0, BAR_WIDTH).join("")}|`;
}

function describeUsage(samples: RunTimeline["usage"]["samples"]): string {
  const most = (pick: (sample: (typeof samples)[number]) => number): number => Math.max(...samples.map(pick));
  const cpu = samples.reduce((sum, sample) => sum + sample.cpu, 0) / samples.length;
  return [
    `processors: ${cpu.toFixed(1)} on average, ${most((sample) => sample.cpu).toFixed(1)} at most`,
    `memory: ${describeBytes(most((sample) => sample.residentBytes))} at most`,
    `disk: ${describeBytes(most((sample) => sample.writtenBytesPerSecond))}/s written at most\n`,
  ].join(" · ");
}

/** The lines that match, as they are found; gives how many. */
export async function printMatches(
  { api, json, print }: VerbInput,
  run: string,
  query: { readonly text: string; readonly regex?: "true"; readonly matchCase?: "true" },
): Promise<number> {
  const matches: LogMatch[] = [];
  let truncated = false;
  const response = await api.streamLogMatches({ params: { run }, query });
  for await (const found of readMatches(response)) {
    matches.push(...found.matches);
    if (found.done) truncated = found.truncated;
    if (!json) {
      writeOutput(found.matches.map(({ offset, line, text }) => `${offset}:${line + 1}:${text}\n`).join(""));
    }
  }
  if (json) print({ matches, truncated }, "");
  else if (truncated) process.stderr.write("webrunner: there are more matches than are shown\n");
  return matches.length;
}

/** One line (counted from 1) with its time. */
export async function printLine({ api, print }: VerbInput, run: string, line: number): Promise<undefined> {
  if (!Number.isSafeInteger(line) || line < 1) throw new UsageError("--line is a number from 1 on");
  const place = await api.findLogLine({ params: { run }, query: { line } });
  const response = await api.readLog({ params: { run }, query: { offset: place.offset, limit: LINE_BYTES } });
  const text = (await response.text()).split("\n", 1)[0]!;
  print({ ...place, text }, `${place.at === undefined ? "" : `${place.at} `}${text}\n`);
  return undefined;
}
