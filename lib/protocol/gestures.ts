/**
 * Gestures on the wire: what the user wants, and what would come of it.
 *
 * Paths are the workspace's. A proposal has whole texts, so that the page can make the change in its open documents.
 */
import { z } from "zod";
import { pathSchema } from "./files";

/** As long as a text that can be edited. */
const textSchema = z.string().max(5 * 1024 * 1024);
const nameSchema = z.string().min(1).max(500);
const valueSchema = z.string().max(100_000);

const optionChange = {
  section: nameSchema,
  option: nameSchema,
  operator: z.enum(["=", "+=", "-="]),
  /** Lines are separated by `\n`. */
  value: valueSchema,
  /** Profiles to extend besides, for sections that the value refers to. */
  extend: z.array(pathSchema).max(20).optional(),
};

export const overrideIntentSchema = z.object({
  gesture: z.literal("override"),
  profile: pathSchema,
  ...optionChange,
  /** The profile itself, or the `software.sandbox.cfg` that extends it. Default: the profile. */
  place: z.enum(["profile", "sandbox"]).optional(),
});
export const reduceIntentSchema = z.object({
  gesture: z.literal("reduce"),
  profile: pathSchema,
  section: nameSchema,
});
export const promoteIntentSchema = z.object({
  gesture: z.literal("promote"),
  profile: pathSchema,
  section: nameSchema,
  option: nameSchema.optional(),
  /** Which file, where several define the option. */
  into: pathSchema.optional(),
});

export const switchExtendsIntentSchema = z.object({
  gesture: z.literal("switch-extends"),
  profile: pathSchema,
  to: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("checkout") }),
    z.object({
      kind: z.literal("remote"),
      /** Name of a remote of the repository. */
      remote: nameSchema,
      /** A branch or a tag of it. */
      ref: z.string().min(1).max(244),
    }),
  ]),
});
export const newComponentIntentSchema = z.object({
  gesture: z.literal("new-component"),
  /** `component/<name>/buildout.cfg`, or where the file goes. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,99}$/),
  /** Where the sources are on the web; or a file of the workspace, by `file`. */
  url: z.string().max(2000).optional(),
  file: pathSchema.optional(),
  /** Computed by the server for a file. */
  md5sum: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  configureOptions: z.array(z.string().max(1000)).max(100).optional(),
  /** A profile that extends it from then on, with the component among its parts. */
  into: pathSchema.optional(),
});

/** The mend of one finding of the pre-merge check, by its id. */
export const mendIntentSchema = z.object({
  gesture: z.literal("mend"),
  profile: pathSchema,
  finding: z.string().min(1).max(5000),
});

export const gestureIntentSchema = z.discriminatedUnion("gesture", [
  overrideIntentSchema,
  reduceIntentSchema,
  promoteIntentSchema,
  switchExtendsIntentSchema,
  newComponentIntentSchema,
  mendIntentSchema,
]);
export type GestureIntent = z.infer<typeof gestureIntentSchema>;

export const gestureRequestSchema = z.object({
  intent: gestureIntentSchema,
  /** Unsaved texts that stand for the files. Nothing is written then. */
  texts: z
    .array(z.object({ path: pathSchema, text: textSchema }))
    .max(200)
    .optional(),
  /** Only say what would change. */
  dryRun: z.boolean().optional(),
});

const fileChangeSchema = z.object({
  path: pathSchema,
  before: z.string(),
  after: z.string(),
  /** `created`: `before` is empty and there is no file; `removed`: the file goes away. */
  fate: z.enum(["created", "removed"]).optional(),
  /** Unified, without file names. */
  diff: z.string(),
});
export type GestureFileChange = z.infer<typeof fileChangeSchema>;

const effectSchema = z.object({
  section: z.string(),
  option: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type GestureEffect = z.infer<typeof effectSchema>;

export const gestureAnswerSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("refused"),
    reason: z.string(),
    /** Files of which one is to be named. */
    choices: z.array(pathSchema).optional(),
    /** Sections that no file of the profile has, with profiles of the workspace that could be extended. */
    missing: z.array(z.object({ section: z.string(), profiles: z.array(pathSchema) })).optional(),
  }),
  z.object({
    kind: z.literal("proposed"),
    summary: z.string(),
    notes: z.array(z.string()),
    files: z.array(fileChangeSchema),
    /** Changes of final values; beyond 500 they are only counted. */
    effects: z.array(effectSchema),
    effectCount: z.number().int(),
    /** The profile to run afterwards. */
    runs: pathSchema,
    /** What a commit of it could say. */
    message: z.string().optional(),
    /** Commits that the branch which is switched to does not have yet: the build will not see them. */
    unpushed: z.number().int().optional(),
    written: z.boolean(),
  }),
]);
export type GestureAnswer = z.infer<typeof gestureAnswerSchema>;
export type GestureProposal = Extract<GestureAnswer, { kind: "proposed" }>;
export type GestureRefusal = Extract<GestureAnswer, { kind: "refused" }>;

