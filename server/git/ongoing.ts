/**
 * What is going on in a repository: a merge, cherry-pick, revert or rebase, kept in the files that git itself uses, or a
 * stash that came back with conflicts, for which git has no file: there the state is a file of our own that a commit, or
 * any other HEAD, ends.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { isObjectId, type ObjectId } from "@/lib/git/object-id";
import type { Repository } from "./repository";

export type OngoingKind = "merge" | "cherry-pick" | "revert" | "rebase" | "stash";

export interface Ongoing {
  readonly kind: OngoingKind;
  /** The commit that is being taken in. */
  readonly commit: ObjectId | undefined;
  /** Of a rebase: how far it is, and the branch that is being moved. */
  readonly step?: number;
  readonly steps?: number;
  readonly branch?: string;
}

export const REBASE = "rebase-merge";
const STASH_APPLY = "WEBRUNNER_STASH_APPLY";
/** A commit or a hard reset ends all that these say. */
const STATE_FILES = ["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "CHERRY_PICK_HEAD", "REVERT_HEAD", STASH_APPLY];

export function clearOngoing(repository: Repository): void {
  for (const name of STATE_FILES) repository.git.remove(name);
}

export function readId(repository: Repository, name: string): ObjectId | undefined {
  const text = repository.git.read(name)?.toString("latin1").trim().slice(0, 40) ?? "";
  return isObjectId(text) ? text : undefined;
}

/** A stash that came back with conflicts; `before` is the tree of the index before. */
export interface StashApply {
  readonly head: ObjectId;
  readonly stash: ObjectId;
  readonly before: ObjectId;
  /** To be dropped when the conflicts are resolved. */
  readonly drop: boolean;
}

export function saveStashApply(repository: Repository, { head, stash, before, drop }: StashApply): void {
  const text = `${head} ${stash} ${before} ${drop ? "drop" : "keep"}\n`;
  repository.git.replace(STASH_APPLY, Buffer.from(text), { durable: true });
}

export function readStashApply(repository: Repository): StashApply | undefined {
  const [head, stash, before, drop] = repository.git.read(STASH_APPLY)?.toString("latin1").trim().split(" ") ?? [];
  if (![head, stash, before].every((id) => id !== undefined && isObjectId(id))) return undefined;
  if (repository.refs.resolve("HEAD") !== head) return undefined;
  return { head: head as ObjectId, stash: stash as ObjectId, before: before as ObjectId, drop: drop === "drop" };
}

export function findOngoing(repository: Repository): Ongoing | undefined {
  const text = (name: string): string | undefined => repository.git.read(`${REBASE}/${name}`)?.toString("utf8").trim();
  if (repository.git.stat(REBASE)?.kind === "folder") {
    return {
      kind: "rebase",
      commit: readId(repository, `${REBASE}/stopped-sha`),
      step: Number(text("msgnum") ?? 0),
      steps: Number(text("end") ?? 0),
      branch: text("head-name")?.replace("refs/heads/", ""),
    };
  }
  for (const [kind, name] of [
    ["merge", "MERGE_HEAD"],
    ["cherry-pick", "CHERRY_PICK_HEAD"],
    ["revert", "REVERT_HEAD"],
  ] as const) {
    const commit = readId(repository, name);
    if (commit) return { kind, commit };
  }
  const stash = readStashApply(repository);
  return stash && { kind: "stash", commit: stash.stash };
}

export function ensureIdle(repository: Repository): void {
  const ongoing = findOngoing(repository);
  if (!ongoing) return;
  throw new WebrunnerError("git/in-progress", {
    message: `A ${ongoing.kind} is going on.`,
    hint: "Continue or abort it first.",
    kind: ongoing.kind,
  });
}
