/** The causes of failed runs as entries of the Problems panel: of the last run of each profile, with its number. */
import type { RunFailure } from "@/lib/protocol/explanations";
import type { RunInfo } from "@/lib/protocol/runs";
import type { Problem } from "./problems";

export function describeRunNumber(run: Pick<RunInfo, "number" | "id">): string {
  return run.number === undefined ? `run ${run.id}` : `run #${run.number}`;
}

/** The newest run that has ended of each profile and kind, where it failed. */
export function findFailedRuns(runs: readonly RunInfo[]): readonly RunInfo[] {
  const seen = new Set<string>();
  return runs.filter((run) => {
    const key = `${run.kind} ${run.profile} ${run.instance ?? ""}`;
    if (run.finishedAt === undefined || run.state === "cancelled" || seen.has(key)) return false;
    seen.add(key);
    return run.state === "failed";
  });
}

export function listRunProblems(
  runs: readonly RunInfo[],
  failures: ReadonlyMap<string, RunFailure | undefined>,
  /** The text of the file is another than when the run failed, if only in the editor. */
  isChanged: (path: string) => boolean,
): readonly Problem[] {
  return findFailedRuns(runs).flatMap((run): Problem[] => {
    const failure = failures.get(run.id);
    if (!failure?.place) return [];
    const { path, line, column } = failure.place;
    return [
      {
        path,
        severity: "error",
        message: failure.part ? `${failure.part}: ${failure.message}` : failure.message,
        source: describeRunNumber(run),
        code: undefined,
        line,
        column,
        isStale: failure.isEdited || isChanged(path),
      },
    ];
  });
}
