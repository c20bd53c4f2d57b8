"use client";
import { CircleX, X } from "lucide-react";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { findLastLine } from "@/lib/client/log-search";
import type { OpenLog } from "@/lib/client/run-control";
import { listCauses } from "@/lib/client/run-failures";
import { describeRunNumber } from "@/lib/client/run-problems";
import { describeRun } from "@/lib/client/run-words";
import type { FailureCause, QuickFix, RunFailure } from "@/lib/protocol/explanations";
import type { RunInfo } from "@/lib/protocol/runs";
import { BuildActions, PartActions } from "./failure-actions";
import { FixButtons, PlaceButton } from "./found-text";
import { useMending } from "./use-mending";

/** Of an error line this much is looked for in the log: the engine's line may be put together from several. */
const SEARCHED_CHARACTERS = 60;

/** Before the server has explained it, and without that, the engine's words are all that is known. */
type ShownCause = Pick<FailureCause, "message" | "part" | "partition" | "place" | "isEdited" | "fixes"> &
  Partial<Pick<FailureCause, "logOffset">>;

/** Why a run failed: what the engine says, the text in the workspace that is to blame, and what would mend it; of all that failed. */
export function FailureCard({
  run,
  opened,
  onHide,
}: {
  readonly run: RunInfo;
  readonly opened: OpenLog;
  readonly onHide: () => void;
}) {
  const app = useApp();
  const { failures, runs } = app.runControl;
  const status = useValue(opened.log.state, ({ status }) => status);
  const failure = useValue(failures.state, (all) => all.get(run.id));
  const { mending, mend } = useMending(run.id);
  useEffect(() => {
    if (run.state === "failed") void failures.read(run.id);
  }, [failures, run.id, run.state]);

  const causes = toCauses(run, failure);
  const isOne = causes.length === 1;
  const isEdited = causes.every((cause) => cause.isEdited);
  const isBuild = run.kind === "software" || run.kind === "buildout";
  const goesOn = useValue(runs.state, ({ runs }) =>
    runs.some(({ state }) => state === "queued" || state === "running"),
  );

  const showInLog = async ({ message, logOffset }: ShownCause): Promise<void> => {
    if (logOffset !== undefined) {
      opened.reveal.emit(logOffset);
      return;
    }
    const line = message.split("\n", 1)[0]!;
    const offset = await findLastLine(opened.log, app.api, [line.slice(0, SEARCHED_CHARACTERS), line.slice(0, 20)]);
    if (offset === undefined) opened.log.showEnd();
    else opened.reveal.emit(offset);
  };
  const runAgain = async (): Promise<void> => {
    if (run.section !== undefined) return app.runControl.startRecipeTest(run.profile, run.section, run.instance);
    app.runControl.pick(run.profile);
    await app.runControl.run(run.kind === "instance" ? "instance" : "software", { instance: run.instance });
  };
  const mendAndRun = async (fix: QuickFix): Promise<void> => {
    // With others to mend, the person says when to run.
    if ((await mend(fix)) && isOne) await runAgain();
  };
  const report = (work: Promise<void>): void => void work.catch((error: unknown) => app.showError(error));

  return (
    <div
      role="alert"
      aria-label="Why the run failed"
      className={classNames(
        "flex max-h-[55%] shrink-0 flex-wrap items-start gap-2.5 overflow-y-auto border-b border-l-4 px-3 py-2 text-xs",
        isEdited ? "border-l-line-strong bg-sunken" : "border-l-bad bg-[color-mix(in_srgb,var(--bad)_9%,transparent)]",
      )}
    >
      <CircleX size={16} aria-hidden className={classNames("mt-px shrink-0", isEdited ? "text-muted" : "text-bad")} />
      {/* Where there is little room the buttons go below the words. */}
      <div className="min-w-[min(18rem,calc(100%-2rem))] flex-1 wrap-anywhere">
        <p className="font-semibold">
          {describeRun(run).ended}
          <span className="font-normal text-muted">
            {isOne ? describeWhere(causes[0]!) : `, ${causes.length} causes`}
            {` · ${describeRunNumber(run)}`}
          </span>
        </p>
        {causes.map((cause, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: the causes of a run that has ended do not change
            key={index}
            data-cause
            className={isOne ? undefined : "mt-1.5 border-t border-line pt-1.5"}
          >
            {!isOne && <p className="font-medium">{describeWhere(cause).trim()}</p>}
            <p className="max-h-24 overflow-auto font-mono break-words whitespace-pre-wrap select-text" data-error-line>
              {cause.message}
            </p>
            {(cause.place || cause.fixes.length > 0) && (
              <p className="mt-1.5 flex flex-wrap items-center gap-1.5">
                <PlaceButton {...cause} />
                <FixButtons
                  fixes={cause.fixes}
                  tip={({ path }) =>
                    isOne ? `Changes ${path}, saves it and runs again` : `Changes ${path} and saves it`
                  }
                  mending={mending}
                  disabled={goesOn}
                  onMend={(fix) => report(mendAndRun(fix))}
                />
              </p>
            )}
            {(isBuild || !isOne) && (
              <p className="mt-1.5 flex flex-wrap items-center gap-1">
                {isBuild && <PartActions run={run} part={cause.part} disabled={goesOn} report={report} />}
                {isBuild && isOne && <BuildActions run={run} disabled={goesOn} report={report} />}
                {!isOne && (
                  <Button size="small" variant="ghost" onClick={() => report(showInLog(cause))}>
                    Show in log
                  </Button>
                )}
              </p>
            )}
          </div>
        ))}
        {isBuild && !isOne && (
          <p className="mt-1.5 flex flex-wrap items-center gap-1 border-t border-line pt-1.5">
            <BuildActions run={run} disabled={goesOn} report={report} />
          </p>
        )}
      </div>
      <div className="ml-auto flex items-start gap-2.5">
        <Button size="small" disabled={goesOn} onClick={() => report(runAgain())}>
          Retry
        </Button>
        {isOne && (run.error || failure) && status !== "loading" && (
          <Button size="small" onClick={() => report(showInLog(causes[0]!))}>
            Show in log
          </Button>
        )}
        <IconButton
          label="Copy the error"
          onClick={() => void navigator.clipboard?.writeText(causes.map(({ message }) => message).join("\n"))}
        >
          <span className="text-2xs">Copy</span>
        </IconButton>
        <IconButton label="Hide" size={20} onClick={onHide}>
          <X size={13} />
        </IconButton>
      </div>
    </div>
  );
}

function toCauses(run: RunInfo, failure: RunFailure | undefined): readonly ShownCause[] {
  if (failure && failure.others.length > 0) return listCauses(failure);
  // What the engine was at when it ended; parts of an instance are named with their partition only.
  const part = run.kind === "instance" ? undefined : run.part;
  if (failure) return [{ ...failure, part: failure.part ?? part }];
  const words = run.error ?? run.reason ?? "The engine gave no reason. The end of the log tells what it did last.";
  return [{ message: words, part, isEdited: false, fixes: [] }];
}

/** ` in part gmp in slappart0` */
function describeWhere({ part, partition }: Pick<ShownCause, "part" | "partition">): string {
  return `${part ? ` in part ${part}` : ""}${partition ? ` in ${partition}` : ""}`;
}
