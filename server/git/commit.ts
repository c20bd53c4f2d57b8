/**
 * Commits, made from the index.
 *
 * Promises: a commit appears whole or not at all (objects first, then the reference, under its lock and only if it
 * still is what it was); hooks and signing programs of the repository are not run.
 */
import git from "isomorphic-git";
import { WebrunnerError } from "@/lib/base/errors";
import { type CommitObject, cleanMessage, type Signature, signOff, subjectOf } from "@/lib/git/commit-object";
import type { ObjectId } from "@/lib/git/object-id";
import { isSafeTreePath } from "@/lib/git/path-bytes";
import { writeTrees } from "./index-change";
import { createIsomorphicFs } from "./isomorphic-fs";
import { clearOngoing, readId } from "./ongoing";
import type { Repository } from "./repository";

export interface Identity {
  readonly name: string;
  readonly email: string;
}

export function findIdentity(repository: Repository): Identity | undefined {
  const name = repository.setting("user", "name");
  const email = repository.setting("user", "email");
  return name && email ? { name, email } : undefined;
}

/** Now, in the server's time zone. */
export function signNow(identity: Identity, nowMs = Date.now()): Signature {
  const seconds = Math.floor(nowMs / 1000);
  return { ...identity, seconds, offsetMinutes: -new Date(nowMs).getTimezoneOffset() };
}

export function getIdentity(repository: Repository): Identity {
  const identity = findIdentity(repository);
  if (identity) return identity;
  throw new WebrunnerError("git/identity-missing", {
    message: "Git does not know who you are.",
    hint: "Give your name and e-mail address; they are written into each commit.",
  });
}

/** For reflogs, which need somebody even before a name was given. */
export function logIdentity(repository: Repository): Signature {
  return signNow(findIdentity(repository) ?? { name: "webrunner", email: "webrunner@localhost" });
}

/** Through isomorphic-git on our file system: the object is hashed, deflated and stored by the library. */
export async function writeCommitObject(
  repository: Repository,
  commit: Omit<CommitObject, "signed">,
): Promise<ObjectId> {
  const person = (who: Signature): { name: string; email: string; timestamp: number; timezoneOffset: number } => {
    const clean = (text: string): string => text.replace(/[<>\r\n\0]/g, "").trim();
    return {
      name: clean(who.name),
      email: clean(who.email),
      timestamp: who.seconds,
      timezoneOffset: -who.offsetMinutes,
    };
  };
  const id = await git.writeCommit({
    fs: createIsomorphicFs(repository.git, repository.work) as never,
    gitdir: "/git",
    commit: {
      tree: commit.tree,
      parent: [...commit.parents],
      author: person(commit.author),
      committer: person(commit.committer),
      message: commit.message,
    },
  });
  return id as ObjectId;
}

export interface CommitRequest {
  readonly message: string;
  readonly amend?: boolean;
  readonly signOff?: boolean;
  readonly allowEmpty?: boolean;
  /** Of a cherry-pick or rebase: kept from the original. */
  readonly author?: Signature;
  /** Instead of HEAD's; used when a merge is concluded. */
  readonly parents?: readonly ObjectId[];
  readonly logPrefix?: string;
}

export async function createCommit(
  repository: Repository,
  request: CommitRequest,
): Promise<{ id: ObjectId; subject: string }> {
  const identity = getIdentity(repository);
  const { refs, objects } = repository;
  const head = refs.resolve("HEAD");
  const amended = request.amend ? head && objects.readCommit(head) : undefined;
  if (request.amend && !amended) {
    throw new WebrunnerError("git/nothing-to-do", { message: "There is no commit to amend yet." });
  }
  let message = cleanMessage(request.message);
  if (request.signOff) message = signOff(message, identity.name, identity.email);
  if (message.trim() === "") throw new WebrunnerError("git/invalid", { message: "A commit needs a message." });
  // A commit that is made while a merge goes on concludes it, as with git.
  const merged = request.parents === undefined ? readId(repository, "MERGE_HEAD") : undefined;
  if (merged && amended) {
    throw new WebrunnerError("git/in-progress", {
      message: "A merge is going on: the last commit cannot be amended.",
      hint: "Continue or abort the merge first.",
    });
  }
  const parents = amended?.parents ?? request.parents ?? [...(head ? [head] : []), ...(merged ? [merged] : [])];

  let tree: ObjectId | undefined;
  await repository.updateIndex(({ index }) => {
    if (index.entries.some((entry) => entry.stage > 0)) {
      throw new WebrunnerError("git/conflicts", {
        message: "There are unresolved conflicts.",
        hint: "Resolve them and mark the files as resolved, then commit.",
      });
    }
    const written = writeTrees(objects, index);
    tree = written.id;
    return written.index.cacheTree === index.cacheTree ? undefined : written.index;
  });
  const before = parents[0] === undefined ? undefined : objects.readCommit(parents[0]).tree;
  const isEmpty = tree === before || (before === undefined && repository.readIndex().index.entries.length === 0);
  if (isEmpty && parents.length < 2 && !amended && !request.allowEmpty) {
    throw new WebrunnerError("git/nothing-to-do", { message: "Nothing is staged.", hint: "Stage a change first." });
  }
  const now = signNow(identity);
  const picked = amended ? undefined : readId(repository, "CHERRY_PICK_HEAD");
  const id = await writeCommitObject(repository, {
    tree: tree!,
    parents,
    author: request.author ?? amended?.author ?? (picked && objects.readCommit(picked).author) ?? now,
    committer: now,
    message,
  });
  const subject = subjectOf(message);
  const kind =
    request.logPrefix ??
    (amended
      ? "commit (amend)"
      : parents.length === 0
        ? "commit (initial)"
        : parents.length > 1
          ? "commit (merge)"
          : "commit");
  await refs.change({
    name: refs.headBranch() ?? "HEAD",
    id,
    expected: { id: head },
    log: { who: now, message: `${kind}: ${subject}` },
  });
  clearOngoing(repository);
  repository.release();
  return { id, subject };
}

/** What the message box starts with: a message of git's own (a merge), or the template of the configuration. */
export function readMessageDraft(repository: Repository): string {
  const merge = repository.git.read("MERGE_MSG")?.toString("utf8");
  if (merge !== undefined) return withoutComments(merge);
  const template = repository.config().get("commit", undefined, "template");
  if (template === undefined) return withoutComments(repository.user.commitTemplate);
  // The repository's own configuration is data: it names files of the work tree, and nothing else.
  if (!isSafeTreePath(template)) return "";
  return withoutComments(repository.work.read(template)?.toString("utf8") ?? "");
}

function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .trim();
}
