import { classNames } from "@/components/ui/class-names";
import { describeDuration } from "@/lib/client/run-words";
import type { TimelinePart } from "@/lib/protocol/timeline";
import type { TimeSpan } from "./time-span";

const FILLS: Readonly<Record<TimelinePart["state"], string>> = {
  queued: "",
  running: "bg-accent-fill",
  done: "bg-good/70",
  reused: "bg-good/40",
  failed: "bg-bad-fill",
  stopped: "bg-warn/70",
  blocked: "",
  skipped: "",
};
/** Thinner bars than this cannot be seen. */
const BAR_MIN_PX = 2;

/** When one part was worked at, over the run's time; said in words for those who do not see it. */
export function TimelineBars({ part, span }: { readonly part: TimelinePart; readonly span: TimeSpan }) {
  const total = span.toMs - span.fromMs;
  const label = part.spans
    .map(({ startedAt, durationMs, estimated }) => {
      const from = describeDuration(Date.parse(startedAt) - span.fromMs);
      return `from ${from} on, for ${describeDuration(durationMs)}${estimated ? " (estimated)" : ""}`;
    })
    .join("; ");
  return (
    <div
      className="relative h-3.5"
      role="img"
      aria-label={label === "" ? "Not begun" : label}
      data-tip={label || undefined}
    >
      {part.spans.map(({ startedAt, durationMs, estimated, action }) => (
        <span
          key={startedAt}
          className={classNames(
            "absolute top-0.5 h-2.5 rounded-[2px]",
            part.kind === "phase" && part.state === "done"
              ? "bg-line-strong/60"
              : action === "updating" && part.state === "done"
                ? "bg-accent/60"
                : FILLS[part.state],
            estimated && "opacity-60",
          )}
          style={{
            left: `${((Date.parse(startedAt) - span.fromMs) / total) * 100}%`,
            width: `max(${BAR_MIN_PX}px, ${(durationMs / total) * 100}%)`,
          }}
        />
      ))}
    </div>
  );
}

const STEPS_MS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800].map((s) => s * 1000);

/** Times since the start, as many as there is room for. */
export function TimelineAxis({ span }: { readonly span: TimeSpan }) {
  const total = span.toMs - span.fromMs;
  const step = STEPS_MS.find((candidate) => total / candidate <= 5) ?? 86_400_000;
  const marks = Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
  return (
    <span
      className="relative block h-4 font-normal"
      role="img"
      aria-label={`Time since the start, ${describeDuration(total)} in all`}
    >
      {marks.map((mark) => (
        <span
          key={mark}
          className="absolute top-0 border-l pl-1 whitespace-nowrap text-faint"
          style={{ left: `${(mark / total) * 100}%` }}
        >
          {(mark / total) * 100 < 92 && describeMark(mark)}
        </span>
      ))}
    </span>
  );
}

/** `0`, `30 s`, `5 min`, `2 h` */
function describeMark(ms: number): string {
  const seconds = ms / 1000;
  if (seconds === 0) return "0";
  if (seconds < 60) return `${seconds} s`;
  const minutes = seconds / 60;
  if (minutes < 60)
    return Number.isInteger(minutes) ? `${minutes} min` : `${Math.floor(minutes)} min ${seconds % 60} s`;
  return Number.isInteger(minutes / 60) ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
