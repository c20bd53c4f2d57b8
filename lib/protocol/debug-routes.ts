/** Debugging instances over HTTP: from a file to its source, previews, why an instance is red; the node's size. */
import { z } from "zod";
import { defineRoute } from "./contract";
import {
  diagnosisSchema,
  fileSourceSchema,
  nodeSettingsSchema,
  renderedFileSchema,
  renderRequestSchema,
  renderTargetSchema,
} from "./debugging";
import { pathSchema } from "./files";
import { instanceNameSchema } from "./instances";
import { partitionIdSchema } from "./processes";
import { projectIdSchema } from "./project";
import { terminalSchema, terminalSizeSchema } from "./terminals";

const inProject = z.object({ project: projectIdSchema });

export const debugRoutes = {
  readFileSource: defineRoute({
    method: "GET",
    path: "/projects/{project}/partitions/{partition}/source",
    summary: "Where a file of a partition comes from: parts, recipes, templates, down to the workspace",
    access: "user",
    params: inProject.extend({ partition: partitionIdSchema }),
    query: z.object({ path: pathSchema, line: z.coerce.number().int().positive().optional() }),
    response: fileSourceSchema,
  }),
  renderFile: defineRoute({
    method: "POST",
    path: "/projects/{project}/render",
    summary:
      "A rendered file as the next run would leave it, without a run: the recipe's own code runs, confined, as the build user",
    access: "user",
    params: inProject,
    body: renderRequestSchema,
    response: renderedFileSchema,
  }),
  listRenderTargets: defineRoute({
    method: "GET",
    path: "/projects/{project}/render-targets",
    summary: "Files of releases and partitions that a template of the workspace became",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema }),
    response: z.object({ targets: z.array(renderTargetSchema) }),
  }),
  explainInstance: defineRoute({
    method: "GET",
    path: "/projects/{project}/instances/{instance}/why",
    summary: "Why an instance is not green: log lines, part, recipe and last change of what is wrong",
    access: "user",
    params: inProject.extend({ instance: instanceNameSchema }),
    response: diagnosisSchema,
  }),
  openReleaseTerminal: defineRoute({
    method: "POST",
    path: "/projects/{project}/release-terminals",
    summary: "A shell in the directory of a built release, its bin/ first on the PATH",
    access: "user",
    status: 201,
    params: inProject,
    body: z.object({
      profile: pathSchema,
      columns: terminalSizeSchema.columns.optional(),
      rows: terminalSizeSchema.rows.optional(),
    }),
    response: terminalSchema,
  }),
  readNode: defineRoute({
    method: "GET",
    path: "/projects/{project}/node",
    summary: "The project's node: how many partitions it has, and how many of them are in use",
    access: "user",
    params: inProject,
    response: nodeSettingsSchema.extend({ used: z.number().int().nonnegative() }),
  }),
  replaceNode: defineRoute({
    method: "PUT",
    path: "/projects/{project}/node",
    summary: "Give the node another number of partitions; the next run makes them",
    access: "user",
    params: inProject,
    body: nodeSettingsSchema,
    response: nodeSettingsSchema.extend({ used: z.number().int().nonnegative() }),
  }),
} as const;
