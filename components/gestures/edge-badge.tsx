import { classNames } from "@/components/ui/class-names";
import { describeEdge } from "@/lib/client/extends-words";
import type { ExtendsEdgeInfo } from "@/lib/protocol/gestures";

const TONES: Readonly<Record<ExtendsEdgeInfo["source"], string>> = {
  checkout: "border-good/50 text-good",
  fork: "border-warn/60 text-warn",
  other: "border-warn/60 text-warn",
  upstream: "border-accent/60 text-accent",
  url: "border-line-strong text-muted",
};

/** Where a profile comes from, in a word or two. */
export function EdgeBadge({ edge }: { readonly edge: Pick<ExtendsEdgeInfo, "source" | "remote" | "ref"> }) {
  return (
    <span className={classNames("rounded-full border px-2 py-px whitespace-nowrap", TONES[edge.source])} data-origin>
      {describeEdge(edge)}
    </span>
  );
}
