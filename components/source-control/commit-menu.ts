/** What can be done with a commit, as a menu. */
import type { MenuItem } from "@/components/ui/menu";
import type { ClientApp } from "@/lib/client/app";
import type { GitCommit } from "@/lib/protocol/git";
import { checkoutDetached, createBranch, mergeInto, switchTo } from "./branch-actions";
import { cherryPick, openCommit, openComparison, resetTo, revertCommit } from "./commit-actions";
import { toRefName, toShortId } from "./git-words";
import { createTag } from "./tag-actions";

export function toCommitMenu(app: ClientApp, commit: GitCommit): readonly MenuItem[] {
  const act = (work: () => Promise<unknown>) => () => work().catch((error: unknown) => app.showError(error));
  const { status } = app.git.state.getState();
  const title = `${toShortId(commit.id)} ${commit.subject}`;
  const isHead = status?.head === commit.id;
  const locals = commit.refs.filter((ref) => ref.startsWith("refs/heads/")).map(toRefName);
  const others = locals.filter((name) => name !== status?.branch);
  return [
    { title: "Open commit", keys: "Enter", run: () => openCommit(app, commit.id) },
    ...(status?.head && !isHead
      ? [{ title: "Compare with HEAD", run: () => openComparison(app, commit.id, "HEAD") }]
      : []),
    "separator",
    ...others.map((name) => ({ title: `Switch to ${name}`, run: act(() => switchTo(app, name)) })),
    ...others.map((name) => ({ title: `Merge ${name} into here`, run: act(() => mergeInto(app, name)) })),
    { title: "Check out (detached)…", run: act(() => checkoutDetached(app, commit.id, title)) },
    { title: "Create branch here…", run: act(() => createBranch(app, commit.id, title)) },
    { title: "Create tag here…", run: act(() => createTag(app, commit.id, title)) },
    "separator",
    { title: "Cherry-pick", disabled: isHead, run: act(() => cherryPick(app, commit)) },
    { title: "Revert…", run: act(() => revertCommit(app, commit)) },
    {
      title: `Reset ${status?.branch ?? "HEAD"} to here…`,
      danger: true,
      run: act(() => resetTo(app, commit.id, title)),
    },
    "separator",
    { title: "Copy commit id", run: () => navigator.clipboard.writeText(commit.id) },
    { title: "Copy message", run: () => navigator.clipboard.writeText(commit.message.trim()) },
  ];
}
