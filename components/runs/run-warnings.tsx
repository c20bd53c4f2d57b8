"use client";
import { TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import { classNames } from "@/components/ui/class-names";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeRunNumber } from "@/lib/client/run-problems";
import { findRun, isGoingOn } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";
import { FixButtons, PlaceButton } from "./found-text";
import { useMending } from "./use-mending";

/** What the engine warned of in a run, however it ended: one line, which unfolds to each with its place. */
export function RunWarnings({ run }: { readonly run: RunInfo }) {
  const app = useApp();
  const { failures, runs } = app.runControl;
  const state = useValue(runs.state);
  const warnings = useValue(failures.warnings.state, (all) => all.get(run.id));
  const { mending, mend } = useMending(run.id);
  const hasEnded = !isGoingOn(run) && run.logSizeBytes > 0;
  useEffect(() => {
    if (hasEnded) void failures.warnings.read(run.id);
  }, [failures, hasEnded, run.id]);
  if (!warnings || warnings.length === 0) return null;
  return (
    <details className="max-h-[40%] shrink-0 overflow-y-auto border-b bg-sunken px-3 py-1 text-xs">
      <summary className="flex cursor-pointer items-center gap-2 select-none">
        <TriangleAlert size={14} aria-hidden className="shrink-0 text-warn" />
        <span className="font-semibold whitespace-nowrap">
          {warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}
        </span>
        <span className="min-w-0 truncate text-muted">{warnings[0]?.message}</span>
      </summary>
      <ul aria-label="What the engine warned of" className="flex flex-col gap-1 py-1 pl-6">
        {warnings.map((warning) => {
          const teller = findRun(state, warning.run) ?? { id: warning.run };
          return (
            <li key={`${warning.message} ${warning.place?.line}`} className="flex flex-wrap items-center gap-1.5">
              <span className={classNames("font-mono select-text", warning.isEdited && "text-muted")}>
                {warning.message}
              </span>
              {warning.run !== run.id && <span className="text-muted">said by {describeRunNumber(teller)}</span>}
              <PlaceButton {...warning} />
              <FixButtons
                fixes={warning.fixes}
                tip={({ path }) => `Changes ${path} and saves it`}
                mending={mending}
                disabled={false}
                onMend={(fix) => void mend(fix).catch((error: unknown) => app.showError(error))}
              />
            </li>
          );
        })}
      </ul>
    </details>
  );
}
