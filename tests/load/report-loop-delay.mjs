/**
 * Given to a server by `NODE_OPTIONS=--import`: how late its event loop comes round. At SIGUSR2 it writes what it saw since the last one
 * to the file that `LOOP_DELAY_FILE` names, in milliseconds, and begins anew.
 */
import { renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/** A sample each; what a timer of this length is late by beyond it is the delay. */
const RESOLUTION_MS = 10;
const file = process.env.LOOP_DELAY_FILE;

if (isMainThread && file) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  process.on("SIGUSR2", () => {
    const toMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    const seen = {
      count: delays.count,
      p50: toMs(delays.percentile(50)),
      p99: toMs(delays.percentile(99)),
      max: toMs(delays.max),
    };
    writeFileSync(`${file}.new`, JSON.stringify(seen));
    renameSync(`${file}.new`, file);
    delays.reset();
  });
}
