/** Who last changed each line of a file. A long walk: it lets others in between. */
import { WebrunnerError } from "@/lib/base/errors";
import { diffLines, splitLines } from "@/lib/git/line-diff";
import type { ObjectId } from "@/lib/git/object-id";
import { toByteString } from "@/lib/git/path-bytes";
import { createBreather } from "./breather";
import { createByteCache } from "./byte-cache";
import { findOrigin } from "./file-history";
import { type LogEntry, toLogEntry } from "./log";
import type { Repository } from "./repository";
import { createCommitQueue, createParentReader, getCommit } from "./revisions";
import { createPathFinder, type PathFinder, type PathInTree } from "./tree-files";

export interface BlameLine {
  /** One-based line in the text that was asked for. */
  readonly line: number;
  readonly commit: ObjectId;
  /** What the file was called there, and the line in it. */
  readonly path: string;
  readonly originalLine: number;
}

interface Suspect {
  readonly path: string;
  readonly place: PathInTree;
  /** Lines of the suspect's text → lines of the final text, both zero-based. */
  lines: { own: number; final: number }[];
}

/** A text is compared with the one before it and then with the one after it: it is taken apart once for both. */
const KEPT_TEXT_BYTES = 2 * 1024 * 1024;
/** Of a string and its place in a list, beside its letters. */
const LINE_BYTES = 32;

/** Found by handing lines to parents that have them. */
export async function readBlame(
  repository: Repository,
  path: string,
  from = "HEAD",
  signal?: AbortSignal,
): Promise<{ lines: BlameLine[]; commits: LogEntry[]; blob: ObjectId }> {
  const { objects } = repository;
  const parentsOf = createParentReader(repository);
  const start = getCommit(repository, from);
  const finders = new Map<string, PathFinder>();
  const follow = (id: ObjectId, name: string, like?: PathInTree): PathInTree => {
    const finder = finders.get(name) ?? createPathFinder(objects, name);
    finders.set(name, finder);
    return finder.find(objects.readCommitFacts(id).tree, like);
  };
  const texts = createByteCache<ObjectId, string[]>(KEPT_TEXT_BYTES);
  const linesOf = (blob: ObjectId): string[] => {
    const known = texts.find(blob);
    if (known) return known;
    const bytes = objects.readBlob(blob);
    const lines = splitLines(toByteString(bytes));
    texts.keep(blob, lines, bytes.length + lines.length * LINE_BYTES);
    return lines;
  };
  const place = follow(start, path);
  const blob = place.entry?.id;
  if (!blob) throw new WebrunnerError("git/not-found", { message: `${path} is not in that commit.` });
  const queue = createCommitQueue((id) => objects.readCommitFacts(id).seconds);
  const suspects = new Map<ObjectId, Map<string, Suspect>>();
  const give = (id: ObjectId, name: string, where: PathInTree, lines: Suspect["lines"]): void => {
    if (lines.length === 0) return;
    const known = suspects.get(id);
    if (!known) queue.push(id);
    const byPath = known ?? new Map<string, Suspect>();
    suspects.set(id, byPath);
    const suspect = byPath.get(name);
    if (suspect) suspect.lines.push(...lines);
    else byPath.set(name, { path: name, place: where, lines: [...lines] });
  };
  const result: BlameLine[] = [];
  give(
    start,
    path,
    place,
    linesOf(blob).map((_, line) => ({ own: line, final: line })),
  );
  const breathe = createBreather(signal);
  for (let id = queue.pop(); id; id = queue.pop()) {
    const waiting = suspects.get(id);
    suspects.delete(id);
    for (const suspect of waiting?.values() ?? []) {
      if (breathe.isDue()) await breathe.now();
      const own = suspect.place.entry!.id;
      const parents = parentsOf(id).map((parent) => {
        const there = follow(parent, suspect.path, suspect.place);
        const origin = there.entry ? undefined : findOrigin(repository, parent, id!, suspect.path);
        return origin === undefined
          ? { parent, name: suspect.path, place: there }
          : { parent, name: origin, place: follow(parent, origin) };
      });
      const same = parents.find((each) => each.place.entry?.id === own);
      if (same) {
        give(same.parent, same.name, same.place, suspect.lines);
        continue;
      }
      let rest = suspect.lines;
      for (const { parent, name, place: there } of parents) {
        if (!there.entry || rest.length === 0) continue;
        const map = mapUnchanged(linesOf(there.entry.id), linesOf(own));
        const handed = rest.flatMap(({ own: line, final }) => (map[line]! >= 0 ? [{ own: map[line]!, final }] : []));
        give(parent, name, there, handed);
        rest = rest.filter(({ own: line }) => map[line]! < 0);
      }
      for (const { own: line, final } of rest) {
        result.push({ line: final + 1, commit: id, path: suspect.path, originalLine: line + 1 });
      }
    }
  }
  result.sort((a, b) => a.line - b.line);
  const commits = [...new Set(result.map((each) => each.commit))].map((id) => toLogEntry(id, objects.readCommit(id)));
  return { lines: result, commits, blob };
}

/** For each new line the old line that it is, or -1. */
export function mapUnchanged(oldLines: readonly string[], newLines: readonly string[]): Int32Array {
  const map = new Int32Array(newLines.length).fill(-1);
  let oldLine = 0;
  let newLine = 0;
  for (const change of [...diffLines(oldLines, newLines), undefined]) {
    const until = change ? change.newStart : newLines.length;
    while (newLine < until) map[newLine++] = oldLine++;
    if (!change) break;
    oldLine = change.oldEnd;
    newLine = change.newEnd;
  }
  return map;
}
