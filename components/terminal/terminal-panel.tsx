"use client";
import { ArrowDown, ArrowUp, Plus, SquareTerminal, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { TerminalInfo } from "@/lib/protocol/terminals";
import { type TerminalFinder, TerminalScreen } from "./terminal-screen";

/** The terminals of the project: a list at the right, the chosen one beside it. */
export function TerminalPanel() {
  const app = useApp();
  const { terminals } = app;
  const { project } = useValue(app.project.state);
  const { status, terminals: all, selected, error } = useValue(terminals.state);
  const [finder, setFinder] = useState<TerminalFinder | undefined>();
  const id = project?.id;
  useEffect(() => {
    if (id !== undefined) void terminals.load(id);
  }, [terminals, id]);

  if (status === "failed") {
    return <ErrorState error={error} onRetry={() => id !== undefined && void terminals.load(id)} />;
  }
  const shown = all.find((terminal) => terminal.id === selected);
  if (!shown) {
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
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        {shown.state === "ended" && (
          <p role="status" className="border-b bg-raised px-3 py-1 text-xs text-muted">
            The program has ended{shown.exitCode === undefined ? "" : ` with code ${shown.exitCode}`}. Its output stays
            until the terminal is closed.
          </p>
        )}
        <div className="min-h-0 flex-1">
          <TerminalScreen key={shown.id} id={shown.id} label={shown.name} onReady={setFinder} />
        </div>
      </div>
      <TerminalList all={all} selected={shown.id} finder={finder} />
    </div>
  );
}

function TerminalList({
  all,
  selected,
  finder,
}: {
  readonly all: readonly TerminalInfo[];
  readonly selected: string;
  readonly finder: TerminalFinder | undefined;
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
            if (event.key === "Enter" && text !== "") finder?.find(text, event.shiftKey ? -1 : 1);
          }}
          className="h-6 min-w-0 flex-1 rounded border bg-bg px-1.5"
        />
        <IconButton label="Find next" size={20} disabled={text === ""} onClick={() => finder?.find(text, 1)}>
          <ArrowDown size={13} />
        </IconButton>
        <IconButton label="Find previous" size={20} disabled={text === ""} onClick={() => finder?.find(text, -1)}>
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
              <SquareTerminal size={13} aria-hidden className="shrink-0" />
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
      <div className="border-t p-1">
        <Button
          size="small"
          variant="ghost"
          icon={<Plus size={13} aria-hidden />}
          onClick={() => app.commands.execute("terminal.new")}
        >
          New terminal
        </Button>
      </div>
    </aside>
  );
}
