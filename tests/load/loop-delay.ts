/** How late the event loop of a server in a process of its own comes round; see `report-loop-delay.mjs`. */
import { existsSync, readFileSync, rmSync } from "node:fs";
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

/** Since it was asked last. */
export async function takeLoopDelay(pid: number, dataDirectory: string): Promise<LoopDelay> {
  const file = toFile(dataDirectory);
  rmSync(file, { force: true });
  process.kill(pid, "SIGUSR2");
  await until(() => existsSync(file), { what: "the delays of the event loop" });
  return JSON.parse(readFileSync(file, "utf8"));
}
