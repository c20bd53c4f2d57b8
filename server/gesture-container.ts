/** The part of the composition that changes profiles by gestures. */
import { makeGesture } from "./gestures/gesture-maker";
import { createGestureHandlers } from "./http/gesture-handlers";
import type { Handlers } from "./http/route";
import type { Projects } from "./workspace/projects";

export interface GestureContainerOptions {
  readonly projects: Projects;
}

export interface GestureContainer {
  readonly handlers: Pick<Handlers, "makeGesture">;
}

export function createGestureContainer({ projects }: GestureContainerOptions): GestureContainer {
  return {
    handlers: createGestureHandlers({
      make: makeGesture,
      async openProject(project) {
        const { tree, workspace } = await projects.get(project);
        return { directory: tree.root, files: workspace };
      },
    }),
  };
}
