import { z } from "zod";

export const instanceNameSchema = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/);

export const instanceStateSchema = z.enum(["started", "stopped", "destroyed"]);

export const instanceRequestSchema = z.object({
  /** Workspace path of the software release's profile. */
  profile: z.string(),
  softwareType: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  state: instanceStateSchema.optional(),
});
export type InstanceRequestBody = z.infer<typeof instanceRequestSchema>;

export const programSchema = z.object({
  group: z.string(),
  name: z.string(),
  /** supervisord's word: STOPPED, STARTING, RUNNING, BACKOFF, STOPPING, EXITED, FATAL, UNKNOWN. */
  state: z.string(),
  pid: z.number().int().optional(),
  exitStatus: z.number().int().optional(),
  description: z.string(),
});
export type ProgramInfo = z.infer<typeof programSchema>;

export const promiseCheckSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  message: z.string(),
  checkedAt: z.string().optional(),
});
export type PromiseCheckInfo = z.infer<typeof promiseCheckSchema>;

export const partitionSchema = z.object({
  /** `slappart0` */
  id: z.string(),
  instance: z.string().optional(),
  softwareType: z.string().optional(),
  state: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  connection: z.record(z.string(), z.unknown()),
  programs: z.array(programSchema),
  promises: z.array(promiseCheckSchema),
});
export type PartitionInfo = z.infer<typeof partitionSchema>;

export const instanceSchema = z.object({
  name: z.string(),
  profile: z.string(),
  softwareType: z.string().optional(),
  state: instanceStateSchema,
  parameters: z.record(z.string(), z.unknown()),
  connection: z.record(z.string(), z.unknown()),
  /** Of the last instance run, in one word: `new`, `running`, `green`, `red`. */
  health: z.enum(["new", "running", "green", "red", "stopped"]),
  partitions: z.array(partitionSchema),
});
export type InstanceInfo = z.infer<typeof instanceSchema>;
