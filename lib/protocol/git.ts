/** What the Source Control view and `webrunner git` talk about. */
import { z } from "zod";
import { pathSchema } from "./files";
import { projectIdSchema } from "./project";

export const objectIdSchema = z.string().regex(/^[0-9a-f]{40}$/);
/** A branch, tag, `HEAD~2`, an id: judged again by the server. */
export const revisionSchema = z.string().min(1).max(300);
const nameSchema = z.string().min(1).max(244);

export const gitStatusEntrySchema = z.object({
  path: pathSchema,
  /** HEAD to index: M A D R T, U unmerged, blank. */
  staged: z.enum([" ", "M", "A", "D", "R", "T", "U", "?"]),
  /** Index to work tree, `?` untracked (a folder ends in `/`). */
  unstaged: z.enum([" ", "M", "A", "D", "R", "T", "U", "?"]),
  from: pathSchema.optional(),
  submodule: z.boolean().optional(),
  conflict: z.boolean(),
  /** A conflict over `md5sum` values, which can be computed from the files. */
  hashes: z.boolean().optional(),
});
export type GitStatusEntry = z.infer<typeof gitStatusEntrySchema>;

export const gitOngoingSchema = z.object({
  kind: z.enum(["merge", "cherry-pick", "revert", "rebase", "stash"]),
  commit: objectIdSchema.optional(),
  step: z.number().int().optional(),
  steps: z.number().int().optional(),
  branch: z.string().optional(),
});

export const gitIdentitySchema = z.object({ name: z.string().min(1).max(200), email: z.string().min(1).max(200) });

export const gitStatusSchema = z.object({
  repository: pathSchema,
  /** Absent when HEAD is detached. */
  branch: z.string().optional(),
  /** Absent before the first commit. */
  head: objectIdSchema.optional(),
  upstream: z.string().optional(),
  ahead: z.number().int().optional(),
  behind: z.number().int().optional(),
  ongoing: gitOngoingSchema.optional(),
  identity: gitIdentitySchema.optional(),
  /** What the message box starts with. */
  messageDraft: z.string(),
  entries: z.array(gitStatusEntrySchema),
  /** There are more than were sent. */
  truncated: z.boolean(),
});
export type GitStatus = z.infer<typeof gitStatusSchema>;

export const gitHunkSchema = z.object({
  oldStart: z.number().int(),
  oldLines: z.number().int(),
  newStart: z.number().int(),
  newLines: z.number().int(),
  lines: z.array(
    z.object({
      kind: z.enum(["context", "removed", "added"]),
      text: z.string(),
      oldLine: z.number().int().optional(),
      newLine: z.number().int().optional(),
    }),
  ),
});
export type GitHunk = z.infer<typeof gitHunkSchema>;

/** `oldId` and `newId` name the two texts; they go back with a choice of lines. */
export const gitDiffSchema = z.object({
  path: pathSchema,
  oldId: objectIdSchema.optional(),
  newId: objectIdSchema.optional(),
  binary: z.boolean(),
  hunks: z.array(gitHunkSchema),
});
export type GitDiff = z.infer<typeof gitDiffSchema>;

export const gitFileSchema = z.object({
  path: pathSchema,
  id: objectIdSchema.optional(),
  binary: z.boolean(),
  text: z.string(),
});

const lineSchema = z.number().int().positive();
/** Whole paths, or lines of one path. */
export const gitSelectionSchema = z.union([
  z.object({ paths: z.array(pathSchema).min(1).max(10_000) }),
  z.object({
    path: pathSchema,
    oldId: objectIdSchema.optional(),
    newId: objectIdSchema.optional(),
    oldLines: z.array(lineSchema).max(200_000).describe("removed lines, by their number in the old text"),
    newLines: z.array(lineSchema).max(200_000).describe("added lines, by their number in the new text"),
  }),
]);
export type GitSelection = z.infer<typeof gitSelectionSchema>;

