/**
 * The language service over the sockets, and a profile as a whole over HTTP.
 *
 * A page opens a session of its own and then speaks the Language Server Protocol's JSON in both directions, as any
 * editor does over stdio; `file:///workspace/` is the project. Requests of our own answer what the routes
 * answer, from the unsaved texts: `buildout/effective`, `buildout/extends`, `buildout/parts`; and `buildout/tops`.
 */
import { z } from "zod";
import { defineEvent, defineRoute } from "./contract";
import { pathSchema } from "./files";
import { projectIdSchema } from "./project";

export { LANGUAGE_ROOT } from "./language-root";

const sessionSchema = z.string().min(1).max(64);

/** One-based. The path is the workspace's, or the address of a profile from elsewhere. */
const placeSchema = z.object({ path: z.string(), line: z.number().int(), column: z.number().int() });
export type ProfilePlace = z.infer<typeof placeSchema>;

export const effectiveSectionSchema = z.object({
  section: z.string(),
  exists: z.boolean(),
  macros: z.array(z.string()),
  places: z.array(placeSchema),
  options: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      /** Before substitution. */
      raw: z.string(),
      /** Why the value is not all known. */
      problem: z.string().optional(),
      /** The section that a macro took it from. */
      fromMacro: z.string().optional(),
      /** How the value came about, oldest first. */
      steps: z.array(
        z.object({
          /** `=`, `+=` or `-=`. */
          operation: z.string(),
          text: z.string(),
          place: placeSchema.optional(),
          source: z.string(),
          /** How often: once for every way of extends that leads to the file. */
          times: z.number().int(),
        }),
      ),
    }),
  ),
  /** All sections of the profile, by name. */
  sections: z.array(z.string()),
});
export type EffectiveSectionInfo = z.infer<typeof effectiveSectionSchema>;

export const extendsViewSchema = z.object({
  /** In the order of the first reading; the profile itself is the first. */
  files: z.array(
    z.object({
      path: z.string(),
      extends: z.array(z.string()),
      /** What it extends too and is left out, because it leads back here. */
      cycles: z.array(z.string()),
      missing: z.boolean(),
      sections: z.number().int(),
      options: z.number().int(),
      sizeBytes: z.number().int(),
    }),
  ),
  problems: z.array(z.object({ place: placeSchema, message: z.string() })),
});
export type ExtendsViewInfo = z.infer<typeof extendsViewSchema>;

export const partsSchema = z.object({
  /** In the order in which buildout installs them. */
  parts: z.array(
    z.object({
      name: z.string(),
      recipe: z.string().optional(),
      dependencies: z.array(z.string()),
      /** Named in `buildout:parts`; the others come because something refers to them. */
      requested: z.boolean(),
      exists: z.boolean(),
      place: placeSchema.optional(),
    }),
  ),
});
export type PartsInfo = z.infer<typeof partsSchema>;

const inProject = z.object({ project: projectIdSchema });

export const languageRoutes = {
  profileEffective: defineRoute({
    method: "GET",
    path: "/projects/{project}/profile/effective",
    summary: "Every option of a section with its final value and where it comes from, from the saved files",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema, section: z.string().max(500).optional() }),
    response: effectiveSectionSchema,
  }),
  profileTree: defineRoute({
    method: "GET",
    path: "/projects/{project}/profile/extends",
    summary: "The files that a profile extends, directly or not, from the saved files",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema }),
    response: extendsViewSchema,
  }),
  profileParts: defineRoute({
    method: "GET",
    path: "/projects/{project}/profile/parts",
    summary: "The parts of a profile in build order, from the saved files",
    access: "user",
    params: inProject,
    query: z.object({ path: pathSchema }),
    response: partsSchema,
  }),
} as const;

export const languageEvents = {
  openLanguage: defineEvent({
    name: "language:open",
    summary: "Begin a session of the language service; its messages come as `language:message`",
    access: "user",
    payload: z.object({ project: projectIdSchema }),
    reply: z.object({ session: sessionSchema }),
  }),
  sendLanguage: defineEvent({
    name: "language:send",
    summary: "A JSON-RPC message of the Language Server Protocol to the session",
    access: "user",
    payload: z.object({ session: sessionSchema, message: z.record(z.string(), z.unknown()) }),
    reply: z.object({ open: z.boolean() }),
  }),
  closeLanguage: defineEvent({
    name: "language:close",
    summary: "End the session",
    access: "user",
    payload: z.object({ session: sessionSchema }),
    reply: z.object({}),
  }),
} as const;

/** A JSON-RPC message of the session. */
export interface LanguageMessage {
  readonly session: string;
  readonly message: unknown;
}

/** The analysis ended: it crashed, hung or was stopped. Begin another session. */
export interface LanguageEnded {
  readonly session: string;
}
