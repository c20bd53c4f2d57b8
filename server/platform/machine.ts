/** What the machine has left: for the check of the first run. */

import { readFile, statfs } from "node:fs/promises";
import { availableParallelism, freemem } from "node:os";

export interface MachineState {
  readonly freeDiskBytes: number;
  /** What programs can still have, without what the system would have to page out. */
  readonly freeMemoryBytes: number;
  readonly processors: number;
}

export async function readMachineState(directory: string): Promise<MachineState> {
  const { bavail, bsize } = await statfs(directory);
  return { freeDiskBytes: bavail * bsize, freeMemoryBytes: await readFreeMemory(), processors: availableParallelism() };
}

async function readFreeMemory(): Promise<number> {
  try {
    const found = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile("/proc/meminfo", "utf8"));
    if (found) return Number(found[1]) * 1024;
  } catch {
    // No Linux: what Node says, which counts caches as used.
  }
  return freemem();
}
