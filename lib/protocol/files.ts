import { z } from "zod";

/** A path below the workspace, `/` separated; the empty string is the workspace itself. Confined by the server. */
export const pathSchema = z.string().max(4096);

export const entrySchema = z.object({
  path: pathSchema,
  name: z.string(),
  kind: z.enum(["file", "directory", "link"]),
  sizeBytes: z.number().int().nonnegative(),
  modifiedAt: z.iso.datetime(),
});
export type Entry = z.infer<typeof entrySchema>;

export const fileTextSchema = z.object({
  path: pathSchema,
  text: z.string(),
  /** Content identity of what was read; give it back when saving. */
  tag: z.string(),
  sizeBytes: z.number().int(),
  /** Over the editable size, or not writable. */
  readOnly: z.boolean(),
  /** A byte order mark is kept, not part of `text`. */
  hasByteOrderMark: z.boolean(),
});
export type FileText = z.infer<typeof fileTextSchema>;

export const saveSchema = z.object({
  text: z.string(),
  /** The tag that was read; null says the file must not exist yet. */
  tag: z.string().nullable(),
});

export const savedSchema = z.object({ path: pathSchema, tag: z.string() });

export const draftSchema = z.object({
  path: pathSchema,
  text: z.string(),
  /** Tag of the file that the draft began from; null for a file that did not exist. */
  baseTag: z.string().nullable(),
  keptAt: z.iso.datetime(),
});
export type Draft = z.infer<typeof draftSchema>;

export const searchMatchSchema = z.object({
  column: z.number().int().describe("one-based, UTF-16"),
  length: z.number().int(),
  replacement: z.string().optional().describe("What takes its place, where a replacement was asked for"),
});
export type SearchMatch = z.infer<typeof searchMatchSchema>;

export const searchHitSchema = z.object({
  path: pathSchema,
  line: z.number().int().describe("one-based"),
  column: z.number().int().describe("one-based, of the first match"),
  text: z.string().describe("The line; of a long one, the piece around the first match"),
  textColumn: z.number().int().describe("one-based column in the line at which `text` begins"),
  matches: z.array(searchMatchSchema).describe("Those that lie in `text`"),
});
export type SearchHit = z.infer<typeof searchHitSchema>;
