/** Projects that go: what would be lost with one, and removing it. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { projectIdSchema } from "./project";

const count = z.number().int().nonnegative();

/** What exists nowhere else. */
export const lostWorkSchema = z.object({
  /** Commits of its branches that no branch of a remote has, as far as was fetched. */
  unpushedCommits: count,
  /** Files that are changed or new since the last commit. */
  changedFiles: count,
  stashes: count,
  /** Unsaved texts. */
  drafts: count,
  /** Repositories that are damaged, or of a kind that is not known here: what they have was not counted. */
  unreadable: count,
});
export type LostWork = z.infer<typeof lostWorkSchema>;

export const projectRemovalSchema = z.object({
  project: projectIdSchema,
  name: z.string(),
  /** Why it cannot be removed now. */
  refused: z.object({ message: z.string(), hint: z.string() }).optional(),
  /** Counted unless it is refused: a transfer that goes on would have to be waited for. */
  lost: lostWorkSchema.optional(),
  /** What else goes: with its data, as it is now. */
  instances: z.array(z.string()),
  runs: count,
  /** Shells that end with it. */
  terminals: count,
});
export type ProjectRemoval = z.infer<typeof projectRemovalSchema>;

const params = z.object({ project: projectIdSchema });

export const projectRemovalRoutes = {
  readProjectRemoval: defineRoute({
    method: "GET",
    path: "/projects/{project}/removal",
    summary: "What would be lost if the project were removed, and what stands against it",
    access: "user",
    params,
    response: projectRemovalSchema,
  }),
  removeProject: defineRoute({
    method: "DELETE",
    path: "/projects/{project}",
    summary: "Remove a project with its files, software, instances and runs; with work that is nowhere else by `force`",
    access: "user",
    status: 204,
    params,
    query: z.object({
      name: z.string().describe("the project's name, as a confirmation"),
      force: z.enum(["true", "false"]).optional(),
    }),
  }),
} as const;
