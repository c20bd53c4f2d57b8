"use client";
import { CirclePlay } from "lucide-react";
import { EngineProgress } from "@/components/engine/engine-progress";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeKeys } from "@/lib/client/keymap";
import { findCurrentRun, findRun } from "@/lib/client/runs";
import { KeepingDialog } from "./keeping-dialog";
import { RunList } from "./run-list";
import { RunView } from "./run-view";

/** The history of runs, and the log of the one that is chosen. */
export function RunsPanel() {
  const { runControl, project } = useApp();
  const state = useValue(runControl.runs.state);
  const engine = useValue(project.state, ({ engine }) => engine);
  const isKeepingOpen = useValue(runControl.view, (view) => view.isKeepingOpen);
  const run = findRun(state, state.selected) ?? findCurrentRun(state);
  if (state.status === "failed") return <ErrorState error={state.error} onRetry={() => runControl.reload()} />;
  if (state.status === "loading") {
    return (
      <div className="flex flex-col gap-2 p-4" role="status" aria-label="Reading the runs">
        {[70, 55, 62].map((width) => (
          <div key={width} className="skeleton h-5" style={{ width: `${width}%` }} />
        ))}
      </div>
    );
  }
  if (!run) {
    return engine && engine.phase !== "ready" ? (
      <EngineProgress />
    ) : (
      <EmptyState
        icon={<CirclePlay size={28} strokeWidth={1.5} />}
        title="Nothing has been run yet"
        action={
          <Button variant="primary" size="small" onClick={() => void runControl.run("software")}>
            Run software
          </Button>
        }
      >
        Run software builds the release ({describeKeys("run.software")}); its log appears here while it is written, and
        stays here afterwards.
      </EmptyState>
    );
  }
  const opened = runControl.openLog(run);
  return (
    <div className="flex h-full min-h-0">
      <RunList runs={state.runs} selected={run.id} onSelect={(id) => runControl.runs.select(id)} />
      <RunView key={run.id} run={run} opened={opened} />
      {isKeepingOpen && <KeepingDialog onClose={() => runControl.view.setState({ isKeepingOpen: false })} />}
    </div>
  );
}
