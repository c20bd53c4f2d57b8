"use client";
import { CircleX, PackageOpen } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "@/components/workbench/app-context";

/** How far the engine's environment is: editing works meanwhile, runs wait for it. */
export function EngineProgress() {
  const app = useApp();
  const engine = useValue(app.project.state, ({ engine }) => engine);
  if (!engine || engine.phase === "ready") return null;
  if (engine.phase === "failed") {
    return (
      <div role="alert" className="flex h-full min-h-32 flex-col items-center justify-center gap-1.5 p-6 text-center">
        <CircleX size={26} strokeWidth={1.5} className="text-bad" aria-hidden />
        <p className="text-sm font-medium">The engine could not be set up</p>
        <p className="max-w-130 font-mono text-xs break-words select-text">{engine.message}</p>
        {engine.hint && <p className="max-w-110 text-xs text-muted">{engine.hint}</p>}
        <Button
          size="small"
          className="mt-2"
          onClick={() => void app.project.provisionEngine().catch((error: unknown) => app.showError(error))}
        >
          Try again
        </Button>
      </div>
    );
  }
  const percent = Math.round(engine.fraction * 100);
  return (
    <div className="flex h-full min-h-32 flex-col items-center justify-center gap-1.5 p-6 text-center">
      <PackageOpen size={26} strokeWidth={1.5} className="text-faint" aria-hidden />
      <p className="text-sm font-medium">The engine is being set up</p>
      <p aria-live="polite" className="max-w-110 text-xs text-muted">
        {engine.step ?? engine.message}
      </p>
      <div
        role="progressbar"
        aria-label="Setting up the engine"
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="mt-1.5 h-1.5 w-60 overflow-hidden rounded-full bg-pressed"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </div>
      <p className="mt-1 text-2xs text-faint">This happens once. You can edit meanwhile.</p>
    </div>
  );
}
