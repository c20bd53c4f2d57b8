/** The routes of plans and failures. */
import type { DownloadCheck, RunChanges, RunFailure, RunPlanInfo, RunWarnings } from "@/lib/protocol";
import type { Handlers } from "./route";

export interface ExplainHandlersDependencies {
  readonly readPlan: (project: string, profile: string, kind: "software" | "buildout") => Promise<RunPlanInfo>;
  readonly checkDownloads: (
    project: string,
    profile: string,
    kind: "software" | "buildout",
    signal: AbortSignal,
  ) => Promise<RunPlanInfo>;
  readonly findDownloadCheck: (project: string) => DownloadCheck | undefined;
  /** `run/not-found`; `run/refused` where there is nothing to explain. */
  readonly readFailure: (run: string) => Promise<RunFailure>;
  readonly readWarnings: (run: string) => Promise<RunWarnings>;
  /** `run/refused` for a run of which none was kept. */
  readonly readRunPlan: (run: string) => Promise<RunPlanInfo>;
  readonly compareRuns: (run: string, since: string | undefined) => Promise<RunChanges>;
}

export type ExplainHandlerName =
  | "readPlan"
  | "checkDownloads"
  | "readDownloadCheck"
  | "readFailure"
  | "readWarnings"
  | "readRunPlan"
  | "compareRuns";

export function createExplainHandlers({
  readPlan,
  checkDownloads,
  findDownloadCheck,
  readFailure,
  readWarnings,
  readRunPlan,
  compareRuns,
}: ExplainHandlersDependencies): Pick<Handlers, ExplainHandlerName> {
  return {
    readPlan: ({ params: { project }, query: { profile, kind } }) => readPlan(project, profile, kind),
    checkDownloads: ({ params: { project }, body: { profile, kind }, signal }) =>
      checkDownloads(project, profile, kind, signal),
    readDownloadCheck: ({ params: { project } }) => ({ check: findDownloadCheck(project) }),
    readFailure: ({ params: { run } }) => readFailure(run),
    readWarnings: ({ params: { run } }) => readWarnings(run),
    readRunPlan: ({ params: { run } }) => readRunPlan(run),
    compareRuns: ({ params: { run }, query: { since } }) => compareRuns(run, since),
  };
}
