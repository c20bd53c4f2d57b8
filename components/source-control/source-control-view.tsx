"use client";
import { GitBranch, Minus, Plus, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toName } from "@/lib/client/file-tree";
import { type DiffPair, GIT_DIFF_TAB, groupEntries } from "@/lib/client/git";
import type { GitStatusEntry } from "@/lib/protocol/git";
import { CommitBox } from "./commit-box";
import { ConflictsSection, OngoingBar } from "./conflicts-section";
import { TransferBar } from "./transfer-bar";
import { TransferBox } from "./transfer-box";

/** What is changed and staged, the message box, and the way to the fork. */
export function SourceControlView() {
  const app = useApp();
  const { git } = app;
  const { phase, status, error } = useValue(git.state);
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  if (phase === "failed" && !status) return <ErrorState error={error} onRetry={() => act(git.reload())} />;
  if (phase === "none") {
    return (
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
    );
  }
  if (!status) return <div className="skeleton m-4 h-5 w-3/5" role="status" aria-label="Reading the repository" />;
  const { staged, changes } = groupEntries(status.entries);
  const open = (pair: DiffPair, path: string): void =>
    app.editors.openView(
      GIT_DIFF_TAB,
      `${pair}:${path}`,
      `${toName(path)} (${pair === "staged" ? "staged" : "changes"})`,
    );
  const discard = async (path: string): Promise<void> => {
    const answer = await app.dialogs.choose({
      title: `Discard the changes of ${toName(path)}?`,
      detail: "What is there now stays in the file's local history.",
      choices: [{ id: "discard", title: "Discard", danger: true }],
    });
    if (answer) await git.discard({ paths: [path] });
  };
  return (
    <div className="flex h-full min-h-0 flex-col overflow-y-auto text-sm">
      <OngoingBar />
      <CommitBox stagedCount={staged.length} />
      <TransferBar />
      <TransferBox />
      <ConflictsSection />
      <Group title="Staged" entries={staged} onOpen={(path) => open("staged", path)}>
        {({ path }) => (
          <IconButton label={`Unstage ${path}`} size={20} onClick={() => act(git.unstage({ paths: [path] }))}>
            <Minus size={14} />
          </IconButton>
        )}
      </Group>
      <Group title="Changes" entries={changes} onOpen={(path) => open("worktree", path)}>
        {({ path }) => (
          <>
            <IconButton label={`Discard ${path}`} size={20} onClick={() => act(discard(path))}>
              <Undo2 size={14} />
            </IconButton>
            <IconButton label={`Stage ${path}`} size={20} onClick={() => act(git.stage({ paths: [path] }))}>
              <Plus size={14} />
            </IconButton>
          </>
        )}
      </Group>
      {status.truncated && <p className="px-3 py-2 text-xs text-muted">There are more changes than are shown.</p>}
    </div>
  );
}

function Group(props: {
  readonly title: string;
  readonly entries: readonly GitStatusEntry[];
  readonly onOpen?: (path: string) => void;
  readonly children: (entry: GitStatusEntry) => ReactNode;
}) {
  const { title, entries, onOpen } = props;
  return (
    <section aria-label={title}>
      <h3 className="px-3 pt-2 pb-1 text-xs font-medium text-muted">
        {title} ({entries.length})
      </h3>
      <ul>
        {entries.map((entry) => (
          <li key={entry.path} className="flex items-center gap-1 py-0.5 pr-2 pl-3 hover:bg-hover">
            <button
              type="button"
              className="min-w-0 flex-1 truncate text-left"
              disabled={!onOpen || entry.path.endsWith("/")}
              onClick={() => onOpen?.(entry.path)}
            >
              {entry.path}
            </button>
            <span className="w-4 text-center font-mono text-2xs text-muted">
              {title === "Staged" ? entry.staged : entry.unstaged}
            </span>
            {props.children(entry)}
          </li>
        ))}
      </ul>
    </section>
  );
}
