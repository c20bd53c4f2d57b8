/** What a run will do, and why one failed. Places are one-based, as people and compilers count; ends are exclusive. */
import { z } from "zod";

const workspacePath = z.string().max(4096);

export const placeSchema = z.object({
  path: workspacePath,
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  endLine: z.number().int().positive(),
  endColumn: z.number().int().positive(),
});
export type Place = z.infer<typeof placeSchema>;

export const planActionSchema = z.enum(["install", "reinstall", "keep", "uninstall"]);

export const plannedPartSchema = z.object({
  part: z.string(),
  action: planActionSchema,
  recipe: z.string().optional(),
  /** For a person, the first is the root. */
  reasons: z.array(z.object({ kind: z.string(), text: z.string(), place: placeSchema.optional() })),
});
export type PlannedPartInfo = z.infer<typeof plannedPartSchema>;

/** What the parts to be installed will download. Addresses have no user, password or query in them. */
export const planDownloadsSchema = z.object({
  files: z.array(
    z.object({
      part: z.string(),
      url: z.string(),
      /** `cached`: nothing is fetched. `unpinned`: without an md5sum it is fetched at each installation. */
      state: z.enum(["cached", "missing", "unpinned"]),
      /** As its server said when it was last asked, or as it lies here. */
      sizeBytes: z.number().int().nonnegative().optional(),
      /** Why it cannot be had, as of the last time that it was asked for. */
      problem: z.string().optional(),
      place: placeSchema.optional(),
    }),
  ),
  /** Eggs that parts name, and once they were asked for those that they require in turn, each after who requires it. */
  eggs: z.array(
    z.object({
      part: z.string(),
      requirement: z.string(),
      /** The egg that requires it; absent where the part itself names it. */
      requiredBy: z.string().optional(),
      /** `present`: among the eggs already. `cached`: its file is kept here. Absent from older runs. */
      state: z.enum(["present", "cached", "missing"]).optional(),
      /** Which one the index would give. */
      version: z.string().optional(),
      sizeBytes: z.number().int().nonnegative().optional(),
      problem: z.string().optional(),
    }),
  ),
  /** Repositories that parts clone; git does not say how large they are. Absent from older runs. */
  checkouts: z
    .array(
      z.object({
        part: z.string(),
        repository: z.string(),
        /** Commit, tag or branch. */
        reference: z.string().optional(),
        /** `present`: a clone in development, which is not touched. */
        state: z.enum(["present", "missing"]),
        problem: z.string().optional(),
        place: placeSchema.optional(),
      }),
    )
    .optional(),
  /** Parts whose own code downloads what only running it tells. Absent from older runs. */
  byOwnCode: z.array(z.string()).optional(),
  /** Of the files and eggs still to be fetched whose size is known. */
  missingBytes: z.number().int().nonnegative(),
  /** Files and eggs still to be fetched of which nobody has said the size. */
  unknownCount: z.number().int().nonnegative(),
});
export type PlanDownloads = z.infer<typeof planDownloadsSchema>;

/** How far the servers have been asked; what eggs require in turn makes `total` grow. */
export const downloadCheckSchema = z.object({
  project: z.string(),
  profile: workspacePath,
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
});
export type DownloadCheck = z.infer<typeof downloadCheckSchema>;

export const runPlanSchema = z.object({
  profile: workspacePath,
  kind: z.enum(["software", "buildout"]),
  /** `nothing`: the engine will find nothing to do. `blocked`: the profile cannot be loaded. */
  outcome: z.enum(["run", "nothing", "blocked"]),
  /** Why the release is built at all, or why the profile cannot be loaded. */
  because: z.string(),
  place: placeSchema.optional(),
  /** In the order of the run; those that are only removed last. */
  parts: z.array(plannedPartSchema),
  /** As the run will print them. */
  steps: z.array(z.object({ action: z.enum(["uninstall", "install", "update"]), part: z.string() })),
  isExact: z.boolean(),
  notes: z.array(z.string()),
  /** From former runs of the profile; absent without any. `unknownParts` were never installed before. */
  estimate: z.object({ durationMs: z.number(), runs: z.number().int(), unknownParts: z.number().int() }).optional(),
  /** Absent from the plans of runs before there was any, and where nothing is installed. */
  downloads: planDownloadsSchema.optional(),
});
export type RunPlanInfo = z.infer<typeof runPlanSchema>;

