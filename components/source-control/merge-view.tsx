"use client";
import { ArrowDown, ArrowUp, Check } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toName } from "@/lib/client/file-tree";
import { groupEntries } from "@/lib/client/git";
import { openMerge, readConflict, resolveHashes, restartConflict } from "@/lib/client/git-merge";
import type { GitConflict, GitStatus } from "@/lib/protocol/git";
import { type MergeControls, MergeEditors, type MergePlace } from "./merge-editors";

/** One file in conflict: both sides, the result, and every way to resolve it. */
export function MergeView({ viewKey: path }: { readonly viewKey: string }) {
  const app = useApp();
  const status = useValue(app.git.state, (state) => state.status);
  const isConflict = status?.entries.some((entry) => entry.conflict && entry.path === path);
  const [conflict, setConflict] = useState<GitConflict>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when asked to
  useEffect(() => {
    if (!isConflict) return;
    let gone = false;
    setError(undefined);
    readConflict(app, path).then(
      (read) => !gone && setConflict(read),
      (problem: unknown) => !gone && setError(problem),
    );
    return () => {
      gone = true;
      setConflict(undefined);
    };
  }, [app, path, isConflict, attempt]);

  if (!status) return <Spinner label="Reading the repository" />;
  if (!isConflict) return <Resolved path={path} />;
  if (error !== undefined) return <ErrorState error={error} onRetry={() => setAttempt(attempt + 1)} />;
  if (!conflict) return <Spinner label="Reading both sides" />;
  const isText = [conflict.ours, conflict.theirs].every((side) => side && !side.binary);
  return isText ? <TextMerge path={path} conflict={conflict} /> : <WholeChoice path={path} conflict={conflict} />;
}

function useAct(): (work: Promise<unknown>) => void {
  const app = useApp();
  return (work) => void work.catch((problem: unknown) => app.showError(problem));
}

function TextMerge({ path, conflict }: { readonly path: string; readonly conflict: GitConflict }) {
  const app = useApp();
  const act = useAct();
  const place = app.git.toWorkspacePath(path);
  const [controls, setControls] = useState<MergeControls>();
  const [{ count, current }, setPlace] = useState<MergePlace>({ count: 0, current: -1 });
  const [showsBase, setShowsBase] = useState(false);
  const [busy, setBusy] = useState(false);
  const ongoing = useValue(app.git.state, ({ status }) => status?.ongoing);
  const none = !controls || count === 0;

  const whileBusy = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } finally {
      setBusy(false);
    }
  };
  const finish = async (): Promise<void> => {
    const documents = app.workspace.getState()?.documents;
    if (!documents) return;
    if (count > 0) {
      const answer = await app.dialogs.choose({
        title: `${toName(path)} still has ${count === 1 ? "a conflict" : `${count} conflicts`}`,
        detail: "The lines between the markers would be committed as they are.",
        choices: [{ id: "resolve", title: "Mark it resolved all the same", danger: true }],
      });
      if (!answer) return;
    }
    if (await documents.save(place)) await app.git.stage({ paths: [path] });
  };
  const restart = async (): Promise<void> => {
    const answer = await app.dialogs.choose({
      title: "Begin this conflict anew?",
      detail: "Both texts come back between markers. What is there now stays in the file's local history.",
      choices: [{ id: "restart", title: "Begin anew" }],
    });
    if (!answer) return;
    const documents = app.workspace.getState()?.documents;
    await documents?.save(place);
    await restartConflict(app, path);
    await documents?.check(place);
    controls?.showFirst();
  };
  const computeHashes = async (): Promise<void> => {
    const documents = app.workspace.getState()?.documents;
    await documents?.save(place);
    await resolveHashes(app, [path]);
    await documents?.check(place);
  };
  return (
    <div className="flex h-full min-h-0 flex-col" data-merge={path}>
      <div
        role="toolbar"
        aria-label="Merge"
        className="flex min-h-8 shrink-0 flex-wrap items-center gap-1.5 border-b px-3 py-1 text-xs"
      >
        <span className="min-w-0 flex-1 truncate">{path}</span>
        <span role="status" className="text-muted">
          {!controls ? "" : none ? "No conflicts are left in the text" : `Conflict ${current + 1} of ${count}`}
        </span>
        <IconButton label="Previous conflict (Shift+F7)" size={24} disabled={none} onClick={() => controls?.go(-1)}>
          <ArrowUp size={14} />
        </IconButton>
        <IconButton label="Next conflict (F7)" size={24} disabled={none} onClick={() => controls?.go(1)}>
          <ArrowDown size={14} />
        </IconButton>
        {(["ours", "theirs", "both"] as const).map((choice) => (
          <Button key={choice} size="small" disabled={none} onClick={() => controls?.accept(choice)}>
            Accept {choice}
          </Button>
        ))}
        <Button size="small" disabled={none} onClick={() => controls?.accept("neither")}>
          Neither
        </Button>
        <Button size="small" aria-pressed={showsBase} onClick={() => setShowsBase(!showsBase)}>
          Base
        </Button>
        <Button size="small" disabled={busy} onClick={() => act(whileBusy(restart))}>
          Begin anew
        </Button>
        <Button
          size="small"
          variant="primary"
          busy={busy}
          icon={<Check size={13} />}
          disabled={!controls}
          onClick={() => act(whileBusy(finish))}
        >
          Mark resolved
        </Button>
      </div>
      {conflict.hashes && (
        <div className="flex items-center gap-2 border-b bg-raised px-3 py-1.5 text-xs">
          <span className="flex-1">These md5sums are of files in this repository: they are computed, not picked.</span>
          <Button size="small" variant="primary" disabled={busy} onClick={() => act(whileBusy(computeHashes))}>
            Compute the hashes
          </Button>
        </div>
      )}
      <MergeEditors
        path={place}
        conflict={conflict}
        showsBase={showsBase}
        titles={toSideTitles(ongoing)}
        onReady={setControls}
        onPlace={setPlace}
      />
    </div>
  );
}

