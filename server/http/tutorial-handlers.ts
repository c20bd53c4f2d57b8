/** The routes of the guided tutorial. */
import type { TutorialKeeper } from "@/server/tutorial/tutorial-keeper";
import type { Handlers } from "./route";

export function createTutorialHandlers(
  tutorials: TutorialKeeper,
): Pick<Handlers, "readTutorial" | "doTutorialStep" | "restartTutorial"> {
  return {
    readTutorial: ({ params: { project, tutorial }, user }) => tutorials.read(project, user.name, tutorial),
    doTutorialStep: ({ params: { project, tutorial, step }, body, user }) =>
      tutorials.doStep(project, user.name, tutorial, step, body.values ?? {}),
    restartTutorial: ({ params: { project, tutorial }, user }) => tutorials.restart(project, user.name, tutorial),
  };
}
