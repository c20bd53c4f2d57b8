/** Promises in time, held to on a machine that does other things too. */
import { availableParallelism, loadavg } from "node:os";

/**
 * What a time may be where `quietMs` is promised on a quiet machine: with others at work each process waits for its turn, the longer
 * the more there are for a processor. To be asked before the test adds its own.
 */
export function toBusyLimit(quietMs: number): number {
  return quietMs * Math.max(1, loadavg()[0]! / availableParallelism());
}
