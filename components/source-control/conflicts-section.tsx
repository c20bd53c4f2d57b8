"use client";
import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { groupEntries } from "@/lib/client/git";
import { openMerge, resolveHashes } from "@/lib/client/git-merge";

/** What is going on (a merge, a rebase …) with the way on and the way back. */
export function OngoingBar() {
  const app = useApp();
  const { git } = app;
  const { status } = useValue(git.state);
  if (!status?.ongoing) return null;
  const { conflicts } = groupEntries(status.entries);
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  return (
    <div className="flex items-center gap-2 border-b px-3 py-2 text-xs" role="status">
      <span className="flex-1">A {status.ongoing.kind} is going on</span>
      <Button size="small" disabled={conflicts.length > 0} onClick={() => act(git.continue())}>
        Continue
      </Button>
      <Button size="small" onClick={() => act(git.abort())}>
        Abort
      </Button>
    </div>
  );
}

/** The files that both sides changed, and how each is resolved. */
export function ConflictsSection() {
  const app = useApp();
  const { git } = app;
  const entries = useValue(git.state, ({ status }) => status?.entries);
  const { conflicts } = groupEntries(entries ?? []);
  if (conflicts.length === 0) return null;
  const hashes = conflicts.filter((entry) => entry.hashes);
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  return (
    <section aria-label="Conflicts">
      <h3 className="px-3 pt-2 pb-1 text-xs font-medium text-muted">Conflicts ({conflicts.length})</h3>
      {hashes.length > 0 && (
        <div className="px-3 pb-1">
          <Button
            size="small"
            data-tip="md5sums are computed from the files, not picked"
            onClick={() => act(resolveHashes(app))}
          >
            Compute the hashes ({hashes.length})
          </Button>
        </div>
      )}
      <ul>
        {conflicts.map(({ path, unstaged }) => (
          <li key={path} className="flex items-center gap-1 py-0.5 pr-2 pl-3 hover:bg-hover">
            <button
              type="button"
              className="min-w-0 flex-1 truncate text-left"
              data-tip="Open both sides and the result"
              onClick={() => openMerge(app, path)}
            >
              {path}
            </button>
            <span className="w-4 text-center font-mono text-2xs text-muted">{unstaged}</span>
            <Button size="small" onClick={() => act(git.takeSide(path, "ours"))}>
              Ours
            </Button>
            <Button size="small" onClick={() => act(git.takeSide(path, "theirs"))}>
              Theirs
            </Button>
            <IconButton label={`Mark ${path} resolved`} size={20} onClick={() => act(git.stage({ paths: [path] }))}>
              <Plus size={14} />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
