/** The routes of runs and their logs. */
import { WebrunnerError } from "@/lib/base/errors";
import type { Files } from "@/server/platform/files";
import { LOG_READ_LIMIT_BYTES, readLogBytes, searchLog } from "@/server/runs/log-reader";
import type { RunKeeper } from "@/server/runs/run-keeper";
import type { Handlers } from "./route";

export interface RunHandlersDependencies {
  readonly runs: RunKeeper;
  readonly files: Files;
  /** `project/not-found`. */
  readonly ensureProject: (project: string) => Promise<void> | void;
}

export function createRunHandlers({
  runs,
  files,
  ensureProject,
}: RunHandlersDependencies): Pick<Handlers, "startRun" | "listRuns" | "readRun" | "stopRun" | "readLog" | "searchLog"> {
  return {
    async startRun({ params: { project }, body, user }) {
      await ensureProject(project);
      return runs.start(project, body, user.name);
    },
    async listRuns({ params: { project } }) {
      await ensureProject(project);
      return { runs: runs.list(project) };
    },
    readRun: ({ params: { run } }) => runs.get(run),
    stopRun: ({ params: { run } }) => runs.stop(run),

    async readLog({ params: { run }, query: { offset = 0, limit } }) {
      if (limit !== undefined && limit > LOG_READ_LIMIT_BYTES) {
        throw new WebrunnerError("request/invalid", {
          message: `limit is at most ${LOG_READ_LIMIT_BYTES}.`,
          hint: "Leave it out to get all of the log.",
        });
      }
      const { path, sizeBytes, ended } = await runs.findLog(run);
      const end = Math.min(sizeBytes, limit === undefined ? sizeBytes : offset + limit);
      return {
        body: readLogBytes(files, path, Math.min(offset, end), end),
        headers: {
          // Plain text for a browser too, never markup (L5).
          "content-type": "text/plain; charset=utf-8",
          "content-length": String(Math.max(0, end - offset)),
          "content-disposition": `attachment; filename="${run}.log"`,
          "x-log-size": String(sizeBytes),
          "x-log-ended": String(ended),
        },
      };
    },

    async searchLog({ params: { run }, query: { text, regex } }) {
      const { path, sizeBytes } = await runs.findLog(run);
      return searchLog(files, path, sizeBytes, { text, regex: regex === "true" });
    },
  };
}
