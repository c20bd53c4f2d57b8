"use client";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { useValue } from "@/components/workbench/app-context";
import type { LogStore } from "@/lib/client/log";
import { describeBytes } from "@/lib/client/run-words";

/** Says how much of the log is not in the page before or after the rows shown, and loads it. */
export function LogEdge({ log, side }: { readonly log: LogStore; readonly side: "earlier" | "later" }) {
  const { start, end, sizeBytes, attached, reading, error, status } = useValue(log.state);
  const isEarlier = side === "earlier";
  if (isEarlier && error) return <ErrorState compact error={error} onRetry={() => log.showEnd()} />;
  if (status === "loading") return null;
  const missing = isEarlier ? start : attached ? 0 : sizeBytes - end;
  if (missing <= 0) return null;
  const load = () => (isEarlier ? log.loadEarlier() : log.loadLater()).catch(() => undefined);
  const goThere = () => (isEarlier ? void log.showStart().catch(() => undefined) : log.showEnd());
  return (
    <div className="flex h-7 shrink-0 items-center gap-2 border-y bg-sunken px-3 text-2xs text-muted">
      <span className="min-w-0 truncate">
        {describeBytes(missing)} {isEarlier ? "before this are" : "after this are"} skipped here
      </span>
      <Button size="small" variant="ghost" className="h-5!" disabled={reading} onClick={() => void load()}>
        Load more
      </Button>
      <Button size="small" variant="ghost" className="h-5!" disabled={reading} onClick={goThere}>
        {isEarlier ? "Go to the start" : "Go to the end"}
      </Button>
    </div>
  );
}
