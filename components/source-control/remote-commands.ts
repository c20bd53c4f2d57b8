import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { resolveHashes } from "@/lib/client/git-merge";
import { forcePush, pull, push } from "./transfer-actions";

/** Remotes and transfers, by name. */
export function remoteCommands(app: ClientApp): readonly Command[] {
  const { git, gitDialogs } = app;
  const hasRemote = (): boolean => git.state.getState().remotes.length > 0;
  const followsOne = (): boolean => git.state.getState().status?.upstream !== undefined;
  const category = "Git";
  return [
    { id: "git.clone", category, title: "Clone a repository…", run: () => gitDialogs.open({ kind: "clone" }) },
    { id: "git.fork", category, title: "Connect my fork…", run: () => gitDialogs.open({ kind: "fork" }) },
    { id: "git.remotes", category, title: "Remotes…", run: () => gitDialogs.open({ kind: "remotes" }) },
    { id: "git.access", category, title: "Logins and keys…", run: () => gitDialogs.open({ kind: "access" }) },
    { id: "git.fetch", category, title: "Fetch", isEnabled: hasRemote, run: () => git.fetch() },
    { id: "git.pull", category, title: "Pull", isEnabled: hasRemote, run: () => pull(app) },
    {
      id: "git.pullMerge",
      category,
      title: "Pull and merge",
      isEnabled: hasRemote,
      run: () => pull(app, "merge"),
    },
    {
      id: "git.pullRebase",
      category,
      title: "Pull and rebase",
      isEnabled: hasRemote,
      run: () => pull(app, "rebase"),
    },
    { id: "git.push", category, title: "Push", isEnabled: hasRemote, run: () => push(app) },
    {
      id: "git.forcePush",
      category,
      title: "Overwrite the remote branch with a lease…",
      isEnabled: followsOne,
      run: () => forcePush(app),
    },
    {
      id: "git.hashes",
      category,
      title: "Compute the hashes of files in conflict",
      isEnabled: () => git.state.getState().status?.entries.some(({ hashes }) => hashes) === true,
      run: () => resolveHashes(app),
    },
  ];
}
