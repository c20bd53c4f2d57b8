/** Every HTTP route, below `/api/v1`. The server refuses to start when one has no handler. */
import { z } from "zod";
import { loginTokenSchema, newTokenSchema, sessionSchema, signInSchema, tokenSchema } from "./access";
import { defineRoute } from "./contract";
import { debugRoutes } from "./debug-routes";
import { doctorRoutes } from "./doctor";
import { engineStatusSchema } from "./engine";
import { explainRoutes } from "./explain-routes";
import {
  draftSchema,
  entrySchema,
  fileTextSchema,
  pathSchema,
  savedSchema,
  saveSchema,
  searchHitSchema,
} from "./files";
import { gestureRoutes } from "./gesture-routes";
import { gitRoutes } from "./git-routes";
import { historyRoutes } from "./history-routes";
import { instanceNameSchema, instanceRequestSchema, instanceSchema } from "./instances";
import { languageRoutes } from "./language";
import { newProjectRoutes } from "./new-project-routes";
import { parameterRoutes } from "./parameters";
import { processRoutes } from "./process-routes";
import { projectIdSchema, projectSchema, releaseSchema } from "./project";
import { projectRemovalRoutes } from "./project-removal";
import { recipeRoutes } from "./recipe-routes";
import { runAllRoutes } from "./run-all";
import { runSettingsRoutes } from "./run-settings";
import { logMatchSchema, runIdSchema, runRequestSchema, runSchema } from "./runs";
import { terminalRoutes } from "./terminal-routes";
import { traceRoutes } from "./trace-routes";
import { tutorialRoutes } from "./tutorial";

const inProject = z.object({ project: projectIdSchema });
const atPath = z.object({ path: pathSchema });
const ofRun = z.object({ run: runIdSchema });
const ofInstance = z.object({ project: projectIdSchema, instance: instanceNameSchema });

/** `*.cfg, component/**`: only these paths, or none of them. */
const globsSchema = z.string().max(1000);

