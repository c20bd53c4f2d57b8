import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { TUTORIAL, TUTORIAL_TAB } from "@/lib/client/guide";

/** The guided tutorial and the page of the first run. */
export function tutorialCommands(app: ClientApp): readonly Command[] {
  return [
    {
      id: "tutorial.start",
      category: "Tutorial",
      title: "Start: Customize SlapOS",
      run: (argument) => showTutorial(app, typeof argument === "number" ? argument : undefined),
    },
    {
      id: "tutorial.present",
      category: "Tutorial",
      title: "Present full screen",
      run() {
        showTutorial(app, undefined);
        app.guide.step.setState({ presenting: true });
      },
    },
    {
      id: "welcome.show",
      category: "Help",
      title: "Show Welcome",
      run: () => app.editors.openView("welcome", "", "Welcome"),
    },
  ];
}

export function showTutorial(app: ClientApp, step: number | undefined): void {
  if (step !== undefined) app.guide.step.setState({ step });
  app.editors.openView(TUTORIAL_TAB, TUTORIAL, "Customize SlapOS");
}
