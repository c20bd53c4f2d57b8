/** How the page says where an extended profile comes from, and what is overridden of it. */
import type { ExtendsEdgeInfo } from "@/lib/protocol/gestures";

const NAMES: Readonly<Record<ExtendsEdgeInfo["source"], string>> = {
  checkout: "checkout",
  fork: "fork",
  upstream: "upstream",
  other: "another fork",
  url: "URL",
};

/** `my fork @branch`: the remote's own name says more than the kind. */
export function describeEdge({ source, remote, ref }: Pick<ExtendsEdgeInfo, "source" | "remote" | "ref">): string {
  const name = source === "fork" && remote ? remote : NAMES[source];
  return ref === undefined ? name : `${name} @${ref}`;
}

export function describeReach(
  { source, reachable, problem, fetchedAt, differs }: ExtendsEdgeInfo,
  nowMs: number,
): string {
  if (reachable === false) return problem ?? "cannot be reached";
  if (source === "checkout") return "there";
  if (reachable === undefined) return "not looked at";
  const age = fetchedAt === undefined ? "" : `, fetched ${describeAge(nowMs - Date.parse(fetchedAt))} ago`;
  return differs ? `other text than the checkout${age}` : `reachable${age}`;
}

function describeAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** `3 from checkout, 1 from fork @x`: how many of each source. */
export function summariseSources(edges: readonly ExtendsEdgeInfo[]): string {
  const counts = new Map<string, number>();
  for (const edge of edges) counts.set(describeEdge(edge), (counts.get(describeEdge(edge)) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} from ${name}`).join(", ");
}
