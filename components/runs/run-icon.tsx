import { CircleCheck, CircleDashed, CircleSlash, CircleX, Unplug } from "lucide-react";
import { Spinner } from "@/components/ui/spinner";
import type { RunState } from "@/lib/protocol/runs";

/** A run's state as a shape and a colour; the word stands beside it wherever this is used. */
export function RunIcon({ state, size = 14 }: { readonly state: RunState; readonly size?: number }) {
  if (state === "running") return <Spinner size={size - 1} />;
  if (state === "queued") return <CircleDashed size={size} aria-hidden className="shrink-0 text-muted" />;
  if (state === "succeeded") return <CircleCheck size={size} aria-hidden className="shrink-0 text-good" />;
  if (state === "failed") return <CircleX size={size} aria-hidden className="shrink-0 text-bad" />;
  if (state === "cancelled") return <CircleSlash size={size} aria-hidden className="shrink-0 text-warn" />;
  return <Unplug size={size} aria-hidden className="shrink-0 text-bad" />;
}
