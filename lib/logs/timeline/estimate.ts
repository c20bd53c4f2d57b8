/**
 * How long parts take, from how long they took: the median of the former runs, a part and an action at a time.
 */
import type { PartAction } from "../run-progress";

export interface PartDuration {
  readonly key: string;
  readonly action: PartAction;
  readonly durationMs: number;
}

/** What one former run tells. */
export interface RunDurations {
  readonly totalMs: number;
  readonly parts: readonly PartDuration[];
  /** What is not of a part: reading the profile, bootstrapping, finishing. */
  readonly phasesMs: number;
}

export interface DurationHistory {
  readonly runs: number;
  readonly totalMs: number | undefined;
  readonly phasesMs: number | undefined;
  /** Of a part that was never seen, undefined. */
  partMs(key: string, action: PartAction): number | undefined;
  /** Of any part with this action: what a part takes of which nothing is known. */
  anyMs(action: PartAction): number | undefined;
}

export interface Estimate {
  readonly durationMs: number;
  /** Parts that never ran before; counted with what a part usually takes. */
  readonly unknownParts: number;
}

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function createDurationHistory(runs: readonly RunDurations[]): DurationHistory {
  const byPart = new Map<string, number[]>();
  const byAction = new Map<PartAction, number[]>();
  const add = <Key>(table: Map<Key, number[]>, key: Key, value: number): void => {
    const values = table.get(key);
    if (values) values.push(value);
    else table.set(key, [value]);
  };
  for (const { parts } of runs) {
    for (const { key, action, durationMs } of parts) {
      add(byPart, `${action} ${key}`, durationMs);
      add(byAction, action, durationMs);
    }
  }
  return {
    runs: runs.length,
    totalMs: median(runs.map(({ totalMs }) => totalMs)),
    phasesMs: median(runs.map(({ phasesMs }) => phasesMs)),
    partMs: (key, action) => median(byPart.get(`${action} ${key}`) ?? []),
    anyMs: (action) => median(byAction.get(action) ?? []),
  };
}

/** Undefined without any history. */
export function estimateParts(
  history: DurationHistory,
  parts: readonly { readonly key: string; readonly action: PartAction }[],
): Estimate | undefined {
  if (history.runs === 0) return undefined;
  let durationMs = history.phasesMs ?? 0;
  let unknownParts = 0;
  for (const { key, action } of parts) {
    const known = history.partMs(key, action);
    if (known === undefined && action === "installing") unknownParts++;
    durationMs += known ?? history.anyMs(action) ?? 0;
  }
  return { durationMs, unknownParts };
}
