"use client";
import { ChevronDown, ChevronRight, CircleX, GitCommitHorizontal, ScrollText, SlidersHorizontal } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp } from "@/components/workbench/app-context";
import { describeChange } from "@/lib/client/debugging-words";
import type { Diagnosis, LastChange, RedReason } from "@/lib/protocol/debugging";
import type { InstanceInfo } from "@/lib/protocol/instances";
import { PlaceButton, SourceTrail } from "./source-trail";

/** Why an instance is red: each thing that is wrong with its log's end, what made it, and who changed that last. */
export function WhyPanel({
  instance,
  onShowLog,
}: {
  readonly instance: InstanceInfo;
  readonly onShowLog: (partition: string, log: string) => void;
}) {
  const app = useApp();
  const [diagnosis, setDiagnosis] = useState<Diagnosis>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const project = app.project.state.getState().project?.id ?? "";
  const problems = (instance.problems ?? []).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is wrong is asked again when it changes
  useEffect(() => {
    let isStale = false;
    app.api.explainInstance({ params: { project, instance: instance.name } }).then(
      (found) => {
        if (isStale) return;
        setDiagnosis(found);
        setError(undefined);
      },
      (failure: unknown) => isStale || setError(failure),
    );
    return () => {
      isStale = true;
    };
  }, [app, project, instance.name, problems, turn]);
  if (problems === "") return null;
  return (
    <section aria-label={`Why ${instance.name} is red`} className="border-b bg-bad/5">
      <h4 className="flex items-center gap-1.5 px-3 pt-2 text-xs font-semibold text-bad">
        <CircleX size={13} aria-hidden /> Why is it red?
      </h4>
      {error !== undefined && !diagnosis ? (
        <ErrorState compact error={error} onRetry={() => setTurn(turn + 1)} />
      ) : diagnosis ? (
        <ul className="flex flex-col gap-2 px-3 py-2">
          {diagnosis.reasons.map((reason) => (
            <Reason key={`${reason.kind} ${reason.partition} ${reason.name}`} reason={reason} onShowLog={onShowLog} />
          ))}
        </ul>
      ) : (
        <p className="flex items-center gap-2 px-3 py-2 text-xs text-muted">
          <Spinner size={12} label="Looking into it" /> Looking into it …
        </p>
      )}
    </section>
  );
}

function Reason({
  reason,
  onShowLog,
}: {
  readonly reason: RedReason;
  readonly onShowLog: (partition: string, log: string) => void;
}) {
  const app = useApp();
  const { kind, title, partition, name, message, log, run, source, changes } = reason;
  const [isOpen, setIsOpen] = useState(true);
  const [isBusy, setIsBusy] = useState(false);
  const act = (work: () => Promise<unknown>) => {
    setIsBusy(true);
    work()
      .catch((failure: unknown) => app.showError(failure))
      .finally(() => setIsBusy(false));
  };
  const { instances } = app.runControl;
  const rest = message && !title.includes(message.trim()) ? message.trim() : undefined;
  return (
    <li data-reason={kind} className="rounded-md border bg-bg text-xs">
      <div className="flex items-center gap-1.5 px-2 py-1">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
          className="flex min-w-0 flex-1 items-center gap-1 text-left font-medium"
        >
          {isOpen ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
          <span className="min-w-0 break-words">{title}</span>
        </button>
        {kind === "process" && partition && name && (
          <Button
            size="small"
            busy={isBusy}
            onClick={() => act(() => instances.control(`${partition}:${name}`, "restart"))}
          >
            Restart
          </Button>
        )}
        {kind === "promise" && partition && (
          <Button size="small" busy={isBusy} onClick={() => act(() => instances.checkPromises(partition, name))}>
            Check now
          </Button>
        )}
        {run !== undefined && (
          <Button size="small" onClick={() => app.runControl.showRun(run)}>
            Show the run
          </Button>
        )}
        {log && partition && (
          <Button
            size="small"
            variant="ghost"
            icon={<ScrollText size={12} aria-hidden />}
            onClick={() => onShowLog(partition, log.path)}
          >
            Whole log
          </Button>
        )}
      </div>
      {isOpen && (
        <div className="flex flex-col gap-1.5 border-t px-2 py-1.5">
          {rest && <p className="break-words whitespace-pre-wrap select-text">{rest}</p>}
          {log && (
            <pre
              data-log={log.path}
              className="max-h-40 overflow-auto rounded bg-sunken px-2 py-1 font-mono text-2xs whitespace-pre-wrap select-text"
            >
              {log.lines.join("\n")}
            </pre>
          )}
          {source && <SourceTrail source={source} label="What made it" />}
          {changes.length > 0 && (
            <ul aria-label="Last changes" className="text-2xs">
              {changes.map((change) => (
                <Change key={`${change.kind} ${change.commit} ${change.place?.path} ${change.at}`} change={change} />
              ))}
            </ul>
          )}
        </div>
      )}
    </li>
  );
}

function Change({ change }: { readonly change: LastChange }) {
  const Icon = change.kind === "parameters" ? SlidersHorizontal : GitCommitHorizontal;
  return (
    <li className="flex items-start gap-1 py-px" data-change={change.kind}>
      <Icon size={11} aria-hidden className="mt-0.5 shrink-0 text-faint" />
      <span className="min-w-0 break-words">
        {describeChange(change)}
        {change.place && (
          <>
            {" — "}
            <PlaceButton place={change.place} withoutLine={change.place.line === 1} />
          </>
        )}
      </span>
    </li>
  );
}
