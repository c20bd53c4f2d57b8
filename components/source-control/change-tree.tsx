"use client";
import { ChevronRight, FileSymlink, Folder, Minus, Plus, Undo2 } from "lucide-react";
import { type MouseEvent, type ReactNode, useMemo, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { FileIcon } from "@/components/ui/file-icon";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, type MenuItem } from "@/components/ui/menu";
import { Tree, type TreeItem } from "@/components/ui/tree";
import { useApp } from "@/components/workbench/app-context";
import { toName, toParent } from "@/lib/client/file-tree";
import { type DiffPair, groupEntries } from "@/lib/client/git";
import type { GitStatus, GitStatusEntry } from "@/lib/protocol/git";
import { discardFiles, ignorePath, openChanges } from "./change-actions";
import { ChangeMark } from "./change-mark";
import { openFileHistory } from "./commit-actions";

type Group = "staged" | "changes";

interface Row extends TreeItem {
  readonly group: Group;
  /** Absent on the group's own row and on notes. */
  readonly entry?: GitStatusEntry;
}

const TITLES: Readonly<Record<Group, string>> = { staged: "Staged", changes: "Changes" };
const PAIRS: Readonly<Record<Group, DiffPair>> = { staged: "staged", changes: "worktree" };

function toRows(groups: Readonly<Record<Group, readonly GitStatusEntry[]>>, closed: ReadonlySet<Group>): Row[] {
  return (["staged", "changes"] as const).flatMap((group): Row[] => {
    const entries = groups[group];
    const expanded = !closed.has(group);
    const head: Row = { key: group, label: TITLES[group], depth: 0, expanded, group };
    if (!expanded) return [head];
    const note: Row = {
      key: `${group}:`,
      label: "Nothing is changed",
      depth: 1,
      expanded: undefined,
      isNote: true,
      group,
    };
    if (entries.length === 0) return group === "changes" && groups.staged.length === 0 ? [head, note] : [head];
    return [
      head,
      ...entries.map(
        (entry): Row => ({
          key: `${group}:${entry.path}`,
          label: toShownName(entry.path),
          depth: 1,
          expanded: undefined,
          group,
          entry,
        }),
      ),
    ];
  });
}

/** A new folder is one entry, whose path ends in a slash. */
function toShownName(path: string): string {
  return path.endsWith("/") ? `${toName(path.slice(0, -1))}/` : toName(path);
}

/** The staged and the changed files: Enter opens the difference, + stages, − unstages, Delete discards. */
export function ChangeTree({ status }: { readonly status: GitStatus }) {
  const app = useApp();
  const { git } = app;
  const [closed, setClosed] = useState<ReadonlySet<Group>>(new Set());
  const [selected, setSelected] = useState<string>();
  const [menu, setMenu] = useState<{ row: Row; at: { x: number; y: number } }>();
  const groups = useMemo(() => {
    const { staged, changes } = groupEntries(status.entries);
    return { staged, changes };
  }, [status.entries]);
  const rows = useMemo(() => toRows(groups, closed), [groups, closed]);
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));

  const entriesOf = ({ group, entry }: Row): readonly GitStatusEntry[] => (entry ? [entry] : groups[group]);
  const pathsOf = (row: Row) => ({ paths: entriesOf(row).map(({ path }) => path) });
  const stage = (row: Row) => entriesOf(row).length > 0 && act(git.stage(pathsOf(row)));
  const unstage = (row: Row) => entriesOf(row).length > 0 && act(git.unstage(pathsOf(row)));
  const discard = (row: Row) => act(discardFiles(app, entriesOf(row)));
  const open = (row: Row, keep: boolean): void => {
    if (row.entry && !row.entry.path.endsWith("/")) openChanges(app, PAIRS[row.group], row.entry.path, keep);
  };
  const toggle = ({ group }: Row): void => {
    const next = new Set(closed);
    if (!next.delete(group)) next.add(group);
    setClosed(next);
  };
  const reveal = (path: string) =>
    app.commands.execute("explorer.reveal", git.toWorkspacePath(path.replace(/\/$/, "")));
  const menuItems = (row: Row): readonly MenuItem[] => {
    const { entry } = row;
    const moving: MenuItem[] =
      row.group === "staged"
        ? [{ title: entry ? "Unstage" : "Unstage all", keys: "−", run: () => unstage(row) }]
        : [
            { title: entry ? "Stage" : "Stage all", keys: "+", run: () => stage(row) },
            { title: entry ? "Discard…" : "Discard all…", keys: "Delete", danger: true, run: () => discard(row) },
          ];
    if (!entry) return moving;
    const { path } = entry;
    const isFile = !path.endsWith("/");
    const isThere = isFile && entry.unstaged !== "D" && !(entry.staged === "D" && entry.unstaged === " ");
    return [
      ...(isFile ? [{ title: "Open changes", keys: "Enter", run: () => open(row, true) }] : []),
      ...(isThere
        ? [{ title: "Open file", run: () => app.editors.openFile({ path: git.toWorkspacePath(path) }) }]
        : []),
      ...(isFile && entry.unstaged !== "?" ? [{ title: "File history", run: () => openFileHistory(app, path) }] : []),
      "separator",
      ...moving,
      ...(entry.unstaged === "?"
        ? [{ title: "Add to .gitignore", run: () => act(ignorePath(app, path)) } as const]
        : []),
      "separator",
      { title: "Show in Explorer", run: () => reveal(path) },
      { title: "Copy path", run: () => navigator.clipboard.writeText(git.toWorkspacePath(path)) },
    ];
  };

  return (
    <>
      <Tree
        label="Changed files"
        items={rows}
        selected={selected}
        onSelect={({ key }) => setSelected(key)}
        onToggle={toggle}
        onOpen={(row, { keep }) => open(row, keep)}
        onMenu={(row, at) => row && !row.isNote && setMenu({ row, at })}
        onKey={(event, row) => {
          if (!row || row.isNote) return;
          if (event.key === "+" && row.group === "changes") stage(row);
          else if (event.key === "-" && row.group === "staged") unstage(row);
          else if (event.key === "Delete" && row.group === "changes") discard(row);
          else return;
          event.preventDefault();
        }}
      >
        {(row, isSelected) => (
          <RowView row={row} isSelected={isSelected} size={groups[row.group].length}>
            {row.entry && !row.entry.path.endsWith("/") && (
              <RowButton
                label={`Open ${row.entry.path}`}
                run={() => app.editors.openFile({ path: git.toWorkspacePath(row.entry!.path) })}
              >
                <FileSymlink size={14} />
              </RowButton>
            )}
            {row.group === "changes" ? (
              <>
                <RowButton label={`Discard ${row.entry?.path ?? "all changes"}`} run={() => discard(row)}>
                  <Undo2 size={14} />
                </RowButton>
                <RowButton label={`Stage ${row.entry?.path ?? "all changes"}`} run={() => stage(row)}>
                  <Plus size={14} />
                </RowButton>
              </>
            ) : (
              <RowButton label={`Unstage ${row.entry?.path ?? "all changes"}`} run={() => unstage(row)}>
                <Minus size={14} />
              </RowButton>
            )}
          </RowView>
        )}
      </Tree>
      {menu && (
        <Menu label={menu.row.label} items={menuItems(menu.row)} at={menu.at} onClose={() => setMenu(undefined)} />
      )}
    </>
  );
}

