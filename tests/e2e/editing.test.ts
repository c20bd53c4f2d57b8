/** Tabs, saving, conflicts, and files that change under the editor. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { until } from "../integration/until";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

// A step is seconds on a machine that also builds; what hangs is told by the step that it hangs in.
vi.setConfig({ testTimeout: 90_000 });

let webrunner: Webrunner;
let opened: OpenedPage | undefined;
let number = 0;
beforeAll(async () => {
  webrunner = await startWebrunner();
});
afterAll(() => webrunner?.close());
afterEach(async () => {
  expect(opened?.complaints ?? []).toEqual([]);
  await opened?.context.close();
  opened = undefined;
});

/** A page with a fresh file of this text open. */
async function openFile(text: string): Promise<OpenedPage & { path: string; onDisk: () => Promise<string> }> {
  number += 1;
  const path = `edit-${number}.cfg`;
  await webrunner.writeFile(path, text);
  opened = await webrunner.openPage({ path: `/?open=${path}` });
  await opened.tab(path).waitFor();
  await opened.waitForText(text.split("\n")[0]!);
  return { ...opened, path, onDisk: () => readFile(join(webrunner.workspace, path), "utf8") };
}

test("type, save with Ctrl+S, and the disk has it", async () => {
  const { page, tab, typeAtEnd, path, onDisk } = await openFile("[a]\nb = 1\n");
  await typeAtEnd("c = 2\n");
  await tab(`${path}, unsaved changes`).waitFor();
  await page.keyboard.press("Control+s");
  await tab(path).waitFor();
  expect(await onDisk()).toBe("[a]\nb = 1\nc = 2\n");
});

test("line ends, a missing last one, and a byte order mark stay", async () => {
  const { page, tab, typeAtEnd, path, onDisk } = await openFile("[a]\n");
  const bytes = "\ufeff[a]\r\nb = 1\nc = 2\r\nd = 3";
  await writeFile(join(webrunner.workspace, path), bytes);
  await opened!.waitForText("d = 3");
  await typeAtEnd("!");
  await page.keyboard.press("Control+s");
  await tab(path).waitFor();
  await until(async () => (await onDisk()) === `${bytes}!`, { what: "the saved bytes" });
});

test("a clean file follows the disk within a second (FT14)", async () => {
  const { waitForText, path } = await openFile("[a]\nold = 1\n");
  await writeFile(join(webrunner.workspace, path), "[a]\nnew = 2\n");
  await waitForText("new = 2");
});

test("a dirty file warns, and saving shows both texts (FT14)", async () => {
  const { page, typeAtEnd, path, onDisk, button, tab } = await openFile("[a]\nb = 1\n");
  await typeAtEnd("mine = 1\n");
  await writeFile(join(webrunner.workspace, path), "[a]\nb = 1\ntheirs = 2\n");
  await page.getByText("The file changed on disk, and has unsaved changes here.").waitFor({ timeout: 5_000 });
  await page.keyboard.press("Control+s");
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("theirs").first().waitFor();
  await dialog.getByText("mine", { exact: false }).first().waitFor();
  expect(await onDisk()).toContain("theirs");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  expect(await onDisk()).toContain("theirs");

  await page.keyboard.press("Control+s");
  await button("Keep mine").click();
  await tab(path).waitFor();
  expect(await onDisk()).toBe("[a]\nb = 1\nmine = 1\n");
});

test("a conflict merged by hand", async () => {
  const { page, typeAtEnd, path, onDisk, button, tab } = await openFile("[a]\nb = 1\n");
  await typeAtEnd("mine = 1\n");
  await writeFile(join(webrunner.workspace, path), "[a]\nb = 1\ntheirs = 2\n");
  await page.getByText("The file changed on disk").waitFor();
  await page.keyboard.press("Control+s");
  await button("Merge by hand").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("theirs = 2\n");
  await button("Save the merged text").click();
  await tab(path).waitFor();
  expect(await onDisk()).toBe("[a]\nb = 1\nmine = 1\ntheirs = 2\n");
});

