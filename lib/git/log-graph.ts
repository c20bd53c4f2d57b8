/** Lanes for a list of commits in log order: which column a commit stands in and which lines pass its row. */
export interface GraphCommit {
  readonly id: string;
  readonly parents: readonly string[];
}

export interface GraphEdge {
  /** Lane at the top and at the bottom of the row. */
  readonly from: number;
  readonly to: number;
}

export interface GraphRow {
  readonly id: string;
  readonly lane: number;
  readonly edges: readonly GraphEdge[];
  readonly laneCount: number;
}

/** `lanes` is what the page before ended with, so that a log can be drawn page by page. */
export function layoutGraph(
  commits: readonly GraphCommit[],
  lanes: readonly (string | undefined)[] = [],
): { rows: GraphRow[]; lanes: (string | undefined)[] } {
  let current = [...lanes];
  const rows = commits.map((commit): GraphRow => {
    let lane = current.indexOf(commit.id);
    if (lane < 0) {
      lane = current.indexOf(undefined);
      if (lane < 0) lane = current.length;
    }
    const next = current.map((id) => (id === commit.id ? undefined : id));
    while (next.length <= lane) next.push(undefined);
    const edges: GraphEdge[] = [];
    current.forEach((id, at) => {
      if (id !== undefined && id !== commit.id) edges.push({ from: at, to: at });
      else if (id === commit.id) edges.push({ from: at, to: lane });
    });
    commit.parents.forEach((parent, position) => {
      let target = next.indexOf(parent);
      if (target < 0) {
        target = position === 0 ? lane : next.indexOf(undefined);
        if (target < 0) target = next.length;
        next[target] = parent;
      }
      edges.push({ from: lane, to: target });
    });
    while (next.length > 0 && next.at(-1) === undefined) next.pop();
    const laneCount = Math.max(current.length, next.length, lane + 1);
    current = next;
    return { id: commit.id, lane, edges, laneCount };
  });
  return { rows, lanes: current };
}
