/** A log of 1 GiB and 10 million lines in the real page (LD4): its end, any line, searching, and few rows drawn. */
import { afterEach, expect, test } from "vitest";
import { openSession, type PageSession } from "../e2e/page-session";
import { until } from "../integration/until";
import { writeLargeLog } from "../load/large-log";

const LINES = 10_000_000;
let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

test("is opened at its end within a second, any line within 300 ms, and searched while one looks (LD4)", {
  timeout: 600_000,
}, async () => {
  session = await openSession();
  const { page } = session;
  await session.killServer();
  await writeLargeLog(session.dataDirectory, LINES);
  await session.restartServer();
  await page.reload();
  await page.getByRole("button", { name: "Run software", exact: true }).first().waitFor();
  /** Milliseconds in the page's own clock from an act to a row that holds the text. */
  const timeTo = async (text: string, act: () => Promise<void>): Promise<number> => {
    await page.evaluate((wanted) => {
      const state = { begun: 0, shown: 0 };
      const look = () => {
        const rows = [...document.querySelectorAll(".log-text")];
        if (rows.some((row) => row.textContent?.includes(wanted))) state.shown = performance.now();
        else requestAnimationFrame(look);
      };
      const begin = () => {
        state.begun = performance.now();
        look();
      };
      window.addEventListener("pointerdown", begin, { once: true, capture: true });
      window.addEventListener("keydown", (event) => event.key === "Enter" && begin(), { once: true, capture: true });
      Object.assign(window, { timed: state });
    }, text);
    await act();
    return until(
      () =>
        page.evaluate(() => {
          const { begun, shown } = (window as unknown as { timed: { begun: number; shown: number } }).timed;
          return begun > 0 && shown > 0 ? shown - begun : undefined;
        }),
      { timeoutMs: 60_000, what: text },
    );
  };
  const end = await timeTo(`line ${LINES} `, async () => {
    await page.getByRole("button", { name: "Panel", exact: true }).click();
  });
  const goTo = async (line: number): Promise<number> => {
    await page.getByRole("button", { name: "More on the log" }).click();
    await page.getByRole("menuitem", { name: "Go to line…" }).click();
    await page.getByRole("textbox", { name: /^Line number/ }).fill(String(line));
    return timeTo(`line ${String(line).padStart(8, "0")} `, () => page.keyboard.press("Enter"));
  };
  await goTo(1_000_000);
  const jumps = [await goTo(5_000_000), await goTo(123_456), await goTo(9_999_990)];
  expect(await page.locator(".log-row").count()).toBeLessThanOrEqual(500);

  const search = page.getByRole("searchbox", { name: "Search in the log" });
  await page.getByRole("button", { name: "Regular expression" }).click();
  await search.fill("line 0*(7|7777777) ");
  await page.getByRole("progressbar", { name: "Searching the whole log" }).waitFor();
  await page.getByText("2 lines", { exact: true }).waitFor({ timeout: 120_000 });
  await search.fill("line 0*(5|8888888) ");
  await page
    .getByText(/1 line/)
    .first()
    .waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Stop searching" }).click();
  await page.getByRole("progressbar", { name: "Searching the whole log" }).waitFor({ state: "detached" });
  console.info(JSON.stringify({ end: Math.round(end), jumps: jumps.map(Math.round) }));
  expect(end).toBeLessThan(1_000);
  expect(Math.max(...jumps)).toBeLessThan(300);
  expect(session.errors).toEqual([]);
});
