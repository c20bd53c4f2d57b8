/** What debugging an instance is about: where a file comes from, what it would become, why something is red. */
import { z } from "zod";
import { placeSchema } from "./explanations";
import { partitionIdSchema } from "./processes";

/** A file of a node or of the workspace; its path is relative to where it is. */
export const nodeFileSchema = z.object({
  root: z.enum(["partition", "software", "workspace", "elsewhere"]),
  path: z.string(),
});

export const fileStepSchema = nodeFileSchema.extend({
  /**
   * `part`: a part made it. `copy`: slapgrid copied it. `output`: a program printed it. `promise`: slapgrid's note of a
   * promise. `state`: slapgrid's or buildout's own. `written`: a program wrote it. `source`: a file of the workspace.
   */
  kind: z.enum(["part", "copy", "output", "promise", "state", "written", "source"]),
  part: z.string().optional(),
  recipe: z.string().optional(),
  /** Where the part's section stands; of a source, the line that was asked for. */
  place: placeSchema.optional(),
  /** The written profile that has the section. */
  profile: nodeFileSchema.optional(),
});
export type FileStepInfo = z.infer<typeof fileStepSchema>;

export const fileSourceSchema = z.object({
  /** From the file itself to its source. */
  steps: z.array(fileStepSchema),
  /** What to open in the editor to change the file. */
  origin: placeSchema.optional(),
});
export type FileSource = z.infer<typeof fileSourceSchema>;

export const renderRequestSchema = z.object({
  /** Without one, a file of the release's software. */
  partition: partitionIdSchema.optional(),
  /** The release; of a partition it is known. */
  profile: z.string().max(4096).optional(),
  /** In the partition, or in the directory of the software. */
  path: z.string().min(1).max(4096),
  /** Default: what is asked for now. */
  parameters: z.record(z.string(), z.unknown()).optional(),
  softwareType: z.string().max(200).optional(),
  /** Without what is typed and not saved. */
  saved: z.boolean().optional(),
});
export type RenderRequest = z.infer<typeof renderRequestSchema>;

export const renderedFileSchema = z.object({
  path: z.string(),
  /** Undefined when it could not be rendered. */
  text: z.string().optional(),
  /** As the last run left it; undefined when it is not there. */
  deployed: z.string().optional(),
  /** Byte for byte. */
  same: z.boolean(),
  part: z.string().optional(),
  recipe: z.string().optional(),
  notes: z.array(z.string()),
  problem: z
    .object({
      message: z.string(),
      /** What buildout was doing. */
      doing: z.array(z.string()),
      place: placeSchema.optional(),
      traceback: z.array(z.string()),
    })
    .optional(),
});
export type RenderedFile = z.infer<typeof renderedFileSchema>;

/** A file that was made from a template. */
export const renderTargetSchema = z.object({
  partition: partitionIdSchema.optional(),
  instance: z.string().optional(),
  profile: z.string(),
  path: z.string(),
  part: z.string(),
});
export type RenderTarget = z.infer<typeof renderTargetSchema>;

export const lastChangeSchema = z.object({
  kind: z.enum(["uncommitted", "commit", "parameters"]),
  at: z.string().optional(),
  summary: z.string(),
  author: z.string().optional(),
  commit: z.string().optional(),
  place: placeSchema.optional(),
});
export type LastChange = z.infer<typeof lastChangeSchema>;

export const redReasonSchema = z.object({
  kind: z.enum(["process", "promise", "run", "supervisor"]),
  /** A sentence. */
  title: z.string(),
  partition: partitionIdSchema.optional(),
  /** As supervisord or slapgrid names it. */
  name: z.string().optional(),
  message: z.string().optional(),
  /** The end of its log. */
  log: z.object({ path: z.string(), lines: z.array(z.string()) }).optional(),
  /** The run that failed. */
  run: z.string().optional(),
  /** From the file that is run to its source: part, recipe, template. */
  source: fileSourceSchema.optional(),
  /** Newest first. */
  changes: z.array(lastChangeSchema),
});
export type RedReason = z.infer<typeof redReasonSchema>;

export const diagnosisSchema = z.object({
  health: z.enum(["new", "running", "green", "red", "stopped"]),
  reasons: z.array(redReasonSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

export const nodeSettingsSchema = z.object({
  /** How many instances there can be, with all that they request. */
  partitions: z.number().int().min(1).max(200),
});
