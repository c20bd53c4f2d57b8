/** Recipe eggs: which are in the workspace, which are in development mode, what was really imported. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { pathSchema } from "./files";
import { projectIdSchema } from "./project";

export const eggNameSchema = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/);

export const recipeEggSchema = z.object({
  egg: z.string(),
  /** Workspace folders that make it; the empty string is the workspace itself. */
  checkouts: z.array(z.string()),
  /** In development mode: the folder that it is imported from in the next run. */
  developed: z.object({ path: z.string(), since: z.iso.datetime(), branch: z.string().optional() }).optional(),
  /** What the last run of each release that is built imported it from; a path of the workspace, or a name. */
  imported: z.array(z.object({ profile: z.string(), location: z.string(), version: z.string() })),
});
export type RecipeEgg = z.infer<typeof recipeEggSchema>;

const inProject = z.object({ project: projectIdSchema });
const ofEgg = z.object({ project: projectIdSchema, egg: eggNameSchema });

export const recipeRoutes = {
  listRecipes: defineRoute({
    method: "GET",
    path: "/projects/{project}/recipes",
    summary: "Recipe eggs that the workspace makes or that are in development mode, and where they were imported from",
    access: "user",
    params: inProject,
    response: z.object({ eggs: z.array(recipeEggSchema) }),
  }),
  developRecipe: defineRoute({
    method: "PUT",
    path: "/projects/{project}/recipes/{egg}/develop",
    summary:
      "Use the egg from its checkout in all runs: the one in the workspace, or a clone of the address, made first. The user's profiles stay as they are",
    access: "user",
    params: ofEgg,
    body: z.object({
      /** A folder of the workspace; without it, the one that makes the egg. */
      path: pathSchema.or(z.literal("")).optional(),
      /** Cloned when the workspace has no checkout. */
      url: z.string().max(2000).optional(),
      branch: z.string().max(200).optional(),
      user: z.string().max(200).optional(),
      password: z.string().max(2000).optional(),
    }),
    response: recipeEggSchema,
  }),
  releaseRecipe: defineRoute({
    method: "DELETE",
    path: "/projects/{project}/recipes/{egg}/develop",
    summary: "Back to the released egg; the checkout stays",
    access: "user",
    status: 204,
    params: ofEgg,
  }),
} as const;
