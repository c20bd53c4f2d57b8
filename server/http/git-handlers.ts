/** Routes of git. Paths are judged here; what a repository says about itself is data. */
import { WebrunnerError } from "@/lib/base/errors";
import type { ObjectId } from "@/lib/git/object-id";
import { isConflict } from "@/lib/git/status-model";
import type { GitTask } from "@/lib/protocol";
import { readBlame } from "@/server/git/blame";
import * as branches from "@/server/git/branches";
import { createCommit, findIdentity, readMessageDraft } from "@/server/git/commit";
import type { CredentialStore } from "@/server/git/credentials";
import { fetchDefault, getPushRemote } from "@/server/git/default-remote";
import { compareCommits } from "@/server/git/differences";
import { restoreDiscarded } from "@/server/git/discarded";
import { fetchRemote, pullBranch, pushBranch, testPush } from "@/server/git/exchange";
import { readFileHistory } from "@/server/git/file-history";
import type { GitService, OpenedRepository } from "@/server/git/git-service";
import { listHashConflicts, resolveHashConflicts } from "@/server/git/hash-conflicts";
import { readLog, toLogEntry } from "@/server/git/log";
import { findOngoing } from "@/server/git/ongoing";
import { pushTags } from "@/server/git/push-tags";
import { readReflog } from "@/server/git/reflog";
import { getAllowedUrl, listRemotes, removeRemote, renameRemote, saveRemote } from "@/server/git/remotes";
import { countAheadBehind, getCommit } from "@/server/git/revisions";
import * as sequencer from "@/server/git/sequencer";
import type { SshKeyStore } from "@/server/git/ssh-keys";
import { discardLines, discardPaths, stageLines, stagePaths, unstagePaths } from "@/server/git/staging";
import * as stash from "@/server/git/stash";
import { readStatus } from "@/server/git/status";
import type { TrustStore } from "@/server/git/trust";
import {
  readSide,
  toChange,
  toDiffView,
  toFileView,
  toGraph,
  toLineChoice,
  toPaths,
  toRepositoryPath,
  toStatusView,
  toTextView,
} from "@/server/git/views";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { Handlers } from "./route";

export interface GitHandlersDeps {
  readonly git: GitService;
  readonly credentials: CredentialStore;
  readonly sshKeys: SshKeyStore;
  readonly trust: TrustStore;
}

/** Entries of one status answer; a work tree with more untracked files than this has a missing ignore rule. */
const STATUS_ENTRIES = 10_000;
const LOG_PAGE = 100;
const REFLOG_MOVES = 100;

type GitHandlerName = Extract<keyof Handlers, `${string}Git${string}` | `${string}Git`>;

