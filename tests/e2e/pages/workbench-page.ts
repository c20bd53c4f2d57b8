/** The workbench as a person uses it: tabs, explorer, editor, dialogs, palette. */
import type { Locator, Page } from "playwright-core";
import { until } from "../../integration/until";

export interface WorkbenchPage {
  readonly page: Page;
  readonly editor: Locator;
  waitUntilReady(): Promise<void>;
  tab(name: string | RegExp): Locator;
  entry(name: string): Locator;
  menuItem(name: string): Locator;
  button(name: string): Locator;
  /** Opens folders and clicks the file. */
  openInExplorer(...names: string[]): Promise<void>;
  /** Types into the box for files and commands, which it opens by its key. */
  typeInPalette(text: string): Promise<void>;
  /** Opens the file that the palette finds for a name, a path, `c:php` or `path:line`. */
  openByName(name: string): Promise<void>;
  runCommand(title: string): Promise<void>;
  /** A command that goes on with a list to choose from. */
  runToList(title: string, choice: RegExp): Promise<void>;
  /** Types at the end of the active editor's text. */
  typeAtEnd(text: string): Promise<void>;
  /** What the active editor shows, with its line ends as `\n`. */
  shownText(): Promise<string>;
  waitForText(text: string): Promise<void>;
  answerText(text: string): Promise<void>;
  chooseFromMenu(entry: string, item: string): Promise<void>;
}

export function createWorkbenchPage(page: Page): WorkbenchPage {
  const editor = page.locator("[data-editor-group] .monaco-editor").filter({ visible: true }).first();
  const entry = (name: string): Locator => page.getByRole("treeitem", { name, exact: true });
  const shownText = async (): Promise<string> => {
    const lines = await editor.locator(".view-line").evaluateAll((elements) =>
      elements
        .map((element) => ({
          top: Number.parseFloat((element as HTMLElement).style.top),
          text: element.textContent ?? "",
        }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text.replace(/\u00a0/g, " ")),
    );
    return lines.join("\n");
  };
  const palette = page.getByRole("dialog", { name: "Files and commands" });
  const field = palette.getByRole("combobox");
  const typeInPalette = async (text: string): Promise<void> => {
    // A dialog takes all keys until it is gone.
    await until(
      async () => {
        await page.keyboard.press(text.startsWith(">") ? "F1" : "Control+p");
        return palette.isVisible();
      },
      { what: "the palette" },
    );
    await field.fill(text);
  };
  const chooseCommand = async (title: string): Promise<void> => {
    await typeInPalette(`>${title}`);
    await palette.getByRole("option", { name: title, selected: true }).waitFor();
    await field.press("Enter");
  };
  return {
    page,
    editor,
    entry,
    shownText,
    tab: (name) => page.getByRole("tab", { name, exact: typeof name === "string" }),
    menuItem: (name) => page.getByRole("menuitem", { name }),
    button: (name) => page.getByRole("button", { name, exact: true }),
    async waitUntilReady() {
      await page.getByRole("tree", { name: "Files" }).waitFor();
    },
    async openInExplorer(...names) {
      for (const [index, name] of names.entries()) {
        const row = entry(name);
        await row.waitFor();
        if (index === names.length - 1 || (await row.getAttribute("aria-expanded")) === "false") await row.click();
      }
    },
    typeInPalette,
    async openByName(name) {
      await typeInPalette(name);
      // A row may be one letter behind; what Enter opens is what was typed.
      await palette.getByRole("option").first().waitFor();
      await field.press("Enter");
      await palette.waitFor({ state: "hidden" });
    },
    async runCommand(title) {
      await chooseCommand(title);
      await palette.waitFor({ state: "hidden" });
    },
    async runToList(title, choice) {
      await chooseCommand(title);
      await palette.getByRole("option", { name: choice }).first().click();
    },
    async typeAtEnd(text) {
      await editor.locator(".view-lines").click();
      await page.keyboard.press("Control+End");
      await page.keyboard.type(text);
    },
    async waitForText(text) {
      await page.waitForFunction(
        (wanted) =>
          [...document.querySelectorAll("[data-editor-group] .view-line")].some((line) =>
            (line.textContent ?? "").replace(/\u00a0/g, " ").includes(wanted),
          ),
        text,
      );
    },
    async answerText(text) {
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox").fill(text);
      await page.keyboard.press("Enter");
      await dialog.waitFor({ state: "hidden" });
    },
    async chooseFromMenu(name, item) {
      await entry(name).click({ button: "right" });
      await page.getByRole("menuitem", { name: item }).click();
    },
  };
}
