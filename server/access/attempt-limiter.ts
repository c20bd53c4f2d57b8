/**
 * Limits password attempts so that guessing is hopeless and the owner is never locked out.
 *
 * Two budgets, each a bucket that refills with time: one for the address, one for the account over all addresses.
 * An attempt with the cookie of a device that signed in before has a bucket of its own and is not held up by either;
 * the one-time link is not a password and is not limited at all.
 */
export interface AttemptLimiter {
  /** Seconds to wait, or 0: the attempt may be made, and is counted. */
  take(attempt: { readonly address: string; readonly device?: string }): number;
  /** The password was right: what was counted for this address and device is forgotten. */
  succeed(attempt: { readonly address: string; readonly device?: string }): void;
}

interface Budget {
  readonly attempts: number;
  readonly refillMs: number;
}

/** Five at once, then one in 30 s. */
const ADDRESS_BUDGET: Budget = { attempts: 5, refillMs: 30_000 };
/** All addresses together: 50 at once, then ten a minute, some 5 million guesses a year. */
const ACCOUNT_BUDGET: Budget = { attempts: 50, refillMs: 6_000 };
const DEVICE_BUDGET: Budget = { attempts: 10, refillMs: 10_000 };
/** Bounds the memory that an attacker with many addresses can take. */
const BUCKETS_LIMIT = 10_000;

interface Bucket {
  left: number;
  at: number;
}

export function createAttemptLimiter(now: () => number): AttemptLimiter {
  const buckets = new Map<string, Bucket>();

  const refill = (key: string, { attempts, refillMs }: Budget): Bucket => {
    const bucket = buckets.get(key) ?? { left: attempts, at: now() };
    // A clock that goes back gives nothing and takes nothing.
    const refilled = Math.max(0, (now() - bucket.at) / refillMs);
    bucket.left = Math.min(attempts, bucket.left + refilled);
    bucket.at = now();
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size > BUCKETS_LIMIT) buckets.delete(buckets.keys().next().value!);
    return bucket;
  };

  const toBudgets = ({ address, device }: { address: string; device?: string }): [string, Budget][] =>
    device === undefined
      ? [
          [`address ${address}`, ADDRESS_BUDGET],
          ["account", ACCOUNT_BUDGET],
        ]
      : [[`device ${device}`, DEVICE_BUDGET]];

  return {
    take(attempt) {
      const taken = toBudgets(attempt).map(([key, budget]) => ({ bucket: refill(key, budget), budget }));
      const waits = taken.map(({ bucket, budget }) => (bucket.left >= 1 ? 0 : (1 - bucket.left) * budget.refillMs));
      const waitMs = Math.max(...waits);
      if (waitMs > 0) return Math.ceil(waitMs / 1000);
      for (const { bucket } of taken) bucket.left -= 1;
      return 0;
    },
    succeed(attempt) {
      for (const [key] of toBudgets(attempt)) if (key !== "account") buckets.delete(key);
    },
  };
}
