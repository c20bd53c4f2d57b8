"use client";
import { useMemo, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeDuration, toReleaseName } from "@/lib/client/run-words";
import type { TimelineStore } from "@/lib/client/timeline";
import type { RunTimeline, TimelinePart } from "@/lib/protocol/timeline";
import { describePartState, PartStateIcon } from "./part-state";
import type { TimeSpan } from "./time-span";
import { TimelineAxis, TimelineBars } from "./timeline-bars";
import { TimelineUsage } from "./timeline-usage";

const FILTERS = [
  { id: "all", title: "All" },
  { id: "changed", title: "Not kept" },
  { id: "todo", title: "To come" },
  { id: "slow", title: "Slowest" },
  { id: "failed", title: "Failed" },
] as const;
type Filter = (typeof FILTERS)[number]["id"];

/** A run part by part over its time, with what it used of the machine. */
export function RunTimelineView({
  store,
  onShowLog,
}: {
  readonly store: TimelineStore;
  /** A part's place in the log. */
  readonly onShowLog: (offset: number) => void;
}) {
  const { timeline, error } = useValue(store.state);
  const [filter, setFilter] = useState<Filter>("all");
  const rows = useMemo(() => (timeline ? pickRows(timeline, filter) : []), [timeline, filter]);
  if (!timeline) {
    return error === undefined ? (
      <p role="status" className="flex items-center gap-2 p-3 text-xs text-muted">
        <Spinner size={12} /> Reading the timeline…
      </p>
    ) : (
      <ErrorState error={error} onRetry={() => store.reload()} />
    );
  }
  const span = toSpan(timeline);
  return (
    <section
      aria-label="Timeline"
      className="flex min-h-0 flex-1 flex-col text-xs"
      data-timeline-state={timeline.state}
    >
      <div className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1">
        <fieldset className="flex items-center gap-0.5" aria-label="Which parts">
          {FILTERS.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              aria-pressed={filter === id}
              onClick={() => setFilter(id)}
              className={classNames(
                "h-6 rounded-[5px] px-2 whitespace-nowrap",
                filter === id ? "bg-pressed text-text" : "text-muted hover:bg-hover",
              )}
            >
              {title}
            </button>
          ))}
        </fieldset>
        <span className="flex-1" />
        <CompareChoice store={store} timeline={timeline} />
      </div>
      <div className="@container min-h-0 flex-1 overflow-auto">
        <table className="w-full border-separate border-spacing-0">
          <caption className="sr-only">Parts of the run, when each was worked at, and how long</caption>
          <thead className="sticky top-0 z-1 bg-raised text-left text-2xs text-muted">
            <tr>
              <th scope="col" className="border-b px-3 py-1 font-medium">
                Part
              </th>
              <th scope="col" className="border-b px-2 py-1 font-medium @max-2xl:hidden">
                State
              </th>
              <th scope="col" className="border-b px-2 py-1 text-right font-medium">
                Took
              </th>
              <th scope="col" className="border-b px-2 py-1 text-right font-medium">
                {timeline.since === undefined ? <span className="sr-only">Difference</span> : "Against"}
              </th>
              <th scope="col" className="w-1/2 border-b px-2 py-1 font-medium">
                <TimelineAxis span={span} />
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((part) => (
              <PartRow key={part.key} part={part} span={span} onShowLog={onShowLog} />
            ))}
            {rows.length === 0 && (
              <tr>
                <td colSpan={5} className="p-3 text-muted">
                  {timeline.parts.length === 0 ? "No part has been begun yet." : "None of the parts."}
                </td>
              </tr>
            )}
          </tbody>
          <TimelineUsage timeline={timeline} span={span} />
        </table>
      </div>
    </section>
  );
}

/** From the run's start to its end, or to when it will probably end. */
function toSpan({ startedAt, finishedAt, at, remainingMs }: RunTimeline): TimeSpan {
  const fromMs = Date.parse(startedAt ?? at);
  const toMs = finishedAt === undefined ? Date.parse(at) + (remainingMs ?? 0) : Date.parse(finishedAt);
  return { fromMs, toMs: Math.max(toMs, fromMs + 1) };
}

