import { Circle, CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { Tone } from "@/lib/client/run-words";

/** A tone as a shape and a colour; the word stands beside it wherever this is used. */
export function StateMark({ tone, size = 13 }: { readonly tone: Tone; readonly size?: number }) {
  if (tone === "good") return <CircleCheck size={size} aria-hidden className="shrink-0 text-good" />;
  if (tone === "bad") return <CircleX size={size} aria-hidden className="shrink-0 text-bad" />;
  if (tone === "warn") return <TriangleAlert size={size} aria-hidden className="shrink-0 text-warn" />;
  if (tone === "active") return <CircleDashed size={size} aria-hidden className="shrink-0 text-accent" />;
  return <Circle size={size} aria-hidden className="shrink-0 text-faint" />;
}
