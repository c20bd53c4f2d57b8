/** What the last run of each profile failed of and warned of, as entries of the Problems panel, with its number. */
import type { RunFailure, RunWarning } from "@/lib/protocol/explanations";
import type { RunInfo } from "@/lib/protocol/runs";
import type { Problem } from "./problems";
import { listCauses } from "./run-failures";

export function describeRunNumber(run: Pick<RunInfo, "number" | "id">): string {
  return run.number === undefined ? `run ${run.id}` : `run #${run.number}`;
}

/** The newest run that has ended of each profile and kind; one that was stopped says nothing. */
export function findLastRuns(runs: readonly RunInfo[]): readonly RunInfo[] {
  const seen = new Set<string>();
  return runs.filter((run) => {
    const key = `${run.kind} ${run.profile} ${run.instance ?? ""}`;
    if (run.finishedAt === undefined || run.state === "cancelled" || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function findFailedRuns(runs: readonly RunInfo[]): readonly RunInfo[] {
  return findLastRuns(runs).filter(({ state }) => state === "failed");
}

export function listRunProblems(
  runs: readonly RunInfo[],
  failures: ReadonlyMap<string, RunFailure | undefined>,
  warnings: ReadonlyMap<string, readonly RunWarning[] | undefined>,
  /** The text of the file is another than when the run ended, if only in the editor. */
  isChanged: (path: string) => boolean,
): readonly Problem[] {
  const toProblem = (
    run: Pick<RunInfo, "number" | "id">,
    found: Pick<RunWarning, "place" | "isEdited">,
    severity: Problem["severity"],
    message: string,
  ): Problem[] => {
    if (!found.place) return [];
    const { path, line, column } = found.place;
    const isStale = found.isEdited || isChanged(path);
    return [{ path, severity, message, source: describeRunNumber(run), code: undefined, line, column, isStale }];
  };
  return findLastRuns(runs).flatMap((run): Problem[] => {
    const failure = run.state === "failed" ? failures.get(run.id) : undefined;
    const errors = failure ? listCauses(failure) : [];
    return [
      ...errors.flatMap((cause) =>
        toProblem(run, cause, "error", cause.part ? `${cause.part}: ${cause.message}` : cause.message),
      ),
      ...(warnings.get(run.id) ?? []).flatMap((warning) => {
        // An earlier one may have said it.
        const teller = runs.find(({ id }) => id === warning.run) ?? { id: warning.run };
        return toProblem(teller, warning, "warning", warning.message);
      }),
    ];
  });
}
