/** What is kept of runs, what is given of one to others, how long they are kept and who hears of their ends, over HTTP. */
import { z } from "zod";
import { defineRoute } from "./contract";
import {
  runEnvironmentSchema,
  runKeepingChangeSchema,
  runKeepingSchema,
  runSourceChangesSchema,
  runSourceSchema,
  webhookDeliverySchema,
} from "./history";
import { projectIdSchema } from "./project";
import { runIdSchema } from "./runs";

const ofRun = z.object({ run: runIdSchema });
const inProject = z.object({ project: projectIdSchema });

export const historyRoutes = {
  readRunSource: defineRoute({
    method: "GET",
    path: "/runs/{run}/source",
    summary: "The git revision of the workspace when the run began, and what was not committed then",
    access: "user",
    params: ofRun,
    response: runSourceSchema,
  }),
  compareRunSources: defineRoute({
    method: "GET",
    path: "/runs/{run}/source-changes",
    summary: "The workspace as the run saw it against another run's, as text; by default the last one that succeeded",
    access: "user",
    params: ofRun,
    query: z.object({ since: runIdSchema.optional() }),
    response: runSourceChangesSchema,
  }),
  readRunEnvironment: defineRoute({
    method: "GET",
    path: "/runs/{run}/environment",
    summary: "The variables, the engine and the machine that the run had",
    access: "user",
    params: ofRun,
    response: runEnvironmentSchema,
  }),
  downloadRunBundle: defineRoute({
    method: "GET",
    path: "/runs/{run}/bundle",
    summary: "The run in one file (tar.gz): log, plan, values, timeline, what changed, git revision; secrets redacted",
    access: "user",
    params: ofRun,
    rawResponse: "bytes",
  }),
  readRunKeeping: defineRoute({
    method: "GET",
    path: "/projects/{project}/run-keeping",
    summary: "How long runs are kept and who is told of their ends",
    access: "user",
    params: inProject,
    response: runKeepingSchema,
  }),
  changeRunKeeping: defineRoute({
    method: "PATCH",
    path: "/projects/{project}/run-keeping",
    summary:
      "Change them; runs that need not be kept are removed at once, never one that goes on or the last green one",
    access: "user",
    params: inProject,
    body: runKeepingChangeSchema,
    response: runKeepingSchema,
  }),
  testWebhook: defineRoute({
    method: "POST",
    path: "/projects/{project}/run-keeping/webhook-test",
    summary: "Tell the webhook of the last run, as when it ended; gives what came of it",
    access: "user",
    params: inProject,
    response: webhookDeliverySchema,
  }),
} as const;