/** Where one `extends` comes from. */
export const extendsEdgeSchema = z.object({
  /** The file that extends. */
  profile: z.string(),
  line: z.number().int().describe("one-based"),
  name: z.string().describe("as written"),
  /** What it stands for: a path of the workspace, or an address. */
  path: z.string(),
  source: z.enum(["checkout", "fork", "upstream", "other", "url"]),
  remote: z.string().optional(),
  ref: z.string().optional(),
  repository: z.string().optional(),
  /** The file of the checkout that an address is of. */
  checkout: pathSchema.optional(),
  /** Undefined where it was not looked at. */
  reachable: z.boolean().optional(),
  /** Why it is not reachable. */
  problem: z.string().optional(),
  /** When the text that is worked with was fetched. */
  fetchedAt: z.iso.datetime().optional(),
  /** The text on the web is not that of the checkout. */
  differs: z.boolean().optional(),
});
export type ExtendsEdgeInfo = z.infer<typeof extendsEdgeSchema>;

/** A profile on the web, as its server has it. */
export const webProfileSchema = extendsEdgeSchema
  .pick({ source: true, remote: true, ref: true, repository: true, checkout: true, differs: true })
  .extend({ url: z.string(), text: z.string(), fetchedAt: z.iso.datetime() });
export type WebProfile = z.infer<typeof webProfileSchema>;

export const extendsSourcesSchema = z.object({
  profile: pathSchema,
  /** Undefined where the profile is in no repository. */
  repository: pathSchema.optional(),
  branch: z.string().optional(),
  remotes: z.array(z.object({ name: z.string(), url: z.string(), branches: z.array(z.string()) })),
  tags: z.array(z.string()),
  edges: z.array(extendsEdgeSchema),
});
export type ExtendsSources = z.infer<typeof extendsSourcesSchema>;

/** The sources of a component that is to be made: fetched to know their md5sum. */
export const sourceDownloadSchema = z.object({
  id: z.string(),
  url: z.string(),
  state: z.enum(["running", "succeeded", "failed", "cancelled"]),
  receivedBytes: z.number().int(),
  totalBytes: z.number().int().optional(),
  md5sum: z.string().optional(),
  /** What the file's name says: `dash-0.5.12.tar.gz` is `dash`. */
  name: z.string().optional(),
  problem: z.string().optional(),
});
export type SourceDownload = z.infer<typeof sourceDownloadSchema>;

/** What mends a finding: each has one. */
export const checkFixSchema = z.object({
  title: z.string(),
  /** `mend` is the gesture of that name; the others are for the user to do: commit, release the recipe, promote, write. */
  how: z.enum(["mend", "commit", "release-recipe", "promote", "accept-override", "open"]),
  egg: z.string().optional(),
  /** What to do or to write, of all but `mend`. */
  advice: z.string().optional(),
});
export type CheckFix = z.infer<typeof checkFixSchema>;

export const checkFindingSchema = z.object({
  /** The same for the same finding as long as it is there. */
  id: z.string(),
  kind: z.enum([
    "profile",
    "develop",
    "sandbox",
    "override",
    "extends",
    "changes",
    "hash",
    "version",
    "schema",
    "python",
    "promise",
  ]),
  severity: z.enum(["error", "warning"]),
  message: z.string(),
  path: pathSchema,
  line: z.number().int().describe("one-based"),
  column: z.number().int().describe("one-based"),
  fix: checkFixSchema,
});
export type CheckFinding = z.infer<typeof checkFindingSchema>;

export const preMergeCheckSchema = z.object({
  profile: pathSchema,
  /** Nothing in the way of a merge. */
  passed: z.boolean(),
  findings: z.array(checkFindingSchema),
});
export type PreMergeCheck = z.infer<typeof preMergeCheckSchema>;

/** Whether what was pushed is what is here. */
export const verificationSchema = z.object({
  profile: pathSchema,
  /** `fork/main` */
  remote: z.string().optional(),
  branch: z.string().optional(),
  /** The commit that the remote's branch was at when it was last fetched or pushed. */
  commit: z.string().optional(),
  /** The branch there is at the commit that is checked out here. */
  pushed: z.boolean(),
  /** Files of the profile that are not as in the commit. */
  changed: z.array(pathSchema),
  /** Files here that values of the release name and the pushed commit does not have: a build from it fails at them. */
  missing: z.array(pathSchema),
  /** The effective configuration of the pushed commit is that of the files here. */
  equal: z.boolean(),
  differences: z.array(effectSchema),
  differenceCount: z.number().int(),
  /** Why the pushed commit could not be compared. */
  problem: z.string().optional(),
});
export type Verification = z.infer<typeof verificationSchema>;

export const overrideInfoSchema = z.object({
  section: z.string(),
  option: z.string(),
  operator: z.enum(["=", "+=", "-="]),
  line: z.number().int().describe("one-based, in the profile"),
  /** What it would be without the profile. */
  base: z.string().optional(),
  definedIn: z.object({ path: z.string(), line: z.number().int() }).optional(),
  /** The profile says what is so anyway. */
  isCopy: z.boolean(),
  /** What it overrides changed since the override was first seen here. */
  isStale: z.boolean(),
  /** What it was then. */
  baseThen: z.string().optional(),
});
export type OverrideInfo = z.infer<typeof overrideInfoSchema>;
