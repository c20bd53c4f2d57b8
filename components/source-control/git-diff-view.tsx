"use client";
import { useEffect, useState } from "react";
import { DiffEditorView } from "@/components/editor/diff-editor-view";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { DiffSide } from "@/lib/client/editor-groups";
import { selectHunk } from "@/lib/client/git";
import type { GitDiff, GitSelection } from "@/lib/protocol/git";

interface Shown {
  readonly diff: GitDiff;
  readonly original: DiffSide;
  readonly modified: DiffSide;
}

/** One file's changes: hunk by hunk with what can be done to each, or both texts side by side. */
export function GitDiffView({ viewKey }: { readonly viewKey: string }) {
  const app = useApp();
  const { git } = app;
  const revision = useValue(git.state, (state) => state.revision);
  const isStaged = viewKey.startsWith("staged:");
  const path = viewKey.slice(viewKey.indexOf(":") + 1);
  const [shown, setShown] = useState<Shown>();
  const [error, setError] = useState<unknown>();
  const [sideBySide, setSideBySide] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever the repository was
  useEffect(() => {
    let gone = false;
    const [from, to] = isStaged ? (["head", "index"] as const) : (["index", "worktree"] as const);
    const read = async (): Promise<void> => {
      const [diff, before, after] = await Promise.all([
        git.readDiff(isStaged ? "staged" : "worktree", path),
        git.readFile(from, path),
        git.readFile(to, path),
      ]);
      if (gone) return;
      setError(undefined);
      setShown({
        diff,
        original: { kind: "text", path, title: isStaged ? "Last commit" : "Staged", text: before },
        modified: { kind: "text", path, title: isStaged ? "Staged" : "Saved file", text: after },
      });
    };
    read().catch((problem: unknown) => {
      if (!gone) setError(problem);
    });
    return () => {
      gone = true;
    };
  }, [git, path, isStaged, revision]);

  if (error !== undefined) return <ErrorState error={error} onRetry={() => void git.reload()} />;
  if (!shown) return <Spinner label="Reading the changes" />;
  const { diff } = shown;
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  const discard = async (selection: GitSelection): Promise<void> => {
    const answer = await app.dialogs.choose({
      title: "Discard this hunk?",
      detail: "What is there now stays in the file's local history.",
      choices: [{ id: "discard", title: "Discard", danger: true }],
    });
    if (answer) await git.discard(selection);
  };
  if (diff.binary) return <EmptyState title="This is not a text file">Stage it as a whole.</EmptyState>;
  if (diff.hunks.length === 0) return <EmptyState title="No changes here any more" />;
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-8 shrink-0 items-center gap-2 border-b px-3 text-xs">
        <span className="min-w-0 flex-1 truncate">{path}</span>
        <Button size="small" aria-pressed={sideBySide} onClick={() => setSideBySide(!sideBySide)}>
          Side by side
        </Button>
      </div>
      {sideBySide ? (
        <div className="relative min-h-0 flex-1">
          <DiffEditorView original={shown.original} modified={shown.modified} />
        </div>
      ) : (
        <div className="min-h-0 flex-1 overflow-auto p-2">
          {diff.hunks.map((hunk, index) => (
            <section
              key={`${hunk.oldStart} ${hunk.newStart}`}
              aria-label={`Hunk ${index + 1}`}
              className="mb-3 rounded-md border"
            >
              <header className="flex items-center gap-2 border-b px-2 py-1 text-xs text-muted">
                <span className="flex-1">From line {hunk.newStart}</span>
                {isStaged ? (
                  <Button size="small" onClick={() => act(git.unstage(selectHunk(diff, index)))}>
                    Unstage hunk
                  </Button>
                ) : (
                  <>
                    <Button size="small" onClick={() => act(discard(selectHunk(diff, index)))}>
                      Discard hunk
                    </Button>
                    <Button size="small" onClick={() => act(git.stage(selectHunk(diff, index)))}>
                      Stage hunk
                    </Button>
                  </>
                )}
              </header>
              <pre className="overflow-x-auto font-mono text-xs">
                {hunk.lines.map(({ kind, text, oldLine, newLine }) => (
                  <div
                    key={`${kind} ${oldLine} ${newLine}`}
                    className={classNames("px-2", kind === "added" && "text-good", kind === "removed" && "text-bad")}
                  >
                    {kind === "added" ? "+" : kind === "removed" ? "-" : " "} {text}
                  </div>
                ))}
              </pre>
            </section>
          ))}
        </div>
      )}
    </div>
  );
}
