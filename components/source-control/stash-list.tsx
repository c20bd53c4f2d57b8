"use client";
import { Archive, ArchiveRestore, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Menu } from "@/components/ui/menu";
import { Tree, type TreeItem } from "@/components/ui/tree";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { GitStash } from "@/lib/protocol/git";
import { RowButton } from "./change-tree";
import { describeAge } from "./git-words";
import { ListSkeleton } from "./list-skeleton";
import { applyStash, dropStash, saveStash, showStash } from "./stash-actions";
import { useAnswer, useHistoryMark } from "./use-answer";

type Row = TreeItem & { readonly stash: GitStash };

/** What was put aside, newest first; Enter shows it, Delete drops it. */
export function StashList() {
  const app = useApp();
  const [selected, setSelected] = useState<string>();
  const [menu, setMenu] = useState<{ stash: GitStash; at: { x: number; y: number } }>();
  const hasChanges = useValue(app.git.state, ({ status }) => (status?.entries.length ?? 0) > 0);
  const ask = async () => (await app.git.ask((at) => app.api.listGitStashes(at))).stashes;
  const { value, error, reload } = useAnswer(ask, useHistoryMark());
  const rows = useMemo(
    () =>
      (value ?? []).map(
        (stash): Row => ({
          key: stash.id,
          label: stash.message,
          depth: 0,
          expanded: undefined,
          stash,
        }),
      ),
    [value],
  );
  if (error !== undefined && !value) return <ErrorState compact error={error} onRetry={reload} />;
  if (!value) return <ListSkeleton label="Reading the stashes" />;
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  if (rows.length === 0) {
    return (
      <EmptyState
        title="Nothing is stashed"
        action={
          <Button size="small" disabled={!hasChanges} onClick={() => act(saveStash(app, false))}>
            Stash changes
          </Button>
        }
      >
        A stash puts changes aside, to be brought back on any branch.
      </EmptyState>
    );
  }
  return (
    <>
      <Tree
        label="Stashes"
        items={rows}
        selected={selected}
        onSelect={({ key }) => setSelected(key)}
        onToggle={() => undefined}
        onOpen={({ stash }) => showStash(app, stash)}
        onMenu={(row, at) => row && setMenu({ stash: row.stash, at })}
        onKey={(event, row) => {
          if (!row || event.key !== "Delete") return;
          act(dropStash(app, row.stash));
          event.preventDefault();
        }}
      >
        {({ stash }, isSelected) => (
          <div
            title={`${stash.message}\n${describeAge(stash.at)}`}
            className={classNames(
              "group/row flex h-full items-center gap-1.5 pr-2 pl-3 text-xs",
              isSelected ? "bg-selected" : "hover:bg-hover",
            )}
          >
            <Archive size={13} aria-hidden className="shrink-0 text-faint" />
            <span className="min-w-0 flex-1 truncate">{stash.message}</span>
            <span className={isSelected ? "hidden" : "shrink-0 text-2xs text-faint group-hover/row:hidden"}>
              {describeAge(stash.at)}
            </span>
            <span className={isSelected ? "flex" : "hidden group-hover/row:flex"}>
              <RowButton label={`Pop stash ${stash.position}`} run={() => act(applyStash(app, stash, true))}>
                <ArchiveRestore size={14} />
              </RowButton>
              <RowButton label={`Drop stash ${stash.position}`} run={() => act(dropStash(app, stash))}>
                <Trash2 size={14} />
              </RowButton>
            </span>
          </div>
        )}
      </Tree>
      {menu && (
        <Menu
          label={menu.stash.message}
          items={[
            { title: "Show", keys: "Enter", run: () => showStash(app, menu.stash) },
            { title: "Apply", run: () => act(applyStash(app, menu.stash, false)) },
            { title: "Pop", run: () => act(applyStash(app, menu.stash, true)) },
            "separator",
            { title: "Drop…", keys: "Delete", danger: true, run: () => act(dropStash(app, menu.stash)) },
          ]}
          at={menu.at}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}
