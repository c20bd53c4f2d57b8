/** The routes of timelines and of finding one's way in a log. */
import { WebrunnerError } from "@/lib/base/errors";
import type { Files } from "@/server/platform/files";
import type { LogIndex } from "@/server/runs/log-index";
import { streamLogMatches } from "@/server/runs/log-reader";
import type { RunKeeper } from "@/server/runs/run-keeper";
import type { TimelineReader } from "@/server/runs/timeline-reader";
import type { Handlers } from "./route";

export interface TraceHandlersDependencies {
  readonly files: Files;
  readonly runs: Pick<RunKeeper, "findLog">;
  readonly index: LogIndex;
  readonly timelines: TimelineReader;
}

export type TraceHandlerName = "readTimeline" | "findLogLine" | "listLogTimes" | "streamLogMatches";

export function createTraceHandlers(dependencies: TraceHandlersDependencies): Pick<Handlers, TraceHandlerName> {
  const { files, runs, index, timelines } = dependencies;

  const findPart = async (run: string, key: string): Promise<number> => {
    const { parts } = await timelines.read(run);
    const part = parts.find((one) => one.key === key) ?? parts.find((one) => one.kind === "part" && one.name === key);
    const span = part?.spans.at(-1);
    if (span) return span.logStart;
    throw new WebrunnerError("request/invalid", {
      message: part ? `${key} was not begun in this run.` : `No part of this run is called ${key}.`,
      hint: "`webrunner run timeline` lists them.",
    });
  };

  return {
    readTimeline: ({ params: { run }, query: { since } }) => timelines.read(run, since),
    async findLogLine({ params: { run }, query: { line, offset, part } }) {
      if ([line, offset, part].filter((one) => one !== undefined).length !== 1) {
        throw new WebrunnerError("request/invalid", { message: "Name one of line, offset and part." });
      }
      if (line !== undefined) return index.findPlace(run, { line: line - 1 });
      return index.findPlace(run, { offset: offset ?? (await findPart(run, part!)) });
    },
    listLogTimes: async ({ params: { run }, query: { start, end } }) => ({
      times: await index.listTimes(run, start, end),
    }),
    async streamLogMatches({ params: { run }, query: { text, regex, matchCase, offset }, signal }) {
      const { path, sizeBytes } = await runs.findLog(run);
      const first = offset === undefined || offset === 0 ? undefined : await index.findPlace(run, { offset });
      const query = { text, regex: regex === "true", matchCase: matchCase === "true" };
      return {
        body: streamLogMatches(files, path, sizeBytes, query, { signal, from: first }),
        headers: { "content-type": "application/x-ndjson" },
      };
    },
  };
}
