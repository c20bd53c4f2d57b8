"use client";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Menu } from "@/components/ui/menu";
import { Spinner } from "@/components/ui/spinner";
import { scrollRowIntoView, VirtualRows } from "@/components/ui/virtual-rows";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { GitLog } from "@/lib/client/git-log";
import type { GitCommit } from "@/lib/protocol/git";
import { CommitGraph } from "./commit-graph";
import { toCommitMenu } from "./commit-menu";
import { describeAge, describeDate, toShortId } from "./git-words";
import { RefLabels } from "./ref-labels";

const ROW_HEIGHT = 24;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 60;

/**
 * Commits with their graph, of any number: rows are drawn as they are seen and pages read as they are neared.
 * Arrows walk, Enter opens, Shift+F10 or a right click shows what can be done.
 */
export function CommitList(props: {
  readonly log: GitLog;
  readonly label: string;
  /** Only the subject: who and when are in the tooltip. */
  readonly compact?: boolean;
  readonly selected: string | undefined;
  readonly onSelect: (commit: GitCommit) => void;
  readonly onOpen: (commit: GitCommit) => void;
}) {
  const app = useApp();
  const { log, compact, selected, onSelect, onOpen } = props;
  const { phase, commits, rows, more, error, filter } = useValue(log.state);
  const head = useValue(app.git.state, ({ status }) => status?.head);
  const branch = useValue(app.git.state, ({ status }) => status?.branch);
  const scroller = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<{ commit: GitCommit; at: { x: number; y: number } }>();
  const id = useId();
  const index = commits.findIndex((commit) => commit.id === selected);
  const current = commits[index];

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const near = (): void => {
      const last = (element.scrollTop + element.clientHeight) / ROW_HEIGHT;
      if (last > log.state.getState().commits.length - AHEAD) void log.loadMore();
    };
    element.addEventListener("scroll", near, { passive: true });
    near();
    return () => element.removeEventListener("scroll", near);
  }, [log]);

  if (phase === "failed" && commits.length === 0) return <ErrorState error={error} onRetry={() => log.reload()} />;
  if (phase === "loading" && commits.length === 0)
    return <div className="skeleton m-4 h-5 w-3/5" role="status" aria-label="Reading the log" />;
  const isFiltered = filter.text !== undefined && filter.text !== "";
  const go = (to: number): void => {
    const commit = commits[Math.min(Math.max(to, 0), commits.length - 1)];
    if (!commit) return;
    onSelect(commit);
    scrollRowIntoView(scroller.current, commits.indexOf(commit), ROW_HEIGHT);
  };
  const page = () => Math.floor((scroller.current?.clientHeight ?? 400) / ROW_HEIGHT) - 1;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") go(index + 1);
    else if (event.key === "ArrowUp") go(index - 1);
    else if (event.key === "PageDown") go(index + page());
    else if (event.key === "PageUp") go(index - page());
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(commits.length - 1);
    else if (event.key === "Enter" && current) onOpen(current);
    else if ((event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) && current) {
      const box = document.getElementById(`${id}-${current.id}`)?.getBoundingClientRect();
      setMenu({ commit: current, at: { x: (box?.left ?? 40) + 32, y: box?.bottom ?? 80 } });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const list = (
    <div
      ref={scroller}
      role="listbox"
      aria-label={props.label}
      tabIndex={0}
      aria-activedescendant={current ? `${id}-${current.id}` : undefined}
      aria-busy={phase === "loading"}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (!current && commits[0]) onSelect(commits[0]);
      }}
      className="h-full overflow-auto outline-none focus-visible:outline-2"
    >
      <VirtualRows count={commits.length} rowHeight={ROW_HEIGHT} scroller={scroller}>
        {(at) => {
          const commit = commits[at];
          const row = rows[at];
          if (!commit || !row) return null;
          const who = `${commit.author.name}, ${describeAge(commit.author.at)}`;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for all of its rows
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the list, see aria-activedescendant
            <div
              key={commit.id}
              id={`${id}-${commit.id}`}
              role="option"
              aria-selected={commit.id === selected}
              data-commit={commit.id}
              data-tip={
                compact
                  ? `${commit.subject}\n${who}\n${describeDate(commit.author.at)}\n${toShortId(commit.id)}`
                  : undefined
              }
              onClick={() => {
                onSelect(commit);
                if (compact) onOpen(commit);
              }}
              onDoubleClick={() => onOpen(commit)}
              onContextMenu={(event) => {
                event.preventDefault();
                onSelect(commit);
                setMenu({ commit, at: { x: event.clientX, y: event.clientY } });
              }}
              style={{ height: ROW_HEIGHT }}
              className={classNames(
                "flex items-center gap-2 pr-3 pl-1.5 text-xs",
                commit.id === selected ? "bg-selected" : "hover:bg-hover",
              )}
            >
              {filter.path === undefined && !isFiltered && (
                <CommitGraph
                  row={row}
                  parents={commit.parents.length}
                  height={ROW_HEIGHT}
                  isHead={commit.id === head}
                />
              )}
              <RefLabels refs={commit.refs} branch={branch} />
              <span className={classNames("min-w-0 flex-1 truncate", commit.id === head && "font-semibold")}>
                {commit.subject}
              </span>
              {compact && (
                <span className="sr-only">
                  {who}, {toShortId(commit.id)}
                </span>
              )}
              {!compact && (
                <>
                  {commit.path !== undefined && commit.path !== filter.path && (
                    <span className="max-w-40 shrink truncate text-faint">{commit.path}</span>
                  )}
                  <span className="hidden w-32 shrink-0 truncate text-muted @xl:block">{commit.author.name}</span>
                  <span
                    className="hidden w-24 shrink-0 truncate text-muted @md:block"
                    data-tip={describeDate(commit.author.at)}
                  >
                    {describeAge(commit.author.at)}
                  </span>
                  <code className="w-16 shrink-0 text-right text-2xs text-faint">{toShortId(commit.id)}</code>
                </>
              )}
            </div>
          );
        }}
      </VirtualRows>
      {more && (
        <div className="flex h-8 items-center gap-2 px-4 text-xs text-muted" role="status">
          <Spinner size={12} /> Reading older commits
        </div>
      )}
    </div>
  );
  return (
    <>
      {commits.length > 0 ? (
        list
      ) : isFiltered ? (
        <EmptyState title="No commit has this in its message, author or id" />
      ) : (
        <EmptyState title="No commit yet">The first one appears here.</EmptyState>
      )}
      {menu && (
        <Menu
          label={toShortId(menu.commit.id)}
          items={toCommitMenu(app, menu.commit)}
          at={menu.at}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}
