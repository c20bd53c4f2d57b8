/** What is kept of a run beside its log, how long, and who is told of its end. */
import { z } from "zod";
import { runIdSchema, runSchema } from "./runs";

export const sourceFileSchema = z.object({
  path: z.string(),
  kind: z.enum(["added", "deleted", "modified"]),
  /** As `git diff` prints it, from `@@` on; empty for what is binary or too large. */
  diff: z.string(),
  binary: z.boolean(),
  /** The develop egg that it is the code of, as `buildout:develop` names it. */
  recipeOf: z.string().optional(),
});
export type SourceFile = z.infer<typeof sourceFileSchema>;

export const runSourceSchema = z.object({
  run: runIdSchema,
  /** Commit that was checked out when the run began; absent before the first one. */
  revision: z.string().optional(),
  branch: z.string().optional(),
  /** What was not committed then. */
  files: z.array(sourceFileSchema),
  /** More than is kept was not committed. */
  truncated: z.boolean(),
});
export type RunSource = z.infer<typeof runSourceSchema>;

export const runSourceChangesSchema = z.object({
  run: runIdSchema,
  since: runIdSchema,
  revision: z.string().optional(),
  sinceRevision: z.string().optional(),
  /** The workspace as the one run saw it against as the other did, committed or not. */
  files: z.array(sourceFileSchema),
  truncated: z.boolean(),
});
export type RunSourceChanges = z.infer<typeof runSourceChangesSchema>;

export const runEnvironmentSchema = z.object({
  run: runIdSchema,
  /** The variables that the run was given, secrets redacted. */
  variables: z.record(z.string(), z.string()),
  /** Packages of the engine and their versions. */
  engine: z.record(z.string(), z.string()),
  machine: z.object({
    system: z.string(),
    architecture: z.string(),
    processors: z.number().int(),
    memoryBytes: z.number(),
  }),
});
export type RunEnvironment = z.infer<typeof runEnvironmentSchema>;

export const webhookDeliverySchema = z.object({
  at: z.iso.datetime(),
  run: runIdSchema.optional(),
  attempts: z.number().int(),
  /** What the receiver answered; absent when it could not be reached. */
  status: z.number().int().optional(),
  error: z.string().optional(),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

export const runKeepingSchema = z.object({
  /** Runs that ended earlier than this are removed; null keeps them for ever. */
  keepDays: z.number().int().min(1).max(3650).nullable(),
  /** Beyond this the oldest runs are removed; null for any size. */
  keepMegabytes: z.number().int().min(1).max(10_000_000).nullable(),
  /** Told of every end of a run by POST; null for nobody. */
  webhookUrl: z.string().max(2000).nullable(),
  hasWebhookSecret: z.boolean(),
  lastDelivery: webhookDeliverySchema.optional(),
  /** How many runs are kept, and what they take. */
  kept: z.object({ runs: z.number().int(), sizeBytes: z.number() }),
});
export type RunKeeping = z.infer<typeof runKeepingSchema>;

export const runKeepingChangeSchema = runKeepingSchema
  .pick({ keepDays: true, keepMegabytes: true, webhookUrl: true })
  .partial()
  .extend({
    /** Signs what is sent (`X-Webrunner-Signature`); null for none. Never given back. */
    webhookSecret: z.string().min(1).max(500).nullable().optional(),
  });
export type RunKeepingChange = z.infer<typeof runKeepingChangeSchema>;

/** What a webhook is sent. */
export const runFinishedSchema = z.object({
  event: z.literal("run.finished"),
  /** One line for a chat. */
  text: z.string(),
  run: runSchema,
  durationMs: z.number().optional(),
  /** A path of the server's page. */
  link: z.string(),
});
