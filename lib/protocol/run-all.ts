/** Run all: check, commit, build, deploy, promises and the service, one after the other, stopping at the first red. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { instanceNameSchema } from "./instances";
import { projectIdSchema } from "./project";
import { runIdSchema } from "./runs";

export const RUN_ALL_STEPS = ["check", "commit", "software", "instance", "promises", "open"] as const;

export const runAllStepSchema = z.object({
  id: z.enum(RUN_ALL_STEPS),
  state: z.enum(["pending", "running", "done", "skipped", "failed", "cancelled"]),
  /** What came of it, in one sentence. */
  summary: z.string().optional(),
  /** The run of a step that is one. */
  run: runIdSchema.optional(),
  /** What is wrong, each with its place in the workspace where it has one. */
  problems: z.array(
    z.object({
      text: z.string(),
      path: z.string().optional(),
      line: z.number().int().positive().optional(),
      column: z.number().int().positive().optional(),
    }),
  ),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
});
export type RunAllStep = z.infer<typeof runAllStepSchema>;

export const runAllRequestSchema = z.object({
  profile: z.string().max(4096),
  instance: instanceNameSchema.optional(),
  /** Commits all changes first, of the workspace and of the checkouts of developed recipes. */
  commit: z.object({ message: z.string().min(1).max(10_000) }).optional(),
});
export type RunAllRequest = z.infer<typeof runAllRequestSchema>;

export const runAllSchema = z.object({
  project: projectIdSchema,
  request: runAllRequestSchema,
  state: z.enum(["running", "succeeded", "failed", "cancelled"]),
  /** As of the command line: 0 all is green, 1 a step failed, 2 only a promise. */
  code: z.number().int().optional(),
  steps: z.array(runAllStepSchema),
  instance: z.string().optional(),
  /** What the instance publishes. */
  url: z.string().optional(),
  /** The same behind our own address: `/service/hello/`. */
  service: z.string().optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
});
export type RunAllInfo = z.infer<typeof runAllSchema>;

const inProject = z.object({ project: projectIdSchema });

export const runAllRoutes = {
  startRunAll: defineRoute({
    method: "POST",
    path: "/projects/{project}/run-all",
    summary: "pyflakes, commit (when asked for), run software, run instance, promises, service; stops at the first red",
    access: "user",
    status: 202,
    params: inProject,
    body: runAllRequestSchema,
    response: runAllSchema,
  }),
  readRunAll: defineRoute({
    method: "GET",
    path: "/projects/{project}/run-all",
    summary: "The one that goes on, or the last",
    access: "user",
    params: inProject,
    response: z.object({ runAll: runAllSchema.optional() }),
  }),
  stopRunAll: defineRoute({
    method: "DELETE",
    path: "/projects/{project}/run-all",
    summary: "Stop it, with the run that goes on",
    access: "user",
    params: inProject,
    response: runAllSchema,
  }),
} as const;
