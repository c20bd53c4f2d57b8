/** Gestures over HTTP. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { pathSchema } from "./files";
import {
  extendsSourcesSchema,
  gestureAnswerSchema,
  gestureRequestSchema,
  overrideInfoSchema,
  preMergeCheckSchema,
  sourceDownloadSchema,
  verificationSchema,
  webProfileSchema,
} from "./gestures";
import { projectIdSchema } from "./project";

const inProject = z.object({ project: projectIdSchema });

export const gestureRoutes = {
  makeGesture: defineRoute({
    method: "POST",
    path: "/projects/{project}/gestures",
    summary:
      "Change profiles by what is meant, with proof of the outcome. Writes all files or none; with `dryRun` or unsaved `texts` it only proposes",
    access: "user",
    params: inProject,
    body: gestureRequestSchema,
    response: gestureAnswerSchema,
  }),
  listExtendsSources: defineRoute({
    method: "GET",
    path: "/projects/{project}/extends",
    summary: "Where each extends of a profile comes from; with `reach`, whether each address answers",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema, reach: z.enum(["true", "false"]).optional() }),
    response: extendsSourcesSchema,
  }),
  readWebProfile: defineRoute({
    method: "GET",
    path: "/projects/{project}/web-profile",
    summary: "A profile by its address, to look at: its text as the server has it, and where that is from",
    access: "user",
    params: inProject,
    query: z.object({ url: z.string().max(2000) }),
    response: webProfileSchema,
  }),
  checkRelease: defineRoute({
    method: "GET",
    path: "/projects/{project}/check",
    summary:
      "What is in the way of merging a release, from the saved files; each finding with its mend where there is one",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema }),
    response: preMergeCheckSchema,
  }),
  verifyRelease: defineRoute({
    method: "GET",
    path: "/projects/{project}/verification",
    summary:
      "Whether the pushed commit of a release resolves to what the files here do, as whoever builds from it reads it",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema }),
    response: verificationSchema,
  }),
  listOverrides: defineRoute({
    method: "GET",
    path: "/projects/{project}/overrides",
    summary:
      "What a profile overrides, where that is defined, and whether that changed since the override was first seen",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema }),
    response: z.object({ overrides: z.array(overrideInfoSchema) }),
  }),
  acceptOverride: defineRoute({
    method: "POST",
    path: "/projects/{project}/overrides/accept",
    summary: "Take what an override overrides as seen: it is not stale any more",
    access: "user",
    params: inProject,
    status: 204,
    body: z.object({ path: pathSchema, section: z.string().max(500), option: z.string().max(500) }),
  }),
  downloadSource: defineRoute({
    method: "POST",
    path: "/projects/{project}/source-downloads",
    summary: "Fetch the sources of a component to be, for their md5sum; nothing of them is kept",
    access: "user",
    status: 202,
    params: inProject,
    body: z.object({ url: z.string().min(1).max(2000) }),
    response: sourceDownloadSchema,
  }),
  readSourceDownload: defineRoute({
    method: "GET",
    path: "/projects/{project}/source-downloads/{download}",
    summary: "How far a download is; `waitMs` answers as soon as that changed",
    access: "user",
    params: inProject.extend({ download: z.string().max(100) }),
    query: z.object({ waitMs: z.coerce.number().int().min(0).max(30_000).optional() }),
    response: sourceDownloadSchema,
  }),
  cancelSourceDownload: defineRoute({
    method: "DELETE",
    path: "/projects/{project}/source-downloads/{download}",
    summary: "Stop a download",
    access: "user",
    status: 204,
    params: inProject.extend({ download: z.string().max(100) }),
  }),
} as const;
