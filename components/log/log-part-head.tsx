"use client";
import { ChevronRight } from "lucide-react";
import { PartStateIcon } from "@/components/runs/part-state";
import { describeDuration } from "@/lib/client/run-words";
import type { PartSection } from "@/lib/client/timeline";

/** What stands behind the first line of a part: how it went, and how much is folded away. */
export function LogPartFacts({ section, isFolded }: { readonly section: PartSection; readonly isFolded: boolean }) {
  const { part, lines } = section;
  // How the part ended is said where it ended, not where it was taken away before.
  const isLast = part.spans.at(-1)?.logStart === section.start;
  return (
    <span className="inline-flex items-center gap-1.5 align-top font-sans text-2xs font-normal text-muted select-none">
      {isLast && <PartStateIcon state={part.state} size={12} />}
      {isFolded && <span>{lines === 1 ? "1 line" : `${lines.toLocaleString()} lines`}</span>}
      {isLast && part.durationMs >= 100 && <span>{describeDuration(part.durationMs)}</span>}
    </span>
  );
}

/** A folded part whose lines are not in the page: one row, which shows them. */
export function LogPartHead({
  section,
  gutterWidth,
  onShow,
}: {
  readonly section: PartSection;
  readonly gutterWidth: string;
  readonly onShow: () => void;
}) {
  const { part } = section;
  return (
    <div className="log-row flex min-w-full" data-kind="part">
      <span className="sticky left-0 shrink-0 bg-raised" style={{ width: gutterWidth }} aria-hidden />
      <button
        type="button"
        tabIndex={-1}
        aria-expanded={false}
        data-fold={part.key}
        className="log-text flex items-center pr-4 text-left hover:underline"
        onClick={onShow}
      >
        <ChevronRight size={13} aria-hidden className="mr-0.5 shrink-0 text-muted" />
        {part.name}
        <LogPartFacts section={section} isFolded />
      </button>
    </div>
  );
}
