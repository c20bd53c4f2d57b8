/** The routes of what is kept of runs, what is given away of them, and their settings. */
import type {
  RunEnvironment,
  RunKeeping,
  RunKeepingChange,
  RunSource,
  RunSourceChanges,
  WebhookDelivery,
} from "@/lib/protocol";
import type { Handlers } from "./route";

export interface HistoryHandlersDependencies {
  /** `project/not-found`. */
  readonly ensureProject: (project: string) => Promise<void>;
  readonly readSource: (run: string) => Promise<RunSource>;
  readonly compareSources: (run: string, since: string | undefined) => Promise<RunSourceChanges>;
  readonly readEnvironment: (run: string) => Promise<RunEnvironment>;
  readonly writeBundle: (run: string) => Promise<AsyncIterable<Uint8Array>>;
  readonly readSettings: (project: string) => Promise<RunKeeping>;
  readonly changeSettings: (project: string, change: RunKeepingChange) => Promise<RunKeeping>;
  readonly testWebhook: (project: string) => Promise<WebhookDelivery>;
}

export type HistoryHandlerName =
  | "readRunSource"
  | "compareRunSources"
  | "readRunEnvironment"
  | "downloadRunBundle"
  | "readRunKeeping"
  | "changeRunKeeping"
  | "testWebhook";

export function createHistoryHandlers(dependencies: HistoryHandlersDependencies): Pick<Handlers, HistoryHandlerName> {
  const { ensureProject, readSource, compareSources, readEnvironment, writeBundle } = dependencies;
  const { readSettings, changeSettings, testWebhook } = dependencies;
  return {
    readRunSource: ({ params: { run } }) => readSource(run),
    compareRunSources: ({ params: { run }, query: { since } }) => compareSources(run, since),
    readRunEnvironment: ({ params: { run } }) => readEnvironment(run),
    async downloadRunBundle({ params: { run } }) {
      return {
        body: await writeBundle(run),
        headers: {
          "content-type": "application/gzip",
          "content-disposition": `attachment; filename="run-${run}.tar.gz"`,
        },
      };
    },
    async readRunKeeping({ params: { project } }) {
      await ensureProject(project);
      return readSettings(project);
    },
    async changeRunKeeping({ params: { project }, body }) {
      await ensureProject(project);
      return changeSettings(project, body);
    },
    async testWebhook({ params: { project } }) {
      await ensureProject(project);
      return testWebhook(project);
    },
  };
}
