/** How late the event loop of a server in a process of its own comes round; see `report-loop-delay.mjs`. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { until } from "../integration/until";
import { projectRoot } from "../tidy/source-files";

export interface LoopDelay {
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function toFile(dataDirectory: string): string {
  return join(dataDirectory, "loop-delay.json");
}

/** The environment of a server that is to be asked. */
export function measureLoopDelay(dataDirectory: string): Readonly<Record<string, string>> {
  const hook = pathToFileURL(join(projectRoot, "tests/load/report-loop-delay.mjs")).href;
  return { NODE_OPTIONS: `--import=${hook}`, LOOP_DELAY_FILE: toFile(dataDirectory) };
}

/**
 * What a delay may be where `quietMs` is the goal on a quiet machine: with others at work each process waits for its turn, the longer
 * the more there are for a processor. To be asked before the test adds its own.
 */
export function toBusyLimit(quietMs: number): number {
  return quietMs * Math.max(1, loadavg()[0]! / availableParallelism());
}

/** Since it was asked last. */
export async function takeLoopDelay(pid: number, dataDirectory: string): Promise<LoopDelay> {
  const file = toFile(dataDirectory);
  rmSync(file, { force: true });
  process.kill(pid, "SIGUSR2");
  await until(() => existsSync(file), { what: "the delays of the event loop" });
  return JSON.parse(readFileSync(file, "utf8"));
}
