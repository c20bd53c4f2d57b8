"use client";
import { Check, ChevronRight, Cloud, GitBranch, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { Menu, type MenuItem } from "@/components/ui/menu";
import { Tree, type TreeItem } from "@/components/ui/tree";
import { useApp } from "@/components/workbench/app-context";
import type { ClientApp } from "@/lib/client/app";
import type { GitBranch as Branch } from "@/lib/protocol/git";
import * as branches from "./branch-actions";
import { RowButton } from "./change-tree";
import { openBranchLog, openComparison, pickComparison } from "./commit-actions";
import { describeAge } from "./git-words";
import { ListSkeleton } from "./list-skeleton";
import { useAnswer, useHistoryMark } from "./use-answer";

interface Row extends TreeItem {
  readonly branch?: Branch;
}

/** Local and remote branches; Enter switches, F2 renames, Delete deletes. */
export function BranchList() {
  const app = useApp();
  const [selected, setSelected] = useState<string>();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set(["remote"]));
  const [menu, setMenu] = useState<{ branch: Branch; at: { x: number; y: number } }>();
  const { value, error, reload } = useAnswer(() => branches.listBranches(app), useHistoryMark());
  const rows = useMemo(() => toRows(value ?? [], closed), [value, closed]);
  if (error !== undefined && !value) return <ErrorState compact error={error} onRetry={reload} />;
  if (!value) return <ListSkeleton label="Reading the branches" />;
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  const go = ({ branch }: Row): void => {
    if (!branch || branch.current) return;
    act(branches.switchTo(app, branch.remote ? toLocal(branch.name, value) : branch.name));
  };
  return (
    <>
      <Tree
        label="Branches"
        items={rows}
        selected={selected}
        onSelect={({ key }) => setSelected(key)}
        onToggle={({ key }) => {
          const next = new Set(closed);
          if (!next.delete(key)) next.add(key);
          setClosed(next);
        }}
        onOpen={(row, { keep }) => keep && go(row)}
        onMenu={(row, at) => row?.branch && setMenu({ branch: row.branch, at })}
        onKey={(event, row) => {
          if (!row?.branch || row.branch.remote) return;
          if (event.key === "F2") act(branches.renameBranch(app, row.branch.name));
          else if (event.key === "Delete") act(branches.deleteBranch(app, row.branch.name));
          else return;
          event.preventDefault();
        }}
      >
        {(row, isSelected) => <RowView app={app} row={row} isSelected={isSelected} go={go} />}
      </Tree>
      {menu && (
        <Menu
          label={menu.branch.name}
          // As it is by now: the list may be read again while the menu is open.
          items={toMenu(app, value.find((each) => isSame(each, menu.branch)) ?? menu.branch, value)}
          at={menu.at}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

const isSame = (one: Branch, other: Branch): boolean => one.name === other.name && one.remote === other.remote;

function toRows(all: readonly Branch[], closed: ReadonlySet<string>): Row[] {
  return (["local", "remote"] as const).flatMap((group): Row[] => {
    const found = all.filter(({ remote }) => remote === (group === "remote"));
    if (group === "remote" && found.length === 0) return [];
    const expanded = !closed.has(group);
    const label = `${group === "local" ? "Local" : "Remote"} (${found.length})`;
    const children = found.map(
      (branch): Row => ({
        key: `${group}:${branch.name}`,
        label: branch.name,
        depth: 1,
        expanded: undefined,
        branch,
      }),
    );
    return [{ key: group, label, depth: 0, expanded }, ...(expanded ? children : [])];
  });
}

/** Switching to a remote branch makes a local one that follows it; one that is there already is gone to itself. */
function toLocal(name: string, all: readonly Branch[]): string {
  const local = name.slice(name.indexOf("/") + 1);
  const known = all.find((branch) => !branch.remote && branch.name === local);
  return known && known.upstream !== name ? name : local;
}

function toMenu(app: ClientApp, branch: Branch, all: readonly Branch[]): readonly MenuItem[] {
  const { name, current, remote } = branch;
  const act = (work: () => Promise<unknown>) => () => work().catch((error: unknown) => app.showError(error));
  const here = all.find((each) => each.current)?.name;
  return [
    {
      title: "Switch to",
      keys: "Enter",
      disabled: current,
      run: act(() => branches.switchTo(app, remote ? toLocal(name, all) : name)),
    },
    { title: "Create branch from here…", run: act(() => branches.createBranch(app, name, name)) },
    "separator",
    ...(current
      ? []
      : ([
          { title: `Merge into ${here ?? "HEAD"}`, run: act(() => branches.mergeInto(app, name)) },
          { title: `Rebase ${here ?? "HEAD"} onto it…`, run: act(() => branches.rebaseOnto(app, name)) },
        ] as const)),
    { title: "Show its log", run: () => openBranchLog(app, name) },
    ...(current || here === undefined
      ? []
      : [{ title: `Compare with ${here}`, run: () => openComparison(app, name, here) }]),
    { title: "Compare with…", run: act(() => pickComparison(app, name)) },
    "separator",
    ...(remote
      ? ([
          { title: "Delete at the remote…", danger: true, run: act(() => branches.deleteRemoteBranch(app, name)) },
        ] as const)
      : ([
          { title: "Rename…", keys: "F2", run: act(() => branches.renameBranch(app, name)) },
          { title: "Set tracking…", run: act(() => branches.pickTracking(app, name)) },
          {
            title: "Delete…",
            keys: "Delete",
            danger: true,
            disabled: current,
            run: act(() => branches.deleteBranch(app, name)),
          },
        ] as const)),
    { title: "Copy name", run: () => navigator.clipboard.writeText(name) },
  ];
}

function RowView(props: {
  readonly app: ClientApp;
  readonly row: Row;
  readonly isSelected: boolean;
  readonly go: (row: Row) => void;
}) {
  const { app, row, isSelected, go } = props;
  const { branch } = row;
  const look = classNames(
    "group/row flex h-full items-center gap-1.5 pr-2 text-xs",
    isSelected ? "bg-selected" : "hover:bg-hover",
  );
  if (!branch) {
    return (
      <div className={`${look} pl-1.5`}>
        <ChevronRight size={14} aria-hidden className={classNames("text-faint", row.expanded && "rotate-90")} />
        <span className="flex-1 font-semibold">{row.label}</span>
        {row.key === "local" && (
          <RowButton
            label="Create branch"
            run={() => branches.createBranch(app).catch((error: unknown) => app.showError(error))}
          >
            <Plus size={14} />
          </RowButton>
        )}
      </div>
    );
  }
  const Icon = branch.remote ? Cloud : GitBranch;
  return (
    <div className={`${look} pl-5`} title={`${branch.subject}\n${describeAge(branch.committedAt)}`}>
      <Icon size={13} aria-hidden className={branch.current ? "text-accent" : "text-faint"} />
      <span className={classNames("min-w-0 truncate", branch.current && "font-semibold")}>{branch.name}</span>
      {branch.current && <span className="sr-only">current</span>}
      <span className={classNames("min-w-0 flex-1 truncate", branch.upstreamGone ? "text-warn" : "text-faint")}>
        {branches.describeTracking(branch) || branch.subject}
      </span>
      {!branch.current && (
        <span className={isSelected ? "flex" : "hidden group-hover/row:flex"}>
          <RowButton label={`Switch to ${branch.name}`} run={() => go(row)}>
            <Check size={14} />
          </RowButton>
        </span>
      )}
    </div>
  );
}
