/**
 * Conflicts over `md5sum` values, resolved by computing them from the files of the work tree instead of picking one.
 *
 * Both sides' values are replaced by the file's own before the three texts are merged again, so that only what the
 * sides really changed differently stays a conflict; sections that both sides added to a hash list are kept both.
 * Promises: a value is never taken from a file that itself has a conflict; what cannot be resolved stays a conflict and
 * is named with the reason; what was in the work tree is kept in the local history.
 */
import { createHash } from "node:crypto";
import type { IndexEntry } from "@/lib/git/git-index";
import { isBinary } from "@/lib/git/line-endings";
import { formatMerge, type MergeChunk, mergeTexts, type TextMerge } from "@/lib/git/merge-text";
import { FILE_MODE } from "@/lib/git/object-id";
import { fromByteString, toByteString } from "@/lib/git/path-bytes";
import { findHashOptions, isHashList, replaceHashes } from "@/lib/slapos/hash-values";
import { type KeepCopy, writeWorkFile } from "./checkout";
import { changeIndex } from "./index-change";
import type { Repository } from "./repository";
import type { WorkTree } from "./work-tree";

export interface HashResolution {
  readonly resolved: readonly string[];
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

interface Stages {
  readonly base?: IndexEntry;
  readonly ours?: IndexEntry;
  readonly theirs?: IndexEntry;
}

function listConflicts(entries: readonly IndexEntry[]): Map<string, Stages> {
  const found = new Map<string, Stages>();
  for (const entry of entries) {
    if (entry.stage === 0) continue;
    const name = (["base", "ours", "theirs"] as const)[entry.stage - 1]!;
    found.set(entry.path, { ...found.get(entry.path), [name]: entry });
  }
  return found;
}

function readText(repository: Repository, entry: IndexEntry | undefined): string | undefined {
  if (!entry) return "";
  const bytes = repository.objects.find(entry.id)?.bytes;
  return bytes && !isBinary(bytes) ? toByteString(bytes) : undefined;
}

/** Paths in conflict whose both sides have `md5sum` values of local files: these may be resolved by computing. */
export function listHashConflicts(repository: Repository): string[] {
  const conflicts = listConflicts(repository.readIndex().index.entries);
  return [...conflicts].flatMap(([path, { ours, theirs }]) => {
    if (!/\.(cfg|in)$/.test(path) || !ours || !theirs) return [];
    const texts = [readText(repository, ours), readText(repository, theirs)];
    return texts.every((text) => text !== undefined && findHashOptions(text, path).length > 0) ? [path] : [];
  });
}

/** Of all that may be, or of `paths`. */
export async function resolveHashConflicts(
  repository: Repository,
  tree: WorkTree,
  keepCopy: KeepCopy,
  paths?: readonly string[],
): Promise<HashResolution> {
  const candidates = listHashConflicts(repository);
  const wanted = paths ?? candidates;
  const resolved: string[] = [];
  const left: { path: string; reason: string }[] = wanted
    .filter((path) => !candidates.includes(path))
    .map((path) => ({ path, reason: "It has no conflict over md5sum values of files in this repository." }));
  tree.refresh();
  await repository.updateIndex((loaded) => {
    const conflicts = listConflicts(loaded.index.entries);
    const changes = new Map<string, readonly IndexEntry[]>();
    for (const path of wanted) {
      const stages = conflicts.get(path);
      if (!stages || !candidates.includes(path)) continue;
      const { merge, waiting, missing } = mergeHashText(repository, path, stages, conflicts);
      const { file, isClean } = toFile(repository, stages, merge);
      const previous = repository.work.read(path);
      if (waiting.length > 0) {
        left.push({ path, reason: `${waiting.join(", ")} still has a conflict: resolve it first.` });
        continue;
      }
      if (previous) keepCopy(path, previous);
      const entry = writeWorkFile(repository, tree, path, file);
      if (missing.length > 0) {
        left.push({ path, reason: `${missing.join(", ")} is not there: remove its section, or bring the file back.` });
      } else if (!isClean) {
        left.push({ path, reason: "The sides also differ in something else; the hashes are computed." });
      } else {
        changes.set(path, [entry]);
        resolved.push(path);
      }
    }
    return changes.size === 0 ? undefined : changeIndex(repository, tree, loaded, changes);
  });
  repository.release();
  return { resolved, left };
}

function mergeHashText(
  repository: Repository,
  path: string,
  stages: Stages,
  conflicts: ReadonlyMap<string, Stages>,
): { merge: TextMerge; waiting: string[]; missing: string[] } {
  const waiting = new Set<string>();
  const computed = new Map<string, string>();
  const absent = new Set<string>();
  const computeValue = (file: string, value: string): string => {
    const known = computed.get(file);
    if (known !== undefined) return known;
    if (conflicts.has(file)) waiting.add(file);
    const bytes = conflicts.has(file) ? undefined : repository.work.read(file);
    if (!bytes && !conflicts.has(file)) absent.add(file);
    // The first value seen stands on all sides for a file that has none: so it is no difference between them.
    const result = bytes ? createHash("md5").update(bytes).digest("hex") : value;
    computed.set(file, result);
    return result;
  };
  const texts = [stages.ours, stages.base, stages.theirs].map((entry) =>
    replaceHashes(readText(repository, entry) ?? "", path, (option) => computeValue(option.file, option.value)),
  );
  const merge = mergeTexts(texts[1]!, texts[0]!, texts[2]!);
  const settled = isHashList(path) ? keepBothSections(merge) : merge;
  const left = new Set(findHashOptions(formatMerge(settled, LABELS), path).map((option) => option.file));
  return {
    merge: settled,
    waiting: [...waiting].filter((file) => left.has(file)),
    missing: [...absent].filter((file) => left.has(file)),
  };
}

const LABELS = { ours: "ours", theirs: "theirs" };

/** Whole sections that both sides added at one place are both wanted. */
function keepBothSections(merge: TextMerge): TextMerge {
  let conflictCount = 0;
  const chunks = merge.chunks.map((chunk): MergeChunk => {
    if (chunk.kind === "merged") return chunk;
    const [ours, theirs] = [listSections(chunk.ours), listSections(chunk.theirs)];
    const mayJoin = chunk.base.every((line) => line.trim() === "") && ours && theirs;
    if (!mayJoin || theirs.some((name) => ours.includes(name))) {
      conflictCount++;
      return chunk;
    }
    const end = chunk.ours.at(-1) ?? "";
    const between = end.trim() === "" ? [] : end.endsWith("\n") ? ["\n"] : ["\n", "\n"];
    return { kind: "merged", lines: [...chunk.ours, ...between, ...chunk.theirs] };
  });
  return { chunks, conflictCount };
}

/** The sections that these lines are, or undefined when they begin in the middle of one. */
function listSections(lines: readonly string[]): string[] | undefined {
  const first = lines.find((line) => line.trim() !== "" && !/^[#;]/.test(line));
  if (!first?.startsWith("[")) return undefined;
  return lines.flatMap((line) => /^\[([^\]]+)\]/.exec(line)?.[1]?.trim() ?? []);
}

function toFile(
  repository: Repository,
  { base, ours, theirs }: Stages,
  merge: TextMerge,
): { file: { id: IndexEntry["id"]; mode: number }; isClean: boolean } {
  const mode = (base && ours?.mode === base.mode ? theirs?.mode : ours?.mode) ?? FILE_MODE;
  const bytes = fromByteString(formatMerge(merge, LABELS));
  return { file: { id: repository.objects.write("blob", bytes), mode }, isClean: merge.conflictCount === 0 };
}
