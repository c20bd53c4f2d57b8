/** Projects that come to be: an empty one, or a clone. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { gitCloneSchema, gitTaskSchema } from "./git";
import { projectIdSchema, projectSchema } from "./project";

const nameSchema = z.string().trim().min(1).max(100);

export const newProjectRoutes = {
  createProject: defineRoute({
    method: "POST",
    path: "/projects",
    summary: "A new project with an empty repository",
    access: "user",
    status: 201,
    body: z.object({ name: nameSchema }),
    response: projectSchema,
  }),
  cloneProject: defineRoute({
    method: "POST",
    path: "/projects/clone",
    summary: "A new project from a repository; it is there when its task has succeeded, and nothing of it before",
    access: "user",
    status: 202,
    body: gitCloneSchema.omit({ path: true }).extend({ name: nameSchema.optional() }),
    response: z.object({ project: projectIdSchema, task: gitTaskSchema }),
  }),
} as const;
