"use client";
import { GitBranch, Minus, Plus, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toName } from "@/lib/client/file-tree";
import { type DiffPair, GIT_DIFF_TAB, groupEntries } from "@/lib/client/git";
import type { GitStatusEntry } from "@/lib/protocol/git";
import { CommitBox } from "./commit-box";
import { ForkDialog } from "./fork-dialog";
import { TransferBox } from "./transfer-box";

/** What is changed and staged, the message box, and the way to the fork. */
export function SourceControlView() {
  const app = useApp();
  const { git } = app;
  const { phase, status, error, remotes, task } = useValue(git.state);
  const [asksFork, setAsksFork] = useState(false);
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
  const { conflicts, staged, changes } = groupEntries(status.entries);
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
      {status.ongoing && (
        <div className="flex items-center gap-2 border-b px-3 py-2 text-xs" role="status">
          <span className="flex-1">A {status.ongoing.kind} is going on</span>
          <Button size="small" disabled={conflicts.length > 0} onClick={() => act(git.continue())}>
            Continue
          </Button>
          <Button size="small" onClick={() => act(git.abort())}>
            Abort
          </Button>
        </div>
      )}
      <CommitBox stagedCount={staged.length} />
      <div className="flex flex-wrap gap-1 px-3 pb-2">
        <Button size="small" onClick={() => setAsksFork(true)}>
          Connect my fork
        </Button>
        <Button
          size="small"
          disabled={remotes.length === 0 || task?.state === "running"}
          onClick={() => act(git.fetch())}
        >
          Fetch
        </Button>
        <Button
          size="small"
          disabled={!status.upstream || task?.state === "running"}
          onClick={() => act(git.pull("fast-forward"))}
        >
          Pull
        </Button>
        <Button
          size="small"
          disabled={remotes.length === 0 || !status.head || task?.state === "running"}
          onClick={() => act(git.push())}
        >
          Push
        </Button>
      </div>
      <TransferBox />
      {conflicts.length > 0 && (
        <Group title="Conflicts" entries={conflicts}>
          {({ path }) => (
            <>
              <Button size="small" onClick={() => act(git.takeSide(path, "ours"))}>
                Ours
              </Button>
              <Button size="small" onClick={() => act(git.takeSide(path, "theirs"))}>
                Theirs
              </Button>
              <IconButton label={`Mark ${path} resolved`} size={20} onClick={() => act(git.stage({ paths: [path] }))}>
                <Plus size={14} />
              </IconButton>
            </>
          )}
        </Group>
      )}
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
      {asksFork && <ForkDialog onClose={() => setAsksFork(false)} />}
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