const personSchema = z.object({ name: z.string(), email: z.string(), at: z.iso.datetime() });
export const gitCommitSchema = z.object({
  id: objectIdSchema,
  parents: z.array(objectIdSchema),
  subject: z.string(),
  message: z.string(),
  author: personSchema,
  committer: personSchema,
  /** Full names of branches and tags that stand here. */
  refs: z.array(z.string()),
  /** In a file's history: what the file was called. */
  path: pathSchema.optional(),
});
export type GitCommit = z.infer<typeof gitCommitSchema>;

export const gitGraphRowSchema = z.object({
  id: objectIdSchema,
  lane: z.number().int(),
  laneCount: z.number().int(),
  edges: z.array(z.object({ from: z.number().int(), to: z.number().int() })),
});
export type GitGraphRow = z.infer<typeof gitGraphRowSchema>;
export const gitLogSchema = z.object({
  commits: z.array(gitCommitSchema),
  graph: z.array(gitGraphRowSchema),
  more: z.boolean(),
});

export const gitChangeSchema = z.object({
  path: pathSchema,
  from: pathSchema.optional(),
  kind: z.enum(["added", "deleted", "modified", "renamed", "type"]),
});
export type GitChange = z.infer<typeof gitChangeSchema>;

export const gitBranchSchema = z.object({
  name: z.string(),
  id: objectIdSchema,
  current: z.boolean(),
  remote: z.boolean(),
  subject: z.string(),
  committedAt: z.iso.datetime(),
  upstream: z.string().optional(),
  ahead: z.number().int().optional(),
  behind: z.number().int().optional(),
  upstreamGone: z.boolean().optional(),
});
export type GitBranch = z.infer<typeof gitBranchSchema>;

export const gitOutcomeSchema = z.object({
  result: z.enum(["up-to-date", "fast-forward", "done", "conflicts"]),
  head: objectIdSchema.optional(),
  conflicts: z.array(pathSchema),
});
export type GitOutcome = z.infer<typeof gitOutcomeSchema>;

const gitTextSchema = z.object({ binary: z.boolean(), text: z.string() });
/** The sides of a conflict; a side that deleted the file is absent. */
export const gitConflictSchema = z.object({
  path: pathSchema,
  base: gitTextSchema.optional(),
  ours: gitTextSchema.optional(),
  theirs: gitTextSchema.optional(),
  hashes: z.boolean(),
});
export type GitConflict = z.infer<typeof gitConflictSchema>;

export const gitHashesSchema = z.object({
  resolved: z.array(pathSchema),
  left: z.array(z.object({ path: pathSchema, reason: z.string() })),
});
export type GitHashes = z.infer<typeof gitHashesSchema>;

export const gitRemoteSchema = z.object({
  name: z.string(),
  url: z.string(),
  pushUrl: z.string(),
  refused: z.string().optional(),
});
export type GitRemote = z.infer<typeof gitRemoteSchema>;
export const gitTagSchema = z.object({
  name: z.string(),
  id: objectIdSchema,
  commit: objectIdSchema.optional(),
  annotated: z.boolean(),
});
export type GitTag = z.infer<typeof gitTagSchema>;
export const gitStashSchema = z.object({
  position: z.number().int(),
  id: objectIdSchema,
  message: z.string(),
  at: z.iso.datetime(),
});
export type GitStash = z.infer<typeof gitStashSchema>;
export const gitSchemeSchema = z.enum(["basic", "bearer"]);
export const gitLoginSchema = z.object({
  url: z.string(),
  user: z.string(),
  /** `bearer`: the token alone is shown to the remote. */
  scheme: gitSchemeSchema,
  savedAt: z.iso.datetime(),
});
export type GitLogin = z.infer<typeof gitLoginSchema>;

export const gitSshKeySchema = z.object({
  publicKey: z.string(),
  fingerprint: z.string(),
  createdAt: z.iso.datetime(),
});
export type GitSshKey = z.infer<typeof gitSshKeySchema>;

