"use client";
import { GitBranch, GitCommitVertical } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { createBranch, pickSwitch, switchTo } from "./branch-actions";
import { toShortId } from "./git-words";
import { useAnswer, useHistoryMark } from "./use-answer";

/** Where the work tree is: the branch with what it follows, or, said plainly, a commit and the way back. */
export function BranchLine() {
  const app = useApp();
  const { status } = useValue(app.git.state);
  if (!status) return null;
  if (status.branch === undefined) return <DetachedLine head={status.head} />;
  const { ahead = 0, behind = 0, upstream } = status;
  return (
    <button
      type="button"
      className="flex min-w-0 items-center gap-1.5 px-3 pt-2 text-left text-xs hover:text-accent"
      data-tip="Switch branch"
      onClick={() => void pickSwitch(app).catch((error: unknown) => app.showError(error))}
    >
      <GitBranch size={13} aria-hidden className="shrink-0" />
      <span className="sr-only">Branch</span>
      <span className="truncate font-semibold">{status.branch}</span>
      <span className="min-w-0 truncate text-faint">
        {upstream === undefined ? (status.head ? "follows no remote branch" : "no commit yet") : upstream}
      </span>
      {upstream !== undefined && (
        <span className="ml-auto shrink-0 text-muted" data-tip={`${ahead} to push, ${behind} to pull`}>
          ↑{ahead} ↓{behind}
        </span>
      )}
    </button>
  );
}

function DetachedLine({ head }: { readonly head: string | undefined }) {
  const app = useApp();
  const ask = () => app.git.ask((at) => app.api.readGitReflog(at));
  const branches = useAnswer(() => app.git.ask((at) => app.api.listGitBranches(at)), useHistoryMark());
  const { value } = useAnswer(ask, useHistoryMark());
  const local = new Set(branches.value?.branches.filter(({ remote }) => !remote).map(({ name }) => name));
  const before = value?.moves
    .map(({ message }) => /^checkout: moving from (\S+) to /.exec(message)?.[1])
    .find((name) => name !== undefined && local.has(name));
  const act = (work: Promise<unknown>): void => void work.catch((error: unknown) => app.showError(error));
  return (
    <div role="status" className="border-b border-warn/40 bg-warn/10 px-3 py-2 text-xs">
      <p className="flex items-center gap-1.5 font-semibold">
        <GitCommitVertical size={13} aria-hidden className="shrink-0 text-warn" />
        Detached at {head ? toShortId(head) : "no commit"}
      </p>
      <p className="mt-0.5 text-muted">You are on no branch. Commits made here belong to none until you create one.</p>
      <div className="mt-1.5 flex flex-wrap gap-1">
        {before !== undefined && (
          <Button size="small" variant="primary" onClick={() => act(switchTo(app, before))}>
            Back to {before}
          </Button>
        )}
        <Button size="small" onClick={() => act(createBranch(app))}>
          Create branch here
        </Button>
        {before === undefined && (
          <Button size="small" onClick={() => act(pickSwitch(app))}>
            Switch to a branch
          </Button>
        )}
      </div>
    </div>
  );
}
