/** The routes of plans and failures. */
import type { RunFailure, RunPlanInfo } from "@/lib/protocol";
import type { Handlers } from "./route";

export interface ExplainHandlersDependencies {
  readonly readPlan: (project: string, profile: string, kind: "software" | "buildout") => Promise<RunPlanInfo>;
  /** `run/not-found`; `run/not-failed` where there is nothing to explain. */
  readonly readFailure: (run: string) => Promise<RunFailure>;
}

export function createExplainHandlers({
  readPlan,
  readFailure,
}: ExplainHandlersDependencies): Pick<Handlers, "readPlan" | "readFailure"> {
  return {
    readPlan: ({ params: { project }, query: { profile, kind } }) => readPlan(project, profile, kind),
    readFailure: ({ params: { run } }) => readFailure(run),
  };
}
