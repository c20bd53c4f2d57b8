/** Routes of gestures. */
import type { GestureAnswer } from "@/lib/protocol";
import type { GestureRequest } from "@/server/gestures/gesture-maker";
import type { Handlers } from "./route";

export interface GestureHandlersDependencies {
  readonly make: (request: GestureRequest) => Promise<GestureAnswer>;
  /** `project/not-found`. */
  readonly openProject: (project: string) => Promise<Pick<GestureRequest, "directory" | "files">>;
}

export function createGestureHandlers({
  make,
  openProject,
}: GestureHandlersDependencies): Pick<Handlers, "makeGesture"> {
  return {
    async makeGesture({ params, body: { intent, texts = [], dryRun = texts.length > 0 } }) {
      return make({ ...(await openProject(params.project)), intent, texts, dryRun });
    },
  };
}
