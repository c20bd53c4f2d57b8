/** Gestures over HTTP. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { gestureAnswerSchema, gestureRequestSchema } from "./gestures";
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
} as const;
