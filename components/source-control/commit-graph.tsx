import type { GraphRow } from "@/lib/client/git-log";

const LANE_WIDTH = 12;
/** More lanes than these are drawn in the last one: a row has to keep room for the words. */
const LANE_LIMIT = 10;
const COLOURS = [
  "var(--accent)",
  "var(--syntax-string)",
  "var(--syntax-keyword)",
  "var(--syntax-template)",
  "var(--syntax-number)",
  "var(--syntax-reference)",
];

const toX = (lane: number): number => Math.min(lane, LANE_LIMIT) * LANE_WIDTH + LANE_WIDTH / 2;
const toColour = (lane: number): string => COLOURS[lane % COLOURS.length]!;

export const toGraphWidth = (lanes: number): number => (Math.min(lanes, LANE_LIMIT + 1) + 0.5) * LANE_WIDTH;

/** The lines that pass one row of the log, and the dot of its commit; a merge has a ring. */
export function CommitGraph(props: {
  readonly row: GraphRow;
  readonly parents: number;
  readonly height: number;
  readonly isHead: boolean;
}) {
  const { row, parents, height, isHead } = props;
  const middle = height / 2;
  const x = toX(row.lane);
  const above = row.edges.slice(0, row.edges.length - parents);
  const below = row.edges.slice(row.edges.length - parents);
  return (
    <svg aria-hidden width={toGraphWidth(row.laneCount)} height={height} className="shrink-0" fill="none">
      {above.map(({ from, to }, at) => {
        const passes = from === to && from !== row.lane;
        const path = passes
          ? `M ${toX(from)} 0 V ${height}`
          : `M ${toX(from)} 0 C ${toX(from)} ${middle}, ${x} 0, ${x} ${middle}`;
        // biome-ignore lint/suspicious/noArrayIndexKey: the edges of a row have no other name
        return <path key={at} d={path} stroke={toColour(from)} strokeWidth={1.5} />;
      })}
      {below.map(({ to }, at) => (
        <path
          // biome-ignore lint/suspicious/noArrayIndexKey: the edges of a row have no other name
          key={at}
          d={`M ${x} ${middle} C ${x} ${height}, ${toX(to)} ${middle}, ${toX(to)} ${height}`}
          stroke={toColour(to)}
          strokeWidth={1.5}
        />
      ))}
      <circle
        cx={x}
        cy={middle}
        r={isHead ? 5 : parents > 1 ? 4 : 3.5}
        fill={parents > 1 || isHead ? "var(--bg)" : toColour(row.lane)}
        stroke={toColour(row.lane)}
        strokeWidth={isHead ? 2.5 : 1.5}
      />
    </svg>
  );
}
