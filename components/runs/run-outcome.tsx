"use client";
import { CircleX, Info, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { findLastLine } from "@/lib/client/log-search";
import type { OpenLog } from "@/lib/client/run-control";
import { describeRun } from "@/lib/client/run-words";
import type { RunInfo } from "@/lib/protocol/runs";

/** Of an error line this much is looked for in the log: the engine's line may be put together from several. */
const SEARCHED_CHARACTERS = 60;

/** What a run came to, when it is more than its state: the engine's own reason, or that there was nothing to do. */
export function RunOutcome({ run, opened }: { readonly run: RunInfo; readonly opened: OpenLog }) {
  const app = useApp();
  const [hidden, setHidden] = useState(false);
  const status = useValue(opened.log.state, ({ status }) => status);
  if (hidden) return null;
  if (run.nothingToDo && run.state === "succeeded") {
    return (
      <div role="status" className="flex shrink-0 items-center gap-2 border-b bg-sunken px-3 py-1.5 text-xs">
        <Info size={14} aria-hidden className="shrink-0 text-accent" />
        <span className="min-w-0 flex-1">
          <strong className="font-semibold">Nothing to do.</strong> {describeRun(run).detail}
        </span>
        <Button size="small" onClick={() => void app.runControl.run("software", { force: true })}>
          Build anyway
        </Button>
        <IconButton label="Hide" size={20} onClick={() => setHidden(true)}>
          <X size={13} />
        </IconButton>
      </div>
    );
  }
  if (run.state !== "failed" && run.state !== "lost") return null;
  const words = describeRun(run);
  const reason = run.error ?? run.reason ?? "The engine gave no reason. The end of the log tells what it did last.";
  return (
    <div
      role="alert"
      className="flex shrink-0 items-start gap-2.5 border-b border-l-4 border-l-bad bg-[color-mix(in_srgb,var(--bad)_9%,transparent)] px-3 py-2 text-xs"
    >
      <CircleX size={16} aria-hidden className="mt-px shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          {words.ended}
          {run.part && run.kind !== "instance" ? (
            <span className="font-normal text-muted"> in part {run.part}</span>
          ) : null}
        </p>
        <p className="max-h-24 overflow-auto font-mono break-words whitespace-pre-wrap select-text" data-error-line>
          {reason}
        </p>
      </div>
      {run.error && status !== "loading" && (
        <Button size="small" onClick={() => void showInLog().catch((error: unknown) => app.showError(error))}>
          Show in log
        </Button>
      )}
      <IconButton label="Copy the error" onClick={() => void navigator.clipboard?.writeText(reason)}>
        <span className="text-2xs">Copy</span>
      </IconButton>
      <IconButton label="Hide" size={20} onClick={() => setHidden(true)}>
        <X size={13} />
      </IconButton>
    </div>
  );

  async function showInLog(): Promise<void> {
    const line = reason.split("\n", 1)[0]!;
    const offset = await findLastLine(opened.log, app.api, [line.slice(0, SEARCHED_CHARACTERS), line.slice(0, 20)]);
    if (offset === undefined) opened.log.showEnd();
    else opened.reveal.emit(offset);
  }
}
