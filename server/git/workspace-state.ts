/**
 * What a work tree is at one moment, small enough to be kept: the commit that is checked out, and the files that are not
 * as that commit has them. Two such states are compared later as if both trees were there.
 *
 * Executes nothing: no filter, no hook, no other program. Binary and large files are kept by their hash alone.
 */
import { formatHunks } from "@/lib/git/hunks";
import { isIgnored } from "@/lib/git/ignore-rules";
import { isBinary } from "@/lib/git/line-endings";
import type { ObjectId } from "@/lib/git/object-id";
import { fromByteString } from "@/lib/git/path-bytes";
import { diffBytes } from "./differences";
import type { OpenedRepository } from "./git-service";
import { hashObject } from "./object-store";
import { readStatus } from "./status";
import { diffTrees, findInTree } from "./tree-files";

const FILE_MAX_BYTES = 1024 * 1024;
const ALL_MAX_BYTES = 8 * 1024 * 1024;
const FILES_MAX = 500;
const DIFF_MAX_LENGTH = 2 * 1024 * 1024;
const SUBMODULE_MODE = 0o160000;

export interface DirtyFile {
  readonly path: string;
  /** Git's name of the content; absent where the file is deleted. */
  readonly id?: string;
  /** Absent where it is deleted, binary or too large. */
  readonly text?: string;
}

export interface WorkspaceState {
  readonly revision?: string;
  readonly branch?: string;
  readonly dirty: readonly DirtyFile[];
  /** More than is kept was dirty. */
  readonly truncated: boolean;
}

export interface FileDifference {
  readonly path: string;
  readonly kind: "added" | "deleted" | "modified";
  readonly diff: string;
  readonly binary: boolean;
}

interface Content {
  readonly id: string;
  readonly bytes?: Uint8Array;
}

export function readWorkspaceState({ repository, tree }: OpenedRepository): WorkspaceState {
  const paths = readStatus(repository, tree, { renames: false })
    .filter(({ submodule }) => !submodule)
    .flatMap(({ path }) => (path.endsWith("/") ? listUntracked(tree, path.slice(0, -1)) : [path]));
  const dirty: DirtyFile[] = [];
  let sizeBytes = 0;
  for (const path of paths.slice(0, FILES_MAX)) {
    const content = tree.readForRepository(path);
    if (!content) {
      dirty.push({ path });
      continue;
    }
    const { bytes } = content;
    const isKept = bytes.length <= FILE_MAX_BYTES && sizeBytes + bytes.length <= ALL_MAX_BYTES && !isBinary(bytes);
    if (isKept) sizeBytes += bytes.length;
    dirty.push({
      path,
      id: hashObject("blob", bytes),
      ...(isKept && { text: Buffer.from(bytes).toString("utf8") }),
    });
  }
  repository.release();
  const branch = repository.refs.headBranch();
  return {
    revision: repository.refs.resolve("HEAD"),
    ...(branch !== undefined && { branch }),
    dirty,
    truncated: paths.length > FILES_MAX,
  };
}

/** The files of a folder that git does not know, as far as they are not ignored; other repositories are not entered. */
function listUntracked(tree: OpenedRepository["tree"], folder: string): string[] {
  const entries = tree.list(folder) ?? [];
  if (entries.some(({ name }) => name === ".git")) return [];
  const rules = tree.ignoreFiles(folder);
  return entries.flatMap(({ name, kind }) => {
    const path = `${folder}/${name}`;
    if (kind === "other" || isIgnored(rules, path, kind === "folder")) return [];
    return kind === "folder" ? listUntracked(tree, path) : [path];
  });
}

/** The work tree against what was committed; `truncated` when not all is told. */
export function describeDirty(
  opened: OpenedRepository,
  state: WorkspaceState,
): { readonly files: FileDifference[]; readonly truncated: boolean } {
  return diffStates(opened, { ...state, dirty: [], truncated: false }, state);
}

/** `git/object-missing` when a commit of the two is no longer there. */
export function diffStates(
  { repository: { objects } }: OpenedRepository,
  before: WorkspaceState,
  after: WorkspaceState,
): { readonly files: FileDifference[]; readonly truncated: boolean } {
  const treeOf = ({ revision }: WorkspaceState): ObjectId | undefined =>
    revision === undefined ? undefined : objects.readCommit(revision as ObjectId).tree;
  const trees = { before: treeOf(before), after: treeOf(after) };
  const paths = new Set(
    diffTrees(objects, trees.before, trees.after)
      .filter(({ before, after }) => (before ?? after)!.mode !== SUBMODULE_MODE)
      .map(({ path }) => path),
  );
  for (const { path } of [...before.dirty, ...after.dirty]) paths.add(path);

  const contentOf = (state: WorkspaceState, tree: ObjectId | undefined, path: string): Content | undefined => {
    const dirty = state.dirty.find((file) => file.path === path);
    if (dirty) return dirty.id === undefined ? undefined : { id: dirty.id, bytes: toBytes(dirty.text) };
    const entry = tree && findInTree(objects, tree, path);
    const object = entry && objects.find(entry.id);
    return object?.type === "blob" ? { id: entry!.id, bytes: object.bytes } : undefined;
  };

  const files: FileDifference[] = [];
  let length = 0;
  let truncated = before.truncated || after.truncated;
  for (const path of [...paths].sort()) {
    const old = contentOf(before, trees.before, path);
    const fresh = contentOf(after, trees.after, path);
    if (old?.id === fresh?.id) continue;
    if (files.length === FILES_MAX || length > DIFF_MAX_LENGTH) {
      truncated = true;
      break;
    }
    const isWhole = (old === undefined || old.bytes) && (fresh === undefined || fresh.bytes);
    const { hunks, binary } = isWhole ? diffBytes(old?.bytes, fresh?.bytes) : { hunks: [], binary: true };
    const diff = Buffer.from(fromByteString(formatHunks(hunks))).toString("utf8");
    length += diff.length;
    files.push({ path, kind: !old ? "added" : !fresh ? "deleted" : "modified", diff, binary });
  }
  return { files, truncated };
}

function toBytes(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Buffer.from(text, "utf8");
}
