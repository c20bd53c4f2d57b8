import { expect, it } from "vitest";
import { createGitLog } from "@/lib/client/git-log";
import { layoutGraph } from "@/lib/git/log-graph";
import type { GitCommit } from "@/lib/protocol/git";

/** Every seventh commit merges one that stands some rows further down. */
const commits = Array.from({ length: 900 }, (_, number) => {
  const parents = number % 7 === 0 ? [number + 1, number + 5] : [number + 1];
  return { id: String(number), parents: parents.filter((parent) => parent < 900).map(String) } as unknown as GitCommit;
});

it("draws the graph of later pages as that of one long page", async () => {
  const skips: (number | undefined)[] = [];
  const api = {
    readGitLog: async ({ query }: { query: { skip?: number; limit?: number } }) => {
      const { skip = 0, limit = 0 } = query;
      skips.push(skip);
      const page = commits.slice(skip, skip + limit);
      return { commits: page, graph: [], more: skip + limit < commits.length };
    },
  };
  const git = { ask: (ask: (address: object) => Promise<unknown>) => ask({}) };
  const log = createGitLog(api as never, git as never, {});
  await log.reload();
  while (log.state.getState().more) await log.loadMore();
  expect(log.state.getState().rows).toEqual(layoutGraph(commits).rows);
  expect(skips).toEqual([0, 200, 400, 600, 800]);
  await log.reload();
  expect(log.state.getState().rows).toEqual(layoutGraph(commits).rows);
});
