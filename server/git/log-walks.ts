/**
 * Walks through the history, kept where a page of the log ended: the next page goes on from there and does not walk
 * from the start, its graph goes on with the lanes of the last one.
 *
 * A walk is named by all that it depends on (where it starts, what it looks for): what a repository's references say
 * meanwhile makes another walk, and commits never change. A page that no kept walk leads to is walked to anew.
 */
import { type GraphRow, layoutGraph } from "@/lib/git/log-graph";
import type { ObjectId } from "@/lib/git/object-id";
import { createBreather } from "./breather";

export interface WalkFound {
  readonly id: ObjectId;
  /** Of the history of a file: what it was called there. */
  readonly path?: string;
}

/** What was found, or undefined for a commit that is left out: either way a moment in which others may go on. */
export type WalkStep = WalkFound | undefined;

export interface WalkRequest {
  readonly key: readonly (string | undefined)[];
  start(): Generator<WalkStep>;
  /** Of which commits there is a graph; without it there is none. */
  readonly lanes?: ((id: ObjectId) => readonly ObjectId[]) | undefined;
  readonly skip?: number;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

export interface WalkPage {
  readonly found: WalkFound[];
  readonly graph: readonly GraphRow[] | undefined;
  readonly more: boolean;
}

export interface LogWalks {
  readPage(request: WalkRequest): Promise<WalkPage>;
}

interface Walk {
  readonly key: string;
  readonly steps: Generator<WalkStep>;
  /** Of what was found, how much has been given out. */
  position: number;
  /** Found already, to know that there is more. */
  next: WalkFound | undefined;
  lanes: readonly (string | undefined)[];
}

/** Of a log, a search in it, and the history of a file or two; each holds the names of all commits that it has seen (2 MB of 18,500). */
const KEPT_WALKS = 4;

export function createLogWalks(): LogWalks {
  let kept: Walk[] = [];

  /** The walk of that name that has come the farthest without being past `skip`. */
  const take = (key: string, skip: number): Walk | undefined => {
    const fitting = kept.filter((walk) => walk.key === key && walk.position <= skip);
    const best = fitting.sort((a, b) => b.position - a.position)[0];
    kept = kept.filter((walk) => walk !== best);
    return best;
  };

  return {
    async readPage({ key: parts, start, lanes, skip = 0, limit, signal }) {
      const key = JSON.stringify(parts);
      const walk = take(key, skip) ?? { key, steps: start(), position: 0, next: undefined, lanes: [] };
      const breather = createBreather(signal);
      const advance = async (): Promise<WalkFound | undefined> => {
        for (let step = walk.steps.next(); !step.done; step = walk.steps.next()) {
          if (step.value) return step.value;
          if (breather.isDue()) await breather.now();
        }
        return undefined;
      };
      const passed: WalkFound[] = [];
      walk.next ??= await advance();
      while (walk.next && passed.length < skip + limit - walk.position) {
        passed.push(walk.next);
        if (breather.isDue()) await breather.now();
        walk.next = await advance();
      }
      const skipped = Math.min(skip - walk.position, passed.length);
      walk.position += passed.length;
      const layout =
        lanes &&
        layoutGraph(
          passed.map(({ id }) => ({ id, parents: lanes(id) })),
          walk.lanes,
        );
      walk.lanes = layout?.lanes ?? [];
      if (walk.next) kept = [walk, ...kept].slice(0, KEPT_WALKS);
      return { found: passed.slice(skipped), graph: layout?.rows.slice(skipped), more: walk.next !== undefined };
    },
  };
}
