import { z } from "zod";
import { programSchema, promiseCheckSchema } from "./processes";

export type { ProgramInfo, PromiseCheckInfo } from "./processes";

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
  shared: z.boolean().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  state: instanceStateSchema.optional(),
  /** Take parameters that do not fit the release's schema. */
  unchecked: z.boolean().optional(),
});
export type InstanceRequestBody = z.infer<typeof instanceRequestSchema>;

export const partitionSchema = z.object({
  /** `slappart0` */
  id: z.string(),
  instance: z.string().optional(),
  softwareType: z.string().optional(),
  /** The partition whose instance requested this one. */
  parent: z.string().optional(),
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
  /** Shared with others: it has no partition of its own, another instance serves it. */
  shared: z.boolean().optional(),
  state: instanceStateSchema,
  /** As they are asked for. */
  parameters: z.record(z.string(), z.unknown()),
  /** As the node has them; what is asked for comes with the next run. Undefined before the first. */
  applied: z.record(z.string(), z.unknown()).optional(),
  connection: z.record(z.string(), z.unknown()),
  /** Path of the service behind our own address, when it publishes a web address: `/service/hello/`. */
  service: z.string().optional(),
  /** Why it is not green, each in one line. */
  problems: z.array(z.string()).optional(),
  /** Of the last instance run, in one word: `new`, `running`, `green`, `red`. */
  health: z.enum(["new", "running", "green", "red", "stopped"]),
  partitions: z.array(partitionSchema),
});
export type InstanceInfo = z.infer<typeof instanceSchema>;

/** What was asked for at one time. */
export const instanceVersionSchema = z.object({
  requestedAt: z.string(),
  softwareType: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()),
  state: instanceStateSchema,
});
export type InstanceVersion = z.infer<typeof instanceVersionSchema>;
