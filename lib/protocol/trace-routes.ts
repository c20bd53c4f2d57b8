/** A run over time, and finding one's way in its log, over HTTP. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { logLineSchema, logTimeSchema, runIdSchema } from "./runs";
import { runTimelineSchema } from "./timeline";

const ofRun = z.object({ run: runIdSchema });
const byteOffset = z.coerce.number().int().nonnegative();

export const traceRoutes = {
  readTimeline: defineRoute({
    method: "GET",
    path: "/runs/{run}/timeline",
    summary:
      "The run part by part: states, times, what it used, how long it will take; `since` names the run to compare with",
    access: "user",
    params: ofRun,
    query: z.object({ since: runIdSchema.optional() }),
    response: runTimelineSchema,
  }),
  findLogLine: defineRoute({
    method: "GET",
    path: "/runs/{run}/log/line",
    summary: "Where a line (counted from 1), a byte or a part's first line is in the log, and when it was written",
    access: "user",
    params: ofRun,
    query: z.object({
      line: z.coerce.number().int().positive().optional(),
      offset: byteOffset.optional(),
      part: z.string().max(1000).optional().describe("its key in the timeline"),
    }),
    response: logLineSchema,
  }),
  listLogTimes: defineRoute({
    method: "GET",
    path: "/runs/{run}/log/times",
    summary: "When the lines of a range of the log were written: by each `at` it had grown to `offset`",
    access: "user",
    params: ofRun,
    query: z.object({ start: byteOffset, end: byteOffset }),
    response: z.object({ times: z.array(logTimeSchema) }),
  }),
  streamLogMatches: defineRoute({
    method: "GET",
    path: "/runs/{run}/log/matches",
    summary:
      "Lines that match, as they are found: a JSON object a line with `matches`, `readBytes` and `sizeBytes`; the last has `done`. Closing the connection ends the search",
    access: "user",
    params: ofRun,
    rawResponse: "bytes",
    query: z.object({
      text: z.string().min(1).max(1000),
      regex: z.enum(["true", "false"]).optional(),
      matchCase: z.enum(["true", "false"]).optional(),
      offset: byteOffset.optional().describe("begin here instead of at the log's start"),
    }),
  }),
} as const;
