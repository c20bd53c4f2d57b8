/** The main job: edit a profile, build it, deploy it, and read the change on the running service. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";
import { BUILD_LIMIT_MS, createRunsPage } from "./pages/runs-page";

let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

const PROFILE = "software/hello-web/software.cfg";
const GREETING = "Good day from the test";

test("a changed greeting is read on the running service", { timeout: 2 * BUILD_LIMIT_MS }, async () => {
  session = await openSession();
  const { page, dataDirectory } = session;
  const runs = createRunsPage(session);

  await session.openByName(PROFILE);
  const line = page.locator(".monaco-editor .view-line", { hasText: "greeting = Hello" }).first();
  await line.click();
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.insertText(`greeting = ${GREETING}`);

  await runs.runSoftware();
  await runs.waitForState("running", 30_000);
  const file = join(dataDirectory, "projects", PROJECT, "workspace", PROFILE);
  expect(await readFile(file, "utf8")).toContain(`greeting = ${GREETING}`);
  // Lines arrive while the run goes on.
  await until(() => runs.logEnd(), { timeoutMs: 60_000, what: "the first log lines" });
  expect((await runs.newestRun()).state).toBe("running");
  await runs.waitForState("succeeded");

  expect(await runs.finishNext(() => runs.runInstance())).toMatchObject({ kind: "instance", state: "succeeded" });

  // The run leads to the service, and so does the instance.
  const openService = async (link: Locator): Promise<Page> => {
    await link.waitFor({ timeout: 30_000 });
    expect([await link.getAttribute("target"), await link.getAttribute("rel")]).toEqual([
      "_blank",
      "noopener noreferrer",
    ]);
    const [service] = await Promise.all([session!.context.waitForEvent("page"), link.click()]);
    await service.getByText(GREETING).first().waitFor();
    return service;
  };
  const service = await openService(page.locator("[data-run-state=succeeded] [data-service-link]"));
  await page.bringToFront();
  await runs.showInstances();
  const instance = page.getByRole("article", { name: /^Instance/ });
  await openService(instance.locator("[data-service-link]"));
  await page.bringToFront();
  expect(await instance.getAttribute("data-health")).toBe("green");
  await instance.getByText("RUNNING").first().waitFor();
  expect(session.errors).toEqual([]);

  await page.getByRole("tablist", { name: "How to edit the parameters" }).getByRole("tab", { name: "JSON" }).click();
  const parameters = page.getByRole("textbox", { name: /^Parameters of/ });
  await parameters.fill("{ no");
  expect(await parameters.getAttribute("aria-invalid")).toBe("true");
  await parameters.fill('{"name": "the parameters"}');
  const request = page.getByRole("button", { name: "Request and run" });
  expect(await runs.finishNext(() => request.click())).toMatchObject({ kind: "instance", state: "succeeded" });
  await service.reload();
  await service.getByText("the parameters").first().waitFor();

  await runs.runSoftware();
  await page.getByText("Nothing to do.").first().waitFor({ timeout: 60_000 });
});
