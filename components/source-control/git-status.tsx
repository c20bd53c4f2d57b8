"use client";
import { GitBranch } from "lucide-react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { StatusItem } from "@/components/workbench/status-item";
import { GIT_VIEW } from "@/lib/client/git";

/** Branch, and how far it and what it follows are apart. */
export function GitStatusItem() {
  const { git, layout } = useApp();
  const { status } = useValue(git.state);
  if (!status) return null;
  const { ahead = 0, behind = 0 } = status;
  const branch = status.branch ?? (status.head ? `detached at ${status.head.slice(0, 8)}` : "no branch");
  const apart = [ahead > 0 && `${ahead} to push`, behind > 0 && `${behind} to pull`].filter(Boolean).join(", ");
  return (
    <StatusItem tip={apart ? `${branch}: ${apart}` : branch} onClick={() => layout.showSideView(GIT_VIEW)}>
      <GitBranch size={13} aria-hidden />
      <span className="sr-only">Branch</span> {branch}
      {apart && (
        <span aria-hidden>
          {ahead > 0 && `↑${ahead}`} {behind > 0 && `↓${behind}`}
        </span>
      )}
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
