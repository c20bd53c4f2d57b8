"use client";
import { Bug, FastForward, RotateCcw, SquareTerminal } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import type { RunInfo } from "@/lib/protocol/runs";

/** Ways to go on from a failed build that are not mending its text. */
export function FailureActions({
  run,
  part,
  disabled,
  report,
}: {
  readonly run: RunInfo;
  readonly part: string | undefined;
  readonly disabled: boolean;
  readonly report: (work: Promise<void>) => void;
}) {
  const { runControl, runChoices } = useApp();
  const kind = run.kind === "buildout" ? "buildout" : "software";
  const start = (options: { readonly parts?: string[]; readonly keepGoing?: boolean }): Promise<void> => {
    runControl.pick(run.profile);
    return runControl.run("software", options);
  };
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-1">
      {part !== undefined && (
        <Button
          size="small"
          variant="ghost"
          icon={<RotateCcw size={12} aria-hidden />}
          disabled={disabled}
          data-tip={`Builds ${part} and what it uses, and nothing else`}
          onClick={() => report(start({ parts: [part] }))}
        >
          Retry part
        </Button>
      )}
      <Button
        size="small"
        variant="ghost"
        icon={<FastForward size={12} aria-hidden />}
        disabled={disabled}
        data-tip="Runs again; parts that do not use a failed one are built all the same"
        onClick={() => report(start({ keepGoing: true }))}
      >
        Keep going
      </Button>
      <Button
        size="small"
        variant="ghost"
        icon={<SquareTerminal size={12} aria-hidden />}
        disabled={disabled}
        data-tip="A terminal where the part was built, in its environment"
        onClick={() => report(runChoices.openShell(run.id, part))}
      >
        Shell
      </Button>
      <Button
        size="small"
        variant="ghost"
        icon={<Bug size={12} aria-hidden />}
        disabled={disabled}
        data-tip="The build in a terminal, with Python's debugger where it fails"
        onClick={() => report(runChoices.openDebugger({ profile: run.profile, kind }))}
      >
        Debugger
      </Button>
    </p>
  );
}
