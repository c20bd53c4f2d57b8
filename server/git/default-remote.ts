/** Fetching and pushing where the request names no remote: `lib/git/default-remote.ts` says which one is meant. */
import { WebrunnerError } from "@/lib/base/errors";
import { chooseFetchRemotes, choosePushRemote } from "@/lib/git/default-remote";
import { findUpstream, readHead } from "./branches";
import { type ExchangeContext, fetchRemote } from "./exchange";
import { listRemotes } from "./remotes";
import type { Repository } from "./repository";

function findFollowed(repository: Repository, branch = readHead(repository).branch): string | undefined {
  return branch === undefined ? undefined : findUpstream(repository, branch)?.remote;
}

function getRemoteNames(repository: Repository): readonly string[] {
  const names = listRemotes(repository).map(({ name }) => name);
  if (names.length > 0) return names;
  throw new WebrunnerError("git/not-found", {
    message: "This repository has no remote yet.",
    hint: "Add the one that it comes from, or connect your fork.",
  });
}

/** `git/invalid`, with the remotes there are, when several could be meant. */
export function getPushRemote(repository: Repository, branch: string | undefined): string {
  const names = getRemoteNames(repository);
  const remote = choosePushRemote(findFollowed(repository, branch), names);
  if (remote !== undefined) return remote;
  throw new WebrunnerError("git/invalid", {
    message: `The branch follows no remote, and ${names.join(", ")} could be meant.`,
    hint: "Name the remote to push to, or connect your fork.",
    remotes: names,
  });
}

/**
 * Fetches what a plain fetch means. Of several remotes each is tried, and said when it is here; those that failed are
 * told together afterwards, with the code of the first.
 */
export async function fetchDefault(
  repository: Repository,
  context: ExchangeContext,
  options: Parameters<typeof fetchRemote>[3],
): Promise<void> {
  const names = chooseFetchRemotes(findFollowed(repository), getRemoteNames(repository));
  const failures: { readonly name: string; readonly error: WebrunnerError }[] = [];
  for (const name of names) {
    try {
      await fetchRemote(repository, context, name, options);
      if (names.length > 1) context.onMessage?.(`${name}: fetched`);
    } catch (error) {
      if (names.length === 1 || !(error instanceof WebrunnerError)) throw error;
      failures.push({ name, error });
    }
  }
  const [first] = failures;
  if (!first) return;
  throw new WebrunnerError(
    first.error.code,
    { ...first.error.data, message: failures.map(({ name, error }) => `${name}: ${error.message}`).join(" ") },
    { cause: first.error },
  );
}
