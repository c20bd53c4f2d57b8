/** What a person is shown of a repository: paths judged, bytes made text, differences named. */
import { WebrunnerError } from "@/lib/base/errors";
import type { Hunk } from "@/lib/git/hunks";
import { isBinary } from "@/lib/git/line-endings";
import type { GraphRow } from "@/lib/git/log-graph";
import type { ObjectId } from "@/lib/git/object-id";
import { fromByteString, isSafeTreePath } from "@/lib/git/path-bytes";
import { isConflict, type StatusEntry } from "@/lib/git/status-model";
import { diffBytes } from "./differences";
import type { OpenedRepository } from "./git-service";
import { hashObject } from "./object-store";
import { getCommit } from "./revisions";
import type { LineChoice } from "./staging";
import { findInTree, type TreeDifference } from "./tree-files";

/** One end of a difference. */
export interface Side {
  readonly id: ObjectId;
  readonly bytes: Uint8Array;
}

/** A path inside a repository; what could not be one is answered like an absent one. */
export function toRepositoryPath(text: string): string {
  const path = text.endsWith("/") ? text.slice(0, -1) : text;
  if (isSafeTreePath(path)) return path;
  throw new WebrunnerError("git/not-found", { message: "There is no such file in the repository." });
}

/** The empty path stands for everything. */
export function toPaths(paths: readonly string[]): string[] {
  return paths.map((path) => (path === "" ? "" : toRepositoryPath(path)));
}

export function toLineChoice(body: {
  readonly path: string;
  readonly oldId?: string;
  readonly newId?: string;
  readonly oldLines: readonly number[];
  readonly newLines: readonly number[];
}): LineChoice {
  return {
    path: toRepositoryPath(body.path),
    oldId: body.oldId as ObjectId | undefined,
    newId: body.newId as ObjectId | undefined,
    selection: { oldLines: new Set(body.oldLines), newLines: new Set(body.newLines) },
  };
}

const STAGES: Readonly<Record<string, number>> = { index: 0, base: 1, ours: 2, theirs: 3 };

export function readSide({ repository, tree }: OpenedRepository, path: string, side: string): Side | undefined {
  const { objects } = repository;
  if (side === "worktree") {
    tree.refresh();
    const content = tree.readForRepository(path);
    return content && { id: hashObject("blob", content.bytes), bytes: content.bytes };
  }
  let id: ObjectId | undefined;
  if (Object.hasOwn(STAGES, side)) {
    const entries = repository.readIndex().index.entries.filter((entry) => entry.path === path && !entry.intentToAdd);
    // During a conflict the index has no merged entry: ours stands for it.
    id = (
      entries.find((entry) => entry.stage === STAGES[side]) ??
      (side === "index" ? entries.find((entry) => entry.stage === 2) : undefined)
    )?.id;
  } else {
    if (side === "head" && !repository.refs.resolve("HEAD")) return undefined;
    const commit = getCommit(repository, side === "head" ? "HEAD" : side);
    id = findInTree(objects, objects.readCommit(commit).tree, path)?.id;
  }
  const object = id && objects.find(id);
  return id && object?.type === "blob" ? { id, bytes: object.bytes } : undefined;
}

export function toChange({ path, from, before, after }: TreeDifference): {
  path: string;
  from?: string;
  kind: "added" | "deleted" | "modified" | "renamed" | "type";
} {
  if (from !== undefined) return { path, from, kind: "renamed" };
  if (!before || !after) return { path, kind: after ? "added" : "deleted" };
  return { path, kind: (before.mode & 0o170000) === (after.mode & 0o170000) ? "modified" : "type" };
}

type HunkView = Omit<Hunk, "lines"> & { readonly lines: Hunk["lines"][number][] };

export function toDiffView(
  before: Side | undefined,
  after: Side | undefined,
  context: number | undefined,
): { oldId?: ObjectId; newId?: ObjectId; binary: boolean; hunks: HunkView[] } {
  const { hunks, binary } = diffBytes(before?.bytes, after?.bytes, context);
  return {
    ...(before && { oldId: before.id }),
    ...(after && { newId: after.id }),
    binary,
    hunks: hunks.map((hunk) => ({
      ...hunk,
      lines: hunk.lines.map((line) => ({ ...line, text: Buffer.from(fromByteString(line.text)).toString("utf8") })),
    })),
  };
}

export function toFileView(side: Side | undefined): { id?: ObjectId; binary: boolean; text: string } {
  if (!side) return { binary: false, text: "" };
  const binary = isBinary(side.bytes);
  return { id: side.id, binary, text: binary ? "" : Buffer.from(side.bytes).toString("utf8") };
}

export function toTextView(bytes: Uint8Array): { binary: boolean; text: string } {
  const binary = isBinary(bytes);
  return { binary, text: binary ? "" : Buffer.from(bytes).toString("utf8") };
}

export function toStatusView(entry: StatusEntry): StatusEntry & { readonly conflict: boolean } {
  return { ...entry, conflict: isConflict(entry) };
}

export function toGraph(rows: readonly GraphRow[]): {
  id: string;
  lane: number;
  laneCount: number;
  edges: { from: number; to: number }[];
}[] {
  return rows.map((row) => ({ ...row, edges: [...row.edges] }));
}
