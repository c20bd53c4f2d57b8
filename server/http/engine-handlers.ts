/** The routes of the engine's environment. */
import type { EngineEnvironment } from "@/server/engine/engine-environment";
import type { Handlers } from "./route";

export function createEngineHandlers(environment: EngineEnvironment): Pick<Handlers, "readEngine" | "provisionEngine"> {
  return {
    readEngine: () => environment.status,
    provisionEngine() {
      // Its progress and its end are told as events.
      if (environment.status.phase !== "ready") void environment.provision();
      return environment.status;
    },
  };
}
