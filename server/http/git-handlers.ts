/** Routes of git. Paths are judged here; what a repository says about itself is data. */
import { WebrunnerError } from "@/lib/base/errors";
import { isBinary } from "@/lib/git/line-endings";
import { layoutGraph } from "@/lib/git/log-graph";
import type { ObjectId } from "@/lib/git/object-id";
import { fromByteString, isSafeTreePath } from "@/lib/git/path-bytes";
import { isConflict } from "@/lib/git/status-model";
import type { GitSelection, GitTask } from "@/lib/protocol";
import * as branches from "@/server/git/branches";
import { createCommit, findIdentity, readMessageDraft } from "@/server/git/commit";
import type { CredentialStore } from "@/server/git/credentials";
import { fetchRemote, pullBranch, pushBranch, testPush } from "@/server/git/exchange";
import type { GitService, OpenedRepository } from "@/server/git/git-service";
import { compareCommits, diffBytes, readBlame, readFileHistory, readLog, toLogEntry } from "@/server/git/history";
import { hashObject } from "@/server/git/object-store";
import { getAllowedUrl, listRemotes, removeRemote, saveRemote } from "@/server/git/remotes";
import { countAheadBehind, getCommit } from "@/server/git/revisions";
import * as sequencer from "@/server/git/sequencer";
import { discardLines, discardPaths, stageLines, stagePaths, unstagePaths } from "@/server/git/staging";
import * as stash from "@/server/git/stash";
import { readStatus } from "@/server/git/status";
import { findInTree, type TreeDifference } from "@/server/git/tree-files";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { Handlers } from "./route";

export interface GitHandlersDeps {
  readonly git: GitService;
  readonly credentials: CredentialStore;
}

/** Entries of one status answer; a work tree with more untracked files than this has a missing ignore rule. */
const STATUS_ENTRIES = 10_000;
const LOG_PAGE = 100;

type GitHandlerName = Extract<keyof Handlers, `${string}Git${string}` | `${string}Git`>;

