/** The graph of extended files as rows of a tree: each file is opened once, where it comes again it is marked. */
import type { ExtendsViewInfo } from "@/lib/protocol/language";

export type ExtendsFileInfo = ExtendsViewInfo["files"][number];

export interface ExtendsRow {
  readonly key: string;
  readonly label: string;
  readonly depth: number;
  readonly expanded: boolean | undefined;
  readonly path: string;
  readonly file: ExtendsFileInfo | undefined;
  readonly mark: "missing" | "cycle" | "again" | undefined;
}

/** Deeper ones begin closed: a closure of 260 files is not looked at all at once. */
const OPEN_DEPTH = 2;

export function toExtendsRows({ files }: ExtendsViewInfo, toggled: ReadonlySet<string>): readonly ExtendsRow[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const drawn = new Set<string>();
  const rows: ExtendsRow[] = [];
  const visit = (path: string, parent: string, depth: number, isCycle: boolean): void => {
    const file = byPath.get(path);
    const key = `${parent}>${path}`;
    const again = drawn.has(path);
    const mark = isCycle ? "cycle" : file?.missing || !file ? "missing" : again ? "again" : undefined;
    const children = mark ? [] : [...(file?.extends ?? []), ...(file?.cycles ?? [])];
    const expanded = children.length === 0 ? undefined : depth < OPEN_DEPTH !== toggled.has(key);
    rows.push({ key, label: path.slice(path.lastIndexOf("/") + 1), depth, expanded, path, file, mark });
    if (mark) return;
    drawn.add(path);
    if (!expanded) return;
    for (const child of file?.extends ?? []) visit(child, key, depth + 1, false);
    for (const child of file?.cycles ?? []) visit(child, key, depth + 1, true);
  };
  const [top] = files;
  if (top) visit(top.path, "", 0, false);
  return rows;
}
