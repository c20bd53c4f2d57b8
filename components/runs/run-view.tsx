"use client";
import { useEffect } from "react";
import { LogView } from "@/components/log/log-view";
import { classNames } from "@/components/ui/class-names";
import { Tabs } from "@/components/ui/tabs";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { OpenLog } from "@/lib/client/run-control";
import type { RunInfo } from "@/lib/protocol/runs";
import { PartList } from "./part-list";
import { RunChangesView } from "./run-changes";
import { RunHeader } from "./run-header";
import { RunOutcome } from "./run-outcome";
import { RunProgress } from "./run-progress";
import { RunTimelineView } from "./run-timeline";
import { ShareMenu } from "./share-menu";

const VIEWS = [
  { id: "run-log", title: "Log" },
  { id: "run-timeline", title: "Timeline" },
  { id: "run-changes", title: "Changes" },
] as const;

/** One run: what it came to, its log, and its other sides as tabs. The log stays while another tab is shown. */
export function RunView({ run, opened }: { readonly run: RunInfo; readonly opened: OpenLog }) {
  const { runControl } = useApp();
  const view = useValue(runControl.view, ({ shown }) => shown);
  const { timeline, reveal } = opened;
  useEffect(() => {
    const watch = timeline.watch();
    return () => watch.dispose();
  }, [timeline]);
  useEffect(() => {
    const listener = reveal.on(() => runControl.view.setState({ shown: "run-log" }));
    return () => listener.dispose();
  }, [reveal, runControl]);
  const showLog = (offset: number) => reveal.emit(offset);
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <RunHeader run={run}>
        <div className="h-8">
          <Tabs
            label="Sides of the run"
            items={VIEWS}
            selected={view}
            onSelect={(shown) => runControl.view.setState({ shown })}
          />
        </div>
        <ShareMenu run={run} />
      </RunHeader>
      <RunProgress store={timeline} />
      <RunOutcome key={run.state} run={run} opened={opened} />
      <div
        id="run-log-panel"
        role="tabpanel"
        aria-labelledby="run-log-tab"
        className={classNames("min-h-0 flex-1", view === "run-log" ? "flex" : "hidden")}
      >
        <PartList store={timeline} onShow={showLog} />
        <LogView {...opened} />
      </div>
      {view === "run-timeline" && (
        <div id="run-timeline-panel" role="tabpanel" aria-labelledby="run-timeline-tab" className="flex min-h-0 flex-1">
          <RunTimelineView store={timeline} onShowLog={showLog} />
        </div>
      )}
      {view === "run-changes" && (
        <div id="run-changes-panel" role="tabpanel" aria-labelledby="run-changes-tab" className="flex min-h-0 flex-1">
          <RunChangesView run={run} />
        </div>
      )}
    </div>
  );
}
