/**
 * What a run may use and what the user chose for it, put into the engine's plan: limits around the command, choices
 * into the spec. The engine's own part of the plan stays as it is.
 */
import type { RunRequest, RunSettings } from "@/lib/protocol";
import type { EnginePlan } from "./engine";

export interface RunChoices {
  readonly settings: RunSettings;
  readonly request: Pick<RunRequest, "kind" | "parts" | "keepGoing">;
  /** Where downloads of the project are kept; made before the command begins. */
  readonly store: string;
  ensureStore(): Promise<void>;
  /** What is fetched before the build, as the driver takes it. */
  readonly preflight?: object;
}

const MEBIBYTE = 1024 * 1024;

export function withChoices(plan: EnginePlan, choices: RunChoices): EnginePlan {
  const { settings, request, store, preflight } = choices;
  const limited: EnginePlan = {
    ...plan,
    environment: { ...plan.environment, ...(settings.jobs === undefined ? {} : { MAKEFLAGS: `-j${settings.jobs}` }) },
    toArgv: (specPath) => [...toLimits(settings), ...plan.toArgv(specPath)],
  };
  // An instance is built offline, from what the software has; its partitions are not built by halves.
  if (request.kind === "instance" || request.kind === "recipe") return limited;
  const keepGoing = request.keepGoing ?? settings.keepGoing;
  return {
    ...limited,
    keepGoing: keepGoing || undefined,
    spec: { ...(plan.spec as object), store, preflight, parts: request.parts, keepGoing: keepGoing || undefined },
    async prepare(signal, onCloning) {
      await choices.ensureStore();
      await plan.prepare?.(signal, onCloning);
    },
  };
}

function toLimits({ nice, memoryMiB }: RunSettings): string[] {
  return [
    ...(nice ? ["nice", "-n", String(nice)] : []),
    ...(memoryMiB === undefined ? [] : ["prlimit", `--as=${memoryMiB * MEBIBYTE}`, "--"]),
  ];
}
