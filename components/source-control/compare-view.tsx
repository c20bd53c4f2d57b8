"use client";
import { ArrowLeftRight } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp } from "@/components/workbench/app-context";
import { count } from "@/lib/base/count";
import { openRevisionDiff } from "./change-actions";
import { ChangedFiles } from "./changed-files";
import { toShortId } from "./git-words";
import { useAnswer, useHistoryMark } from "./use-answer";

const toTitle = (revision: string): string =>
  revision.replace(/^[0-9a-f]{40}/, toShortId).replace(/^refs\/(heads|tags|remotes)\//, "");

/** Two revisions side by side: how far they are apart, and the files that differ. */
export function CompareView({ viewKey }: { readonly viewKey: string }) {
  const app = useApp();
  const [[from, to, title], setEnds] = useState(() => JSON.parse(viewKey) as [string, string, string?]);
  const ask = async () => {
    const compared = await app.git.ask((at) => app.api.compareGit({ ...at, query: { ...at.query, from, to } }));
    if (title === undefined) return { ...compared, untracked: undefined, commit: undefined };
    // New files of a stash are in a third parent, a commit without a past.
    const read = (revision: string) =>
      app.git.ask((at) => app.api.readGitCommit({ ...at, query: { ...at.query, revision } }));
    const [, , untracked] = (await read(to)).commit.parents;
    const more = untracked === undefined ? [] : (await read(untracked)).changes;
    return { ...compared, changes: [...compared.changes, ...more], untracked: new Set(more), commit: untracked };
  };
  const { value, error, reload } = useAnswer(ask, `${from} ${to} ${useHistoryMark()}`);
  return (
    <section className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 text-xs">
        <h2 className="flex min-w-0 flex-wrap items-center gap-2 text-sm font-semibold">
          {title ?? (
            <>
              <span className="truncate font-mono">{toTitle(from)}</span>
              <span className="text-faint">→</span>
              <span className="truncate font-mono">{toTitle(to)}</span>
            </>
          )}
        </h2>
        {value && (
          <span className="text-muted">
            {value.changes.length === 0 ? "No files differ" : count(value.changes.length, "file")}
            {value.changes.length > 0 && (value.changes.length === 1 ? " differs" : " differ")}
            {title === undefined && ` · ${describeDistance(toTitle(to), value)}`}
          </span>
        )}
        {title === undefined && (
          <Button
            size="small"
            className="ml-auto"
            icon={<ArrowLeftRight size={12} aria-hidden />}
            onClick={() => setEnds([to, from])}
          >
            Swap
          </Button>
        )}
      </header>
      <div className="min-h-0 flex-1">
        {error !== undefined ? (
          <ErrorState error={error} onRetry={reload} />
        ) : !value ? (
          <div className="grid h-full place-items-center">
            <Spinner label="Comparing" />
          </div>
        ) : value.changes.length === 0 ? (
          <EmptyState title="The files are the same" />
        ) : (
          <ChangedFiles
            label="Files that differ"
            changes={value.changes}
            onOpen={(change) => {
              const { path, from: oldPath } = change;
              const isUntracked = value.untracked?.has(change) === true;
              openRevisionDiff(app, {
                from: isUntracked ? "" : from,
                to: isUntracked ? value.commit! : to,
                path,
                ...(oldPath !== undefined && { oldPath }),
              });
            }}
          />
        )}
      </div>
    </section>
  );
}

/** "main has 2 commits more and lacks 1" */
function describeDistance(to: string, { ahead, behind }: { readonly ahead: number; readonly behind: number }): string {
  if (ahead === 0) return behind === 0 ? "the same commits" : `${to} lacks ${count(behind, "commit")}`;
  return `${to} has ${count(ahead, "commit")} more${behind > 0 ? ` and lacks ${behind}` : ""}`;
}
