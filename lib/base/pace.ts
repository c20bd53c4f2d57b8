/** A page needs ten updates a second of something that goes on, not a thousand. */
const PROGRESS_EVERY_MS = 100;

/** Whether it is time to tell of progress again: now and then, and whenever it is urgent. */
export function createPace(): (nowMs: number, isUrgent?: boolean) => boolean {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (nowMs, isUrgent = false) => {
    if (!isUrgent && nowMs - toldMs < PROGRESS_EVERY_MS) return false;
    toldMs = nowMs;
    return true;
  };
}
