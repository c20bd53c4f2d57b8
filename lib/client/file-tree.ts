/**
 * The explorer's tree: folders as they were read, which are open, and the rows that this makes. Pure.
 *
 * A folder's listing is read when it is first opened, so a workspace of any size costs what is shown of it.
 */
import type { Entry } from "@/lib/protocol/files";

export interface Folder {
  readonly phase: "loading" | "ready" | "failed";
  readonly entries: readonly Entry[];
  readonly error?: unknown;
}

export interface FileTree {
  /** By path; the workspace is the empty string. */
  readonly folders: ReadonlyMap<string, Folder>;
  readonly expanded: ReadonlySet<string>;
  /** The row that has the focus, and that commands act on. */
  readonly selected: string | undefined;
}

export type TreeRow =
  | { readonly kind: "entry"; readonly entry: Entry; readonly depth: number; readonly expanded: boolean | undefined }
  | { readonly kind: "loading" | "empty"; readonly folder: string; readonly depth: number }
  | { readonly kind: "failed"; readonly folder: string; readonly depth: number; readonly error: unknown };

export const toName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const toParent = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const joinPath = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);
/** The path itself, or something below it. */
export const isAtOrBelow = (path: string, folder: string): boolean =>
  folder === "" || path === folder || path.startsWith(`${folder}/`);

export function toTreeRows(tree: FileTree): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (path: string, depth: number): void => {
    const folder = tree.folders.get(path);
    if (!folder || (folder.phase === "loading" && folder.entries.length === 0)) {
      rows.push({ kind: "loading", folder: path, depth });
      return;
    }
    if (folder.phase === "failed") rows.push({ kind: "failed", folder: path, depth, error: folder.error });
    else if (folder.entries.length === 0 && depth > 0) rows.push({ kind: "empty", folder: path, depth });
    for (const entry of folder.entries) {
      const expanded = entry.kind === "directory" ? tree.expanded.has(entry.path) : undefined;
      rows.push({ kind: "entry", entry, depth, expanded });
      if (expanded) add(entry.path, depth + 1);
    }
  };
  add("", 0);
  return rows;
}

/** Every folder above a path, outermost first, without the workspace itself. */
export function listAncestors(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** `name copy.cfg`, `name copy 2.cfg`: the first that `taken` does not have. */
export function findCopyName(name: string, taken: ReadonlySet<string>): string {
  const dot = name.indexOf(".", 1);
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let number = 1; ; number++) {
    const candidate = `${stem} copy${number === 1 ? "" : ` ${number}`}${ending}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** A sentence when a name cannot be one. `/` makes folders on the way, where that is allowed. */
export function checkName(name: string, options: { readonly allowFolders: boolean }): string | undefined {
  if (name.trim() === "") return "A name is needed.";
  if (name !== name.trim()) return "A name cannot begin or end with a space.";
  if (!options.allowFolders && name.includes("/")) return "A name cannot have a /.";
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return "This is not a path in the workspace.";
  if (/[\u0000-\u001f\u007f]/.test(name)) return "A name cannot have control characters.";
  if (parts.some((part) => new TextEncoder().encode(part).length > 255)) return "The name is too long.";
  return undefined;
}
