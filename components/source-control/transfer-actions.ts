/** Pull and push by themselves, and with a remote and a way of their own. */
import type { ClientApp } from "@/lib/client/app";
import { chooseRemote } from "@/lib/client/git";
import { choose, listBranches } from "./branch-actions";

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

/** From what the branch follows; of one that follows nothing, the person says from which remote branch. */
export async function pull(app: ClientApp, mode: PullMode = "fast-forward"): Promise<void> {
  const { git, api, notices } = app;
  const { status } = git.state.getState();
  if (status?.upstream !== undefined) return void (await pullFrom(app, mode));
  const branches = (await listBranches(app)).filter(({ remote }) => remote);
  if (branches.length === 0)
    return void notices.show({ kind: "info", title: "No branch of a remote is known here", detail: "Fetch first." });
  choose(
    app,
    `${status?.branch ?? "HEAD"} follows no remote branch: which one to pull from`,
    branches.map(({ name, subject }) => {
      const slash = name.indexOf("/");
      const body = { mode, remote: name.slice(0, slash), branch: name.slice(slash + 1) };
      return { title: name, detail: subject, run: () => git.transfer((at) => api.pullGit({ ...at, body })) };
    }),
  );
}

/** To what the branch follows, the fork or the only remote; when several could be meant, the person says which. */
export async function push(app: ClientApp): Promise<void> {
  const { status, remotes } = app.git.state.getState();
  if (remotes.length === 0 || chooseRemote(status, remotes) !== undefined) return app.git.push();
  choose(app, `${status?.branch ?? "HEAD"} follows no remote: where to push it`, [
    ...remotes.map(({ name, url }) => ({ title: name, detail: url, run: () => pushTo(app, name) })),
    { title: "Connect my fork…", detail: "and push there", run: () => app.gitDialogs.open({ kind: "fork" }) },
  ]);
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
