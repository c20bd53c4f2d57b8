import { z } from "zod";

export const terminalIdSchema = z.string().regex(/^[a-z0-9]{12,40}$/);

export const terminalSchema = z.object({
  id: terminalIdSchema,
  project: z.string(),
  name: z.string(),
  /** `ended`: the program is gone, the output is still there; `closed`: forgotten. */
  state: z.enum(["running", "ended", "closed"]),
  exitCode: z.number().int().optional(),
  /** How many bytes the program printed in all, once it has ended: nothing follows them. */
  endOffset: z.number().int().nonnegative().optional(),
  createdAt: z.iso.datetime(),
});
export type TerminalInfo = z.infer<typeof terminalSchema>;

export const terminalSizeSchema = {
  columns: z.number().int().min(2).max(1000),
  rows: z.number().int().min(1).max(1000),
};

/** Bytes `offset` to `offset + bytes.length` of a terminal's output; the acknowledgement says that they are drawn. */
export interface TerminalOutput {
  readonly terminal: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}
