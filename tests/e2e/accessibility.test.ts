/**
 * Every view of the workbench through axe: nothing serious or critical, in the dark and in the light.
 *
 * The inside of the text editor and of terminals is their libraries' own and is left out.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startWebrunner, type Webrunner } from "./webrunner";

// A view is looked at in seconds, on a machine that also builds.
vi.setConfig({ testTimeout: 300_000 });

/** Commands that show something in a tab of the editor, and such that ask. */
const TABS = [
  "Show effective values of this section",
  "Show what this profile extends",
  "Show parts in build order",
  "Show sources of extends",
  "Check before merging",
  "Show the log",
  "History of this file",
  "Start: Customize SlapOS",
  "Show Welcome",
  "Keyboard shortcuts",
];
const DIALOGS = ["Customise component", "New component", "Switch source of extends"];

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let webrunner: Webrunner;
let axeSource: string;
beforeAll(async () => {
  [webrunner, axeSource] = await Promise.all([startWebrunner(), readFile(axePath, "utf8")]);
});
afterAll(() => webrunner?.close());

/** `rule: element`, for each thing that is serious or worse. */
async function findBarriers(page: Page): Promise<string[]> {
  const results = await page.evaluate(() => {
    const { axe: runner } = window as unknown as { axe: typeof axe };
    return runner.run(
      { exclude: [".monaco-editor", ".xterm"] },
      { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] },
    );
  });
  const bad = results.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

test.each(["dark", "light"] as const)("nothing keeps anyone out of any view, %s", async (colorScheme) => {
  await webrunner.writeFile("software/hello-web/notes.txt", "changed\n");
  const opened = await webrunner.openPage({ colorScheme, path: "/?open=software/hello-web/software.cfg" });
  const { page } = opened;
  await opened.waitForText("[buildout]");
  await page.evaluate(axeSource);
  const barriers: Record<string, string[]> = {};
  const look = async (name: string): Promise<void> => {
    const found = await findBarriers(page);
    if (found.length > 0) barriers[name] = found;
  };

  const activities = page.locator("[data-region=activity] button[aria-pressed]:not([aria-label=Panel])");
  for (const activity of await activities.all()) {
    if ((await activity.getAttribute("aria-pressed")) !== "true") await activity.click();
    await look(`side bar: ${await activity.getAttribute("aria-label")}`);
  }
  await opened.button("Panel").click();
  const panels = page.locator("[data-region=panel] [role=tablist] [role=tab]");
  await panels.first().waitFor();
  for (const panel of await panels.all()) {
    await panel.click();
    await look(`panel: ${await panel.textContent()}`);
  }
  await opened.button("Panel").click();
  for (const view of TABS) {
    await opened.openByName("software/hello-web/software.cfg");
    await opened.runCommand(view);
    await expect.poll(() => page.locator(".skeleton").count()).toBe(0);
    await look(`tab: ${view}`);
  }
  for (const question of DIALOGS) {
    await opened.openByName("software/hello-web/software.cfg");
    await opened.runCommand(question);
    await page.getByRole("dialog").waitFor();
    await look(`dialog: ${question}`);
    await page.keyboard.press("Escape");
  }
  await opened.typeInPalette(">");
  await look("palette");
  await page.keyboard.press("Escape");
  expect(barriers).toEqual({});
  await opened.context.close();
});
