import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { INSTANCES_VIEW, PLAN_VIEW, RUNS_VIEW } from "@/lib/client/run-control";
import { findCurrentRun, isGoingOn } from "@/lib/client/runs";

/** Running, stopping, and showing what was run. */
export function runCommands(app: ClientApp): readonly Command[] {
  const { runControl } = app;
  const isGoing = (): boolean => {
    const run = findCurrentRun(runControl.runs.state.getState());
    return run !== undefined && isGoingOn(run);
  };
  return [
    { id: "run.software", category: "Run", title: "Run software", run: () => runControl.run("software") },
    {
      id: "run.softwareAnyway",
      category: "Run",
      title: "Run software, even when nothing changed",
      run: () => runControl.run("software", { force: true }),
    },
    {
      id: "run.instance",
      category: "Run",
      title: "Run instance",
      isEnabled: () => runControl.findRelease()?.engine !== "buildout",
      run: () => runControl.run("instance"),
    },
    { id: "run.stop", category: "Run", title: "Stop", isEnabled: isGoing, run: () => runControl.stop() },
    {
      id: "run.keeping",
      category: "Run",
      title: "Keeping and notifications of runs…",
      run() {
        app.layout.showPanelView(RUNS_VIEW);
        runControl.view.setState({ isKeepingOpen: true });
      },
    },
    { id: "view.plan", category: "View", title: "Show Plan", run: () => app.layout.showPanelView(PLAN_VIEW) },
    { id: "view.runs", category: "View", title: "Show Runs", run: () => app.layout.showPanelView(RUNS_VIEW) },
    {
      id: "view.instances",
      category: "View",
      title: "Show Instances",
      run: () => app.layout.showSideView(INSTANCES_VIEW),
    },
    {
      id: "engine.provision",
      category: "Run",
      title: "Set up the engine again",
      isEnabled: () => app.project.state.getState().engine?.phase === "failed",
      run: () => app.project.provisionEngine(),
    },
  ];
}
