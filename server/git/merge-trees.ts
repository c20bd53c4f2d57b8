/**
 * Three-way merge of trees: only paths that differ are looked at; a file changed on both sides is merged by lines; a
 * file that one side renamed takes the other side's changes along. Nothing but objects is written.
 */

import { isBinary } from "@/lib/git/line-endings";
import { formatMerge, type MergeLabels, mergeTexts } from "@/lib/git/merge-text";
import { type ObjectId, SUBMODULE_MODE, SYMLINK_MODE } from "@/lib/git/object-id";
import { fromByteString, toByteString } from "@/lib/git/path-bytes";
import { encodeTree, isTreeMode, type TreeEntry } from "@/lib/git/tree";
import type { TreeFile } from "./index-change";
import type { ObjectStore } from "./object-store";
import { diffTreesWithRenames, type TreeDifference } from "./tree-files";

export interface TreeConflict {
  readonly path: string;
  readonly base: TreeFile | undefined;
  readonly ours: TreeFile | undefined;
  readonly theirs: TreeFile | undefined;
  /** What goes into the work tree: the text with markers, or one side. */
  readonly shown: TreeFile | undefined;
}

export interface TreeMerge {
  /** Against ours: what to write, `undefined` to remove. */
  readonly changes: ReadonlyMap<string, TreeFile | undefined>;
  readonly conflicts: readonly TreeConflict[];
}