function pickRows({ parts, slowest }: RunTimeline, filter: Filter): readonly TimelinePart[] {
  switch (filter) {
    case "all":
      return parts;
    case "changed":
      return parts.filter(({ kind, action }) => kind === "part" && action !== "updating");
    case "todo":
      return parts.filter(({ state }) => state === "queued" || state === "running" || state === "blocked");
    case "slow":
      return slowest.flatMap((key) => parts.find((part) => part.key === key) ?? []);
    case "failed":
      return parts.filter(({ state }) => state === "failed" || state === "blocked" || state === "stopped");
  }
}

function PartRow({
  part,
  span,
  onShowLog,
}: {
  readonly part: TimelinePart;
  readonly span: TimeSpan;
  readonly onShowLog: (offset: number) => void;
}) {
  const last = part.spans.at(-1);
  const name = part.partition === undefined || part.kind === "phase" ? part.name : `${part.partition}/${part.name}`;
  const words = describePartState(part);
  return (
    <tr className="hover:bg-hover" data-part={part.key} data-part-state={part.state}>
      <th scope="row" className="max-w-64 px-3 py-0.5 text-left font-normal">
        <span className="flex items-center gap-2">
          <PartStateIcon state={part.state} />
          {last ? (
            <button
              type="button"
              data-tip="Show its log"
              className={classNames(
                "min-w-0 truncate text-left hover:text-accent hover:underline",
                part.kind === "part" ? "font-mono" : "text-muted italic",
              )}
              onClick={() => onShowLog(last.logStart)}
            >
              {name}
            </button>
          ) : (
            <span className="min-w-0 truncate font-mono text-muted">{name}</span>
          )}
        </span>
      </th>
      <td className="px-2 whitespace-nowrap text-muted @max-2xl:hidden">{words}</td>
      <td className="px-2 text-right whitespace-nowrap tabular-nums">
        {last ? (
          describeDuration(part.durationMs)
        ) : part.expectedMs === undefined ? (
          ""
        ) : (
          <span className="text-faint">~{describeDuration(part.expectedMs)}</span>
        )}
      </td>
      <td className="px-2 text-right whitespace-nowrap tabular-nums">
        <Delta part={part} />
      </td>
      <td className="px-2">
        <TimelineBars part={part} span={span} />
      </td>
    </tr>
  );
}

function Delta({ part: { durationMs, beforeMs, spans } }: { readonly part: TimelinePart }) {
  if (beforeMs === undefined || spans.length === 0) return null;
  const delta = durationMs - beforeMs;
  const tip = `${describeDuration(beforeMs)} then`;
  if (Math.abs(delta) < 100) {
    return (
      <span className="text-faint" data-tip={tip}>
        same
      </span>
    );
  }
  return (
    <span className={delta > 0 ? "text-warn" : "text-good"} data-tip={tip}>
      {delta > 0 ? "+" : "−"}
      {describeDuration(Math.abs(delta))}
    </span>
  );
}

function CompareChoice({ store, timeline }: { readonly store: TimelineStore; readonly timeline: RunTimeline }) {
  const { runControl } = useApp();
  const { runs } = useValue(runControl.runs.state);
  const run = runs.find(({ id }) => id === timeline.run);
  const others = runs.filter(
    ({ id, kind, profile, startedAt }) =>
      id !== timeline.run && kind === run?.kind && profile === run.profile && startedAt !== undefined,
  );
  if (others.length === 0) return null;
  return (
    <label className="flex items-center gap-1.5 text-2xs text-muted">
      Against
      <select
        className="field h-6! min-h-0! w-auto! py-0! text-2xs"
        value={timeline.since ?? ""}
        onChange={(event) => store.compareWith(event.target.value === "" ? undefined : event.target.value)}
      >
        <option value="">the last that succeeded</option>
        {others.map(({ id, state, profile, createdAt }) => (
          <option key={id} value={id}>
            {toReleaseName(profile)}, {new Date(createdAt).toLocaleString()}, {state}
          </option>
        ))}
      </select>
    </label>
  );
}
