/** A run over time: its parts with their states and durations, what it used of the machine, what is still to come. */
import { z } from "zod";
import { runIdSchema, runStateSchema } from "./runs";

export const partActionSchema = z.enum(["installing", "updating", "uninstalling"]);

/** See `lib/logs/timeline/run-timeline.ts` for what they mean. */
export const timelinePartStateSchema = z.enum([
  "queued",
  "running",
  "done",
  "reused",
  "failed",
  "stopped",
  "blocked",
  "skipped",
]);
export type TimelinePartState = z.infer<typeof timelinePartStateSchema>;

export const timelineSpanSchema = z.object({
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  action: partActionSchema.optional(),
  /** Nobody looked then: the time lies between two that are known. */
  estimated: z.boolean().optional(),
  /** Byte offsets of its part of the log, end exclusive. */
  logStart: z.number().int(),
  logEnd: z.number().int(),
  /** Zero-based number of its first line, and how many. */
  line: z.number().int(),
  lines: z.number().int(),
});
export type TimelineSpanInfo = z.infer<typeof timelineSpanSchema>;

export const timelinePartSchema = z.object({
  /** Unique within the run. */
  key: z.string(),
  /** `phase`: what the engine does beside its parts. */
  kind: z.enum(["part", "phase"]),
  name: z.string(),
  partition: z.string().optional(),
  state: timelinePartStateSchema,
  action: partActionSchema.optional(),
  blockedBy: z.string().optional(),
  durationMs: z.number(),
  /** Median of former runs. */
  expectedMs: z.number().optional(),
  /** In the run that it is compared with. */
  beforeMs: z.number().optional(),
  spans: z.array(timelineSpanSchema),
});
export type TimelinePart = z.infer<typeof timelinePartSchema>;

export const usageSampleSchema = z.object({
  /** The end of the time that it is of. */
  at: z.iso.datetime(),
  /** Processors in use: 1 is one of them, all the time. */
  cpu: z.number(),
  residentBytes: z.number(),
  readBytesPerSecond: z.number(),
  writtenBytesPerSecond: z.number(),
});

export const runTimelineSchema = z.object({
  run: runIdSchema,
  state: runStateSchema,
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** When this was read. */
  at: z.iso.datetime(),
  partsDone: z.number().int(),
  /** Absent while the run goes on and no plan says how many there will be. */
  partsTotal: z.number().int().optional(),
  /** Estimated from former runs; absent without any. */
  remainingMs: z.number().optional(),
  /** Median of the whole runs before. */
  expectedMs: z.number().optional(),
  historyRuns: z.number().int(),
  /** The run that `beforeMs` is of. */
  since: runIdSchema.optional(),
  /** In the order of the run; those to come last. */
  parts: z.array(timelinePartSchema),
  /** Keys of the slowest parts, slowest first. */
  slowest: z.array(z.string()),
  usage: z.object({ everyMs: z.number(), samples: z.array(usageSampleSchema) }),
});
export type RunTimeline = z.infer<typeof runTimelineSchema>;