const same = (a: TreeFile | undefined, b: TreeFile | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.id === b.id && a.mode === b.mode;

export function mergeTrees(
  objects: ObjectStore,
  base: ObjectId | undefined,
  ours: ObjectId,
  theirs: ObjectId,
  labels: MergeLabels,
): TreeMerge {
  const ourSide = indexDifferences(diffTreesWithRenames(objects, base, ours));
  const theirSide = indexDifferences(diffTreesWithRenames(objects, base, theirs));
  const changes = new Map<string, TreeFile | undefined>();
  const conflicts: TreeConflict[] = [];
  const handled = new Set<string>();

  const settle = (
    path: string,
    baseFile: TreeFile | undefined,
    ourFile: TreeFile | undefined,
    theirFile: TreeFile | undefined,
  ): void => {
    if (same(ourFile, theirFile) || same(theirFile, baseFile)) return;
    if (same(ourFile, baseFile)) {
      changes.set(path, theirFile);
      return;
    }
    const merged = ourFile && theirFile ? mergeFiles(objects, baseFile, ourFile, theirFile, labels) : undefined;
    if (merged?.clean) {
      if (!same(merged.file, ourFile)) changes.set(path, merged.file);
      return;
    }
    conflicts.push({
      path,
      base: baseFile,
      ours: ourFile,
      theirs: theirFile,
      shown: merged?.file ?? ourFile ?? theirFile,
    });
  };

  for (const [path, theirChange] of theirSide.byPath) {
    if (handled.has(path)) continue;
    handled.add(path);
    if (theirChange.from !== undefined) {
      const ourChange =
        ourSide.byPath.get(theirChange.from) ??
        (ourSide.renames.has(theirChange.from)
          ? ourSide.byPath.get(ourSide.renames.get(theirChange.from)!)
          : undefined);
      const target = ourSide.renames.get(theirChange.from);
      if (target === path) {
        settle(path, theirChange.before, ourChange?.after, theirChange.after);
      } else if (target !== undefined || (ourChange && !ourChange.after)) {
        // Renamed to two names, or renamed here and deleted there: a person decides.
        conflicts.push({
          path,
          base: theirChange.before,
          ours: undefined,
          theirs: theirChange.after,
          shown: theirChange.after,
        });
      } else if (ourSide.byPath.has(path)) {
        settle(path, undefined, ourSide.byPath.get(path)?.after, theirChange.after);
      } else {
        const ourFile = ourChange ? ourChange.after : theirChange.before;
        changes.set(theirChange.from, undefined);
        const merged =
          same(ourFile, theirChange.before) || !ourFile
            ? undefined
            : mergeFiles(objects, theirChange.before, ourFile, theirChange.after!, labels);
        if (merged && !merged.clean) {
          conflicts.push({
            path,
            base: theirChange.before,
            ours: ourFile,
            theirs: theirChange.after,
            shown: merged.file,
          });
        } else changes.set(path, merged?.file ?? theirChange.after);
      }
      continue;
    }
    const renamedTo = ourSide.renames.get(path);
    if (renamedTo !== undefined && theirChange.before) {
      const ourFile = ourSide.byPath.get(renamedTo)?.after;
      settle(renamedTo, theirChange.before, ourFile, theirChange.after);
      continue;
    }
    const ourChange = ourSide.byPath.get(path);
    settle(path, theirChange.before, ourChange ? ourChange.after : theirChange.before, theirChange.after);
  }
  addFolderConflicts(changes, conflicts, ourSide, theirSide);
  return { changes, conflicts };
}

interface Side {
  readonly byPath: ReadonlyMap<string, TreeDifference>;
  /** Old name → new name. */
  readonly renames: ReadonlyMap<string, string>;
}

function indexDifferences(differences: readonly TreeDifference[]): Side {
  return {
    byPath: new Map(differences.map((each) => [each.path, each])),
    renames: new Map(differences.flatMap((each) => (each.from === undefined ? [] : [[each.from, each.path] as const]))),
  };
}

/** A file on one side where the other made a folder: theirs cannot be written, so the path is a conflict. */
function addFolderConflicts(
  changes: Map<string, TreeFile | undefined>,
  conflicts: TreeConflict[],
  ours: Side,
  theirs: Side,
): void {
  const ourAdded = [...ours.byPath.values()].filter((each) => each.after).map((each) => each.path);
  for (const [path, file] of [...changes]) {
    if (!file || !theirs.byPath.has(path)) continue;
    const isClash = ourAdded.some((each) => each.startsWith(`${path}/`) || path.startsWith(`${each}/`));
    if (!isClash) continue;
    changes.delete(path);
    conflicts.push({ path: `${path}~theirs`, base: undefined, ours: undefined, theirs: file, shown: file });
  }
}

/** Both given: by lines, else the whole of ours with `clean: false`. */
export function mergeFiles(
  objects: ObjectStore,
  base: TreeFile | undefined,
  ours: TreeFile,
  theirs: TreeFile,
  labels: MergeLabels,
): { clean: boolean; file: TreeFile } {
  const mode = base && ours.mode === base.mode ? theirs.mode : ours.mode;
  if (ours.id === theirs.id)
    return { clean: base !== undefined || ours.mode === theirs.mode, file: { id: ours.id, mode } };
  const isPlain = (file: TreeFile): boolean => file.mode !== SYMLINK_MODE && file.mode !== SUBMODULE_MODE;
  if (!isPlain(ours) || !isPlain(theirs)) return { clean: false, file: ours };
  if (base && base.id === ours.id) return { clean: true, file: { id: theirs.id, mode } };
  if (base && base.id === theirs.id) return { clean: true, file: { id: ours.id, mode } };
  const [baseBytes, ourBytes, theirBytes] = [
    base && isPlain(base) ? objects.readBlob(base.id) : new Uint8Array(0),
    objects.readBlob(ours.id),
    objects.readBlob(theirs.id),
  ];
  if ([baseBytes, ourBytes, theirBytes].some((bytes) => isBinary(bytes))) return { clean: false, file: ours };
  const merge = mergeTexts(toByteString(baseBytes), toByteString(ourBytes), toByteString(theirBytes));
  const bytes = fromByteString(formatMerge(merge, encodeLabels(labels)));
  return { clean: merge.conflictCount === 0, file: { id: objects.write("blob", bytes), mode } };
}

/** Markers stand between byte strings. */
function encodeLabels(labels: MergeLabels): MergeLabels {
  const encode = (text: string): string => toByteString(Buffer.from(text));
  return {
    ours: encode(labels.ours),
    theirs: encode(labels.theirs),
    ...(labels.base !== undefined && { base: encode(labels.base) }),
  };
}

/** A tree with some paths changed; folders that become empty go. */
export function changeTree(
  objects: ObjectStore,
  root: ObjectId | undefined,
  changes: ReadonlyMap<string, TreeFile | undefined>,
): ObjectId {
  const build = (
    id: ObjectId | undefined,
    entries: ReadonlyMap<string, TreeFile | undefined>,
  ): ObjectId | undefined => {
    const here = new Map<string, TreeEntry>(
      (id === undefined ? [] : objects.readTree(id)).map((entry) => [entry.name, entry]),
    );
    const below = new Map<string, Map<string, TreeFile | undefined>>();
    for (const [path, file] of entries) {
      const slash = path.indexOf("/");
      if (slash >= 0) {
        const name = path.slice(0, slash);
        const group = below.get(name) ?? new Map<string, TreeFile | undefined>();
        below.set(name, group.set(path.slice(slash + 1), file));
      } else if (file) here.set(path, { name: path, mode: file.mode, id: file.id });
      else if (!isTreeMode(here.get(path)?.mode ?? 0)) here.delete(path);
    }
    for (const [name, group] of below) {
      const existing = here.get(name);
      const isFolder = existing && isTreeMode(existing.mode);
      if (existing && !isFolder && [...group.values()].every((file) => !file)) continue;
      const child = build(isFolder ? existing.id : undefined, group);
      if (child) here.set(name, { name, mode: 0o40000, id: child });
      else here.delete(name);
    }
    return here.size === 0 ? undefined : objects.write("tree", encodeTree([...here.values()]));
  };
  return build(root, changes) ?? objects.write("tree", new Uint8Array(0));
}
