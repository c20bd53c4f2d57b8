"use client";
import { ArrowDown, ArrowUp, Columns2, Pencil, Plus, SquareTerminal, Trash2 } from "lucide-react";
import { Fragment, useCallback, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { Resizer } from "@/components/ui/resizer";
import { useApp, useValue } from "@/components/workbench/app-context";
import { findGroup } from "@/lib/client/terminal-groups";
import type { TerminalInfo } from "@/lib/protocol/terminals";
import { type TerminalFinder, TerminalScreen } from "./terminal-screen";

const LEAST_PANE_PX = 120;

/** The terminals of the project: a list at the right, the chosen one beside it, with those that it is split with. */
export function TerminalPanel() {
  const app = useApp();
  const { terminals } = app;
  const { project } = useValue(app.project.state);
  const { status, terminals: all, selected, groups, error } = useValue(terminals.state);
  const finders = useRef(new Map<string, TerminalFinder>());
  const id = project?.id;
  useEffect(() => {
    if (id === undefined) return;
    void terminals.load(id);
    // Places in what is printed are links.
    void app.runControl.readPaths();
  }, [app, terminals, id]);
  const onReady = useCallback((terminal: string, finder: TerminalFinder | undefined) => {
    if (finder) finders.current.set(terminal, finder);
    else finders.current.delete(terminal);
  }, []);

  if (status === "failed") {
    return <ErrorState error={error} onRetry={() => id !== undefined && void terminals.load(id)} />;
  }
  const chosen = all.find((terminal) => terminal.id === selected);
  if (!chosen) {
    return (
      <EmptyState
        icon={<SquareTerminal size={22} aria-hidden />}
        title={status === "loading" ? "Looking for terminals …" : "No terminal is open"}
        action={
          status === "ready" && (
            <Button size="small" onClick={() => app.commands.execute("terminal.new")}>
              New terminal
            </Button>
          )
        }
      >
        A shell in the workspace, as the user that builds run as. It goes on when this page is closed.
      </EmptyState>
    );
  }
  const shown = findGroup(groups, chosen.id).flatMap((each) => all.filter((terminal) => terminal.id === each));
  return (
    <div className="flex h-full min-h-0">
      <Split
        key={shown.map((terminal) => terminal.id).join(" ")}
        terminals={shown}
        selected={chosen.id}
        onReady={onReady}
      />
      <TerminalList
        all={groups.flatMap((group) => group.flatMap((each) => all.filter((terminal) => terminal.id === each)))}
        selected={chosen.id}
        isSplit={(terminal) => findGroup(groups, terminal).length > 1}
        onFind={(text, direction) => finders.current.get(chosen.id)?.find(text, direction)}
      />
    </div>
  );
}

/** Terminals side by side; the lines between them can be moved. */
function Split({
  terminals,
  selected,
  onReady,
}: {
  readonly terminals: readonly TerminalInfo[];
  readonly selected: string;
  readonly onReady: (terminal: string, finder: TerminalFinder | undefined) => void;
}) {
  const app = useApp();
  const row = useRef<HTMLDivElement>(null);
  /** Parts of the whole width. */
  const [parts, setParts] = useState<readonly number[]>(() => terminals.map(() => 1 / terminals.length));
  const resize = (index: number, widthPx: number) => {
    const whole = row.current?.clientWidth ?? 0;
    if (whole === 0) return;
    const both = parts[index]! + parts[index + 1]!;
    const left = Math.min(Math.max(widthPx, LEAST_PANE_PX), both * whole - LEAST_PANE_PX) / whole;
    setParts(parts.with(index, left).with(index + 1, both - left));
  };
  return (
    <div ref={row} className="flex min-w-0 flex-1">
      {terminals.map((terminal, index) => (
        <Fragment key={terminal.id}>
          <section
            aria-label={terminal.name}
            data-terminal={terminal.id}
            style={{ flexGrow: parts[index], flexBasis: 0 }}
            className="flex min-w-0 flex-col"
            onFocus={() => terminal.id !== selected && app.terminals.select(terminal.id)}
          >
            {terminals.length > 1 && (
              <h4
                className={classNames(
                  "truncate border-b px-2 py-px text-2xs",
                  terminal.id === selected ? "bg-selected text-text" : "text-muted",
                )}
              >
                {terminal.name}
              </h4>
            )}
            {terminal.state === "ended" && (
              <p role="status" className="border-b bg-raised px-3 py-1 text-xs text-muted">
                The program has ended{terminal.exitCode === undefined ? "" : ` with code ${terminal.exitCode}`}. Its
                output stays until the terminal is closed.
              </p>
            )}
            <div className="min-h-0 flex-1">
              <TerminalScreen
                id={terminal.id}
                label={terminal.name}
                isSelected={terminal.id === selected}
                onReady={onReady}
              />
            </div>
          </section>
          {index < terminals.length - 1 && (
            <Resizer
              label={`Width of ${terminal.name}`}
              axis="x"
              value={Math.round(parts[index]! * (row.current?.clientWidth ?? 0))}
              min={LEAST_PANE_PX}
              max={row.current?.clientWidth ?? Number.MAX_SAFE_INTEGER}
              onChange={(value) => resize(index, value)}
              onReset={() => setParts(terminals.map(() => 1 / terminals.length))}
            />
          )}
        </Fragment>
      ))}
    </div>
  );
}

function TerminalList({
  all,
  selected,
  isSplit,
  onFind,
}: {
  readonly all: readonly TerminalInfo[];
  readonly selected: string;
  readonly isSplit: (terminal: string) => boolean;
  readonly onFind: (text: string, direction: 1 | -1) => void;
}) {
  const app = useApp();
  const [text, setText] = useState("");
  return (
    <aside aria-label="Terminals" className="flex w-44 shrink-0 flex-col border-l bg-raised text-xs">
      <div className="flex items-center gap-0.5 border-b p-1">
        <input
          type="search"
          value={text}
          placeholder="Find"
          aria-label="Find in the terminal"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && text !== "") onFind(text, event.shiftKey ? -1 : 1);
          }}
          className="h-6 min-w-0 flex-1 rounded border bg-bg px-1.5"
        />
        <IconButton label="Find next" size={20} disabled={text === ""} onClick={() => onFind(text, 1)}>
          <ArrowDown size={13} />
        </IconButton>
        <IconButton label="Find previous" size={20} disabled={text === ""} onClick={() => onFind(text, -1)}>
          <ArrowUp size={13} />
        </IconButton>
      </div>
      <ul className="min-h-0 flex-1 overflow-auto py-1">
        {all.map((terminal) => (
          <li key={terminal.id} className="group flex items-center pr-1">
            <button
              type="button"
              aria-current={terminal.id === selected}
              onClick={() => app.terminals.select(terminal.id)}
              onDoubleClick={() => app.commands.execute("terminal.rename")}
              className={classNames(
                "flex h-6 min-w-0 flex-1 items-center gap-1.5 px-2 text-left",
                terminal.id === selected ? "bg-selected text-text" : "text-muted hover:bg-hover",
              )}
            >
              {isSplit(terminal.id) ? (
                <Columns2 size={13} aria-hidden className="shrink-0" />
              ) : (
                <SquareTerminal size={13} aria-hidden className="shrink-0" />
              )}
              <span className="truncate">{terminal.name}</span>
              {terminal.state === "ended" && <span className="text-faint">ended</span>}
            </button>
            <IconButton
              label={`Close ${terminal.name}`}
              size={20}
              onClick={() => void app.terminals.close(terminal.id).catch(app.showError)}
            >
              <Trash2 size={12} />
            </IconButton>
          </li>
        ))}
      </ul>
      <div className="flex items-center gap-0.5 border-t p-1">
        <Button
          size="small"
          variant="ghost"
          icon={<Plus size={13} aria-hidden />}
          onClick={() => app.commands.execute("terminal.new")}
        >
          New terminal
        </Button>
        <span className="flex-1" />
        <IconButton label="Split terminal" size={20} onClick={() => app.commands.execute("terminal.split")}>
          <Columns2 size={13} />
        </IconButton>
        <IconButton label="Rename terminal" size={20} onClick={() => app.commands.execute("terminal.rename")}>
          <Pencil size={12} />
        </IconButton>
      </div>
    </aside>
  );
}
