"use client";
import { Tag, Upload } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Menu, type MenuItem } from "@/components/ui/menu";
import { Tree, type TreeItem } from "@/components/ui/tree";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { ClientApp } from "@/lib/client/app";
import type { GitTag } from "@/lib/protocol/git";
import { checkoutDetached, createBranch } from "./branch-actions";
import { RowButton } from "./change-tree";
import { openCommit, openComparison } from "./commit-actions";
import { toShortId } from "./git-words";
import { ListSkeleton } from "./list-skeleton";
import { createTag, deleteTag, pushTag } from "./tag-actions";
import { useAnswer, useHistoryMark } from "./use-answer";

type Row = TreeItem & { readonly tag: GitTag };

/** Tags; Enter shows the commit, Delete deletes. */
export function TagList() {
  const app = useApp();
  const [selected, setSelected] = useState<string>();
  const [menu, setMenu] = useState<{ tag: GitTag; at: { x: number; y: number } }>();
  const { status, remotes } = useValue(app.git.state);
  const ask = async () => (await app.git.ask((at) => app.api.listGitTags(at))).tags;
  const { value, error, reload } = useAnswer(ask, useHistoryMark());
  const rows = useMemo(
    () => (value ?? []).map((tag): Row => ({ key: tag.name, label: tag.name, depth: 0, expanded: undefined, tag })),
    [value],
  );
  if (error !== undefined && !value) return <ErrorState compact error={error} onRetry={reload} />;
  if (!value) return <ListSkeleton label="Reading the tags" />;
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  if (rows.length === 0) {
    return (
      <EmptyState
        title="No tag yet"
        action={
          <Button size="small" disabled={!status?.head} onClick={() => act(createTag(app))}>
            Create tag
          </Button>
        }
      >
        A tag names a commit for good, as a release.
      </EmptyState>
    );
  }
  const open = ({ commit }: GitTag): void => {
    if (commit) openCommit(app, commit);
  };
  return (
    <>
      <Tree
        label="Tags"
        items={rows}
        selected={selected}
        onSelect={({ key }) => setSelected(key)}
        onToggle={() => undefined}
        onOpen={({ tag }) => open(tag)}
        onMenu={(row, at) => row && setMenu({ tag: row.tag, at })}
        onKey={(event, row) => {
          if (!row || event.key !== "Delete") return;
          act(deleteTag(app, row.tag));
          event.preventDefault();
        }}
      >
        {({ tag }, isSelected) => (
          <div
            className={classNames(
              "group/row flex h-full items-center gap-1.5 pr-2 pl-3 text-xs",
              isSelected ? "bg-selected" : "hover:bg-hover",
            )}
          >
            <Tag size={13} aria-hidden className="shrink-0 text-warn" />
            <span className="min-w-0 flex-1 truncate">{tag.name}</span>
            <span className="shrink-0 text-2xs text-faint">
              {tag.annotated ? "annotated " : ""}
              <code>{toShortId(tag.commit ?? tag.id)}</code>
            </span>
            {remotes.length > 0 && (
              <span className={isSelected ? "flex" : "hidden group-hover/row:flex"}>
                <RowButton label={`Push tag ${tag.name}`} run={() => act(pushTag(app, tag))}>
                  <Upload size={14} />
                </RowButton>
              </span>
            )}
          </div>
        )}
      </Tree>
      {menu && (
        <Menu
          label={menu.tag.name}
          items={toMenu(app, menu.tag, remotes.length > 0, () => open(menu.tag))}
          at={menu.at}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

function toMenu(app: ClientApp, tag: GitTag, hasRemote: boolean, open: () => void): readonly MenuItem[] {
  const act = (work: () => Promise<unknown>) => () => work().catch((error: unknown) => app.showError(error));
  const { name } = tag;
  const full = `refs/tags/${name}`;
  return [
    { title: "Show commit", keys: "Enter", run: open },
    { title: "Compare with HEAD", run: () => openComparison(app, full, "HEAD") },
    { title: "Check out (detached)…", run: act(() => checkoutDetached(app, full, name)) },
    { title: "Create branch from here…", run: act(() => createBranch(app, full, name)) },
    "separator",
    { title: "Push", disabled: !hasRemote, run: act(() => pushTag(app, tag)) },
    { title: "Delete at the remote…", danger: true, disabled: !hasRemote, run: act(() => pushTag(app, tag, true)) },
    { title: "Delete…", keys: "Delete", danger: true, run: act(() => deleteTag(app, tag)) },
    "separator",
    { title: "Create tag at HEAD…", run: act(() => createTag(app)) },
  ];
}
