/**
 * Gestures on the wire: what the user wants, and what would come of it.
 *
 * Paths are the workspace's. A proposal has whole texts, so that the page can make the change in its open documents.
 */
import { z } from "zod";
import { pathSchema } from "./files";

/** As long as a text that can be edited. */
const textSchema = z.string().max(5 * 1024 * 1024);
const nameSchema = z.string().min(1).max(500);
const valueSchema = z.string().max(100_000);

const optionChange = {
  section: nameSchema,
  option: nameSchema,
  operator: z.enum(["=", "+=", "-="]),
  /** Lines are separated by `\n`. */
  value: valueSchema,
  /** Profiles to extend besides, for sections that the value refers to. */
  extend: z.array(pathSchema).max(20).optional(),
};

export const overrideIntentSchema = z.object({
  gesture: z.literal("override"),
  profile: pathSchema,
  ...optionChange,
  /** The profile itself, or the `software.sandbox.cfg` that extends it. Default: the profile. */
  place: z.enum(["profile", "sandbox"]).optional(),
});
export const reduceIntentSchema = z.object({
  gesture: z.literal("reduce"),
  profile: pathSchema,
  section: nameSchema,
});
export const promoteIntentSchema = z.object({
  gesture: z.literal("promote"),
  profile: pathSchema,
  section: nameSchema,
  option: nameSchema.optional(),
  /** Which file, where several define the option. */
  into: pathSchema.optional(),
});

export const gestureIntentSchema = z.discriminatedUnion("gesture", [
  overrideIntentSchema,
  reduceIntentSchema,
  promoteIntentSchema,
]);
export type GestureIntent = z.infer<typeof gestureIntentSchema>;

export const gestureRequestSchema = z.object({
  intent: gestureIntentSchema,
  /** Unsaved texts that stand for the files. Nothing is written then. */
  texts: z
    .array(z.object({ path: pathSchema, text: textSchema }))
    .max(200)
    .optional(),
  /** Only say what would change. */
  dryRun: z.boolean().optional(),
});

const fileChangeSchema = z.object({
  path: pathSchema,
  before: z.string(),
  after: z.string(),
  /** `created`: `before` is empty and there is no file; `removed`: the file goes away. */
  fate: z.enum(["created", "removed"]).optional(),
  /** Unified, without file names. */
  diff: z.string(),
});
export type GestureFileChange = z.infer<typeof fileChangeSchema>;

const effectSchema = z.object({
  section: z.string(),
  option: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type GestureEffect = z.infer<typeof effectSchema>;

export const gestureAnswerSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("refused"),
    reason: z.string(),
    /** Files of which one is to be named. */
    choices: z.array(pathSchema).optional(),
    /** Sections that no file of the profile has, with profiles of the workspace that could be extended. */
    missing: z.array(z.object({ section: z.string(), profiles: z.array(pathSchema) })).optional(),
  }),
  z.object({
    kind: z.literal("proposed"),
    summary: z.string(),
    notes: z.array(z.string()),
    files: z.array(fileChangeSchema),
    /** Changes of final values; beyond 500 they are only counted. */
    effects: z.array(effectSchema),
    effectCount: z.number().int(),
    /** The profile to run afterwards. */
    runs: pathSchema,
    /** What a commit of it could say. */
    message: z.string().optional(),
    written: z.boolean(),
  }),
]);
export type GestureAnswer = z.infer<typeof gestureAnswerSchema>;
export type GestureProposal = Extract<GestureAnswer, { kind: "proposed" }>;
export type GestureRefusal = Extract<GestureAnswer, { kind: "refused" }>;