export const textChangeSchema = z.object({
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  endLine: z.number().int().positive(),
  endColumn: z.number().int().positive(),
  text: z.string(),
});

export const quickFixSchema = z.object({
  title: z.string(),
  path: workspacePath,
  edits: z.array(textChangeSchema),
});
export type QuickFix = z.infer<typeof quickFixSchema>;

/** A text of the workspace that a run had something to say of, as it was at the run's end. */
const foundPlace = {
  place: placeSchema.optional(),
  /** The text at the place, as it was. */
  placeText: z.string().optional(),
};

/** Of that text, as it is when asked. */
const statePlace = {
  /** The text at the place is no longer what it was when the run ended. */
  isEdited: z.boolean(),
  /** For the text as it is now; the best one first. */
  fixes: z.array(quickFixSchema),
};

const failureCauseRecordSchema = z.object({
  phase: z.enum(["downloading", "reading", "preparing", "installing", "deploying", "promises", "unknown"]),
  part: z.string().optional(),
  partition: z.string().optional(),
  /** `unknown-section`, `md5-mismatch` … see docs/runs.md. */
  kind: z.string(),
  /** The engine's line. */
  message: z.string(),
  lines: z.array(z.string()),
  /** Byte offset in the log of the first of the lines. */
  logOffset: z.number().int().nonnegative(),
  ...foundPlace,
});
export type FailureCauseRecord = z.infer<typeof failureCauseRecordSchema>;

/** What of a failure is kept as it was at the run's end. */
export const failureRecordSchema = failureCauseRecordSchema.extend({
  /** The further failures of a run that kept going, and downloads that cannot be had. */
  others: z.array(failureCauseRecordSchema).default([]),
});
export type FailureRecord = z.infer<typeof failureRecordSchema>;

export const failureCauseSchema = failureCauseRecordSchema.omit({ placeText: true }).extend(statePlace);
export type FailureCause = z.infer<typeof failureCauseSchema>;

/** The first failure, in the order of the log, and the others. */
export const runFailureSchema = failureCauseSchema.extend({ others: z.array(failureCauseSchema) });
export type RunFailure = z.infer<typeof runFailureSchema>;

/** What the engine warned of, as it was at the run's end. */
export const warningRecordSchema = z.object({
  /** The run that said it: this one, or an earlier one after which neither the part nor the text has changed. */
  run: z.string(),
  kind: z.enum(["unused-options", "undeveloped"]),
  /** The engine's words. */
  message: z.string(),
  section: z.string().optional(),
  /** Byte offset of the line in the log of the run that said it. */
  logOffset: z.number().int().nonnegative(),
  ...foundPlace,
});
export type WarningRecord = z.infer<typeof warningRecordSchema>;

export const runWarningsSchema = z.object({
  warnings: z.array(warningRecordSchema.omit({ placeText: true }).extend(statePlace)),
});
export type RunWarnings = z.infer<typeof runWarningsSchema>;
export type RunWarning = RunWarnings["warnings"][number];

/** What the engine was given, as it was when a run began. Kept with the run, never changed. */
export const runSnapshotSchema = z.object({
  plan: runPlanSchema,
  /** Section → option → final value. */
  values: z.record(z.string(), z.record(z.string(), z.string())),
});
export type RunSnapshot = z.infer<typeof runSnapshotSchema>;

export const runChangesSchema = z.object({
  run: z.string(),
  /** The run that it is compared with. */
  since: z.string(),
  /** By section and option; of a section that is only in one of the two, an entry without an option comes first. */
  changes: z.array(
    z.object({
      /** `version`: a pin. `section`: it is in one of the two only. */
      kind: z.enum(["section", "option", "version", "hash", "recipe", "parts"]),
      section: z.string(),
      option: z.string().optional(),
      before: z.string().optional(),
      after: z.string().optional(),
    }),
  ),
});
export type RunChanges = z.infer<typeof runChangesSchema>;
