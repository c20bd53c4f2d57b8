/** What changed since the last green run, the bundle, how long runs are kept, and hearing of their ends, in the page. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { RunKeeping } from "@/lib/protocol";
import { TRACED_PROFILE, toTracedProfile } from "../integration/runs/traced-runs";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";
import { createRunsPage, toWaiting } from "./pages/runs-page";

let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

test("changes are shown, a run is downloaded, settings are kept, and its end is told in title, icon and notification", {
  timeout: 240_000,
}, async () => {
  session = await openSession();
  const { page, context } = session;
  const runs = createRunsPage(session);
  const versions = (version: string) => ["[versions]", `zc.recipe.egg = ${version}`];
  const start = () =>
    session!.api<{ id: string }>("POST", `/projects/${PROJECT}/runs`, { kind: "buildout", profile: TRACED_PROFILE });
  await session.writeFile(
    TRACED_PROFILE,
    toTracedProfile({ one: ["print('password=hunter2hunter2')"] }, versions("3.0.0")),
  );
  await page.keyboard.press("Control+Shift+U");
  await start();
  await runs.waitForState("succeeded");

  // Keeping and notifications: by a person's click only.
  await context.grantPermissions(["notifications"]);
  await page.evaluate(() => {
    const told: string[] = [];
    const fake = Object.assign(
      function tell(title: string) {
        told.push(title);
        return { close: () => undefined };
      },
      { permission: "granted", requestPermission: async () => "granted" },
    );
    Object.assign(window, { told, Notification: fake });
  });
  const hook = createServer((message, response) => {
    message.resume();
    response.end();
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  const menu = (item: string) => page.getByRole("menuitem", { name: item }).click();
  await page.getByRole("button", { name: "Share" }).click();
  await menu("Keeping and notifications…");
  const dialog = page.getByRole("dialog", { name: "Keeping and notifications" });
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("spinbutton", { name: "for so many days" }).fill("30");
  await dialog.getByRole("textbox", { name: "POST to this address" }).fill(url);
  await dialog.getByRole("button", { name: "Save and try it out" }).click();
  await dialog.getByText("It answered 200.").waitFor();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  const keeping = await session.api<RunKeeping>("GET", `/projects/${PROJECT}/run-keeping`);
  expect(keeping).toMatchObject({ keepDays: 30, webhookUrl: url });

  // The end of a run that nobody looks at.
  const hide = (state: "hidden" | "visible") =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  const icon = () => page.locator('link[rel="icon"]').getAttribute("href");
  await hide("hidden");
  const gate = "traced/looked-at";
  const waiting = toWaiting(session, gate);
  await session.writeFile(TRACED_PROFILE, toTracedProfile({ one: [waiting] }, versions("3.0.1")));
  const second = await start();
  await until(async () => (await page.title()).startsWith("● traced"), { what: "a title that says that it runs" });
  const runningIcon = await icon();
  expect(runningIcon).toMatch(/^data:image\/svg\+xml,/);
  await session.writeFile(gate, "");
  await until(async () => (await page.title()) === "✔ traced is built – webrunner", {
    timeoutMs: 60_000,
    what: "the end",
  });
  await until(async () => (await icon()) !== runningIcon, { what: "another icon" });
  expect(await page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual(["traced is built"]);
  await hide("visible");
  await until(async () => (await page.title()) === "webrunner", { what: "the title of a page that is looked at" });
  expect(await icon()).toBe("/icon.svg");
  hook.close();

  // What changed since the last green run, by meaning and as text.
  await page.getByRole("tab", { name: "Changes" }).click();
  const change = page.locator('[data-change="versions:zc.recipe.egg"]');
  await change.getByText("version", { exact: true }).waitFor();
  expect(await change.textContent()).toContain("3.0.1");
  const file = page.locator(`[data-changed-file="${TRACED_PROFILE}"]`);
  await file.getByText("-zc.recipe.egg = 3.0.0").waitFor();

  // All of it in one file.
  await page.getByRole("button", { name: "Share" }).click();
  const downloading = page.waitForEvent("download");
  await menu("Download it all in one file");
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`run-${second.id}.tar.gz`);
  expect(await download.failure()).toBeNull();

  // The log as it is.
  await page.getByRole("tab", { name: "Log", exact: true }).click();
  const loading = page.waitForEvent("download");
  await page.getByLabel("Download the log").click();
  const log = await (await loading).path();
  expect((await readFile(log)).equals(await runs.readLogFile(second.id))).toBe(true);
  expect(session.errors).toEqual([]);
});
