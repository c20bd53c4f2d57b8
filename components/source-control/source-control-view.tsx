"use client";
import { Ellipsis, GitBranch, GitGraph, RefreshCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton } from "@/components/ui/menu";
import { useApp, useValue } from "@/components/workbench/app-context";
import { BranchLine } from "./branch-line";
import { ChangeTree } from "./change-tree";
import { openLog } from "./commit-actions";
import { CommitBox } from "./commit-box";
import { ConflictsSection, OngoingBar } from "./conflicts-section";
import { toSourceControlMenu } from "./git-commands";
import { HistoryPane } from "./history-pane";
import { RepositoryLine } from "./repository-line";
import { TransferBar } from "./transfer-bar";
import { TransferBox } from "./transfer-box";

/** Where we are, the message box, the way to the fork, what is staged and changed; below it the history. */
export function SourceControlView() {
  const app = useApp();
  const { git } = app;
  const { phase, status, error } = useValue(git.state);
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  if (phase === "failed" && !status) return <ErrorState error={error} onRetry={() => act(git.reload())} />;
  if (phase === "none") {
    return (
      <>
        <RepositoryLine />
        <EmptyState
          icon={<GitBranch size={28} strokeWidth={1.5} />}
          title="The workspace is no git repository"
          action={
            <Button size="small" variant="primary" onClick={() => act(git.createRepository())}>
              Create a repository
            </Button>
          }
        >
          With one, changes are committed and pushed to your fork from here.
        </EmptyState>
      </>
    );
  }
  if (!status) {
    // It is read when a transfer that goes on has ended, which can be cancelled here.
    return (
      <>
        <RepositoryLine />
        <div className="skeleton m-4 h-5 w-3/5" role="status" aria-label="Reading the repository" />
        <TransferBox />
      </>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col overflow-hidden text-sm">
      <div className="flex max-h-[65%] shrink-0 flex-col overflow-y-auto">
        <RepositoryLine />
        <BranchLine />
        <OngoingBar />
        <CommitBox />
        <TransferBar />
        <TransferBox />
        <ConflictsSection />
      </div>
      <div className="min-h-24 flex-1">
        <ChangeTree status={status} />
      </div>
      {status.truncated && <p className="px-3 py-2 text-xs text-muted">There are more changes than are shown.</p>}
      {status.head !== undefined && <HistoryPane />}
    </div>
  );
}

/** Beside the view's title. */
export function SourceControlActions() {
  const app = useApp();
  const hasHead = useValue(app.git.state, ({ status }) => status?.head !== undefined);
  return (
    <>
      <IconButton label="Git log" disabled={!hasHead} onClick={() => openLog(app)}>
        <GitGraph size={15} />
      </IconButton>
      <IconButton
        label="Read the repository again"
        onClick={() => void app.git.refresh().catch((error: unknown) => app.showError(error))}
      >
        <RefreshCw size={14} />
      </IconButton>
      <MenuButton label="More of git" items={() => toSourceControlMenu(app)} align="end">
        {(button) => (
          <IconButton label="More of git" {...button}>
            <Ellipsis size={15} />
          </IconButton>
        )}
      </MenuButton>
    </>
  );
}
