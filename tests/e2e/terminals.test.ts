/** Terminals in the page: several, split, named, searched, with links into the editor; over a reload and a new server connection. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toBusyLimit } from "../integration/busy-limit";
import { until } from "../integration/until";
import { startWebrunner, type Webrunner } from "./webrunner";

let webrunner: Webrunner;
beforeAll(async () => {
  webrunner = await startWebrunner();
});
afterAll(() => webrunner?.close());

const PROFILE = "software/hello-web/software.cfg";

/** What stands on the screen of the terminal of this name. */
const readScreen = async (page: Page, name: string): Promise<string> =>
  (await page.getByRole("region", { name, exact: true }).locator(".xterm-rows > div").allTextContents()).join("\n");
const untilScreen = (page: Page, name: string, text: string | RegExp) =>
  until(
    async () => {
      const screen = await readScreen(page, name);
      return typeof text === "string" ? screen.includes(text) : text.test(screen);
    },
    { what: `${text} in ${name}`, timeoutMs: 20_000 },
  );
const type = async (page: Page, name: string, line: string): Promise<void> => {
  await page.getByRole("textbox", { name, exact: true }).focus();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
};

test("terminals are split, named, searched and linked, and are there after a reload (E1)", {
  timeout: 120_000,
}, async () => {
  const opened = await webrunner.openPage({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = opened;
  await opened.runCommand("New terminal");
  const list = page.getByRole("complementary", { name: "Terminals" });
  await list.getByRole("button", { name: "Terminal 1", exact: true }).waitFor();
  await type(page, "Terminal 1", `echo "see ${PROFILE}:3 for the ra""bbit"`);
  await untilScreen(page, "Terminal 1", "for the rabbit");

  // A place that is printed is a link into the editor.
  const row = page.locator(".xterm-rows > div", { hasText: `see ${PROFILE}:3 for the rabbit` }).last();
  await until(
    async () => {
      // Where the pointer comes to a row, its links are looked for among the paths that the page knows.
      const box = (await row.boundingBox())!;
      await page.mouse.move(box.x + 8 * 8, box.y - box.height / 2);
      await page.mouse.move(box.x + 8 * 8, box.y + box.height / 2);
      return page.locator(".xterm-cursor-pointer").isVisible();
    },
    { what: "the link" },
  );
  await page.mouse.down();
  await page.mouse.up();
  await page.getByRole("tab", { name: "software.cfg" }).first().waitFor();

  // Beside it, with a name of its own.
  await list.getByRole("button", { name: "Split terminal" }).click();
  await list.getByRole("button", { name: "Terminal 2", exact: true }).waitFor();
  await list.getByRole("button", { name: "Rename terminal" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("watch");
  await page.keyboard.press("Enter");
  await list.getByRole("button", { name: "watch", exact: true }).waitFor();
  await type(page, "watch", "stty size; echo second");
  await untilScreen(page, "watch", /^\d+ \d+$/m);
  expect(await readScreen(page, "Terminal 1")).toContain("rabbit");

  // As wide as it is dragged.
  let asked = 0;
  const readColumns = async (): Promise<number> => {
    asked += 1;
    await type(page, "watch", `stty size | sed 's/.* /columns ${asked} are /'`);
    const printed = new RegExp(`^columns ${asked} are (\\d+)`, "m");
    return until(async () => Number(printed.exec(await readScreen(page, "watch"))?.[1]) || undefined, {
      what: "the number of columns",
    });
  };
  const before = await readColumns();
  await page.getByRole("separator", { name: "Width of Terminal 1" }).focus();
  for (let step = 0; step < 3; step++) await page.keyboard.press("Shift+ArrowRight");
  expect(await readColumns()).toBeLessThan(before);

  // Copied and pasted as in terminals.
  await page.evaluate(() => navigator.clipboard.writeText("echo pas''ted"));
  await page.getByRole("textbox", { name: "watch", exact: true }).focus();
  await page.keyboard.press("Control+Shift+V");
  await untilScreen(page, "watch", "echo pas''ted");
  await page.keyboard.press("Enter");
  await untilScreen(page, "watch", "pasted");

  // Found.
  await list.getByRole("button", { name: "Terminal 1", exact: true }).click();
  await list.getByRole("searchbox", { name: "Find in the terminal" }).fill("rabbit");
  await list.getByRole("button", { name: "Find previous" }).click();
  await until(() => page.locator(".xterm-selection div").count(), { what: "what is found being marked" });

  await page.reload();
  await untilScreen(page, "Terminal 1", "for the rabbit");
  await untilScreen(page, "watch", "pasted");

  // ^C acts under flood (E2).
  await type(page, "watch", "yes flood");
  await untilScreen(page, "watch", "flood\nflood");
  const limitMs = toBusyLimit(5_000);
  const pressedAt = Date.now();
  await page.getByRole("textbox", { name: "watch", exact: true }).focus();
  await page.keyboard.press("Control+c");
  await page.keyboard.type("echo sto''pped");
  await page.keyboard.press("Enter");
  await untilScreen(page, "watch", "stopped");
  expect(Date.now() - pressedAt).toBeLessThan(limitMs);

  // A terminal writes to a file that is open and clean: the editor follows (FT14).
  await page.getByRole("tab", { name: "software.cfg" }).first().click();
  await type(page, "watch", `echo '# from a terminal' >> ${PROFILE}`);
  await page.locator(".monaco-editor .view-lines").first().click();
  await until(
    async () => {
      // The editor draws what is in view.
      await page.keyboard.press("Control+End");
      return page.locator(".monaco-editor .view-line", { hasText: "# from a terminal" }).first().isVisible();
    },
    { what: "the written line in the editor" },
  );

  await list.getByRole("button", { name: "Close watch" }).click();
  await list.getByRole("button", { name: "watch", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Terminal 1", exact: true }).waitFor();
  expect(opened.complaints).toEqual([]);
});
