import { expect, test } from "vitest";
import { createTurns } from "@/lib/base/turns";

test("so many at once, the rest in their order, also after one that failed", async () => {
  const inTurn = createTurns(2);
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const begin = (name: string) =>
    inTurn(async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) =>
        ends.set(name, (error) => (error === undefined ? resolve() : reject(error))),
      );
    });
  const [a, b, c, d] = ["a", "b", "c", "d"].map(begin);
  await Promise.resolve();
  expect(begun).toEqual(["a", "b"]);
  ends.get("b")!(new Error("b"));
  await expect(b).rejects.toThrow("b");
  // One that comes while a place is handed on waits behind those that waited.
  const e = begin("e");
  ends.get("a")!();
  await a;
  await expect.poll(() => begun).toEqual(["a", "b", "c", "d"]);
  for (const [name, done] of [
    ["c", c],
    ["d", d],
  ] as const) {
    ends.get(name)!();
    await done;
  }
  await expect.poll(() => begun).toEqual(["a", "b", "c", "d", "e"]);
  ends.get("e")!();
  await e;
});