export function createGitHandlers({
  git,
  credentials,
  sshKeys,
  trust,
}: GitHandlersDeps): Pick<Handlers, GitHandlerName> {
  interface Address {
    readonly params: { readonly project: string };
    readonly query?: { readonly repository?: string };
  }
  const pathOf = (query: Address["query"]): string => toConfinedPath(query?.repository ?? "");
  /** Begins long work with a remote; its task is what is answered. */
  const transfer = async (
    { params, query, user }: Address & { readonly user: { readonly name: string } },
    kind: Parameters<GitService["startTask"]>[2],
    work: Parameters<GitService["startTask"]>[4],
  ): Promise<GitTask> => toTask(await git.startTask(params.project, pathOf(query), kind, user.name, work));
  const read = <T>({ params, query }: Address, work: (opened: OpenedRepository) => Promise<T> | T): Promise<T> =>
    git.run(params.project, pathOf(query), work);
  const change = <T>({ params, query }: Address, work: Parameters<typeof git.run<T>>[2]): Promise<T> =>
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
      if (password !== undefined)
        await credentials.save(user.name, url.url, { user: name || "git", password, scheme: body.scheme });
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
        const hashes = new Set(entries.some(isConflict) ? listHashConflicts(repository) : []);
        const { id, ...head } = branches.readHead(repository);
        const ongoing = findOngoing(repository);
        const identity = findIdentity(repository);
        return {
          repository: pathOf(input.query),
          ...head,
          ...(id && { head: id }),
          ...(ongoing && { ongoing }),
          ...(identity && { identity }),
          messageDraft: readMessageDraft(repository),
          entries: entries
            .slice(0, STATUS_ENTRIES)
            .map((entry) => ({ ...toStatusView(entry), ...(hashes.has(entry.path) && { hashes: true }) })),
          truncated: entries.length > STATUS_ENTRIES,
        };
      }),

    readGitDiff: (input) =>
      read(input, (opened) => {
        const { path, oldPath, from, to, context } = input.query;
        const before = readSide(opened, toRepositoryPath(oldPath ?? path), from);
        const after = readSide(opened, toRepositoryPath(path), to);
        return { path, ...toDiffView(before, after, context) };
      }),
    readGitFile: (input) =>
      read(input, (opened) => {
        const { path, at } = input.query;
        return { path, ...toFileView(readSide(opened, toRepositoryPath(path), at)) };
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
      change(input, async ({ repository, tree, keepCopy }) => ({
        discarded: await ("paths" in input.body
          ? discardPaths(repository, tree, toPaths(input.body.paths), keepCopy)
          : discardLines(repository, tree, toLineChoice(input.body), keepCopy)),
      })),
    restoreGit: (input) =>
      silently(
        change(input, ({ repository, keepCopy }) =>
          restoreDiscarded(
            repository,
            input.body.files.map(({ path, before, id }) => ({
              path: toRepositoryPath(path),
              before,
              ...(id !== undefined && { id: id as ObjectId }),
            })),
            keepCopy,
          ),
        ),
      ),
    commitGit: (input) => change(input, ({ repository }) => createCommit(repository, input.body)),

    readGitLog: (input) =>
      read(input, async ({ repository }) => {
        const { from, all, path, text, skip, limit = LOG_PAGE } = input.query;
        const request = { from, all: all === "true", text, skip, limit, signal: input.signal };
        const { entries, graph, more } =
          path === undefined
            ? await readLog(repository, request)
            : await readFileHistory(repository, toRepositoryPath(path), request);
        return { commits: entries.map(toCommit), graph: toGraph(graph), more };
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
          else if (upstream === null) await branches.clearUpstream(repository, input.query.name);
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

    readGitReflog: (input) =>
      read(input, ({ repository }) => ({
        moves: readReflog(repository, input.query.name ?? "HEAD", input.query.limit ?? REFLOG_MOVES),
      })),

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
        change<unknown>(input, ({ repository, tree, keepCopy }) => {
          const path = toRepositoryPath(input.body.path);
          return input.body.side === "markers"
            ? sequencer.restartConflict(repository, tree, path, keepCopy)
            : sequencer.takeSide(repository, tree, path, input.body.side, keepCopy);
        }),
      ),
    readGitConflict: (input) =>
      read(input, ({ repository }) => {
        const path = toRepositoryPath(input.query.path);
        const { base, ours, theirs } = sequencer.readConflict(repository, path);
        return {
          path,
          ...(base && { base: toTextView(base) }),
          ...(ours && { ours: toTextView(ours) }),
          ...(theirs && { theirs: toTextView(theirs) }),
          hashes: listHashConflicts(repository).includes(path),
        };
      }),
    resolveGitHashes: (input) =>
      change(input, async ({ repository, tree, keepCopy }) => {
        const { resolved, left } = await resolveHashConflicts(
          repository,
          tree,
          keepCopy,
          input.body.paths?.map(toRepositoryPath),
        );
        return { resolved: [...resolved], left: [...left] };
      }),

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
        toOutcome(await stash.applyStash(repository, tree, input.body.position, input.body.drop, input.body.id)),
      ),
    dropGitStash: (input) =>
      silently(change(input, ({ repository }) => stash.dropStash(repository, input.query.position, input.query.id))),

    listGitRemotes: (input) => read(input, ({ repository }) => ({ remotes: listRemotes(repository) })),
    saveGitRemote: (input) =>
      change(input, async ({ repository }) => {
        const url = getAllowedUrl(input.body.url);
        if (url.password !== undefined)
          await credentials.save(input.user.name, url.url, { user: url.user ?? "git", password: url.password });
        return saveRemote(repository, input.query.name, url.url);
      }),
    renameGitRemote: (input) =>
      change(input, ({ repository }) => renameRemote(repository, input.query.name, input.body.name)),
    removeGitRemote: (input) => silently(change(input, ({ repository }) => removeRemote(repository, input.query.name))),
    connectGitFork: (input) =>
      change(input, async ({ repository }, apart) => {
        const url = getAllowedUrl(input.body.url);
        const password = input.body.password || url.password;
        const name = input.body.user || url.user || "git";
        const login = password ? { user: name, password, scheme: input.body.scheme } : undefined;
        const context = {
          ...git.context(input.user.name),
          apart,
          ...(login && { login: async () => login }),
          signal: input.signal,
        };
        await testPush(repository, context, url);
        if (login) await credentials.save(input.user.name, url.url, login);
        return saveRemote(repository, input.body.name ?? "fork", url.url);
      }),

    fetchGit: ({ body, ...input }) =>
      transfer(input, "fetch", async ({ repository }, context) => {
        const { remote, unshallow } = body;
        await (remote === undefined
          ? fetchDefault(repository, context, { unshallow })
          : fetchRemote(repository, context, remote, { unshallow }));
        return undefined;
      }),
    pullGit: ({ body, ...input }) =>
      transfer(input, "pull", async ({ repository, tree }, context) => {
        const { remote, branch } = body;
        const from = remote === undefined ? undefined : { remote, ...(branch !== undefined && { branch }) };
        return { outcome: await pullBranch(repository, tree, context, body.mode, from) };
      }),
    pushGit: ({ body, ...input }) =>
      transfer(input, "push", async ({ repository }, context) => {
        const remote = body.remote ?? getPushRemote(repository, body.branch);
        const { requestUrl } = await pushBranch(repository, context, { ...body, remote });
        return { ...(requestUrl !== undefined && { requestUrl }) };
      }),
    pushGitTags: ({ body, ...input }) =>
      transfer(input, "push", async ({ repository }, context) => {
        await pushTags(repository, context, body);
        return undefined;
      }),
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
      silently(
        credentials.save(user.name, body.url, {
          user: body.user || "git",
          password: body.password,
          scheme: body.scheme,
        }),
      ),
    removeGitLogin: ({ query, user }) => silently(credentials.remove(user.name, query.url)),

    readGitSshKey: async ({ user }) => ({ key: await sshKeys.find(user.name) }),
    createGitSshKey: ({ body, user }) => sshKeys.create(user.name, body.replace === true),
    removeGitSshKey: ({ user }) => silently(sshKeys.remove(user.name)),
    readGitTrust: ({ user }) => trust.list(user.name),
    async saveGitCertificate({ body, user }) {
      await trust.saveCertificate(user.name, body.url, body.pem);
      return trust.list(user.name);
    },
    async saveGitHost({ body: { replace = false, ...key }, user }) {
      await trust.saveHost(user.name, key, replace);
      return trust.list(user.name);
    },
    removeGitTrust: ({ query, user }) => silently(trust.remove(user.name, query)),
  };
}

/** Replies are plain arrays for the schemas, which know no read-only ones. */
function toCommit<T extends { readonly parents: readonly string[]; readonly refs: readonly string[] }>(
  entry: T,
): T & { parents: string[]; refs: string[] } {
  return { ...entry, parents: [...entry.parents], refs: [...entry.refs] };
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
    error: error && {
      ...error,
      details: error.details && [...error.details],
      hostKeys: error.hostKeys && [...error.hostKeys],
    },
    outcome: outcome && toOutcome(outcome),
  };
}