/** In a rebase "ours" is what the commits are put on, and "theirs" is the person's own commit: said, as it surprises. */
function toSideTitles(ongoing: GitStatus["ongoing"]): { ours: string; theirs: string } {
  const commit = ongoing?.commit?.slice(0, 7) ?? "";
  switch (ongoing?.kind) {
    case "merge":
      return { ours: "Ours: this branch", theirs: `Theirs: what is merged (${commit})` };
    case "rebase":
      return { ours: "Ours: what your commits are put on", theirs: `Theirs: your commit ${commit}` };
    case "cherry-pick":
      return { ours: "Ours: this branch", theirs: `Theirs: the picked commit ${commit}` };
    case "revert":
      return { ours: "Ours: this branch", theirs: `Theirs: before commit ${commit}` };
    case "stash":
      return { ours: "Ours: what is here", theirs: "Theirs: the stash" };
    default:
      return { ours: "Ours", theirs: "Theirs" };
  }
}

/** A side deleted the file, or it is not text: one side is taken whole. */
function WholeChoice({ path, conflict }: { readonly path: string; readonly conflict: GitConflict }) {
  const { git } = useApp();
  const act = useAct();
  const { ours, theirs } = conflict;
  const title = !theirs
    ? "Deleted by them, changed by us"
    : !ours
      ? "Deleted by us, changed by them"
      : "Not a text file";
  return (
    <EmptyState
      title={`${toName(path)}: ${title}`}
      action={
        <div className="flex gap-2">
          <Button variant="primary" onClick={() => act(git.takeSide(path, ours ? "ours" : "theirs"))}>
            {ours && theirs ? "Take ours" : "Keep the file"}
          </Button>
          <Button onClick={() => act(git.takeSide(path, ours ? "theirs" : "ours"))}>
            {ours && theirs ? "Take theirs" : "Delete the file"}
          </Button>
        </div>
      }
    >
      What is not taken stays in the file's local history.
    </EmptyState>
  );
}

/** What comes after: the next file in conflict, or going on. */
function Resolved({ path }: { readonly path: string }) {
  const app = useApp();
  const act = useAct();
  const status = useValue(app.git.state, (state) => state.status);
  const next = groupEntries(status?.entries ?? []).conflicts[0]?.path;
  const ongoing = status?.ongoing;
  return (
    <EmptyState
      title={`${toName(path)} has no conflict any more`}
      action={
        next !== undefined ? (
          <Button variant="primary" onClick={() => openMerge(app, next)}>
            Resolve {toName(next)}
          </Button>
        ) : ongoing ? (
          <Button variant="primary" onClick={() => act(app.git.continue())}>
            Continue the {ongoing.kind}
          </Button>
        ) : undefined
      }
    >
      {next === undefined && ongoing ? "All conflicts are resolved." : undefined}
    </EmptyState>
  );
}
