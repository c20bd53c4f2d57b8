"use client";
import { useMemo } from "react";
import { createStore } from "zustand/vanilla";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { DocumentState } from "@/lib/client/documents";
import type { Problem } from "@/lib/client/problems";
import { listRunProblems } from "@/lib/client/run-problems";

const none = createStore<ReadonlyMap<string, DocumentState>>(() => new Map());

/** What the last run of each profile failed of and warned of, where it stands in the workspace. */
export function useRunProblems(): readonly Problem[] {
  const { runControl, workspace } = useApp();
  const runs = useValue(runControl.runs.state, ({ runs }) => runs);
  const failures = useValue(runControl.failures.state);
  const warnings = useValue(runControl.failures.warnings.state);
  const documents = useValue(useValue(workspace)?.documents.state ?? none);
  return useMemo(
    () => listRunProblems(runs, failures, warnings, (path) => documents.get(path)?.dirty === true),
    [runs, failures, warnings, documents],
  );
}
