/** LD1, LD5 and IN13: floods, one endless line, a million rewrites and raw control characters, in the real page. */
import { afterEach, expect, test } from "vitest";
import { openSession, type PageSession } from "../e2e/page-session";
import { createRunsPage, type RunsPage, toPythonProfile } from "../e2e/pages/runs-page";
import { toBusyLimit } from "../integration/busy-limit";
import { until } from "../integration/until";

let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

/** Runs Python as a part of a plain buildout, with the Runs panel in view; ends when the page holds all of the log. */
async function runPython(opened: PageSession, ...lines: readonly string[]): Promise<{ runs: RunsPage; file: Buffer }> {
  const runs = createRunsPage(opened);
  await opened.writeFile("load/buildout.cfg", toPythonProfile("import sys", "write = sys.stdout.write", ...lines));
  await opened.page.keyboard.press("Control+Shift+U");
  await opened.api("POST", "/projects/sample/runs", { kind: "buildout", profile: "load/buildout.cfg" });
  await runs.waitForState("succeeded", 90_000);
  const file = await runs.readLogFile((await runs.newestRun()).id);
  await until(async () => (await runs.logEnd()) === file.length, { timeoutMs: 60_000, what: "the whole log" });
  return { runs, file };
}

test("the last of 50,001 lines is on screen within 2 s, and every line can be reached (LD1)", {
  timeout: 150_000,
}, async () => {
  session = await openSession();
  const { page } = session;
  const limitMs = toBusyLimit(2_000);
  const shown = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          const texts = [...document.querySelectorAll(".log-text")].map((row) => row.textContent);
          if (texts.includes("50000")) resolve(Date.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  const { runs, file } = await runPython(session, "for i in range(50001): write('%d\\n' % i)", "write('END\\n')");
  const run = await runs.newestRun();
  const lateMs = (await shown) - Date.parse(run.finishedAt!);
  expect(lateMs).toBeLessThan(limitMs);
  expect(`${await runs.copyLog()}\n`).toBe(file.toString("utf8"));

  const log = runs.log;
  await log.focus();
  await page.keyboard.press("Home");
  const first = file.toString("utf8").split("\n", 1)[0]!;
  await log.getByText(first, { exact: true }).first().waitFor();
  const search = page.getByRole("searchbox", { name: "Search in the log" });
  await search.fill("^31415$");
  await page.getByRole("button", { name: "Regular expression" }).click();
  await page.getByText("1 line", { exact: true }).waitFor();
  await search.press("Enter");
  await log.locator(".log-match", { hasText: "31415" }).waitFor();
  expect(await page.locator(".log-row").count()).toBeLessThanOrEqual(500);
});

test("what a log contains is text: no markup, no script, no hidden characters (IN13)", {
  timeout: 120_000,
}, async () => {
  session = await openSession();
  const { page } = session;
  const { runs } = await runPython(
    session,
    "write('<img src=x onerror=\"window.fired=1\"><script>window.fired=1</script>\\n')",
    "write('\\x1b]8;;javascript:window.fired=1\\x1b\\\\click\\x1b]8;;\\x1b\\\\\\n')",
    "write('\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07bell\\x07 nul\\x00 \\x1b[2J\\x1b[Hhome\\n')",
    "write('see https://example.org/a and javascript:window.fired=1\\n')",
    "write('LAST\\n')",
  );
  await runs.log.getByText('<img src=x onerror="window.fired=1"><script>window.fired=1</script>').waitFor();
  await runs.log.getByText("click", { exact: true }).waitFor();
  await runs.log.getByText("bell␇ nul␀ home").waitFor();
  expect(await runs.log.locator("img, script, iframe").count()).toBe(0);
  const links = await runs.log
    .locator("a")
    .evaluateAll((all) => all.map((a) => [a.getAttribute("href"), a.getAttribute("rel")]));
  expect(links).toEqual([["https://example.org/a", "noopener noreferrer"]]);
  const colour = await runs.log.getByText("red", { exact: true }).evaluate((span) => span.getAttribute("style"));
  expect(colour).toContain("--ansi-1");
  expect(await page.evaluate(() => (window as unknown as { fired?: number }).fired)).toBeUndefined();
});

test("one line of 100 MB and a million rewrites leave the page answering, and lose nothing (LD5)", {
  timeout: 240_000,
}, async () => {
  session = await openSession();
  const { page } = session;
  const { runs, file } = await runPython(
    session,
    "for i in range(1000): write('x' * 100000)",
    "write('\\n')",
    "for i in range(1000000): write('progress %d\\r' % i)",
    "write('\\nEND OF IT\\n')",
  );
  expect(file.length).toBeGreaterThan(100_000_000);
  await runs.log.getByText("END OF IT").waitFor();
  await runs.log.getByText("progress 999999").waitFor();
  expect(await page.locator(".log-row").count()).toBeLessThanOrEqual(500);
  await page.getByText("skipped here").waitFor();
  await page.getByRole("button", { name: "Go to the start" }).click();
  await until(async () => (await runs.log.getAttribute("data-log-start")) === "0", { what: "the start of the log" });
});
