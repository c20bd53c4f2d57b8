/**
 * Fetch, pull, push and clone: a transport's call, and what it brought put into the repository.
 *
 * Promises: references move only after all their objects are here; a push that the other side refused leaves
 * everything as it was and is never forced by itself; a clone that was cancelled or failed leaves no folder behind.
 * The repository is left to others while the remote is talked to: what this depends on is looked at again afterwards.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { isObjectId, type ObjectId, ZERO_ID } from "@/lib/git/object-id";
import { isBranchName, isRefName } from "@/lib/git/ref-name";
import { toRequestLink } from "@/lib/git/remote-url";
import {
  classifyFailure,
  createLineSplitter,
  type PushedRef,
  parsePushLine,
  parseTransportLine,
  type TransportProgress,
} from "@/lib/git/transport-output";
import type { GitTransport, TransportAnswer, TransportCall } from "@/server/platform/git-transport";
import { findUpstream, readHead, setUpstream } from "./branches";
import { checkoutTree } from "./checkout";
import { logIdentity } from "./commit";
import type { Login } from "./credentials";
import { type AllowedUrl, getRemoteUrl, listRemotes, saveRemote } from "./remotes";
import type { Repository } from "./repository";
import { countAheadBehind, isAncestor } from "./revisions";
import { mergeInto, type Outcome, rebaseOnto } from "./sequencer";
import { type HostKey, toHostKey } from "./trust";
import type { Apart } from "./turns";
import type { WorkTree } from "./work-tree";

export interface ExchangeContext {
  readonly transport: GitTransport;
  readonly login: (url: string) => Promise<Login | undefined>;
  /** Whom the person trusts at the other end, and their keys of ssh. */
  readonly trust?: (url: AllowedUrl) => Promise<Pick<TransportCall, "certificates" | "ssh">>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TransportProgress) => void;
  /** A line that the server printed for the person. */
  readonly onMessage?: (text: string) => void;
  /** Absent: nobody else works on the repository. */
  readonly apart?: Apart;
}

type Request = Pick<TransportCall, "kind" | "refspecs"> & Partial<TransportCall>;

/** A conversation with the remote, in which the repository is left to others. */
export function call(
  context: ExchangeContext,
  url: AllowedUrl,
  objectsDirectory: string,
  request: Request,
): Promise<TransportAnswer> {
  const talk = (): Promise<TransportAnswer> => converse(context, url, objectsDirectory, request);
  return context.apart ? context.apart(talk) : talk();
}

async function converse(
  context: ExchangeContext,
  url: AllowedUrl,
  objectsDirectory: string,
  request: Request,
): Promise<TransportAnswer> {
  if (url.protocol === "ssh" && !context.transport.native) throw new WebrunnerError("git/unsupported", NO_SSH);
  const other: string[] = [];
  const splitter = createLineSplitter((line) => {
    const parsed = parseTransportLine(line);
    if (parsed.kind === "progress") context.onProgress?.(parsed.progress);
    else if (parsed.kind === "remote") {
      if (parsed.text.trim() !== "") context.onMessage?.(parsed.text);
      other.push(parsed.text);
    } else other.push(parsed.text);
  });
  context.onProgress?.({ phase: "connecting", done: 0, total: undefined, receivedBytes: undefined });
  const saved = await context.login(url.url);
  const login =
    saved ??
    (url.user !== undefined && url.password !== undefined ? { user: url.user, password: url.password } : undefined);
  const answer = await context.transport.call({
    url: url.url,
    objectsDirectory,
    refs: [],
    ...request,
    ...(login && { login }),
    ...(await context.trust?.(url)),
    ...(context.signal && { signal: context.signal }),
    onOutput: (text) => splitter.write(text),
  });
  splitter.end();
  if (answer.code === 0) return answer;
  const text = `${other.join("\n")}\n${answer.stdout}`;
  if (url.protocol === "ssh" && /\bssh: not found/.test(text)) throw new WebrunnerError("git/unsupported", NO_SSH);
  const code = classifyFailure(text);
  const hostKeys =
    code === "git/host-unknown" || code === "git/host-changed" ? await readHostKeys(context, url) : undefined;
  throw new WebrunnerError(code, {
    message: FAILURES[code].message,
    hint: url.protocol === "ssh" && code === "git/authentication-failed" ? SSH_HINT : FAILURES[code].hint,
    ...(hostKeys && { hostKeys }),
    details: other.filter((line) => line.trim() !== "").slice(-20),
    rejected: answer.stdout
      .split("\n")
      .map(parsePushLine)
      .filter((each) => each?.outcome === "rejected"),
  });
}

