/** Trees as files by path, and what differs between two of them without reading what is equal. */
import type { ObjectId } from "@/lib/git/object-id";
import { comparePaths, encodePath } from "@/lib/git/path-bytes";
import { findRenames } from "@/lib/git/renames";
import { isTreeMode, type TreeEntry } from "@/lib/git/tree";
import type { TreeFile } from "./index-change";
import type { ObjectStore } from "./object-store";
import { createTreeBudget } from "./tree-budget";

export interface TreeDifference {
  readonly path: string;
  readonly before: TreeFile | undefined;
  readonly after: TreeFile | undefined;
  /** Of a rename: where it was. */
  readonly from?: string;
}

/** By path; `git/too-large` when it would not end. */
export function listTree(objects: ObjectStore, id: ObjectId | undefined): Map<string, TreeFile> {
  const files = new Map<string, TreeFile>();
  const budget = createTreeBudget();
  const visit = (tree: ObjectId, prefix: string, depth: number): void => {
    const entries = objects.readTree(tree);
    budget.spend(entries.length, depth);
    for (const entry of entries) {
      if (isTreeMode(entry.mode)) visit(entry.id, `${prefix}${entry.name}/`, depth + 1);
      else files.set(prefix + entry.name, { id: entry.id, mode: entry.mode });
    }
  };
  if (id !== undefined) visit(id, "", 0);
  return files;
}

/** Where a path leads in one tree: the trees on the way, as far as they go, and what stands at its end. */
export interface PathInTree {
  readonly trees: readonly ObjectId[];
  readonly entry: { readonly mode: number; readonly id: ObjectId } | undefined;
}

/** Looks for a path in one tree after the other. */
export interface PathFinder {
  readonly path: string;
  /**
   * `like` is where the path leads in a tree that is like this one: from the first tree on that is the same in both, nothing
   * is read.
   */
  find(tree: ObjectId, like?: PathInTree): PathInTree;
}

export function createPathFinder(objects: ObjectStore, path: string): PathFinder {
  const searches = path.split("/").map((name) => objects.searchTrees(encodePath(name)));
  return {
    path,
    find(tree, like) {
      const trees: ObjectId[] = [];
      let id = tree;
      for (let depth = 0; ; depth++) {
        if (like?.trees[depth] === id) {
          return depth === 0 ? like : { trees: trees.concat(like.trees.slice(depth)), entry: like.entry };
        }
        trees.push(id);
        const entry = searches[depth]!(id);
        if (depth === searches.length - 1) return { trees, entry };
        if (!entry || !isTreeMode(entry.mode)) return { trees, entry: undefined };
        id = entry.id;
      }
    },
  };
}

export function isSamePlace(a: PathInTree, b: PathInTree): boolean {
  return a.entry?.id === b.entry?.id && a.entry?.mode === b.entry?.mode;
}

export function findInTree(objects: ObjectStore, tree: ObjectId, path: string): PathInTree["entry"] {
  return createPathFinder(objects, path).find(tree).entry;
}

/** `git/too-large` when it would not end. */
export function diffTrees(
  objects: ObjectStore,
  before: ObjectId | undefined,
  after: ObjectId | undefined,
): TreeDifference[] {
  const differences: TreeDifference[] = [];
  const budget = createTreeBudget();
  const visit = (left: ObjectId | undefined, right: ObjectId | undefined, prefix: string, depth: number): void => {
    if (left === right) return;
    const entries = left === undefined ? [] : objects.readTree(left);
    const others = new Map((right === undefined ? [] : objects.readTree(right)).map((entry) => [entry.name, entry]));
    budget.spend(entries.length + others.size, depth);
    for (const entry of entries) {
      const other = others.get(entry.name);
      others.delete(entry.name);
      compare(entry, other, prefix + entry.name, depth);
    }
    for (const [name, other] of others) compare(undefined, other, prefix + name, depth);
  };
  const compare = (left: TreeEntry | undefined, right: TreeEntry | undefined, path: string, depth: number): void => {
    if (left && right && left.id === right.id && left.mode === right.mode) return;
    const leftTree = left && isTreeMode(left.mode) ? left.id : undefined;
    const rightTree = right && isTreeMode(right.mode) ? right.id : undefined;
    if (leftTree ?? rightTree) visit(leftTree, rightTree, `${path}/`, depth + 1);
    const leftFile = left && leftTree === undefined ? { id: left.id, mode: left.mode } : undefined;
    const rightFile = right && rightTree === undefined ? { id: right.id, mode: right.mode } : undefined;
    if (leftFile ?? rightFile) differences.push({ path, before: leftFile, after: rightFile });
  };
  visit(before, after, "", 0);
  return differences.sort((a, b) => comparePaths(a.path, b.path));
}

/** The same with deletions and additions joined where a file was renamed. */
export function diffTreesWithRenames(
  objects: ObjectStore,
  before: ObjectId | undefined,
  after: ObjectId | undefined,
): TreeDifference[] {
  const all = diffTrees(objects, before, after);
  const gone = all.filter((each) => !each.after).map((each) => ({ path: each.path, ...each.before! }));
  const come = all.filter((each) => !each.before).map((each) => ({ path: each.path, ...each.after! }));
  const renames = findRenames(gone, come, (id) => objects.find(id)?.bytes);
  if (renames.length === 0) return all;
  const byTarget = new Map(renames.map((rename) => [rename.to, rename.from]));
  const sources = new Set(byTarget.values());
  const byPath = new Map(all.map((each) => [each.path, each]));
  return all
    .filter((each) => !(sources.has(each.path) && !each.after))
    .map((each) => {
      const from = byTarget.get(each.path);
      return from === undefined ? each : { ...each, before: byPath.get(from)?.before, from };
    });
}
