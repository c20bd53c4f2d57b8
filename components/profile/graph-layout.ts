/** Places for the files of an extends graph: a column for each depth, the profile itself at the left. */
import type { ExtendsViewInfo } from "@/lib/protocol/language";

export interface PlacedFile {
  readonly path: string;
  readonly x: number;
  readonly y: number;
}

const COLUMN_WIDTH = 300;
const ROW_HEIGHT = 62;

/** A file is one column to the right of the last one that extends it, so that all arrows point right. */
export function placeFiles({ files }: ExtendsViewInfo): readonly PlacedFile[] {
  const depths = new Map<string, number>();
  const byPath = new Map(files.map((file) => [file.path, file]));
  const order: string[] = [];
  const seen = new Set<string>();
  // Reverse postorder over a graph without cycles: who extends comes before what is extended.
  const visit = (root: string): void => {
    const stack: { path: string; next: number }[] = [{ path: root, next: 0 }];
    seen.add(root);
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const child = byPath.get(frame.path)?.extends[frame.next++];
      if (child === undefined) {
        order.push(frame.path);
        stack.pop();
      } else if (!seen.has(child)) {
        seen.add(child);
        stack.push({ path: child, next: 0 });
      }
    }
  };
  for (const { path } of files) if (!seen.has(path)) visit(path);
  for (const path of order.toReversed()) {
    const depth = depths.get(path) ?? 0;
    depths.set(path, depth);
    for (const child of byPath.get(path)?.extends ?? []) depths.set(child, Math.max(depths.get(child) ?? 0, depth + 1));
  }
  const filled = new Map<number, number>();
  return files.map(({ path }) => {
    const depth = depths.get(path) ?? 0;
    const row = filled.get(depth) ?? 0;
    filled.set(depth, row + 1);
    return { path, x: depth * COLUMN_WIDTH, y: row * ROW_HEIGHT };
  });
}