/** isomorphic-git knows no ssh. */
const NO_SSH = {
  message: "This server reaches remotes over ssh only by git's own programs, and has none.",
  hint: "Use the https:// address of the repository; or have git and ssh installed on the server, and start it again.",
};

const SSH_HINT = "Add your public key (Source Control, “Logins and keys”) to your account at the host, then try again.";

/** What the host shows now, for a person to compare. */
async function readHostKeys(context: ExchangeContext, url: AllowedUrl): Promise<HostKey[]> {
  const port = /^ssh:\/\/.*:(\d+)$/.exec(url.origin)?.[1];
  const host = url.host.replace(/^\[|\]$/g, "");
  const keys = await context.transport.scanHostKeys(host, Number(port ?? 22), context.signal);
  return keys.flatMap(({ host: name, type, key }) => toHostKey(name, type, key) ?? []);
}

const FAILURES = {
  "git/authentication-failed": {
    message: "The remote did not accept the login.",
    hint: "Give a user name and a token (or password) for this remote.",
  },
  "git/permission-denied": {
    message: "You may not do that at this remote.",
    hint: "Connect your own fork and push there.",
  },
  "git/remote-not-found": {
    message: "There is no such repository at the remote.",
    hint: "Check the URL; a private one also answers so without a login.",
  },
  "git/host-unreachable": {
    message: "The remote's host does not answer.",
    hint: "Check the URL and the network, then try again.",
  },
  "git/certificate-refused": {
    message: "The remote's certificate is not trusted.",
    hint: "Add the certificate of your authority (Source Control, “Logins and keys”).",
  },
  "git/host-unknown": {
    message: "This ssh host is not known yet.",
    hint: "Compare its key's fingerprint with the one that the host publishes, then trust it.",
  },
  "git/host-changed": {
    message: "The ssh host shows another key than before.",
    hint: "Somebody may be between you and it. Ask who runs the host whether its key was changed.",
  },
  "git/push-declined": {
    message: "The remote declined the push.",
    hint: "Its own lines say why; a branch of another name, or your fork, may be let in.",
  },
  "git/push-rejected": {
    message: "The remote has commits that you do not have.",
    hint: "Fetch and rebase (or merge), then push again.",
  },
  "git/remote-failed": {
    message: "The remote ended the conversation with an error.",
    hint: "What git and the remote printed says more; then try again.",
  },
} as const;

export function objectsOf(repository: Repository): string {
  return `${repository.git.root}/objects`;
}

