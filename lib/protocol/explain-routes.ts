/** What a run will do and why one failed, over HTTP. */
import { z } from "zod";
import { defineRoute } from "./contract";
import {
  downloadCheckSchema,
  runChangesSchema,
  runFailureSchema,
  runPlanSchema,
  runWarningsSchema,
} from "./explanations";
import { projectIdSchema } from "./project";
import { runIdSchema } from "./runs";

export const explainRoutes = {
  readPlan: defineRoute({
    method: "GET",
    path: "/projects/{project}/plan",
    summary: "What a run would do now, part by part and why; unsaved text counts as saved. Executes nothing",
    access: "user",
    params: z.object({ project: projectIdSchema }),
    query: z.object({ profile: z.string().max(4096), kind: z.enum(["software", "buildout"]) }),
    response: runPlanSchema,
  }),
  checkDownloads: defineRoute({
    method: "POST",
    path: "/projects/{project}/plan/downloads",
    summary:
      "The same plan, after the servers were asked for all that is still to be downloaded: sizes of files and eggs, what eggs require in turn, whether repositories answer. Ends with the request",
    access: "user",
    params: z.object({ project: projectIdSchema }),
    body: z.object({ profile: z.string().max(4096), kind: z.enum(["software", "buildout"]) }),
    response: runPlanSchema,
  }),
  readDownloadCheck: defineRoute({
    method: "GET",
    path: "/projects/{project}/plan/downloads",
    summary: "How far the servers have been asked, while they are",
    access: "user",
    params: z.object({ project: projectIdSchema }),
    response: z.object({ check: downloadCheckSchema.optional() }),
  }),
  readFailure: defineRoute({
    method: "GET",
    path: "/runs/{run}/failure",
    summary: "All that a run failed of: the part, the cause, its place in the workspace, and what would mend it",
    access: "user",
    params: z.object({ run: runIdSchema }),
    response: runFailureSchema,
  }),
  readWarnings: defineRoute({
    method: "GET",
    path: "/runs/{run}/warnings",
    summary: "What the engine warned of in a run that has ended, however it ended, and where that stands",
    access: "user",
    params: z.object({ run: runIdSchema }),
    response: runWarningsSchema,
  }),
  readRunPlan: defineRoute({
    method: "GET",
    path: "/runs/{run}/plan",
    summary: "The plan of a run as it was when the run began",
    access: "user",
    params: z.object({ run: runIdSchema }),
    response: runPlanSchema,
  }),
  compareRuns: defineRoute({
    method: "GET",
    path: "/runs/{run}/changes",
    summary: "What the resolved profile changed in since another run; by default the last one before that succeeded",
    access: "user",
    params: z.object({ run: runIdSchema }),
    query: z.object({ since: runIdSchema.optional() }),
    response: runChangesSchema,
  }),
} as const;
