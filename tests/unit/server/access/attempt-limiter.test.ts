import { describe, expect, it } from "vitest";
import { createAttemptLimiter } from "@/server/access/attempt-limiter";

describe("attempts at the password", () => {
  it("are few for an address, and come back with time", () => {
    let now = 0;
    const limiter = createAttemptLimiter(() => now);
    const take = (): number => limiter.take({ address: "a" });
    expect([take(), take(), take(), take(), take()]).toEqual([0, 0, 0, 0, 0]);
    expect(take()).toBe(30);
    now += 29_000;
    expect(take()).toBe(1);
    now += 1_000;
    expect([take(), take()]).toEqual([0, 30]);
  });

  it("are limited for the account over all addresses, but not for a known device", () => {
    const limiter = createAttemptLimiter(() => 0);
    const taken = Array.from({ length: 60 }, (_, index) => limiter.take({ address: `address ${index}` }));
    expect(taken.filter((seconds) => seconds === 0)).toHaveLength(50);
    expect(limiter.take({ address: "address 1", device: "laptop" })).toBe(0);
  });

  it("are forgotten for the address that knew the password, not for the account", () => {
    const limiter = createAttemptLimiter(() => 0);
    for (let index = 0; index < 5; index++) limiter.take({ address: "a" });
    limiter.succeed({ address: "a" });
    expect(limiter.take({ address: "a" })).toBe(0);
    for (let index = 0; index < 44; index++) limiter.take({ address: `b${index}` });
    expect(limiter.take({ address: "c" })).toBeGreaterThan(0);
  });

  it("survive a clock that goes back", () => {
    let now = 1_000_000;
    const limiter = createAttemptLimiter(() => now);
    for (let index = 0; index < 5; index++) limiter.take({ address: "a" });
    now = 0;
    expect(limiter.take({ address: "a" })).toBeGreaterThan(0);
    now += 30_000;
    expect(limiter.take({ address: "a" })).toBe(0);
  });
});
