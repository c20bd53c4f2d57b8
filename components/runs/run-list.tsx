"use client";
import { useRef } from "react";
import { classNames } from "@/components/ui/class-names";
import { describeRun, toReleaseName } from "@/lib/client/run-words";
import type { RunInfo } from "@/lib/protocol/runs";
import { Elapsed } from "./elapsed";
import { RunIcon } from "./run-icon";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** Past and present runs, newest first. One stop of the Tab key; arrow keys move and show. */
export function RunList({
  runs,
  selected,
  onSelect,
}: {
  readonly runs: readonly RunInfo[];
  readonly selected: string;
  readonly onSelect: (run: string) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const move = (by: number) => {
    const at = runs.findIndex(({ id }) => id === selected);
    const next = runs[Math.min(Math.max(at + by, 0), runs.length - 1)];
    if (!next) return;
    onSelect(next.id);
    list.current?.querySelector<HTMLElement>(`[data-run="${next.id}"]`)?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Home") move(-runs.length);
    else if (event.key === "End") move(runs.length);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={list}
      role="listbox"
      aria-label="Runs"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="w-60 shrink-0 overflow-y-auto border-r py-1 max-[900px]:w-44 max-[700px]:hidden"
    >
      {runs.map((run) => {
        const words = describeRun(run);
        return (
          <div
            key={run.id}
            role="option"
            aria-selected={run.id === selected}
            tabIndex={run.id === selected ? 0 : -1}
            data-run={run.id}
            onClick={() => onSelect(run.id)}
            onKeyDown={(event) => event.key === "Enter" && onSelect(run.id)}
            className={classNames(
              "flex cursor-default gap-2 px-3 py-1 text-xs",
              run.id === selected ? "bg-selected" : "hover:bg-hover",
            )}
          >
            <span className="pt-0.5">
              <RunIcon state={run.state} />
            </span>
            <span className="min-w-0 flex-1">
              <span className="flex items-baseline gap-2">
                <span className="min-w-0 flex-1 truncate font-medium">
                  {words.title}{" "}
                  <span className="font-normal text-muted">{run.instance ?? toReleaseName(run.profile)}</span>
                </span>
                <time dateTime={run.createdAt} className="text-2xs whitespace-nowrap text-muted">
                  {describeTime(run.createdAt)}
                </time>
              </span>
              <span className="flex gap-1.5 text-2xs whitespace-nowrap text-muted">
                <span>{words.state}</span>
                <span aria-hidden>·</span>
                <Elapsed run={run} />
              </span>
              {run.error && <span className="block truncate text-2xs text-bad">{run.error}</span>}
            </span>
          </div>
        );
      })}
    </div>
  );
}

function describeTime(at: string): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  return (isToday ? TIME : DATE).format(date);
}
