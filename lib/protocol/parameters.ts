/** What a release says of its parameters, checks of values, and what was asked for before. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { pathSchema } from "./files";
import { instanceNameSchema, instanceVersionSchema } from "./instances";
import { projectIdSchema } from "./project";

export const parameterProblemSchema = z.object({
  /** JSON pointer of the wrong value; empty for the whole. */
  pointer: z.string(),
  message: z.string(),
});
export type ParameterProblem = z.infer<typeof parameterProblemSchema>;

export const softwareTypeSchema = z.object({
  id: z.string(),
  softwareType: z.string(),
  title: z.string(),
  description: z.string(),
  shared: z.boolean(),
  serialisation: z.enum(["xml", "json-in-xml"]),
  /** One JSON schema for a form: it refers only to itself, and has no regular expressions. */
  schema: z.record(z.string(), z.unknown()).optional(),
  problems: z.array(z.string()),
});
export type SoftwareTypeInfo = z.infer<typeof softwareTypeSchema>;

export const releaseParametersSchema = z.object({
  name: z.string(),
  description: z.string(),
  types: z.array(softwareTypeSchema),
  problems: z.array(z.string()),
});
export type ReleaseParameters = z.infer<typeof releaseParametersSchema>;

export const parameterCheckSchema = z.object({
  profile: pathSchema,
  softwareType: z.string().max(200).optional(),
  shared: z.boolean().optional(),
  parameters: z.record(z.string(), z.unknown()),
});
export type ParameterCheckBody = z.infer<typeof parameterCheckSchema>;

const inProject = z.object({ project: projectIdSchema });

export const parameterRoutes = {
  readReleaseParameters: defineRoute({
    method: "GET",
    path: "/projects/{project}/release-parameters",
    summary: "Software types of a release with the schemas of their parameters",
    access: "user",
    params: inProject,
    query: z.object({ profile: pathSchema }),
    response: releaseParametersSchema,
  }),
  checkParameters: defineRoute({
    method: "POST",
    path: "/projects/{project}/release-parameters/check",
    summary: "Which parameters do not fit the schema, each with its JSON pointer",
    access: "user",
    params: inProject,
    body: parameterCheckSchema,
    response: z.object({ problems: z.array(parameterProblemSchema) }),
  }),
  listInstanceVersions: defineRoute({
    method: "GET",
    path: "/projects/{project}/instances/{instance}/versions",
    summary: "What was asked for, newest first",
    access: "user",
    params: z.object({ project: projectIdSchema, instance: instanceNameSchema }),
    response: z.object({ versions: z.array(instanceVersionSchema) }),
  }),
} as const;
