/** What runs in a partition: supervisord's programs, promises, log files, files. */
import { z } from "zod";

/** `slappart0` */
export const partitionIdSchema = z.string().regex(/^slappart\d{1,4}$/);

/** `slappart0:web-on-watch`, or `slappart0:*` for all programs of the partition. */
export const processIdSchema = z.string().regex(/^slappart\d{1,4}:(?:\*|[^\s:*/\\"'<>]{1,200})$/);

export const processActionSchema = z.enum(["start", "stop", "restart"]);
export type ProcessAction = z.infer<typeof processActionSchema>;

export const programSchema = z.object({
  group: z.string(),
  name: z.string(),
  /** supervisord's word: STOPPED, STARTING, RUNNING, BACKOFF, STOPPING, EXITED, FATAL, UNKNOWN. */
  state: z.string(),
  pid: z.number().int().optional(),
  exitStatus: z.number().int().optional(),
  startedAt: z.string().optional(),
  stoppedAt: z.string().optional(),
  description: z.string(),
  /** Path of its log in the partition. */
  log: z.string().optional(),
  /** It is being run by hand in this terminal, or was: the offer to start it again stands until it is started. */
  terminal: z.string().optional(),
});
export type ProgramInfo = z.infer<typeof programSchema>;

export const processListSchema = z.object({
  /** Whether supervisord answers; without it nothing runs and nothing can be started. */
  answers: z.boolean(),
  processes: z.array(programSchema),
});
export type ProcessList = z.infer<typeof processListSchema>;

export const promiseCheckSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  message: z.string(),
  checkedAt: z.string().optional(),
});
export type PromiseCheckInfo = z.infer<typeof promiseCheckSchema>;

export const logFileSchema = z.object({
  /** In the partition. */
  path: z.string(),
  sizeBytes: z.number().int(),
  modifiedAt: z.string(),
  /** The program that writes it, when supervisord says so. */
  program: z.string().optional(),
  /** Older files of the same log, which reading goes on into. */
  rotated: z.number().int(),
});
export type LogFileInfo = z.infer<typeof logFileSchema>;

/**
 * A place in a log that is rotated: device and inode of the file, and a byte in it. It stays right when the file gets
 * another name.
 */
export const logPlaceSchema = z.string().regex(/^[0-9a-z]{1,13}-[0-9a-z]{1,13}-\d{1,16}$/);

export const logPieceSchema = z.object({
  text: z.string(),
  /** Place of the first byte. */
  start: logPlaceSchema.optional(),
  /** Place after the last byte: read on from here. Undefined while there is no file. */
  end: logPlaceSchema.optional(),
  /** Something between the place asked for and this text is gone: the file was cut, or rotated away. */
  gap: z.boolean(),
  /** There is more at this side already. */
  more: z.boolean(),
});
export type LogPiece = z.infer<typeof logPieceSchema>;

export const partitionEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(["file", "directory", "link", "other"]),
  sizeBytes: z.number().int(),
});
export type PartitionEntry = z.infer<typeof partitionEntrySchema>;

export const commandResultSchema = z.object({
  /** -1 when a signal or the time limit ended it. */
  code: z.number().int(),
  stdout: z.string(),
  stderr: z.string(),
  truncated: z.boolean(),
});
