/** Fetch, pull and push with a remote and a way of their own. */
import type { ClientApp } from "@/lib/client/app";
import { chooseRemote } from "@/lib/client/git";

export type PullMode = "fast-forward" | "merge" | "rebase";

export function fetchFrom({ git, api }: ClientApp, remote: string): Promise<unknown> {
  return git.transfer((address) => api.fetchGit({ ...address, body: { remote } }));
}

/** From what the branch follows; with `remote`, from the branch of this name there. */
export function pullFrom({ git, api }: ClientApp, mode: PullMode, remote?: string): Promise<unknown> {
  const { status, remotes } = git.state.getState();
  const isFollowed =
    status?.upstream !== undefined && (remote === undefined || status.upstream.startsWith(`${remote}/`));
  const from = isFollowed ? {} : { remote: remote ?? chooseRemote(status, remotes), branch: status?.branch };
  return git.transfer((address) => api.pullGit({ ...address, body: { mode, ...from } }));
}

export function pushTo({ git, api }: ClientApp, remote: string): Promise<unknown> {
  return git.transfer((address) => api.pushGit({ ...address, body: { remote, setUpstream: true } }));
}

/** Only ever by a person who read what it does; refused when the branch moved since it was last fetched. */
export async function forcePush(app: ClientApp): Promise<void> {
  const { git, api, dialogs } = app;
  const { status, remotes } = git.state.getState();
  const remote = chooseRemote(status, remotes);
  if (remote === undefined) return;
  const answer = await dialogs.choose({
    title: `Overwrite ${status?.branch ?? "the branch"} at ${remote}?`,
    detail:
      "Commits that are only there are lost to everybody who has not fetched them. It is done with a lease: if the branch moved since you last fetched it, nothing is overwritten.",
    choices: [{ id: "force", title: "Overwrite with a lease", danger: true }],
  });
  if (!answer) return;
  await git.transfer((address) => api.pushGit({ ...address, body: { remote, forceWithLease: true } }));
}