export function createGitHandlers({ git, credentials }: GitHandlersDeps): Pick<Handlers, GitHandlerName> {
  interface Address {
    readonly params: { readonly project: string };
    readonly query?: { readonly repository?: string };
  }
  const pathOf = (query: Address["query"]): string => toConfinedPath(query?.repository ?? "");
  const read = <T>({ params, query }: Address, work: (opened: OpenedRepository) => Promise<T> | T): Promise<T> =>
    git.run(params.project, pathOf(query), work);
  const change = <T>({ params, query }: Address, work: (opened: OpenedRepository) => Promise<T> | T): Promise<T> =>
    git.run(params.project, pathOf(query), work, { changes: true });
  const silently = async (work: Promise<unknown>): Promise<undefined> => {
    await work;
    return undefined;
  };

  return {
    listGitRepositories: async ({ params }) => ({ repositories: await git.list(params.project) }),
    async createGitRepository({ params, body }) {
      const path = toConfinedPath(body.path);
      await git.create(params.project, path, body.branch);
      return { repository: path };
    },
    async cloneGitRepository({ params, body, user }) {
      const url = getAllowedUrl(body.url);
      const password = body.password ?? url.password;
      const name = body.user ?? url.user;
      if (password !== undefined) await credentials.save(user.name, url.url, { user: name ?? "git", password });
      return toTask(
        await git.clone(params.project, toConfinedPath(body.path), user.name, {
          url,
          branch: body.branch,
          depth: body.depth,
        }),
      );
    },

    readGitStatus: (input) =>
      read(input, ({ repository, tree, submodule }) => {
        const entries = readStatus(repository, tree, { submodule });
        const { id, ...head } = branches.readHead(repository);
        const ongoing = sequencer.findOngoing(repository);
        const identity = findIdentity(repository);
        return {
          repository: pathOf(input.query),
          ...head,
          ...(id && { head: id }),
          ...(ongoing && { ongoing }),
          ...(identity && { identity }),
          messageDraft: readMessageDraft(repository),
          entries: entries.slice(0, STATUS_ENTRIES).map((entry) => ({ ...entry, conflict: isConflict(entry) })),
          truncated: entries.length > STATUS_ENTRIES,
        };
      }),

    readGitDiff: (input) =>
      read(input, (opened) => {
        const { path, oldPath, from, to, context } = input.query;
        const before = readSide(opened, toRepositoryPath(oldPath ?? path), from);
        const after = readSide(opened, toRepositoryPath(path), to);
        const { hunks, binary } = diffBytes(before?.bytes, after?.bytes, context);
        const shown = hunks.map((hunk) => ({
          ...hunk,
          lines: hunk.lines.map((line) => ({ ...line, text: Buffer.from(fromByteString(line.text)).toString("utf8") })),
        }));
        return { path, ...(before && { oldId: before.id }), ...(after && { newId: after.id }), binary, hunks: shown };
      }),
    readGitFile: (input) =>
      read(input, (opened) => {
        const { path, at } = input.query;
        const side = readSide(opened, toRepositoryPath(path), at);
        if (!side) return { path, binary: false, text: "" };
        const binary = isBinary(side.bytes);
        return { path, id: side.id, binary, text: binary ? "" : Buffer.from(side.bytes).toString("utf8") };
      }),

    stageGit: (input) =>
      silently(
        change(input, ({ repository, tree }) =>
          "paths" in input.body
            ? stagePaths(repository, tree, toPaths(input.body.paths))
            : stageLines(repository, tree, toLineChoice(input.body), "stage"),
        ),
      ),
    unstageGit: (input) =>
      silently(
        change(input, ({ repository, tree }) =>
          "paths" in input.body
            ? unstagePaths(repository, tree, toPaths(input.body.paths))
            : stageLines(repository, tree, toLineChoice(input.body), "unstage"),
        ),
      ),
    discardGit: (input) =>
      silently(
        change<unknown>(input, ({ repository, tree, keepCopy }) =>
          "paths" in input.body
            ? discardPaths(repository, tree, toPaths(input.body.paths), keepCopy)
            : discardLines(repository, tree, toLineChoice(input.body), keepCopy),
        ),
      ),
    commitGit: (input) => change(input, ({ repository }) => createCommit(repository, input.body)),

    readGitLog: (input) =>
      read(input, async ({ repository }) => {
        const { from, all, path, text, skip, limit = LOG_PAGE } = input.query;
        const request = { from, all: all === "true", text, skip, limit, signal: input.signal };
        const { entries, more } =
          path === undefined
            ? await readLog(repository, request)
            : await readFileHistory(repository, toRepositoryPath(path), request);
        return { commits: entries.map(toCommit), graph: layoutGraph(entries).rows.map(toRow), more };
      }),
    readGitCommit: (input) =>
      read(input, ({ repository }) => {
        const id = getCommit(repository, input.query.revision);
        return {
          commit: toCommit(toLogEntry(id, repository.objects.readCommit(id))),
          changes: compareCommits(repository, undefined, id).map(toChange),
        };
      }),
    compareGit: (input) =>
      read(input, ({ repository }) => {
        const { from, to } = input.query;
        const counts = countAheadBehind(repository, getCommit(repository, to), getCommit(repository, from));
        return { changes: compareCommits(repository, from, to).map(toChange), ...counts };
      }),
    readGitBlame: (input) =>
      read(input, async ({ repository }) => {
        const { path, from } = input.query;
        const { blob, lines, commits } = await readBlame(repository, toRepositoryPath(path), from, input.signal);
        return { id: blob, lines, commits: commits.map(toCommit) };
      }),

    listGitBranches: (input) => read(input, ({ repository }) => ({ branches: branches.listBranches(repository) })),
    createGitBranch: (input) =>
      silently(change(input, ({ repository }) => branches.createBranch(repository, input.body.name, input.body.from))),
    changeGitBranch: (input) =>
      silently(
        change(input, async ({ repository }) => {
          const { upstream, name } = input.body;
          if (!repository.refs.resolve(`refs/heads/${input.query.name}`)) {
            throw new WebrunnerError("git/not-found", { message: `There is no branch ${input.query.name}.` });
          }
          if (upstream) await branches.setUpstream(repository, input.query.name, upstream.remote, upstream.branch);
          if (name !== undefined) await branches.renameBranch(repository, input.query.name, name);
        }),
      ),
    removeGitBranch: (input) =>
      change(input, ({ repository }) =>
        branches.removeBranch(repository, input.query.name, input.query.force === "true"),
      ),
    switchGit: (input) =>
      change(input, async ({ repository, tree, keepCopy }) => {
        const { target, force } = input.body;
        const { branch, id } = await branches.switchTo(repository, tree, target, { force, keepCopy });
        return { branch, ...(id && { head: id }) };
      }),
    resetGit: (input) =>
      change(input, ({ repository, tree, keepCopy }) =>
        branches.resetTo(repository, tree, input.body.target, input.body.mode, { keepCopy }),
      ),

    mergeGit: (input) =>
      change(input, async ({ repository, tree }) =>
        toOutcome(await sequencer.mergeInto(repository, tree, input.body.target, input.body.fastForward)),
      ),
    pickGit: (input) =>
      change(input, async ({ repository, tree }) =>
        toOutcome(await sequencer.pickCommit(repository, tree, input.body.target, input.body.kind)),
      ),
    rebaseGit: (input) =>
      change(input, async ({ repository, tree }) =>
        toOutcome(await sequencer.rebaseOnto(repository, tree, input.body.target)),
      ),
    continueGit: (input) =>
      change(input, async ({ repository, tree }) =>
        toOutcome(await sequencer.continueOngoing(repository, tree, input.body.message)),
      ),
    abortGit: (input) =>
      silently(change(input, ({ repository, tree, keepCopy }) => sequencer.abortOngoing(repository, tree, keepCopy))),
    takeGitSide: (input) =>
      silently(
        change(input, ({ repository, tree, keepCopy }) =>
          sequencer.takeSide(repository, tree, toRepositoryPath(input.body.path), input.body.side, keepCopy),
        ),
      ),

    listGitTags: (input) => read(input, ({ repository }) => ({ tags: branches.listTags(repository) })),
    createGitTag: (input) =>
      change(input, ({ repository }) =>
        branches.createTag(repository, input.body.name, input.body.target ?? "HEAD", input.body.message),
      ),
    removeGitTag: (input) =>
      silently(change(input, ({ repository }) => branches.removeTag(repository, input.query.name))),

    listGitStashes: (input) => read(input, ({ repository }) => ({ stashes: stash.listStashes(repository) })),
    saveGitStash: (input) => change(input, ({ repository, tree }) => stash.saveStash(repository, tree, input.body)),
    applyGitStash: (input) =>
      change(input, async ({ repository, tree }) =>
        toOutcome(await stash.applyStash(repository, tree, input.body.position, input.body.drop)),
      ),
    dropGitStash: (input) =>
      silently(change(input, ({ repository }) => stash.dropStash(repository, input.query.position))),

    listGitRemotes: (input) => read(input, ({ repository }) => ({ remotes: listRemotes(repository) })),
    saveGitRemote: (input) =>
      change(input, async ({ repository }) => {
        const url = getAllowedUrl(input.body.url);
        if (url.password !== undefined)
          await credentials.save(input.user.name, url.url, { user: url.user ?? "git", password: url.password });
        return saveRemote(repository, input.query.name, url.url);
      }),
    removeGitRemote: (input) => silently(change(input, ({ repository }) => removeRemote(repository, input.query.name))),
    connectGitFork: (input) =>
      change(input, async ({ repository }) => {
        const url = getAllowedUrl(input.body.url);
        const password = input.body.password ?? url.password;
        const login = password === undefined ? undefined : { user: input.body.user ?? url.user ?? "git", password };
        const context = {
          ...git.context(input.user.name),
          ...(login && { login: async () => login }),
          signal: input.signal,
        };
        await testPush(repository, context, url);
        if (login) await credentials.save(input.user.name, url.url, login);
        return saveRemote(repository, input.body.name ?? "fork", url.url);
      }),

    async fetchGit({ params, query, body, user }) {
      const task = await git.startTask(
        params.project,
        pathOf(query),
        "fetch",
        user.name,
        async ({ repository }, context) => {
          await fetchRemote(repository, context, body.remote, { unshallow: body.unshallow });
          return undefined;
        },
      );
      return toTask(task);
    },
    async pullGit({ params, query, body, user }) {
      const task = await git.startTask(
        params.project,
        pathOf(query),
        "pull",
        user.name,
        async ({ repository, tree }, context) => {
          const from =
            body.remote !== undefined && body.branch !== undefined
              ? { remote: body.remote, branch: body.branch }
              : undefined;
          return { outcome: await pullBranch(repository, tree, context, body.mode, from) };
        },
      );
      return toTask(task);
    },
    async pushGit({ params, query, body, user }) {
      const task = await git.startTask(
        params.project,
        pathOf(query),
        "push",
        user.name,
        async ({ repository }, context) => {
          const { requestUrl } = await pushBranch(repository, context, body);
          return { ...(requestUrl !== undefined && { requestUrl }) };
        },
      );
      return toTask(task);
    },
    listGitTasks: ({ params }) => ({ tasks: git.tasks(params.project).map(toTask) }),
    async readGitTask({ params, query, signal }) {
      return toTask(await git.waitForTask(params.project, params.task, query.waitMs ?? 0, signal));
    },
    cancelGitTask: ({ params }) => toTask(git.cancelTask(params.project, params.task)),

    replaceGitIdentity: (input) =>
      silently(
        change(input, ({ repository }) =>
          repository.changeConfig([
            { section: "user", key: "name", value: input.body.name },
            { section: "user", key: "email", value: input.body.email },
          ]),
        ),
      ),
    listGitLogins: async ({ user }) => ({ logins: await credentials.list(user.name) }),
    saveGitLogin: ({ body, user }) =>
      silently(credentials.save(user.name, body.url, { user: body.user, password: body.password })),
    removeGitLogin: ({ query, user }) => silently(credentials.remove(user.name, query.url)),
  };
}

