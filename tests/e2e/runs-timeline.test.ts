/** A run over time in the page: parts as they go, folded and linked in the log, compared, shared by a link. */
import { afterEach, expect, test } from "vitest";
import { TRACED_PROFILE, toTracedProfile } from "../integration/runs/traced-runs";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";
import { createRunsPage, toWaiting } from "./pages/runs-page";

let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

const NOISE = ["for i in range(400): print('compiling file%d.c' % i)"];
/** Long enough for what is measured beside a run. */
const BUSY = ["end = time.time() + 2.5", "while time.time() < end: sum(range(10000))"];

test("a run is followed part by part, folded, compared, and shared by a link to one line", {
  timeout: 240_000,
}, async () => {
  session = await openSession();
  const { page, context } = session;
  const runs = createRunsPage(session);
  const [first, second] = ["traced/looked-at", "traced/looked-at-again"];
  const parts = {
    zlib: NOISE,
    openssl: [...BUSY, toWaiting(session, first), ...NOISE],
    gmp: [...NOISE, "time.sleep(0.4)"],
  };
  const start = () =>
    session!.api<{ id: string }>("POST", `/projects/${PROJECT}/runs`, { kind: "buildout", profile: TRACED_PROFILE });
  await session.writeFile(TRACED_PROFILE, toTracedProfile(parts));
  await page.keyboard.press("Control+Shift+U");

  // While it runs: the part at work and those to come, n of N.
  const run = await start();
  await page.getByRole("tab", { name: "Timeline" }).click();
  const row = (part: string) => page.locator(`tr[data-part="${part}"]`);
  await until(async () => (await row("openssl").getAttribute("data-part-state")) === "running", {
    timeoutMs: 60_000,
    everyMs: 50,
    what: "openssl being built",
  });
  expect(await row("gmp").getAttribute("data-part-state")).toBe("queued");
  await page.getByText("1 of 3 parts").waitFor();
  await session.writeFile(first, "");
  await runs.waitForState("succeeded");
  await until(async () => (await row("gmp").getAttribute("data-part-state")) === "done");
  await page.getByRole("img", { name: /^Processors: / }).waitFor();
  expect(await row("openssl").getByRole("img").getAttribute("aria-label")).toMatch(/^from .* on, for /);

  // Another one, compared with the first, with a time to expect.
  await session.writeFile(
    TRACED_PROFILE,
    toTracedProfile({
      ...parts,
      openssl: ["time.sleep(0.1)", ...NOISE],
      bad: [toWaiting(session, second), "raise ValueError('no')"],
      late: ["pass"],
    }),
  );
  await start();
  await page.locator("[data-run-remaining]").waitFor();
  await session.writeFile(second, "");
  await runs.waitForState("failed");
  await until(async () => (await row("bad").getAttribute("data-part-state")) === "failed");
  await row("late").getByText("blocked by bad").waitFor();
  await row("openssl").getByText("−").first().waitFor();
  await page.getByRole("button", { name: "Failed", exact: true }).click();
  expect(await page.locator("tbody tr[data-part]").count()).toBe(2);

  // From the timeline to the part's log; folded, the log is its parts.
  await row("bad").getByRole("button", { name: "bad" }).click();
  await runs.log.getByText("Installing bad.", { exact: true }).first().waitFor();
  await page.getByRole("option", { name: /Succeeded/ }).click();
  await runs.log.getByText("compiling file399.c").first().waitFor();
  await page.getByRole("button", { name: "Fold all parts" }).click();
  await until(async () => (await page.locator(".log-row").count()) < 10, { what: "a folded log" });
  await runs.log.getByText("401 lines").first().waitFor();
  await page.locator('[data-fold="zlib"]').click();
  await runs.log.getByText("compiling file1.c").first().waitFor();
  await page.locator('[data-list-part="gmp"]').click();
  await runs.log.getByText("Installing gmp.", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Show times" }).click();
  await until(async () => /^\d\d:\d\d:\d\d$/.test((await runs.log.locator("time").first().textContent()) ?? ""), {
    what: "times of lines",
  });

  // A link to one line, opened by somebody who signs in first.
  await page.evaluate(() =>
    Object.defineProperty(navigator, "clipboard", {
      value: { writeText: async (text: string) => Object.assign(window, { copied: text }) },
      configurable: true,
    }),
  );
  const marked = runs.log.locator(".log-row", { hasText: "Installing gmp." });
  const number = Number((await marked.locator("span").first().textContent())!);
  await marked.locator("span").first().click();
  await page.getByRole("button", { name: "Copy a link to the picked line" }).click();
  const link = await until(() => page.evaluate(() => (window as unknown as { copied?: string }).copied));
  expect(link).toBe(`${session.server.url}/?run=${run.id}&line=${number}`);
  const other = await context.browser()!.newContext();
  const guest = await other.newPage();
  await guest.goto(link);
  await guest.waitForURL((url) => url.pathname === "/login");
  // The page has looked at its address.
  await guest.locator('input[type="password"]').waitFor();
  const { loginToken } = await session.api<{ loginToken: string }>("POST", "/login-tokens");
  await guest.goto(`${guest.url()}#${loginToken}`);
  await guest.reload();
  const line = guest.locator('.log-row[data-current="true"]');
  await line.waitFor();
  expect(await line.textContent()).toContain(`${number}`);
  expect(await line.textContent()).toContain("Installing gmp.");
  expect(new URL(guest.url()).search).toBe("");
  await other.close();
  expect(session.errors).toEqual([]);
});
