import { z } from "zod";

export const engineStatusSchema = z.object({
  /** `provisioning`: the Python environment is being made; `ready`; `failed`: `message` and `hint` say why. */
  phase: z.enum(["provisioning", "ready", "failed"]),
  step: z.string().optional(),
  message: z.string(),
  hint: z.string().optional(),
  /** 0 to 1. */
  fraction: z.number().min(0).max(1),
  versions: z.record(z.string(), z.string()),
});
export type EngineStatus = z.infer<typeof engineStatusSchema>;