/** A path inside a repository; what could not be one is answered like an absent one. */
function toRepositoryPath(text: string): string {
  const path = text.endsWith("/") ? text.slice(0, -1) : text;
  if (isSafeTreePath(path)) return path;
  throw new WebrunnerError("git/not-found", { message: "There is no such file in the repository." });
}

/** The empty path stands for everything. */
function toPaths(paths: readonly string[]): string[] {
  return paths.map((path) => (path === "" ? "" : toRepositoryPath(path)));
}

function toLineChoice(body: Exclude<GitSelection, { paths: unknown }>): Parameters<typeof stageLines>[2] {
  return {
    path: toRepositoryPath(body.path),
    oldId: body.oldId as ObjectId | undefined,
    newId: body.newId as ObjectId | undefined,
    selection: { oldLines: new Set(body.oldLines), newLines: new Set(body.newLines) },
  };
}

const STAGES: Readonly<Record<string, number>> = { index: 0, base: 1, ours: 2, theirs: 3 };

function readSide(
  { repository, tree }: OpenedRepository,
  path: string,
  side: string,
): { id: ObjectId; bytes: Uint8Array } | undefined {
  const { objects } = repository;
  if (side === "worktree") {
    tree.refresh();
    const content = tree.readForRepository(path);
    return content && { id: hashObject("blob", content.bytes), bytes: content.bytes };
  }
  let id: ObjectId | undefined;
  if (Object.hasOwn(STAGES, side)) {
    const entries = repository.readIndex().index.entries.filter((entry) => entry.path === path && !entry.intentToAdd);
    // During a conflict the index has no merged entry: ours stands for it.
    id = (
      entries.find((entry) => entry.stage === STAGES[side]) ??
      (side === "index" ? entries.find((entry) => entry.stage === 2) : undefined)
    )?.id;
  } else {
    if (side === "head" && !repository.refs.resolve("HEAD")) return undefined;
    const commit = getCommit(repository, side === "head" ? "HEAD" : side);
    id = findInTree(objects, objects.readCommit(commit).tree, path)?.id;
  }
  const object = id && objects.find(id);
  return id && object?.type === "blob" ? { id, bytes: object.bytes } : undefined;
}

