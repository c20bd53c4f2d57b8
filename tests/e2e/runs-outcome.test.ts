/** How a run ends, as the page tells it: the engine's own reason, a stop, one run for many clicks, parameters applied. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunInfo } from "@/lib/protocol";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";
import { createRunsPage, type RunsPage, toPythonProfile } from "./pages/runs-page";

let session: PageSession;
let runs: RunsPage;
beforeAll(async () => {
  session = await openSession({ viewport: { width: 1024, height: 768 } });
  runs = createRunsPage(session);
});
afterAll(() => session?.close());

async function pickRelease(name: string): Promise<void> {
  const { page } = session;
  await page.reload();
  await page.getByRole("button", { name: /^Software release/ }).click();
  await page
    .getByRole("menuitem", { name })
    .or(page.getByRole("menuitemcheckbox", { name }))
    .or(page.getByRole("menuitemradio", { name }))
    .first()
    .click();
}

test("a failure shows the engine's reason, and where it stands in the log", { timeout: 120_000 }, async () => {
  const { page } = session;
  await session.writeFile(
    "broken/buildout.cfg",
    "[buildout]\nparts = work\n\n[work]\nrecipe = slapos.recipe.build\nlocation = ${nowhere:location}\n",
  );
  await pickRelease("broken");
  await page.keyboard.press("F7");
  await runs.waitForState("failed", 60_000);
  const card = page.locator('[data-region="panel"] [role="alert"]');
  await card.getByText("The referenced section, 'nowhere', was not defined.").waitFor();
  await card.getByRole("button", { name: "Show in log" }).click();
  await page.locator(".log-row[data-current]", { hasText: "nowhere" }).waitFor();
  expect(await page.title()).toContain("✗");
  await page.locator('[data-region="status"]').getByText("Run buildout: Failed").waitFor();
});

test("twenty clicks are one run, and Stop ends it", { timeout: 120_000 }, async () => {
  const { page } = session;
  await session.writeFile(
    "endless/buildout.cfg",
    toPythonProfile("import subprocess", "subprocess.call('while true; do echo again; sleep 0.2; done', shell=True)"),
  );
  await pickRelease("endless");
  const listEndless = async () =>
    (await session.api<{ runs: RunInfo[] }>("GET", `/projects/${PROJECT}/runs`)).runs.filter(
      ({ profile }) => profile === "endless/buildout.cfg",
    );
  const before = (await listEndless()).length;
  const button = page.locator('[data-region="title"]').getByRole("button", { name: "Run software", exact: true });
  await until(() => button.isEnabled());
  await button.evaluate((element) => {
    for (let i = 0; i < 20; i++) (element as HTMLButtonElement).click();
  });
  await page.locator(".log-row", { hasText: "again" }).first().waitFor({ timeout: 60_000 });
  expect((await listEndless()).length - before).toBe(1);
  await page.keyboard.press("Control+F2");
  await runs.waitForState("cancelled", 15_000);
  await page.locator('[data-region="status"]').getByText("Run buildout: Stopped").waitFor();
});

test("past runs are listed with their logs", async () => {
  const { page } = session;
  const list = page.getByRole("listbox", { name: "Runs" });
  await list.getByRole("option", { name: /broken/ }).click();
  await page.locator(".log-row", { hasText: "nowhere" }).first().waitFor();
  await page.keyboard.press("ArrowUp");
  await page.locator(".log-row", { hasText: "again" }).first().waitFor();
});
