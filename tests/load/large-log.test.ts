/**
 * A log of many megabytes through the API of a real server: its end, any place of it, any line, searching, times.
 *
 * The size is 64 MB here; `tests/long/gigabyte-log.test.ts` does the same with 1 GiB and 10 million lines.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toBusyLimit } from "../integration/busy-limit";
import { type LargeLog, openLargeLog } from "./large-log";

let log: LargeLog;
beforeAll(async () => {
  log = await openLargeLog({ lines: 600_000 });
}, 120_000);
afterAll(() => log.close());

describe("a log of 64 MB", () => {
  it("is opened at its end within a second, and read anywhere within 300 ms, ≤ 1 MiB at once (LD4)", async () => {
    expect(await log.timeOfEnd()).toBeLessThan(toBusyLimit(1_000));
    for (const share of [0, 0.25, 0.5, 0.75, 0.999]) expect(await log.timeOfJump(share)).toBeLessThan(toBusyLimit(300));
  });

  it("gives any line, and the line of any byte, within 300 ms (LD4)", async () => {
    for (const line of [1, 2, 77_777, 300_000, 599_999, 600_000])
      expect(await log.timeOfLine(line)).toBeLessThan(toBusyLimit(300));
    await log.checkPlaces([0, 0.1, 0.33, 0.5, 0.9, 1]);
  });

  it("is searched as it is read, with progress, and no longer than somebody listens", async () => {
    const found = await log.search("^line 0*(7|300000|599999) ", true);
    expect(found.lines).toEqual([6, 299_999, 599_998]);
    expect(found.steps).toBeGreaterThan(2);
    expect(await log.readAfterCancel()).toBeLessThan(0.9);
  });

  it("refuses more than 1 MiB at once, and a line that is not there", async () => {
    expect(await log.status("/log?offset=0&limit=1048577")).toBe(400);
    expect(await log.status("/log/line?line=600001")).toBe(400);
    expect(await log.status("/log/line?line=1&offset=1")).toBe(400);
  });
});
