/** How an error looks on the wire: RFC 9457 `application/problem+json`, and the same object in a socket reply. */
import { z } from "zod";

export const problemSchema = z.object({
  /** `subject/what-happened`, the stable code that a client decides by. */
  code: z.string(),
  status: z.number().int(),
  title: z.string(),
  /** What to do about it. */
  hint: z.string().optional(),
  retryable: z.boolean(),
  requestId: z.string().optional(),
  /** Structured facts of this code, for example `current` of `file/conflict`. */
  data: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
