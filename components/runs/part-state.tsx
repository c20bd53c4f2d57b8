import { Circle, CircleCheck, CircleDashed, CircleMinus, CircleSlash, CircleX, Lock, Recycle } from "lucide-react";
import { Spinner } from "@/components/ui/spinner";
import type { TimelinePart, TimelinePartState } from "@/lib/protocol/timeline";

/** A part's state as a shape and a colour; the word stands beside it or in its label. */
export function PartStateIcon({ state, size = 13 }: { readonly state: TimelinePartState; readonly size?: number }) {
  const shape = { size, "aria-hidden": true } as const;
  switch (state) {
    case "running":
      return <Spinner size={size - 1} />;
    case "done":
      return <CircleCheck {...shape} className="shrink-0 text-good" />;
    case "reused":
      return <Recycle {...shape} className="shrink-0 text-good" />;
    case "failed":
      return <CircleX {...shape} className="shrink-0 text-bad" />;
    case "stopped":
      return <CircleSlash {...shape} className="shrink-0 text-warn" />;
    case "blocked":
      return <Lock {...shape} className="shrink-0 text-warn" />;
    case "skipped":
      return <CircleMinus {...shape} className="shrink-0 text-faint" />;
    case "queued":
      return <CircleDashed {...shape} className="shrink-0 text-faint" />;
    default:
      return <Circle {...shape} className="shrink-0 text-faint" />;
  }
}

/** "built", "kept", "blocked by gmp" */
export function describePartState({ state, action, kind, blockedBy }: TimelinePart): string {
  if (kind === "phase" && state === "done") return "";
  switch (state) {
    case "queued":
      return action === "updating" ? "to check" : "to come";
    case "running":
      return kind === "phase" ? "at work" : action === "updating" ? "checking" : "building";
    case "done":
      return action === "updating" ? "kept" : action === "uninstalling" ? "removed" : "built";
    case "reused":
      return "shared, reused";
    case "failed":
      return "failed";
    case "stopped":
      return "stopped";
    case "blocked":
      return blockedBy === undefined ? "not begun" : `blocked by ${blockedBy}`;
    case "skipped":
      return "not begun";
  }
}
