"use client";
import { RotateCcw, Square } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import { describeRun, toReleaseName } from "@/lib/client/run-words";
import { isGoingOn } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";
import { Elapsed } from "./elapsed";
import { RunIcon } from "./run-icon";

/** What the run is and how far it has come; stop it, or run it again. */
export function RunHeader({ run, children }: { readonly run: RunInfo; readonly children?: ReactNode }) {
  const { runControl } = useApp();
  const words = describeRun(run);
  const goesOn = isGoingOn(run);
  const again = () => {
    runControl.pick(run.profile);
    return runControl.run(run.kind === "instance" ? "instance" : "software", { instance: run.instance });
  };
  return (
    <div className="flex h-8 shrink-0 items-center gap-2 border-b px-3 text-xs" data-run-state={run.state}>
      <RunIcon state={run.state} />
      <span className="font-medium whitespace-nowrap">{words.state}</span>
      <span className="whitespace-nowrap text-muted">
        <Elapsed run={run} />
      </span>
      <span className="min-w-0 flex-1 truncate text-muted" data-tip={run.profile}>
        {goesOn ? describeProgress(run) : `${words.title} · ${run.instance ?? toReleaseName(run.profile)}`}
        {run.code !== undefined && run.code !== 0 ? ` · exit code ${run.code}` : ""}
      </span>
      {children}
      {goesOn ? (
        <Button size="small" icon={<Square size={11} />} onClick={() => void runControl.runs.stop(run.id)}>
          Stop
        </Button>
      ) : (
        <Button size="small" variant="ghost" icon={<RotateCcw size={12} />} onClick={() => void again()}>
          Run again
        </Button>
      )}
    </div>
  );
}

/** "Installing gmp (3 parts)" */
export function describeProgress(run: RunInfo): string {
  if (run.part === undefined) return run.state === "queued" ? "Waiting for its turn" : "Beginning";
  const count = run.partsDone === undefined ? "" : ` (${run.partsDone} ${run.partsDone === 1 ? "part" : "parts"})`;
  return `Installing ${run.part}${count}`;
}
