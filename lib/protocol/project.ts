import { z } from "zod";

export const projectIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);

export const projectSchema = z.object({
  id: projectIdSchema,
  name: z.string(),
  createdAt: z.iso.datetime(),
});
export type ProjectInfo = z.infer<typeof projectSchema>;

/** A `software.cfg` or `buildout.cfg` of the workspace that can be run. */
export const releaseSchema = z.object({
  /** Workspace path of the profile. */
  profile: z.string(),
  title: z.string(),
  engine: z.enum(["slapos", "buildout"]),
  built: z.boolean(),
});
export type ReleaseInfo = z.infer<typeof releaseSchema>;
