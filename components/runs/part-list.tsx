"use client";
import { useValue } from "@/components/workbench/app-context";
import { describeDuration } from "@/lib/client/run-words";
import type { TimelineStore } from "@/lib/client/timeline";
import { describePartState, PartStateIcon } from "./part-state";

/** The parts beside the log: each shows its place in it. Nothing where there is one part or none. */
export function PartList({
  store,
  onShow,
}: {
  readonly store: TimelineStore;
  readonly onShow: (offset: number) => void;
}) {
  const { timeline } = useValue(store.state);
  const parts = timeline?.parts.filter(({ kind }) => kind === "part") ?? [];
  if (parts.length < 2) return null;
  return (
    <nav
      aria-label="Parts in the log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and all of its buttons may be disabled
      tabIndex={0}
      className="w-48 shrink-0 overflow-y-auto border-r py-1 text-xs max-[1100px]:hidden"
    >
      <ul>
        {parts.map((part) => {
          const last = part.spans.at(-1);
          return (
            <li key={part.key}>
              <button
                type="button"
                disabled={!last}
                data-list-part={part.key}
                data-tip={`${part.key}: ${describePartState(part)}`}
                className="flex h-6 w-full items-center gap-1.5 px-2 text-left enabled:hover:bg-hover disabled:text-faint"
                onClick={() => last && onShow(last.logStart)}
              >
                <PartStateIcon state={part.state} size={12} />
                <span className="min-w-0 flex-1 truncate font-mono">{part.key}</span>
                <span className="text-2xs text-muted tabular-nums">
                  {part.durationMs >= 100 ? describeDuration(part.durationMs) : ""}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
