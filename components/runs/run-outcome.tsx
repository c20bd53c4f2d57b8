"use client";
import { Info, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { useApp } from "@/components/workbench/app-context";
import type { OpenLog } from "@/lib/client/run-control";
import { describeRun } from "@/lib/client/run-words";
import type { RunInfo } from "@/lib/protocol/runs";
import { FailureCard } from "./failure-card";
import { RunWarnings } from "./run-warnings";

/** What a run came to, when it is more than its state: why it failed, or that there was nothing to do; and its warnings. */
export function RunOutcome({ run, opened }: { readonly run: RunInfo; readonly opened: OpenLog }) {
  return (
    <>
      <RunEnd run={run} opened={opened} />
      <RunWarnings run={run} />
    </>
  );
}

function RunEnd({ run, opened }: { readonly run: RunInfo; readonly opened: OpenLog }) {
  const app = useApp();
  const [hidden, setHidden] = useState(false);
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
  return <FailureCard run={run} opened={opened} onHide={() => setHidden(true)} />;
}
