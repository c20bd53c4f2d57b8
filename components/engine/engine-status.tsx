"use client";
import { CircleX } from "lucide-react";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { StatusItem } from "@/components/workbench/status-item";
import { RUNS_VIEW } from "@/lib/client/run-control";

/** The engine in the status bar, as long as it is not ready. */
export function EngineStatusItem() {
  const app = useApp();
  const engine = useValue(app.project.state, ({ engine }) => engine);
  if (!engine || engine.phase === "ready") return null;
  const show = () => app.layout.showPanelView(RUNS_VIEW);
  if (engine.phase === "failed") {
    return (
      <StatusItem tip={engine.message} onClick={show}>
        <CircleX size={12} className="text-bad" aria-hidden /> Engine failed
      </StatusItem>
    );
  }
  return (
    <StatusItem tip={engine.step ?? engine.message} shrinks onClick={show}>
      <Spinner size={11} /> <span className="truncate">Setting up the engine</span>{" "}
      <span>{Math.round(engine.fraction * 100)} %</span>
    </StatusItem>
  );
}