test("take theirs", async () => {
  const { page, typeAtEnd, path, onDisk, button, tab, waitForText } = await openFile("[a]\nb = 1\n");
  await typeAtEnd("mine = 1\n");
  await writeFile(join(webrunner.workspace, path), "[a]\nb = 1\ntheirs = 2\n");
  await page.getByText("The file changed on disk").waitFor();
  await page.keyboard.press("Control+s");
  await button("Take theirs").click();
  await tab(path).waitFor();
  await waitForText("theirs = 2");
  expect(await onDisk()).toBe("[a]\nb = 1\ntheirs = 2\n");
});

test("a file that is removed while it is open can be saved again", async () => {
  const { page, path, onDisk, button } = await openFile("[a]\nb = 1\n");
  await rm(join(webrunner.workspace, path));
  await page.getByText("The file was removed on disk.").waitFor();
  await button("Save it again").click();
  await page.getByText("The file was removed on disk.").waitFor({ state: "hidden" });
  expect(await onDisk()).toBe("[a]\nb = 1\n");
});

test("previews, lasting tabs, closing, reopening, splitting, and all of it after a reload", async () => {
  const { page, tab, openInExplorer, waitUntilReady, waitForText, path, typeAtEnd } = await openFile("[a]\n");
  await openInExplorer("software", "hello-web", "software.cfg");
  await tab("software.cfg").waitFor();
  await openInExplorer("instance.cfg.in");
  await tab("instance.cfg.in").waitFor();
  expect(await tab("software.cfg").count()).toBe(0);
  await tab("instance.cfg.in").dblclick();
  await openInExplorer("check-page.py");
  await tab("check-page.py").waitFor();
  expect(await tab("instance.cfg.in").count()).toBe(1);

  await page.keyboard.press("Alt+w");
  await tab("check-page.py").waitFor({ state: "detached" });
  await page.keyboard.press("Alt+Shift+T");
  await tab("check-page.py").waitFor();
  await page.keyboard.press("Control+\\");
  await expect.poll(() => page.locator("[data-group]").count()).toBe(2);

  await page.reload();
  await waitUntilReady();
  expect(await page.locator("[data-group]").count()).toBe(2);
  expect(await tab("check-page.py").count()).toBe(2);
  expect(await tab("instance.cfg.in").count()).toBe(1);

  await tab(path).click();
  await waitForText("[a]");
  await typeAtEnd("x");
  await page.keyboard.press("Alt+w");
  const dialog = page.getByRole("alertdialog", { name: `Save the changes to ${path}?` });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await tab(`${path}, unsaved changes`).waitFor();
  await page.keyboard.press("Alt+w");
  await dialog.getByRole("button", { name: "Don't save" }).click();
  await tab(path).waitFor({ state: "detached" });
  expect((await webrunner.readFile(path)).text).toBe("[a]\n");
});

test("palette: a file with a line, a line, a command", async () => {
  const { page, openByName, runCommand, typeInPalette, tab } = await openFile("[a]\n");
  await openByName("hello software.cfg:12");
  await tab("software.cfg").waitFor();
  await page.getByRole("button", { name: /^Ln 12, Col 1/ }).waitFor();
  await openByName(":4");
  await page.getByRole("button", { name: /^Ln 4,/ }).waitFor();
  await runCommand("Theme: Light");
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
  // What had the focus has it again: after the box, after a question, and without one when nothing was chosen.
  const isInEditor = () => page.locator("[data-editor-group] .monaco-editor.focused").waitFor();
  await isInEditor();
  await runCommand("Account: Set password");
  await page.getByRole("dialog", { name: "Set a password" }).getByRole("textbox").waitFor();
  await page.keyboard.press("Escape");
  await isInEditor();
  await typeInPalette(">");
  await page.keyboard.press("Escape");
  await isInEditor();
});