export const routes = {
  health: defineRoute({
    method: "GET",
    path: "/health",
    summary: "The server answers",
    access: "public",
    response: z.object({ status: z.literal("ok"), version: z.string() }),
  }),

  signIn: defineRoute({
    method: "POST",
    path: "/session",
    summary: "Sign in with the one-time link's token or the password; sets the session cookie",
    access: "public",
    body: signInSchema,
    response: sessionSchema,
  }),
  readSession: defineRoute({
    method: "GET",
    path: "/session",
    summary: "Who is signed in",
    access: "user",
    response: sessionSchema,
  }),
  createLoginToken: defineRoute({
    method: "POST",
    path: "/login-tokens",
    summary: "Another one-time login link: `/login#TOKEN`, good for an hour",
    access: "user",
    status: 201,
    response: loginTokenSchema,
  }),
  signOut: defineRoute({ method: "DELETE", path: "/session", summary: "Sign out", access: "user", status: 204 }),
  replacePassword: defineRoute({
    method: "PUT",
    path: "/password",
    summary: "Set the password",
    access: "user",
    status: 204,
    body: z.object({ password: z.string().min(10).max(1000), current: z.string().max(1000).optional() }),
  }),
  listTokens: defineRoute({
    method: "GET",
    path: "/tokens",
    summary: "Tokens of the command line",
    access: "user",
    response: z.object({ tokens: z.array(tokenSchema) }),
  }),
  createToken: defineRoute({
    method: "POST",
    path: "/tokens",
    summary: "A new token; shown once",
    access: "user",
    status: 201,
    body: z.object({ name: z.string().min(1).max(100) }),
    response: newTokenSchema,
  }),
  removeToken: defineRoute({
    method: "DELETE",
    path: "/tokens/{token}",
    summary: "Revoke a token at once",
    access: "user",
    status: 204,
    params: z.object({ token: z.string().max(100) }),
  }),

  readEngine: defineRoute({
    method: "GET",
    path: "/engine",
    summary: "State of the engine's environment",
    access: "user",
    response: engineStatusSchema,
  }),
  provisionEngine: defineRoute({
    method: "POST",
    path: "/engine/provision",
    summary: "Try again to make the engine's environment",
    access: "user",
    status: 202,
    response: engineStatusSchema,
  }),

  listProjects: defineRoute({
    method: "GET",
    path: "/projects",
    summary: "All projects",
    access: "user",
    response: z.object({
      projects: z.array(projectSchema),
      last: projectIdSchema.optional().describe("Which of them you opened last"),
    }),
  }),
  readProject: defineRoute({
    method: "GET",
    path: "/projects/{project}",
    summary: "One project and its software releases",
    access: "user",
    params: inProject,
    response: projectSchema.extend({ releases: z.array(releaseSchema) }),
  }),

  listEntries: defineRoute({
    method: "GET",
    path: "/projects/{project}/entries",
    summary: "One folder, directories first, by name",
    access: "user",
    params: inProject,
    query: atPath,
    response: z.object({ entries: z.array(entrySchema) }),
  }),
  listFiles: defineRoute({
    method: "GET",
    path: "/projects/{project}/paths",
    summary: "All file paths, for quick open",
    access: "user",
    params: inProject,
    response: z.object({ paths: z.array(z.string()), truncated: z.boolean() }),
  }),
  createEntry: defineRoute({
    method: "POST",
    path: "/projects/{project}/entries",
    summary: "A new empty file or folder",
    access: "user",
    status: 201,
    params: inProject,
    body: z.object({ path: pathSchema, kind: z.enum(["file", "directory"]) }),
    response: entrySchema,
  }),
  moveEntry: defineRoute({
    method: "POST",
    path: "/projects/{project}/entries/move",
    summary: "Rename or move",
    access: "user",
    params: inProject,
    body: z.object({ from: pathSchema, to: pathSchema }),
    response: entrySchema,
  }),
  copyEntry: defineRoute({
    method: "POST",
    path: "/projects/{project}/entries/copy",
    summary: "Copy a file or folder",
    access: "user",
    status: 201,
    params: inProject,
    body: z.object({ from: pathSchema, to: pathSchema }),
    response: entrySchema,
  }),
  removeEntry: defineRoute({
    method: "DELETE",
    path: "/projects/{project}/entries",
    summary: "Delete; what was there is kept in the local history",
    access: "user",
    status: 204,
    params: inProject,
    query: atPath,
  }),

  readFile: defineRoute({
    method: "GET",
    path: "/projects/{project}/file",
    summary: "A text file with its tag",
    access: "user",
    params: inProject,
    query: atPath,
    response: fileTextSchema,
  }),
  replaceFile: defineRoute({
    method: "PUT",
    path: "/projects/{project}/file",
    summary: "Save; a stale tag is `file/conflict` with the current text",
    access: "user",
    params: inProject,
    query: atPath,
    body: saveSchema,
    response: savedSchema,
  }),
  downloadEntry: defineRoute({
    method: "GET",
    path: "/projects/{project}/download",
    summary: "The bytes of a file, or a folder as tar.gz",
    access: "user",
    params: inProject,
    query: atPath,
    rawResponse: "bytes",
  }),
  uploadFile: defineRoute({
    method: "PUT",
    path: "/projects/{project}/upload",
    summary: "Write the request's bytes as a new file",
    access: "user",
    status: 201,
    params: inProject,
    query: z.object({ path: pathSchema, overwrite: z.enum(["true", "false"]).optional() }),
    rawRequest: "bytes",
    response: savedSchema,
  }),
  searchFiles: defineRoute({
    method: "GET",
    path: "/projects/{project}/search",
    summary: "Lines that match",
    access: "user",
    params: inProject,
    query: z.object({
      text: z.string().min(1).max(1000),
      regex: z.enum(["true", "false"]).optional(),
      case: z.enum(["exact", "ignored"]).optional().describe("Default: exact when the text has a capital"),
      words: z.enum(["true", "false"]).optional().describe("Only whole words"),
      include: globsSchema.optional(),
      exclude: globsSchema.optional(),
      replacement: z
        .string()
        .max(10_000)
        .optional()
        .describe(
          "With an expression, `$1` and `${name}` are its groups; answered with each match, nothing is written",
        ),
    }),
    response: z.object({ hits: z.array(searchHitSchema), truncated: z.boolean() }),
  }),

  listDrafts: defineRoute({
    method: "GET",
    path: "/projects/{project}/drafts",
    summary: "Unsaved texts kept for the user",
    access: "user",
    params: inProject,
    response: z.object({ drafts: z.array(draftSchema) }),
  }),
  keepDraft: defineRoute({
    method: "PUT",
    path: "/projects/{project}/draft",
    summary: "Keep unsaved text",
    access: "user",
    params: inProject,
    query: atPath,
    body: z.object({ text: z.string(), baseTag: z.string().nullable() }),
    response: draftSchema,
  }),
  removeDraft: defineRoute({
    method: "DELETE",
    path: "/projects/{project}/draft",
    summary: "Discard unsaved text",
    access: "user",
    status: 204,
    params: inProject,
    query: atPath,
  }),

  startRun: defineRoute({
    method: "POST",
    path: "/projects/{project}/runs",
    access: "user",
    status: 201,
    summary: "Run software, run instance or run buildout; `run/busy` names the run that is going on",
    params: inProject,
    body: runRequestSchema,
    response: runSchema,
  }),
  listRuns: defineRoute({
    method: "GET",
    path: "/projects/{project}/runs",
    summary: "Runs, newest first",
    access: "user",
    params: inProject,
    response: z.object({ runs: z.array(runSchema) }),
  }),
  readRun: defineRoute({
    method: "GET",
    path: "/runs/{run}",
    summary: "One run",
    access: "user",
    params: ofRun,
    response: runSchema,
  }),
  stopRun: defineRoute({
    method: "POST",
    path: "/runs/{run}/stop",
    summary: "End the whole process group",
    access: "user",
    status: 202,
    params: ofRun,
    response: runSchema,
  }),
  readLog: defineRoute({
    method: "GET",
    path: "/runs/{run}/log",
    summary: "Bytes of the log from an offset (limit ≤ 1 MiB); without limit, all of it",
    access: "user",
    params: ofRun,
    rawResponse: "bytes",
    query: z.object({
      offset: z.coerce.number().int().nonnegative().optional(),
      limit: z.coerce.number().int().positive().optional(),
    }),
  }),
  searchLog: defineRoute({
    method: "GET",
    path: "/runs/{run}/log/search",
    summary: "Lines of the log that match",
    access: "user",
    params: ofRun,
    query: z.object({ text: z.string().min(1).max(1000), regex: z.enum(["true", "false"]).optional() }),
    response: z.object({ matches: z.array(logMatchSchema), truncated: z.boolean() }),
  }),

  listInstances: defineRoute({
    method: "GET",
    path: "/projects/{project}/instances",
    summary: "Instances with their partitions, programs and promises",
    access: "user",
    params: inProject,
    response: z.object({ instances: z.array(instanceSchema) }),
  }),
  readInstance: defineRoute({
    method: "GET",
    path: "/projects/{project}/instances/{instance}",
    summary: "One instance",
    access: "user",
    params: ofInstance,
    response: instanceSchema,
  }),
  requestInstance: defineRoute({
    method: "PUT",
    path: "/projects/{project}/instances/{instance}",
    access: "user",
    summary: "Ask for an instance or change its parameters or state; the next Run instance applies it",
    params: ofInstance,
    body: instanceRequestSchema,
    response: instanceSchema,
  }),
  ...languageRoutes,
  ...parameterRoutes,
  ...processRoutes,
  ...recipeRoutes,
  ...debugRoutes,
  ...doctorRoutes,
  ...tutorialRoutes,
  ...runAllRoutes,
  ...explainRoutes,
  ...runSettingsRoutes,
  ...terminalRoutes,
  ...traceRoutes,
  ...historyRoutes,
  ...gitRoutes,
  ...newProjectRoutes,
  ...projectRemovalRoutes,
  ...gestureRoutes,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
