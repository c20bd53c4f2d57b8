import { z } from "zod";
import { projectIdSchema } from "./project";

export const runIdSchema = z.string().regex(/^[0-9]{8}-[0-9]{6}-[a-z0-9]{6}$/);

export const runKindSchema = z.enum(["software", "instance", "buildout", "report", "recipe", "verification"]);
export type RunKind = z.infer<typeof runKindSchema>;

/** `queued` and `running` go on; the other four are ends, and a run has exactly one. */
export const runStateSchema = z.enum(["queued", "running", "succeeded", "failed", "cancelled", "lost"]);
export type RunState = z.infer<typeof runStateSchema>;

export const runSchema = z.object({
  id: runIdSchema,
  project: projectIdSchema,
  /** Counts the runs of the project from 1; absent for runs of earlier versions. */
  number: z.number().int().positive().optional(),
  kind: runKindSchema,
  engine: z.enum(["slapos", "buildout"]),
  /** Workspace path of the profile. */
  profile: z.string(),
  /** Name of the instance, for kind `instance`. */
  instance: z.string().optional(),
  /** The section whose recipe is tested, for kind `recipe`. */
  section: z.string().optional(),
  state: runStateSchema,
  /** Exit code as the engine gave it: 0, 1 failed, 2 promise failed. */
  code: z.number().int().optional(),
  /** Why a run is lost, or a refusal. */
  reason: z.string().optional(),
  /** The error line of the engine, for a person. */
  error: z.string().optional(),
  /** The engine found nothing to do. */
  nothingToDo: z.boolean().optional(),
  /** The part being installed, and how many have been taken up. */
  part: z.string().optional(),
  partsDone: z.number().int().optional(),
  /** Only these parts, and those that they use. */
  parts: z.array(z.string()).optional(),
  /** Goes on after a part that fails. */
  keepGoing: z.boolean().optional(),
  /** What is built, for kind `verification`: the commit that the remote's branch is at, from a clone of its own. */
  verification: z.object({ remote: z.string(), branch: z.string(), commit: z.string() }).optional(),
  /** What git is at of the clone that is built, for kind `verification`; absent once the clone is there. */
  cloning: z
    .object({
      phase: z.string(),
      done: z.number().int(),
      total: z.number().int().optional(),
      receivedBytes: z.number().int().optional(),
    })
    .optional(),
  /** All its processes are held where they are. */
  paused: z.boolean().optional(),
  /** What is downloaded before the build begins: `12 of 40, 3.2 MB of 41.0 MB`; absent once it has begun. */
  downloading: z.string().optional(),
  /** How often something was asked of the network again, and why the last time. */
  retries: z.object({ count: z.number().int().positive(), reason: z.string() }).optional(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  logSizeBytes: z.number().int(),
});
export type RunInfo = z.infer<typeof runSchema>;

export const runRequestSchema = z.object({
  kind: runKindSchema,
  profile: z.string(),
  /** Of kind `recipe`: the section is one of the instance's own profile. */
  instance: z.string().optional(),
  /** Whose recipe is tested, for kind `recipe`. */
  section: z.string().max(500).optional(),
  /** Rebuild even when nothing changed. */
  force: z.boolean().optional(),
  /** Only these parts and those that they use; of software and buildout. */
  parts: z
    .array(
      z
        .string()
        .regex(/^[^\s-]\S*$/, "names of parts have no spaces")
        .max(1000),
    )
    .min(1)
    .max(1000)
    .optional(),
  /** Go on after a part that fails; the project's setting when absent. */
  keepGoing: z.boolean().optional(),
  /** Fetch downloads before the build begins; the project's setting when absent. */
  preflight: z.boolean().optional(),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

export const logMatchSchema = z.object({
  offset: z.number().int().describe("byte offset of the line's start in the log file"),
  line: z.number().int().describe("zero-based line number"),
  text: z.string(),
});
export type LogMatch = z.infer<typeof logMatchSchema>;

/** A line of a log. */
export const logLineSchema = z.object({
  offset: z.number().int().describe("byte offset of the line's start in the log file"),
  line: z.number().int().describe("zero-based line number"),
  /** When it was written, to about a second; absent where nobody looked. */
  at: z.iso.datetime().optional(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** By `at` the log had grown to `offset`, which is in or at the start of line `line`. */
export const logTimeSchema = z.object({ offset: z.number().int(), line: z.number().int(), at: z.iso.datetime() });
export type LogTime = z.infer<typeof logTimeSchema>;
