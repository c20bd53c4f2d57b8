import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findFailedRuns } from "@/lib/client/run-problems";
import { findCurrentRun, isGoingOn } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";

/** Other ways to run, pausing, taking a failed run up by hand, and the settings of runs. */
export function runChoiceCommands(app: ClientApp): readonly Command[] {
  const { runControl, runChoices } = app;
  const findGoing = (): RunInfo | undefined => {
    const run = findCurrentRun(runControl.runs.state.getState());
    return run && isGoingOn(run) ? run : undefined;
  };
  const canStart = (): boolean => findGoing() === undefined && runControl.findRelease() !== undefined;
  /** The last run of the picked release, when it failed in a part that can be built by itself. */
  const findFailed = (): { readonly run: RunInfo; readonly part: string } | undefined => {
    const profile = runControl.findRelease()?.profile;
    const run = findFailedRuns(runControl.runs.state.getState().runs).find(
      (one) => one.profile === profile && (one.kind === "software" || one.kind === "buildout"),
    );
    const part = run && (runControl.failures.state.getState().get(run.id)?.part ?? run.part);
    return run && part !== undefined ? { run, part } : undefined;
  };
  const canTakeUp = (): boolean => findGoing() === undefined && findFailed() !== undefined;
  return [
    {
      id: "run.keepGoing",
      category: "Run",
      title: "Run software, keep going after failures",
      isEnabled: canStart,
      run: () => runControl.run("software", { keepGoing: true }),
    },
    {
      id: "run.withoutPreflight",
      category: "Run",
      title: "Run software, skip downloads before it",
      isEnabled: canStart,
      run: () => runControl.run("software", { preflight: false }),
    },
    {
      id: "run.retryPart",
      category: "Run",
      title: "Retry the failed part",
      isEnabled: canTakeUp,
      run: () => runControl.run("software", { parts: [findFailed()!.part] }),
    },
    {
      id: "run.shell",
      category: "Run",
      title: "Shell in the failed part",
      isEnabled: canTakeUp,
      run: () => {
        const { run, part } = findFailed()!;
        return runChoices.openShell(run.id, part);
      },
    },
    {
      id: "run.debugger",
      category: "Run",
      title: "Run software in the debugger",
      isEnabled: canStart,
      run: () => {
        const { profile, engine } = runControl.findRelease()!;
        return runChoices.openDebugger({ profile, kind: engine === "buildout" ? "buildout" : "software" });
      },
    },
    {
      id: "run.pause",
      category: "Run",
      title: "Pause the run",
      isEnabled: () => findGoing()?.state === "running" && !findGoing()?.paused,
      run: () => runChoices.pause(findGoing()!.id),
    },
    {
      id: "run.resume",
      category: "Run",
      title: "Resume the run",
      isEnabled: () => findGoing()?.paused === true,
      run: () => runChoices.resume(findGoing()!.id),
    },
    { id: "run.settings", category: "Run", title: "Run settings…", run: () => runChoices.openSettings() },
  ];
}