test("the palette stays while code asks for the focus, and goes with the person", async () => {
  const { page, typeInPalette, tab, path } = await openFile("[a]\n");
  const palette = page.getByRole("dialog", { name: "Files and commands" });
  const tree = page.getByRole("tree", { name: "Files" });
  const hasFocus = (element: Locator) => element.evaluate((box) => box.contains(document.activeElement));
  await tab(path).focus();
  await typeInPalette(":1");
  await tree.evaluate((element) => element.focus());
  await palette.getByRole("combobox").evaluate((element) => element.blur());
  await page.keyboard.type("2");
  expect(await palette.getByRole("combobox").inputValue()).toBe(":12");
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "detached" });
  expect(await hasFocus(tree)).toBe(true);

  await typeInPalette(":1");
  await tab(path).click();
  await palette.waitFor({ state: "detached" });
  expect(await hasFocus(tree)).toBe(false);
  await typeInPalette(":1");
  await page.keyboard.press("Control+Shift+f");
  await palette.waitFor({ state: "detached" });
  await expect.poll(() => hasFocus(page.getByRole("textbox", { name: "Find in files" }))).toBe(true);
});

test("a file that is shown late leaves the palette open, and gets the focus after it", async () => {
  const { page, openByName, tab, editor } = await openFile("[a]\n");
  let show = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => {
    show = resolve;
  });
  await page.route(/\/file\?path=software/, async (route) => {
    await isAsked;
    await route.continue();
  });
  await openByName("hello software.cfg:12");
  await tab("software.cfg").waitFor();
  await page.keyboard.press("Control+p");
  await page.keyboard.type(":4");
  show();
  await editor.locator(".view-line", { hasText: "[buildout]" }).waitFor();
  await page.getByRole("button", { name: /^Ln 12,/ }).waitFor();
  expect(await page.getByRole("combobox").inputValue()).toBe(":4");
  await page.keyboard.press("Escape");
  await page.locator(".monaco-editor.focused").waitFor();
});

test("a deep link shows the line", async () => {
  opened = await webrunner.openPage({ path: "/?open=software/hello-web/software.cfg:12" });
  await opened.tab("software.cfg").waitFor();
  await opened.page.getByRole("button", { name: /^Ln 12, Col 1/ }).waitFor();
  expect(new URL(opened.page.url()).search).toBe("");
});

test("find and sticky scroll are there, and sections are coloured", async () => {
  const { page, editor, waitForText } = await openFile(`[long]\n${"x = ${y:z}\n".repeat(200)}`);
  await waitForText("[long]");
  await editor.locator(".view-lines").click();
  await page.keyboard.press("Control+f");
  await page.getByRole("textbox", { name: "Find" }).waitFor();
  await page.keyboard.press("Escape");
  const countColors = () =>
    editor
      .locator(".view-line", { hasText: "x = ${y:z}" })
      .first()
      .locator("span span")
      .evaluateAll((spans) => new Set(spans.map((span) => getComputedStyle(span).color)).size);
  await expect.poll(countColors).toBeGreaterThan(3);
  await page.keyboard.press("Control+End");
  await editor.locator(".sticky-widget", { hasText: "[long]" }).waitFor();
});

test("what is not text is not opened as text, but can be downloaded", async () => {
  const path = "bytes.bin";
  await writeFile(join(webrunner.workspace, path), Buffer.from([0, 1, 2, 0xff, 0xfe]));
  opened = await webrunner.openPage({ path: `/?open=${path}` });
  await opened.page.getByText("This file is not text").waitFor();
  expect(await opened.page.getByRole("link", { name: "Download" }).count()).toBe(1);
});

test("a file that does not exist says so and can be tried again", async () => {
  opened = await webrunner.openPage({ path: "/?open=later.cfg" });
  await opened.page.getByRole("alert").getByText("does not exist any more").waitFor();
  await webrunner.writeFile("later.cfg", "[later]\n");
  await opened.button("Try again").click();
  await opened.waitForText("[later]");
});
