/** The page's connection is cut for ten minutes of the clock while a run prints: nothing is missing and nothing doubled (FT7). */
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { openSession, type PageSession } from "../e2e/page-session";
import { createRunsPage, toPythonProfile } from "../e2e/pages/runs-page";
import { type CuttableWire, createCuttableWire } from "../integration/cuttable-wire";
import { until } from "../integration/until";

const CUT_MS = 10 * 60_000;
/** Lines before, during and after the cut, 25 a second. */
const LINES = (CUT_MS / 1_000 + 60) * 25;
/** A network that is gone is noticed within this (FT9), and found again within that (FT8). */
const NOTICED_MS = 20_000;
const RESUMED_MS = 10_000;

let session: PageSession | undefined;
let wire: CuttableWire | undefined;
afterEach(async () => {
  await session?.close();
  await wire?.close();
  session = undefined;
  wire = undefined;
});

test("a page that is away for ten minutes goes on where it was (FT7)", { timeout: CUT_MS + 300_000 }, async () => {
  session = await openSession({
    async toPageUrl(serverUrl) {
      wire = await createCuttableWire(serverUrl);
      return wire.url;
    },
  });
  const { page } = session;
  const runs = createRunsPage(session);
  await session.writeFile(
    "long/buildout.cfg",
    toPythonProfile(
      "import sys, time",
      `for i in range(${LINES}):`,
      "  sys.stdout.write('line %d: é 漢字 🚀 ' % i + 'x' * (i % 200) + '\\n'); sys.stdout.flush()",
      "  time.sleep(0.04)",
    ),
  );
  await session.api("POST", "/projects/sample/runs", { kind: "buildout", profile: "long/buildout.cfg" });
  await page.keyboard.press("Control+Shift+U");
  await until(async () => (await runs.logEnd()) > 2_000, { timeoutMs: 60_000, what: "the first lines" });

  wire!.cut();
  const cutAt = Date.now();
  await page.getByText("Reconnecting…").first().waitFor({ timeout: NOTICED_MS });
  const held = await runs.logEnd();
  await wait(CUT_MS - (Date.now() - cutAt));
  expect(await runs.logEnd()).toBe(held);
  const written = (await runs.readLogFile((await runs.newestRun()).id)).length;
  expect(written - held).toBeGreaterThan(1_000_000);

  wire!.mend();
  const mendedAt = Date.now();
  await until(async () => (await runs.logEnd()) >= written, { timeoutMs: 60_000, what: "what was said meanwhile" });
  const resumedMs = Date.now() - mendedAt;
  await runs.waitForState("succeeded", 300_000);

  const file = await runs.readLogFile((await runs.newestRun()).id);
  await until(async () => (await runs.logEnd()) === file.length, { what: "the whole log" });
  expect(`${await runs.copyLog()}\n`).toBe(file.toString("utf8"));
  expect(file.toString("utf8")).toContain(`line ${LINES - 1}: `);
  console.info(JSON.stringify({ cutMs: CUT_MS, missedBytes: written - held, resumedMs }));
  expect(resumedMs).toBeLessThanOrEqual(RESUMED_MS);
  expect(session.errors).toEqual([]);
});
