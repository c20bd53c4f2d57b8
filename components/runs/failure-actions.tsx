"use client";
import { Bug, FastForward, RotateCcw, SquareTerminal } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import type { RunInfo } from "@/lib/protocol/runs";

interface ActionsProps {
  readonly run: RunInfo;
  readonly disabled: boolean;
  readonly report: (work: Promise<void>) => void;
}

/** Ways to go on from a part that failed which are not mending its text. */
export function PartActions({ run, part, disabled, report }: ActionsProps & { readonly part: string | undefined }) {
  const { runControl, runChoices } = useApp();
  const retry = (only: string): Promise<void> => {
    runControl.pick(run.profile);
    return runControl.run("software", { parts: [only] });
  };
  return (
    <>
      {part !== undefined && (
        <Button
          size="small"
          variant="ghost"
          icon={<RotateCcw size={12} aria-hidden />}
          disabled={disabled}
          data-tip={`Builds ${part} and what it uses, and nothing else`}
          onClick={() => report(retry(part))}
        >
          Retry part
        </Button>
      )}
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
    </>
  );
}

/** Other ways to run again what failed. */
export function BuildActions({ run, disabled, report }: ActionsProps) {
  const { runControl, runChoices } = useApp();
  const keepGoing = (): Promise<void> => {
    runControl.pick(run.profile);
    return runControl.run("software", { keepGoing: true });
  };
  return (
    <>
      <Button
        size="small"
        variant="ghost"
        icon={<FastForward size={12} aria-hidden />}
        disabled={disabled}
        data-tip="Runs again; parts that do not use a failed one are built all the same"
        onClick={() => report(keepGoing())}
      >
        Keep going
      </Button>
      <Button
        size="small"
        variant="ghost"
        icon={<Bug size={12} aria-hidden />}
        disabled={disabled}
        data-tip="The build in a terminal, with Python's debugger where it fails"
        onClick={() =>
          report(
            runChoices.openDebugger({
              profile: run.profile,
              kind: run.kind === "buildout" ? "buildout" : "software",
            }),
          )
        }
      >
        Debugger
      </Button>
    </>
  );
}
