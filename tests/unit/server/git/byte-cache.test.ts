import { expect, it } from "vitest";
import { createByteCache } from "@/server/git/byte-cache";

it("keeps what is asked for, lets go of the rest, and holds no more than its limit", () => {
  const cache = createByteCache<number, string>(1600);
  cache.keep(0, "asked for", 100);
  for (let key = 1; key <= 100; key++) {
    cache.keep(key, `value ${key}`, 100);
    expect(cache.find(0)).toBe("asked for");
  }
  const held = Array.from({ length: 101 }, (_, key) => cache.find(key)).filter((value) => value !== undefined);
  expect(held.length).toBeLessThanOrEqual(16);
  expect(cache.find(100)).toBe("value 100");
  expect(cache.find(50)).toBeUndefined();
});

it("keeps nothing that would push out most of the others", () => {
  const cache = createByteCache<string, string>(1600);
  cache.keep("small", "is kept", 100);
  cache.keep("large", "is not", 101);
  expect([cache.find("small"), cache.find("large")]).toEqual(["is kept", undefined]);
});