export function knownRefs(repository: Repository): { name: string; id: string }[] {
  return repository.refs
    .list("refs/")
    .filter(({ name }) => /^refs\/(heads|remotes|tags)\//.test(name))
    .map(({ name, id }) => ({ name, id }));
}

/** The references of the private directory below a prefix. */
function receivedRefs(answer: TransportAnswer, prefix: string): Map<string, ObjectId> {
  const found = new Map<string, ObjectId>();
  for (const line of answer.packedRefs.split("\n")) {
    const [id, name] = line.split(" ");
    if (id && name?.startsWith(prefix) && isObjectId(id)) found.set(name.slice(prefix.length), id);
  }
  for (const { name, id } of answer.looseRefs)
    if (name.startsWith(prefix) && isObjectId(id)) found.set(name.slice(prefix.length), id);
  return found;
}

function takeIn(repository: Repository, answer: TransportAnswer): void {
  for (const { name, bytes } of answer.received)
    repository.git.replace(`objects/pack/${name}`, bytes, { durable: true, readOnly: true });
  repository.objects.refresh();
  if (answer.shallow && answer.shallow.length > 0) repository.git.replace("shallow", answer.shallow, { durable: true });
  else if (repository.git.stat("shallow")) repository.git.remove("shallow");
}

export interface FetchResult {
  readonly updated: readonly {
    readonly ref: string;
    readonly before: ObjectId | undefined;
    readonly after: ObjectId | undefined;
  }[];
}

const RECEIVED = "refs/webrunner/";

export async function fetchRemote(
  repository: Repository,
  context: ExchangeContext,
  remote: string,
  {
    depth,
    unshallow,
    prune = true,
    branch,
    tags,
  }: { depth?: number; unshallow?: boolean; prune?: boolean; branch?: string; tags?: boolean } = {},
): Promise<FetchResult> {
  const url = getRemoteUrl(repository, remote, "fetch");
  const shallow = repository.git.read("shallow");
  const answer = await call(context, url, objectsOf(repository), {
    kind: "fetch",
    refs: knownRefs(repository),
    refspecs: [branch === undefined ? `+refs/heads/*:${RECEIVED}*` : `+refs/heads/${branch}:${RECEIVED}${branch}`],
    ...(shallow && { shallow }),
    ...(depth !== undefined && { depth }),
    ...(unshallow && shallow && { unshallow }),
    ...(tags !== undefined && { tags }),
  });
  context.signal?.throwIfAborted();
  if (getRemoteUrl(repository, remote, "fetch").url !== url.url)
    throw new WebrunnerError("git/changed", {
      message: `The remote ${remote} has been changed while it was fetched.`,
      hint: "Fetch again.",
    });
  takeIn(repository, answer);
  const log = { who: logIdentity(repository), message: `fetch ${remote}` };
  const updated: { ref: string; before: ObjectId | undefined; after: ObjectId | undefined }[] = [];
  const heads = receivedRefs(answer, RECEIVED);
  const move = async (ref: string, after: ObjectId | undefined): Promise<void> => {
    const before = repository.refs.resolve(ref);
    if (before === after || !isRefName(ref)) return;
    await repository.refs.change({ name: ref, id: after, log });
    updated.push({ ref, before, after });
  };
  // Removals first: a branch `x` may have made place for `x/y`.
  if (prune && branch === undefined) {
    for (const { name } of repository.refs.list(`refs/remotes/${remote}/`)) {
      const short = name.slice(`refs/remotes/${remote}/`.length);
      if (short !== "HEAD" && !heads.has(short)) await move(name, undefined);
    }
  }
  for (const [name, id] of heads) await move(`refs/remotes/${remote}/${name}`, id);
  for (const [name, id] of receivedRefs(answer, "refs/tags/")) {
    // A tag that is here already keeps its meaning.
    if (!repository.refs.resolve(`refs/tags/${name}`)) await move(`refs/tags/${name}`, id);
  }
  repository.release();
  return { updated };
}

export type PullMode = "fast-forward" | "merge" | "rebase";

export async function pullBranch(
  repository: Repository,
  tree: WorkTree,
  context: ExchangeContext,
  mode: PullMode,
  /** Without `branch` the one that is followed there, else the one of the same name. */
  from?: { readonly remote: string; readonly branch?: string },
): Promise<Outcome> {
  const { branch } = readHead(repository);
  const place = readPlace(repository);
  const upstream = branch === undefined ? undefined : findUpstream(repository, branch);
  const remote = from?.remote ?? upstream?.remote;
  const followed = upstream?.remote === remote ? upstream?.ref.slice("refs/heads/".length) : branch;
  const name = from?.branch ?? followed;
  if (remote === undefined || name === undefined) {
    throw new WebrunnerError("git/invalid", {
      message: "This branch follows no branch of a remote.",
      hint: "Choose a remote branch to pull from, or push with “set upstream”.",
    });
  }
  await fetchRemote(repository, context, remote);
  if (readPlace(repository) !== place)
    throw new WebrunnerError("git/changed", {
      message: "You have switched to another branch in the meantime; what was fetched is here, and nothing was merged.",
      hint: branch === undefined ? "Pull again." : `Switch back to ${branch}, then pull again.`,
    });
  const target = `${remote}/${name}`;
  if (!repository.refs.resolve(`refs/remotes/${target}`)) {
    throw new WebrunnerError("git/not-found", { message: `The remote has no branch ${name} any more.` });
  }
  if (mode === "rebase") return rebaseOnto(repository, tree, target);
  return mergeInto(repository, tree, target, mode === "fast-forward" ? "only" : "allowed");
}

/** The branch that one is on; when detached, the commit. */
function readPlace({ refs }: Repository): string | undefined {
  return refs.headBranch() ?? refs.resolve("HEAD");
}

export interface PushResult {
  readonly refs: readonly PushedRef[];
  /** Where to open a merge or pull request: what the host's URL form says. */
  readonly requestUrl?: string;
}

export interface PushRequest {
  readonly remote: string;
  /** Default: the current branch. */
  readonly branch?: string;
  readonly remoteBranch?: string;
  readonly setUpstream?: boolean;
  /** Overwrites the remote branch if it still is what we last saw of it. */
  readonly forceWithLease?: boolean;
  readonly tags?: readonly string[];
  readonly removeRemoteBranch?: boolean;
}

export async function pushBranch(
  repository: Repository,
  context: ExchangeContext,
  request: PushRequest,
): Promise<PushResult> {
  const { remote } = request;
  const url = getRemoteUrl(repository, remote, "push");
  const branch = request.branch ?? readHead(repository).branch;
  if (branch === undefined)
    throw new WebrunnerError("git/invalid", {
      message: "HEAD is detached.",
      hint: "Make a branch of it, then push that.",
    });
  const target = request.remoteBranch ?? branch;
  if (!isBranchName(branch) || !isBranchName(target))
    throw new WebrunnerError("git/invalid", { message: "That cannot be the name of a branch." });
  const id = repository.refs.resolve(`refs/heads/${branch}`);
  if (!id && !request.removeRemoteBranch)
    throw new WebrunnerError("git/not-found", { message: `There is no branch ${branch}, or it has no commit yet.` });
  const tracking = `refs/remotes/${remote}/${target}`;
  const seen = repository.refs.resolve(tracking);
  const tags = (request.tags ?? []).map((tag) => {
    const tagId = isRefName(tag) ? repository.refs.resolve(`refs/tags/${tag}`) : undefined;
    if (!tagId) throw new WebrunnerError("git/not-found", { message: `There is no tag ${tag}.` });
    return `${tagId}:refs/tags/${tag}`;
  });
  const shallow = repository.git.read("shallow");
  const answer = await call(context, url, objectsOf(repository), {
    kind: "push",
    refs: knownRefs(repository),
    ...(shallow && { shallow }),
    refspecs: [`${request.removeRemoteBranch ? "" : id}:refs/heads/${target}`, ...tags],
    ...(request.forceWithLease && { lease: { ref: `refs/heads/${target}`, id: seen ?? ZERO_ID } }),
  });
  const log = { who: logIdentity(repository), message: "update by push" };
  // It is there; of a remote or branch that has gone from here in the meantime nothing is noted.
  const isKnown = listRemotes(repository).some(({ name }) => name === remote);
  if (request.removeRemoteBranch) {
    if (seen) await repository.refs.change({ name: tracking, id: undefined, log });
  } else if (isKnown) {
    await repository.refs.change({ name: tracking, id, log });
    const isHere = repository.refs.resolve(`refs/heads/${branch}`) !== undefined;
    if (isHere && (request.setUpstream || findUpstream(repository, branch) === undefined))
      await setUpstream(repository, branch, remote, target);
  }
  const upstream = listRemotes(repository).find((each) => each.name === "upstream")?.url;
  const link = toRequestLink(url.url, target, upstream);
  repository.release();
  return {
    refs: answer.stdout.split("\n").flatMap((line) => parsePushLine(line) ?? []),
    ...(link && !request.removeRemoteBranch && { requestUrl: link.url }),
  };
}

/** Whether a push would be let in: everything but the sending. Nothing changes on either side. */
export async function testPush(repository: Repository, context: ExchangeContext, url: AllowedUrl): Promise<void> {
  const head = repository.refs.resolve("HEAD");
  if (!head) throw new WebrunnerError("git/nothing-to-do", { message: "There is no commit yet that could be pushed." });
  await call(context, url, objectsOf(repository), {
    kind: "push",
    refs: knownRefs(repository),
    refspecs: [`${head}:refs/heads/webrunner-test-${head.slice(0, 12)}`],
    dryRun: true,
  });
}

export interface CloneRequest {
  readonly url: AllowedUrl;
  readonly branch?: string;
  readonly depth?: number;
  readonly remote?: string;
}

/** Into a repository that was just made; the caller removes it when this fails. */
export async function cloneInto(
  repository: Repository,
  tree: WorkTree,
  context: ExchangeContext,
  request: CloneRequest,
): Promise<{ branch: string | undefined }> {
  const remote = request.remote ?? "origin";
  const listing = await call(context, request.url, objectsOf(repository), { kind: "list", refspecs: ["HEAD"] });
  const defaultBranch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(listing.stdout)?.[1];
  await saveRemote(repository, remote, request.url.url);
  await fetchRemote(repository, context, remote, {
    ...(request.depth !== undefined && { depth: request.depth, tags: false }),
    ...(request.depth !== undefined && { branch: request.branch ?? defaultBranch }),
  });
  const heads = repository.refs
    .list(`refs/remotes/${remote}/`)
    .map(({ name }) => name.slice(`refs/remotes/${remote}/`.length));
  const branch =
    request.branch ?? (defaultBranch !== undefined && heads.includes(defaultBranch) ? defaultBranch : heads[0]);
  if (branch === undefined) {
    if (defaultBranch !== undefined && isBranchName(defaultBranch))
      await repository.refs.setSymbolic("HEAD", `refs/heads/${defaultBranch}`);
    return { branch: undefined };
  }
  const id = repository.refs.resolve(`refs/remotes/${remote}/${branch}`);
  if (!id) throw new WebrunnerError("git/not-found", { message: `The remote has no branch ${branch}.` });
  const log = { who: logIdentity(repository), message: `clone: from ${request.url.url}` };
  await checkoutTree(repository, tree, undefined, repository.objects.readCommit(id).tree, {
    ...(context.signal && { signal: context.signal }),
    onProgress: (done, total) => {
      if (done % 100 === 0 || done === total)
        context.onProgress?.({ phase: "checking-out", done, total, receivedBytes: undefined });
    },
  });
  await repository.refs.change({ name: `refs/heads/${branch}`, id, log });
  await repository.refs.setHead({ branch: `refs/heads/${branch}` }, log);
  await setUpstream(repository, branch, remote, branch);
  if (defaultBranch !== undefined && heads.includes(defaultBranch)) {
    await repository.refs.setSymbolic(`refs/remotes/${remote}/HEAD`, `refs/remotes/${remote}/${defaultBranch}`);
  }
  repository.release();
  return { branch };
}

/** What pushing the current branch would send, and whether it would be refused. */
export function previewPush(
  repository: Repository,
  remote: string,
  branch: string,
): { ahead: number; behind: number; isNew: boolean } {
  const mine = repository.refs.resolve(`refs/heads/${branch}`);
  const theirs = repository.refs.resolve(`refs/remotes/${remote}/${branch}`);
  if (!mine || !theirs) return { ahead: 0, behind: 0, isNew: true };
  if (isAncestor(repository, theirs, mine) && theirs === mine) return { ahead: 0, behind: 0, isNew: false };
  return { ...countAheadBehind(repository, mine, theirs), isNew: false };
}
