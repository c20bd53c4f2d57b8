"use client";
import { GitBranch, GitCommitVertical, RefreshCw } from "lucide-react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { StatusItem } from "@/components/workbench/status-item";
import { toName } from "@/lib/client/file-tree";
import { GIT_VIEW } from "@/lib/client/git";
import { pickSwitch } from "./branch-actions";
import { toShortId } from "./git-words";

/** Branch, and how far it and what it follows are apart; a click goes to another one. */
export function GitStatusItem() {
  const app = useApp();
  const { git, layout } = app;
  const { status, task, repository } = useValue(git.state);
  if (!status) return null;
  const { ahead = 0, behind = 0, upstream } = status;
  const isDetached = status.branch === undefined && status.head !== undefined;
  const branch = status.branch ?? (status.head ? `detached at ${toShortId(status.head)}` : "no branch");
  const apart =
    upstream === undefined ? "it follows no remote branch" : `${ahead} to push, ${behind} to pull, at ${upstream}`;
  const isBusy = task?.state === "running";
  const tip = isDetached
    ? `HEAD is detached at ${toShortId(status.head!)}: you are on no branch.\nClick to go to one.`
    : `${branch}: ${apart}.\nClick to switch.`;
  const open = (): void => {
    if (status.head === undefined) layout.showSideView(GIT_VIEW);
    else void pickSwitch(app).catch((error: unknown) => app.showError(error));
  };
  return (
    <StatusItem tip={tip} shrinks onClick={open}>
      {isDetached ? (
        <GitCommitVertical size={13} aria-hidden className="shrink-0 text-warn" />
      ) : (
        <GitBranch size={13} aria-hidden className="shrink-0" />
      )}
      <span className="sr-only">Branch</span>
      <span className={isDetached ? "max-w-48 truncate text-warn" : "max-w-48 truncate"}>
        {repository === "" ? branch : `${toName(repository)}: ${branch}`}
      </span>
      {upstream !== undefined && !isDetached && (
        <span className="shrink-0">
          <span aria-hidden>
            ↑{ahead} ↓{behind}
          </span>
          <span className="sr-only">{apart}</span>
        </span>
      )}
      {isBusy && <RefreshCw size={11} aria-hidden className="animate-spin" />}
    </StatusItem>
  );
}

/** How many files are changed, over the icon. */
export function GitBadge() {
  const count = useValue(useApp().git.state, ({ status }) => status?.entries.length ?? 0);
  if (count === 0) return null;
  // Drawn by style: the name of the button under it is not to change with the count.
  const badge = "block rounded-full bg-accent-fill px-1 text-2xs text-on-accent after:content-[attr(data-count)]";
  return <span className={badge} data-count={count > 99 ? "99+" : count} />;
}
