"use client";
import { useValue } from "@/components/workbench/app-context";
import { describeSeconds } from "@/lib/client/run-words";
import type { TimelineStore } from "@/lib/client/timeline";

/** How far a run has come: n of N parts, and about how long it still takes. */
export function RunProgress({ store }: { readonly store: TimelineStore }) {
  const { timeline } = useValue(store.state);
  if (!timeline || (timeline.state !== "running" && timeline.state !== "queued")) return null;
  const { partsDone, partsTotal, remainingMs } = timeline;
  if (!partsTotal) return null;
  const failed = timeline.parts.filter(({ state }) => state === "failed").length;
  return (
    <div
      className="flex h-6 shrink-0 items-center gap-3 border-b px-3 text-2xs text-muted"
      data-run-progress={partsDone}
    >
      <div
        role="progressbar"
        aria-label="Parts done"
        aria-valuenow={partsDone}
        aria-valuemin={0}
        aria-valuemax={partsTotal}
        className="h-1.5 min-w-20 flex-1 overflow-hidden rounded-full bg-pressed"
      >
        <div className="h-full rounded-full bg-accent-fill" style={{ width: `${(partsDone / partsTotal) * 100}%` }} />
      </div>
      <span className="whitespace-nowrap">
        {partsDone} of {partsTotal} parts
        {failed > 0 && <span className="text-bad"> · {failed} failed</span>}
      </span>
      {remainingMs !== undefined && (
        <span className="whitespace-nowrap" data-run-remaining>
          about {describeSeconds(remainingMs)} to go
        </span>
      )}
    </div>
  );
}
