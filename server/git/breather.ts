/** Lets others in during a long computation: no more than this at a stretch, so that a frame or a request waits little. */
const STRETCH_MS = 15;

export interface Breather {
  isDue(): boolean;
  /** Fails when the work was cancelled. */
  now(): Promise<void>;
}

export function createBreather(signal?: AbortSignal): Breather {
  let since = performance.now();
  let calls = 0;
  return {
    isDue: () => (++calls & 15) === 0 && performance.now() - since > STRETCH_MS,
    async now() {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      since = performance.now();
    },
  };
}
