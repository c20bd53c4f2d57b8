/** Processes, promises, logs and files of partitions over HTTP. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { pathSchema } from "./files";
import {
  commandResultSchema,
  logFileSchema,
  logPieceSchema,
  logPlaceSchema,
  partitionEntrySchema,
  partitionIdSchema,
  processActionSchema,
  processIdSchema,
  processListSchema,
  promiseCheckSchema,
} from "./processes";
import { projectIdSchema } from "./project";
import { terminalSchema, terminalSizeSchema } from "./terminals";

const inProject = z.object({ project: projectIdSchema });
const ofPartition = z.object({ project: projectIdSchema, partition: partitionIdSchema });
const at = "/projects/{project}/partitions/{partition}";

export const processRoutes = {
  listProcesses: defineRoute({
    method: "GET",
    path: "/projects/{project}/processes",
    summary: "supervisord's programs with their states, as they are now",
    access: "user",
    params: inProject,
    response: processListSchema,
  }),
  controlProcess: defineRoute({
    method: "POST",
    path: "/projects/{project}/processes/{process}/{action}",
    summary: "Start, stop or restart a program (`slappart0:web-on-watch`) or all of a partition (`slappart0:*`)",
    access: "user",
    params: inProject.extend({ process: processIdSchema, action: processActionSchema }),
    response: processListSchema,
  }),
  listPromises: defineRoute({
    method: "GET",
    path: `${at}/promises`,
    summary: "Promises of a partition as they were checked last",
    access: "user",
    params: ofPartition,
    response: z.object({ promises: z.array(promiseCheckSchema) }),
  }),
  runPromises: defineRoute({
    method: "POST",
    path: `${at}/promises/run`,
    summary: "Check one promise now and no other, or all of them",
    access: "user",
    params: ofPartition,
    body: z.object({ name: z.string().min(1).max(200).optional() }),
    response: z.object({ promises: z.array(promiseCheckSchema) }),
  }),
  listPartitionLogs: defineRoute({
    method: "GET",
    path: `${at}/logs`,
    summary: "Log files of a partition",
    access: "user",
    params: ofPartition,
    response: z.object({ logs: z.array(logFileSchema) }),
  }),
  readPartitionLog: defineRoute({
    method: "GET",
    path: `${at}/log`,
    summary: "A piece of a log after a place, or before it; without a place, its end. Follows rotated files by inode",
    access: "user",
    params: ofPartition,
    query: z.object({
      path: pathSchema,
      after: logPlaceSchema.optional(),
      before: logPlaceSchema.optional(),
      limit: z.coerce.number().int().min(1).max(1_048_576).optional(),
    }),
    response: logPieceSchema,
  }),
  listPartitionEntries: defineRoute({
    method: "GET",
    path: `${at}/entries`,
    summary: "One folder of a partition",
    access: "user",
    params: ofPartition,
    query: z.object({ path: z.string().max(4096).optional() }),
    response: z.object({ entries: z.array(partitionEntrySchema) }),
  }),
  readPartitionFile: defineRoute({
    method: "GET",
    path: `${at}/file`,
    summary: "A text file of a partition, to read",
    access: "user",
    params: ofPartition,
    query: z.object({ path: pathSchema }),
    response: z.object({ path: z.string(), text: z.string(), sizeBytes: z.number().int() }),
  }),
  openPartitionTerminal: defineRoute({
    method: "POST",
    path: `${at}/terminals`,
    summary:
      "A shell in the partition; with a program, that program stopped and run by hand with supervisord's command, environment and directory",
    access: "user",
    status: 201,
    params: ofPartition,
    body: z.object({
      program: z.string().min(1).max(200).optional(),
      columns: terminalSizeSchema.columns.optional(),
      rows: terminalSizeSchema.rows.optional(),
    }),
    response: terminalSchema,
  }),
  runInPartition: defineRoute({
    method: "POST",
    path: `${at}/exec`,
    summary: "Run a command in the partition as the build user and wait for its end",
    access: "user",
    params: ofPartition,
    body: z.object({
      argv: z.array(z.string().max(100_000)).min(1).max(1000),
      timeoutSeconds: z.number().min(1).max(600).optional(),
    }),
    response: commandResultSchema,
  }),
} as const;
