"use client";
import { useApp, useValue } from "@/components/workbench/app-context";
import { findCurrentRun, isGoingOn } from "@/lib/client/runs";
import { RunIcon } from "./run-icon";

/** Beside the title of the Runs view: whether something runs, or how the last run ended. */
export function RunsBadge() {
  const { runControl } = useApp();
  const run = findCurrentRun(useValue(runControl.runs.state));
  if (!run || !(isGoingOn(run) || run.state === "failed")) return null;
  return <RunIcon state={run.state} size={12} />;
}
