/** A run, its log and the page outlive the server: killed in mid-run and started again, nothing is lost or doubled. */
import { afterEach, expect, test } from "vitest";
import { until } from "../integration/until";
import { openSession, type PageSession } from "./page-session";
import { createRunsPage, toPythonProfile } from "./pages/runs-page";

let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

const LINES = 400;

test("the page reattaches after kill -9, and its log is the file", { timeout: 180_000 }, async () => {
  session = await openSession();
  const { page } = session;
  const runs = createRunsPage(session);
  await session.writeFile(
    "slow/buildout.cfg",
    toPythonProfile(
      "import sys, time",
      `for i in range(${LINES}):`,
      "  sys.stdout.write('line %d: é 漢字 🚀 ' % i + 'x' * (i % 200) + '\\n'); sys.stdout.flush()",
      "  time.sleep(0.04)",
    ),
  );
  await session.api("POST", "/projects/sample/runs", { kind: "buildout", profile: "slow/buildout.cfg" });
  await page.keyboard.press("Control+Shift+U");
  await until(async () => (await runs.logEnd()) > 2_000, { timeoutMs: 60_000, what: "the first lines" });

  await session.killServer();
  await page.getByText("Reconnecting…").first().waitFor();
  const held = await runs.logEnd();
  await session.restartServer();
  await until(async () => (await runs.logEnd()) > held, { timeoutMs: 30_000, what: "lines after the restart" });
  await runs.waitForState("succeeded", 60_000);

  const run = await runs.newestRun();
  const file = await runs.readLogFile(run.id);
  await until(async () => (await runs.logEnd()) === file.length, { what: "the whole log" });
  expect(`${await runs.copyLog()}\n`).toBe(file.toString("utf8"));
  expect(file.toString("utf8")).toContain(`line ${LINES - 1}: `);
  const bytes = await session.api<string>("GET", `/runs/${run.id}/log`);
  expect(bytes).toBe(file.toString("utf8"));
  expect(session.errors).toEqual([]);
});
