"use client";
import { CircleX, TriangleAlert } from "lucide-react";
import { useApp } from "@/components/workbench/app-context";
import { StatusItem } from "@/components/workbench/status-item";
import { countProblems, countRunProblems, PROBLEMS_VIEW } from "@/lib/client/problems";
import { useDiagnostics, useLanguagePhase } from "./use-diagnostics";
import { useRunProblems } from "./use-run-problems";

/** Errors and warnings of the open files and of the last runs; opens the Problems panel. */
export function ProblemsStatusItem() {
  const app = useApp();
  const phase = useLanguagePhase();
  const counts = countProblems([...useDiagnostics().values()].flat());
  const ofRuns = countRunProblems(useRunProblems());
  if (phase !== "ready") {
    return (
      <StatusItem tip="Checks and completion come with it; typing and saving do not wait for it.">
        {phase === "starting" ? "Language service starting" : "Language service away"}
      </StatusItem>
    );
  }
  const errors = counts.errors + ofRuns.errors;
  const warnings = counts.warnings + ofRuns.warnings;
  const isOfRuns = ofRuns.errors + ofRuns.warnings > 0;
  const more = isOfRuns ? `; ${ofRuns.errors} errors, ${ofRuns.warnings} warnings of the last runs` : "";
  const words = `${counts.errors} errors, ${counts.warnings} warnings in the open files${more}`;
  return (
    <StatusItem tip={words} onClick={() => app.layout.showPanelView(PROBLEMS_VIEW)}>
      <span className="sr-only">{words}</span>
      <span aria-hidden className="flex items-center gap-1">
        <CircleX size={13} className={errors > 0 ? "text-bad" : ""} /> {errors}
        <TriangleAlert size={13} className={warnings > 0 ? "ml-1 text-warn" : "ml-1"} /> {warnings}
      </span>
    </StatusItem>
  );
}

/** Beside the panel's tab. */
export function ProblemsBadge() {
  const { errors, warnings } = countProblems([...useDiagnostics().values()].flat());
  const ofRuns = countRunProblems(useRunProblems());
  const count = errors + warnings + ofRuns.errors + ofRuns.warnings;
  if (count === 0) return null;
  return <span className="rounded-full bg-pressed px-1.5 text-2xs text-muted">{count}</span>;
}

/** Beside a file's name. */
export function FileProblems({ path }: { readonly path: string }) {
  const { errors, warnings } = countProblems(useDiagnostics().get(path) ?? []);
  if (errors + warnings === 0) return null;
  const words = [errors > 0 && `${errors} errors`, warnings > 0 && `${warnings} warnings`].filter(Boolean).join(", ");
  return (
    <span className={`shrink-0 text-2xs ${errors > 0 ? "text-bad" : "text-warn"}`} data-tip={words}>
      <span aria-hidden>{errors > 0 ? errors : warnings}</span>
      <span className="sr-only">, {words}</span>
    </span>
  );
}