function RowView(props: {
  readonly row: Row;
  readonly isSelected: boolean;
  /** Files in the group. */
  readonly size: number;
  readonly children: ReactNode;
}) {
  const { row, isSelected, size, children } = props;
  const { entry, group } = row;
  const look = classNames(
    "group/row flex h-full items-center gap-1.5 pr-2",
    isSelected ? "bg-selected" : !row.isNote && "hover:bg-hover",
  );
  if (row.isNote) return <div className={`${look} truncate pl-7 text-xs text-faint`}>{row.label}</div>;
  if (!entry) {
    return (
      <div className={`${look} pl-1.5`}>
        <ChevronRight size={14} aria-hidden className={classNames("text-faint", row.expanded && "rotate-90")} />
        <h3 className="flex-1 truncate text-xs font-semibold">
          {row.label} ({size})
        </h3>
        {size > 0 && <RowActions isShown={isSelected}>{children}</RowActions>}
      </div>
    );
  }
  const letter = group === "staged" ? entry.staged : entry.unstaged;
  const isFolder = entry.path.endsWith("/");
  return (
    <div className={`${look} pl-5`} title={entry.from ? `${entry.from} → ${entry.path}` : entry.path}>
      {isFolder ? <Folder size={14} aria-hidden className="shrink-0 text-faint" /> : <FileIcon path={entry.path} />}
      <span className={classNames("min-w-0 truncate", letter === "D" && "line-through")}>
        {toShownName(entry.path)}
      </span>
      <span className="min-w-0 flex-1 truncate text-xs text-faint">
        {entry.from ? `← ${entry.from}` : toParent(entry.path.replace(/\/$/, ""))}
        {entry.submodule && " (submodule)"}
      </span>
      <RowActions isShown={isSelected}>{children}</RowActions>
      <ChangeMark letter={letter} />
    </div>
  );
}

/** Seen on the row under the pointer and on the selected one; the others keep their room for the name. */
function RowActions({ isShown, children }: { readonly isShown: boolean; readonly children: ReactNode }) {
  return <span className={classNames("shrink-0", isShown ? "flex" : "hidden group-hover/row:flex")}>{children}</span>;
}

export function RowButton(props: {
  readonly label: string;
  readonly run: () => unknown;
  readonly children: ReactNode;
}) {
  const stop = (event: MouseEvent): void => event.stopPropagation();
  return (
    <IconButton
      label={props.label}
      size={20}
      // The tree is one stop of the Tab key; its own keys and its menu do the same.
      tabIndex={-1}
      onDoubleClick={stop}
      onClick={(event) => {
        stop(event);
        props.run();
      }}
    >
      {props.children}
    </IconButton>
  );
}
