/** How the runs of a project are run: what they may use of the machine, and what is done before and after a failure. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { projectIdSchema } from "./project";
import { runIdSchema, runSchema } from "./runs";
import { terminalSchema } from "./terminals";

export const runSettingsSchema = z.object({
  /** `make` runs this many jobs at once, where a recipe does not say it itself; absent: as the recipes do. */
  jobs: z.number().int().min(1).max(256).optional(),
  /** 0 is as the server, 19 gives way to everything. */
  nice: z.number().int().min(0).max(19).optional(),
  /** Address space of each process of a run. */
  memoryMiB: z.number().int().min(64).max(1_048_576).optional(),
  /** Downloads are fetched in parallel before a build begins. */
  preflight: z.boolean(),
  /** Parts that do not use a failed part are installed all the same. */
  keepGoing: z.boolean(),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;
export const DEFAULT_RUN_SETTINGS: RunSettings = { preflight: true, keepGoing: false };

const inProject = z.object({ project: projectIdSchema });
const ofRun = z.object({ run: runIdSchema });
const partBody = z.object({ part: z.string().max(1000).optional() });

export const runSettingsRoutes = {
  readRunSettings: defineRoute({
    method: "GET",
    path: "/projects/{project}/run-settings",
    summary: "Jobs, niceness and memory limit of runs; what is done before them and after a failure",
    access: "user",
    params: inProject,
    response: runSettingsSchema,
  }),
  replaceRunSettings: defineRoute({
    method: "PUT",
    path: "/projects/{project}/run-settings",
    summary: "Settings of the runs that begin from now on",
    access: "user",
    params: inProject,
    body: runSettingsSchema,
    response: runSettingsSchema,
  }),
  pauseRun: defineRoute({
    method: "POST",
    path: "/runs/{run}/pause",
    summary: "Hold all processes of a run where they are; a paused run can be stopped",
    access: "user",
    params: ofRun,
    response: runSchema,
  }),
  resumeRun: defineRoute({
    method: "POST",
    path: "/runs/{run}/resume",
    summary: "Let a paused run go on",
    access: "user",
    params: ofRun,
    response: runSchema,
  }),
  openPartShell: defineRoute({
    method: "POST",
    path: "/runs/{run}/shell",
    summary: "A shell where a part of an ended run was built, in its environment; by default the part that failed",
    access: "user",
    status: 201,
    params: ofRun,
    body: partBody,
    response: terminalSchema,
  }),
  openDebugger: defineRoute({
    method: "POST",
    path: "/projects/{project}/debugger",
    summary: "The build in a terminal, with Python's debugger where it fails",
    access: "user",
    status: 201,
    params: inProject,
    body: z.object({
      profile: z.string().max(4096),
      kind: z.enum(["software", "buildout"]),
      parts: z.array(z.string().max(1000)).max(1000).optional(),
    }),
    response: terminalSchema,
  }),
} as const;
