"use client";
import { useEffect, useState } from "react";
import { Elapsed } from "@/components/runs/elapsed";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeDuration, describeRun, type Tone } from "@/lib/client/run-words";
import { isGoingOn } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";
import type { TimelinePart, TimelinePartState } from "@/lib/protocol/timeline";
import { StateMark } from "./state-mark";

const TONES: Readonly<Record<TimelinePartState, Tone>> = {
  queued: "neutral",
  running: "active",
  done: "good",
  reused: "good",
  failed: "bad",
  stopped: "warn",
  blocked: "warn",
  skipped: "neutral",
};

/** The newest run of an instance: how it ended, and what it did part by part. */
export function LastRun({
  instance,
  partition,
}: {
  readonly instance: string;
  readonly partition: string | undefined;
}) {
  const { runControl } = useApp();
  const run = useValue(runControl.runs.state, ({ runs }) =>
    runs.find((each) => each.kind === "instance" && each.instance === instance),
  );
  if (!run) {
    return (
      <EmptyState title="It was not run yet">Run instance makes its partitions and starts what they run.</EmptyState>
    );
  }
  return <Run key={run.id} run={run} partition={partition} />;
}

function Run({ run, partition }: { readonly run: RunInfo; readonly partition: string | undefined }) {
  const app = useApp();
  const [parts, setParts] = useState<readonly TimelinePart[]>();
  const [error, setError] = useState<unknown>();
  const words = describeRun(run);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again as the run goes on
  useEffect(() => {
    let isStale = false;
    app.api.readTimeline({ params: { run: run.id }, query: {} }).then(
      (timeline) => isStale || setParts(timeline.parts.filter(({ kind }) => kind === "part")),
      (failure: unknown) => isStale || setError(failure),
    );
    return () => {
      isStale = true;
    };
  }, [app, run.id, run.state, run.part]);
  const shown = parts?.filter((part) => partition === undefined || !part.partition || part.partition === partition);
  return (
    <section aria-label="Last run" className="p-3 text-xs">
      <div className="flex flex-wrap items-center gap-2">
        <StateMark tone={words.tone} />
        <span className="font-medium">
          {words.title}: {words.state}
        </span>
        <span className="text-muted">
          {new Date(run.startedAt ?? run.createdAt).toLocaleString()} · <Elapsed run={run} />
        </span>
        <Button size="small" onClick={() => app.runControl.showRun(run.id)}>
          Show log
        </Button>
      </div>
      {run.error && <p className="pt-1 break-words whitespace-pre-wrap text-bad select-text">{run.error}</p>}
      {error !== undefined ? (
        <ErrorState compact error={error} />
      ) : shown?.length === 0 && !isGoingOn(run) ? (
        <p className="pt-2 text-muted">It took up no part of {partition ?? "the instance"}.</p>
      ) : (
        <table aria-label="Parts of the last run" className="mt-2 w-full border-collapse">
          <thead>
            <tr className="text-left text-2xs text-muted">
              <th className="py-0.5 pr-3 font-medium">Part</th>
              <th className="py-0.5 pr-3 font-medium">What</th>
              <th className="py-0.5 font-medium">Took</th>
            </tr>
          </thead>
          <tbody>
            {shown?.map((part) => (
              <tr key={part.key} className="border-t" data-part={part.name}>
                <td className="flex items-center gap-1.5 py-0.5 pr-3 font-mono">
                  <StateMark tone={TONES[part.state]} /> {part.name}
                </td>
                <td className="py-0.5 pr-3 text-muted">{part.action ?? part.state}</td>
                <td className="py-0.5 text-muted tabular-nums">{describeDuration(part.durationMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