export const gitHostKeySchema = z.object({
  /** `host`, or `[host]:port`. */
  host: z.string().max(300),
  type: z.string().max(100),
  key: z.string().max(5000),
  fingerprint: z.string(),
});
export type GitHostKey = z.infer<typeof gitHostKeySchema>;

export const gitTrustSchema = z.object({
  certificates: z.array(
    z.object({ origin: z.string(), subject: z.string(), validTo: z.string(), fingerprint: z.string() }),
  ),
  hosts: z.array(gitHostKeySchema),
});
export type GitTrust = z.infer<typeof gitTrustSchema>;

export const gitTaskIdSchema = z.string().regex(/^[a-z0-9]{8,40}$/);
export const gitTaskSchema = z.object({
  id: gitTaskIdSchema,
  project: projectIdSchema,
  repository: pathSchema,
  kind: z.enum(["clone", "fetch", "pull", "push"]),
  state: z.enum(["running", "succeeded", "failed", "cancelled"]),
  phase: z.string(),
  done: z.number().int(),
  total: z.number().int().optional(),
  receivedBytes: z.number().int().optional(),
  /** Lines that the server printed. */
  messages: z.array(z.string()),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
      details: z.array(z.string()).optional(),
      /** Of an ssh host that is not known, or shows another key: what it shows now. */
      hostKeys: z.array(gitHostKeySchema).optional(),
    })
    .optional(),
  outcome: gitOutcomeSchema.optional(),
  /** Where to open a merge or pull request. */
  requestUrl: z.string().optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
});
export type GitTask = z.infer<typeof gitTaskSchema>;

export const gitPushSchema = z.object({
  remote: nameSchema.optional().describe("default: what the branch follows, the fork, or the only one"),
  branch: nameSchema.optional(),
  remoteBranch: nameSchema.optional(),
  setUpstream: z.boolean().optional(),
  /** Overwrite the remote branch if it still is what was last fetched. */
  forceWithLease: z.boolean().optional(),
  tags: z.array(nameSchema).max(1000).optional(),
  removeRemoteBranch: z.boolean().optional(),
});

export const gitTagPushSchema = z.object({
  remote: nameSchema,
  tags: z.array(nameSchema).min(1).max(1000),
  remove: z.boolean().optional().describe("delete them there"),
});

/** A file as it was before it was discarded; `id` is a blob of the repository. */
export const gitDiscardedSchema = z.object({
  path: pathSchema,
  before: z.enum(["file", "executable", "link", "absent", "large"]),
  id: objectIdSchema.optional(),
});
export type GitDiscarded = z.infer<typeof gitDiscardedSchema>;

export const gitReflogMoveSchema = z.object({
  position: z.number().int(),
  before: objectIdSchema.optional(),
  after: objectIdSchema,
  message: z.string(),
  who: z.string(),
  at: z.iso.datetime(),
  /** The commit is still there to go back to. */
  present: z.boolean(),
});
export type GitReflogMove = z.infer<typeof gitReflogMoveSchema>;

export const gitPullSchema = z.object({
  mode: z.enum(["fast-forward", "merge", "rebase"]),
  remote: nameSchema.optional(),
  branch: nameSchema.optional(),
});

export const gitCloneSchema = z.object({
  url: z.string().min(1).max(2000),
  path: pathSchema,
  branch: nameSchema.optional(),
  depth: z.number().int().positive().optional(),
  user: z.string().max(200).optional(),
  password: z.string().max(10_000).optional(),
  scheme: gitSchemeSchema.optional(),
});

export const gitForkSchema = z.object({
  url: z.string().min(1).max(2000),
  user: z.string().max(200).optional(),
  password: z.string().max(10_000).optional(),
  scheme: gitSchemeSchema.optional(),
  name: nameSchema.optional(),
});