function toChange({ path, from, before, after }: TreeDifference): {
  path: string;
  from?: string;
  kind: "added" | "deleted" | "modified" | "renamed" | "type";
} {
  if (from !== undefined) return { path, from, kind: "renamed" };
  if (!before || !after) return { path, kind: after ? "added" : "deleted" };
  return { path, kind: (before.mode & 0o170000) === (after.mode & 0o170000) ? "modified" : "type" };
}

/** Replies are plain arrays for the schemas, which know no read-only ones. */
function toCommit<T extends { readonly parents: readonly string[]; readonly refs: readonly string[] }>(
  entry: T,
): T & { parents: string[]; refs: string[] } {
  return { ...entry, parents: [...entry.parents], refs: [...entry.refs] };
}

function toRow<T extends { readonly edges: readonly { from: number; to: number }[] }>(
  row: T,
): T & { edges: { from: number; to: number }[] } {
  return { ...row, edges: [...row.edges] };
}

function toOutcome(outcome: sequencer.Outcome): {
  result: sequencer.Outcome["result"];
  head?: string;
  conflicts: string[];
} {
  return { result: outcome.result, ...(outcome.head && { head: outcome.head }), conflicts: [...outcome.conflicts] };
}

/** A task as it is on the wire; the socket event carries the same. */
export function toTask(task: ReturnType<GitService["getTask"]>): GitTask {
  const { error, outcome } = task;
  return {
    ...task,
    messages: [...task.messages],
    error: error && { ...error, details: error.details && [...error.details] },
    outcome: outcome && toOutcome(outcome),
  };
}
