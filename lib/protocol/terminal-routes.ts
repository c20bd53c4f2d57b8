/** Terminals over HTTP: list, open, rename, close. What is typed and printed goes over the socket. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { pathSchema } from "./files";
import { projectIdSchema } from "./project";
import { terminalIdSchema, terminalSchema, terminalSizeSchema } from "./terminals";

const inProject = z.object({ project: projectIdSchema });
const ofTerminal = z.object({ terminal: terminalIdSchema });
const nameSchema = z.string().trim().min(1).max(60);

export const terminalRoutes = {
  listTerminals: defineRoute({
    method: "GET",
    path: "/projects/{project}/terminals",
    summary: "Terminals, those whose program has ended too, until they are closed",
    access: "user",
    params: inProject,
    response: z.object({ terminals: z.array(terminalSchema) }),
  }),
  openTerminal: defineRoute({
    method: "POST",
    path: "/projects/{project}/terminals",
    summary: "A shell in a folder of the workspace, as the user that builds run as",
    access: "user",
    status: 201,
    params: inProject,
    body: z.object({
      name: nameSchema.optional(),
      folder: pathSchema.optional(),
      columns: terminalSizeSchema.columns.optional(),
      rows: terminalSizeSchema.rows.optional(),
    }),
    response: terminalSchema,
  }),
  renameTerminal: defineRoute({
    method: "PATCH",
    path: "/terminals/{terminal}",
    summary: "Give a terminal another name",
    access: "user",
    params: ofTerminal,
    body: z.object({ name: nameSchema }),
    response: terminalSchema,
  }),
  closeTerminal: defineRoute({
    method: "DELETE",
    path: "/terminals/{terminal}",
    summary: "End the program and forget the output",
    access: "user",
    status: 204,
    params: ofTerminal,
  }),
} as const;
