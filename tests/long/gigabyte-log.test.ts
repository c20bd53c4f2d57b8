/** A log of 1 GiB and 10 million lines (LD4): the same as `tests/load/large-log.test.ts`, at the size that is promised. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LargeLog, openLargeLog } from "../load/large-log";

const LINES = 10_000_000;
let log: LargeLog;
beforeAll(async () => {
  log = await openLargeLog({ lines: LINES });
}, 600_000);
afterAll(() => log.close());

it("is opened at its end within a second, and anywhere within 300 ms (LD4)", { timeout: 600_000 }, async () => {
  expect(log.sizeBytes).toBeGreaterThan(1024 ** 3);
  const end = await log.timeOfEnd();
  const jumps = [];
  for (const share of [0, 0.1, 0.5, 0.9, 0.9999]) jumps.push(await log.timeOfJump(share));
  const lines = [];
  for (const line of [1, 1_234_567, 5_000_000, 9_999_999, LINES]) lines.push(await log.timeOfLine(line));
  await log.checkPlaces([0, 0.123, 0.5, 0.987, 1]);
  const search = await log.search("line 0*(9999999|3) ", true);
  expect(search.lines).toEqual([2, 9_999_998]);
  const round = (values: readonly number[]) => values.map((ms) => Math.round(ms));
  console.info(
    JSON.stringify({ end: Math.round(end), jumps: round(jumps), lines: round(lines), searchMs: Math.round(search.ms) }),
  );
  expect(end).toBeLessThan(1_000);
  expect(Math.max(...jumps)).toBeLessThan(300);
  expect(Math.max(...lines)).toBeLessThan(300);
});
