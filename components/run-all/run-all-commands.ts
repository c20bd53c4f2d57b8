import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { RUN_ALL_VIEW } from "@/lib/client/guide";

/** Everything until the service is seen. */
export function runAllCommands(app: ClientApp): readonly Command[] {
  const isGoing = (): boolean => app.guide.runAll.state.getState().value?.state === "running";
  return [
    { id: "run.all", category: "Run", title: "Run all", run: () => runAll(app) },
    {
      id: "run.stopAll",
      category: "Run",
      title: "Stop Run all",
      isEnabled: isGoing,
      run: () => app.guide.stopRunAll(),
    },
    { id: "view.runAll", category: "View", title: "Show Run all", run: () => app.layout.showPanelView(RUN_ALL_VIEW) },
  ];
}

/** Saves, shows the steps and begins; with a message, all changes are committed first. */
export async function runAll(app: ClientApp, message?: string): Promise<void> {
  app.layout.showPanelView(RUN_ALL_VIEW);
  if (app.guide.runAll.state.getState().value?.state === "running") return;
  const release = app.runControl.findRelease();
  if (!release) {
    app.notices.show({ kind: "warning", title: "There is nothing to run", detail: "The project has no release." });
    return;
  }
  await app.workspace.getState()?.documents.saveAll();
  app.runControl.pick(release.profile);
  const known = app.runControl.instances.state.getState().instances.find(({ profile }) => profile === release.profile);
  await app.guide.startRunAll({
    profile: release.profile,
    ...(known && { instance: known.name }),
    ...(message !== undefined && { commit: { message } }),
  });
}
