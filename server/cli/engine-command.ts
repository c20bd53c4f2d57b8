/** `webrunner engine …` */
import type { EngineStatus } from "@/lib/protocol/engine";
import type { CommandModule } from "./commands";
import { createNoun, EXIT, toTable } from "./noun";

const noun = createNoun({
  name: "engine",
  verbs: {
    status: {
      summary: "state of the engine's environment; exit code 1 while it is not ready",
      async run({ api, print }) {
        const status = await api.readEngine();
        print(status, describe(status));
        return status.phase === "ready" ? EXIT.ok : EXIT.failed;
      },
    },
    provision: {
      summary: "tries again to make it",
      async run({ api, print }) {
        const status = await api.provisionEngine();
        print(status, describe(status));
        return undefined;
      },
    },
  },
});

function describe({ phase, message, hint, fraction, versions }: EngineStatus): string {
  const progress = phase === "provisioning" ? ` (${Math.round(fraction * 100)} %)` : "";
  return `${phase}${progress}: ${message}\n${hint ? `${hint}\n` : ""}${toTable(Object.entries(versions))}`;
}

export const run: CommandModule["run"] = noun.run;
