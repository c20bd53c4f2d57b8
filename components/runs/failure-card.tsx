"use client";
import { CircleX, FileSymlink, Wrench, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { findLastLine } from "@/lib/client/log-search";
import type { OpenLog } from "@/lib/client/run-control";
import { describeRunNumber } from "@/lib/client/run-problems";
import { describeRun } from "@/lib/client/run-words";
import type { QuickFix } from "@/lib/protocol/explanations";
import type { RunInfo } from "@/lib/protocol/runs";
import { FailureActions } from "./failure-actions";

/** Of an error line this much is looked for in the log: the engine's line may be put together from several. */
const SEARCHED_CHARACTERS = 60;

/** Why a run failed: what the engine says, the text in the workspace that is to blame, and what would mend it. */
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
  const [mending, setMending] = useState<string>();
  useEffect(() => {
    if (run.state === "failed") void failures.read(run.id);
  }, [failures, run.id, run.state]);

  const words = describeRun(run);
  const message = failure?.message ?? run.error ?? run.reason;
  const reason = message ?? "The engine gave no reason. The end of the log tells what it did last.";
  const part = failure?.part ?? (run.kind === "instance" ? undefined : run.part);
  const place = failure?.place;
  const isEdited = failure?.isEdited ?? false;
  const goesOn = useValue(runs.state, ({ runs }) =>
    runs.some(({ state }) => state === "queued" || state === "running"),
  );

  const showInLog = async (): Promise<void> => {
    if (failure) {
      opened.reveal.emit(failure.logOffset);
      return;
    }
    const line = reason.split("\n", 1)[0]!;
    const offset = await findLastLine(opened.log, app.api, [line.slice(0, SEARCHED_CHARACTERS), line.slice(0, 20)]);
    if (offset === undefined) opened.log.showEnd();
    else opened.reveal.emit(offset);
  };
  const runAgain = async (): Promise<void> => {
    if (run.section !== undefined) return app.runControl.startRecipeTest(run.profile, run.section, run.instance);
    app.runControl.pick(run.profile);
    await app.runControl.run(run.kind === "instance" ? "instance" : "software", { instance: run.instance });
  };
  const mend = async (fix: QuickFix): Promise<void> => {
    setMending(fix.title);
    try {
      app.editors.openFile(
        { path: fix.path, line: fix.edits[0]?.line, column: fix.edits[0]?.column },
        { focus: false },
      );
      if (await failures.apply(run.id, fix)) {
        await runAgain();
        return;
      }
      app.notices.show({
        kind: "warning",
        title: "The fix was not made",
        detail: `${fix.path} is no longer as it was when the run failed, or could not be saved.`,
      });
    } finally {
      setMending(undefined);
    }
  };
  const report = (work: Promise<void>): void => void work.catch((error: unknown) => app.showError(error));

  return (
    <div
      role="alert"
      aria-label="Why the run failed"
      className={classNames(
        "flex max-h-[55%] shrink-0 items-start gap-2.5 overflow-y-auto border-b border-l-4 px-3 py-2 text-xs",
        isEdited ? "border-l-line-strong bg-sunken" : "border-l-bad bg-[color-mix(in_srgb,var(--bad)_9%,transparent)]",
      )}
    >
      <CircleX size={16} aria-hidden className={classNames("mt-px shrink-0", isEdited ? "text-muted" : "text-bad")} />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          {words.ended}
          <span className="font-normal text-muted">
            {part ? ` in part ${part}` : ""}
            {failure?.partition ? ` in ${failure.partition}` : ""}
            {` · ${describeRunNumber(run)}`}
          </span>
        </p>
        <p className="max-h-24 overflow-auto font-mono break-words whitespace-pre-wrap select-text" data-error-line>
          {reason}
        </p>
        {place && (
          <p className="mt-1.5 flex flex-wrap items-center gap-1.5">
            <Button
              size="small"
              icon={<FileSymlink size={12} aria-hidden />}
              className="font-mono"
              data-failure-place
              onClick={() => app.editors.openFile({ path: place.path, line: place.line, column: place.column })}
            >
              {place.path}:{place.line}:{place.column}
            </Button>
            {isEdited && <span className="text-muted">edited since</span>}
          </p>
        )}
        {failure && failure.fixes.length > 0 && (
          <p className="mt-1.5 flex flex-wrap items-center gap-1.5">
            {failure.fixes.map((fix, index) => (
              <Button
                key={fix.title}
                size="small"
                variant={index === 0 ? "primary" : "secondary"}
                icon={<Wrench size={12} aria-hidden />}
                busy={mending === fix.title}
                disabled={mending !== undefined || goesOn}
                data-tip={`Changes ${fix.path}, saves it and runs again`}
                onClick={() => report(mend(fix))}
              >
                {fix.title.replaceAll("`", "")}
              </Button>
            ))}
          </p>
        )}
        {(run.kind === "software" || run.kind === "buildout") && (
          <FailureActions run={run} part={part} disabled={goesOn} report={report} />
        )}
      </div>
      <Button size="small" disabled={goesOn} onClick={() => report(runAgain())}>
        Retry
      </Button>
      {(run.error || failure) && status !== "loading" && (
        <Button size="small" onClick={() => report(showInLog())}>
          Show in log
        </Button>
      )}
      <IconButton label="Copy the error" onClick={() => void navigator.clipboard?.writeText(reason)}>
        <span className="text-2xs">Copy</span>
      </IconButton>
      <IconButton label="Hide" size={20} onClick={onHide}>
        <X size={13} />
      </IconButton>
    </div>
  );
}
