/** What is changed: by file, by hunk, by line, in the view, in the difference and beside the lines of the editor. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { restoreRepository } from "./known-repository";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const PATH = "letters/letter.cfg";
const lines = (change: Readonly<Record<number, string>>): string =>
  `${Array.from({ length: 30 }, (_, index) => change[index] ?? `line ${index}`).join("\n")}\n`;

let webrunner: Webrunner;
let opened: OpenedPage;
let start: string;
beforeAll(async () => {
  webrunner = await startWebrunner();
  await webrunner.writeFile(PATH, lines({}));
  await webrunner.api("PUT", "/projects/sample/git/identity", { name: "Ada", email: "ada@example.com" });
  await commit("Write a letter\n\nIt has thirty lines.");
  start = git("rev-parse", "HEAD").trim();
});
afterAll(() => webrunner?.close());
beforeEach(async () => {
  restoreRepository(webrunner.workspace, start);
  await opened?.context.close();
  opened = await webrunner.openPage();
  await opened.button("Source Control").click();
});

const git = (...parameters: string[]): string =>
  execFileSync("git", ["-C", webrunner.workspace, "-c", "safe.directory=*", ...parameters], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
async function commit(message: string): Promise<void> {
  await webrunner.api("POST", "/projects/sample/git/stage", { paths: [""] });
  await webrunner.api("POST", "/projects/sample/git/commits", { message });
}
const row = (key: string) => opened.page.locator(`[data-key="${key}"]`);
const message = () => opened.page.getByRole("textbox", { name: "Commit message" });
const isSound = (): void => {
  git("fsck", "--full", "--strict");
  expect(opened.complaints).toEqual([]);
};
/** Selects a line of the editor, then what its own menu says. */
async function choose(line: string, item: string): Promise<void> {
  const { page } = opened;
  const entry = page.getByRole("menuitem", { name: item, exact: true });
  await page.locator("[data-editor-group] .view-line").getByText(line, { exact: true }).click();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.press("Shift+F10");
  await entry.waitFor();
  // For a moment the menu takes no click, lest the one that opened it counts.
  await expect
    .poll(async () => {
      if (await entry.isVisible()) await entry.click();
      return entry.isVisible();
    })
    .toBe(false);
}
/** Marks lines in the right side of the difference, then presses the button that speaks of them. */
async function pressFor(name: string, from: string, count: number): Promise<void> {
  const { page } = opened;
  const button = page.getByRole("button", { name, exact: true });
  // What was marked is gone when the difference was just read again.
  await expect
    .poll(async () => {
      await page.locator(".monaco-diff-editor .editor.modified .view-line", { hasText: from }).first().click();
      await page.keyboard.press("Home");
      for (let at = 1; at < count; at++) await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Shift+End");
      return button.isVisible();
    })
    .toBe(true);
  await button.click();
}

test("selected lines are staged, unstaged and discarded, each alone; a discard is undone", async () => {
  const { page } = opened;
  const changed = lines({ 10: "ten", 11: "eleven", 12: "twelve" });
  await webrunner.writeFile(PATH, changed);
  await row(`changes:${PATH}`).click();
  await page.getByRole("region", { name: "Hunk 1" }).waitFor();

  await pressFor("Stage 1 selected line", "eleven", 1);
  await expect.poll(() => git("show", `:${PATH}`)).toBe(lines({ 11: "eleven" }));

  await pressFor("Discard 2 selected lines", "ten", 3);
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard", exact: true }).click();
  await expect.poll(async () => (await webrunner.readFile(PATH)).text).toBe(lines({ 11: "eleven" }));
  await page.getByRole("region", { name: "Notices" }).getByRole("button", { name: "Undo", exact: true }).click();
  await expect.poll(async () => (await webrunner.readFile(PATH)).text).toBe(changed);

  await row(`staged:${PATH}`).click();
  await page.getByRole("region", { name: "Hunk 1" }).waitFor();
  await pressFor("Unstage 1 selected line", "eleven", 1);
  await expect.poll(() => git("diff", "--cached", "--name-only")).toBe("");
  isSound();
});

test("lines selected in the editor are staged, unstaged and reverted by its menu", async () => {
  const { page } = opened;
  await webrunner.writeFile(PATH, lines({ 10: "ten", 11: "eleven", 20: "twenty" }));
  await opened.openByName(PATH);
  await page.locator(".git-mark-modified").first().waitFor();
  await choose("eleven", "Stage Selected Lines");
  await expect.poll(() => git("show", `:${PATH}`)).toBe(lines({ 11: "eleven" }));
  await page.locator(".git-mark-staged").waitFor();
  await choose("eleven", "Unstage Selected Lines");
  await expect.poll(() => git("show", `:${PATH}`)).toBe(lines({}));
  await choose("twenty", "Revert Selected Lines");
  await opened.waitForText("line 20");
  await choose("line 3", "Revert Selected Lines");
  await page.getByText("None of the selected lines is changed in this way").waitFor();
  await page.keyboard.press("Control+s");
  await expect.poll(async () => (await webrunner.readFile(PATH)).text).toBe(lines({ 10: "ten", 11: "eleven" }));
  await choose("ten", "Toggle Blame");
  await page.locator(".line-numbers", { hasText: "Ada" }).first().waitFor();
  await choose("ten", "Toggle Blame");
  await page.locator(".line-numbers", { hasText: "Ada" }).first().waitFor({ state: "detached" });
  await choose("ten", "File History");
  await page.getByRole("listbox", { name: `Commits of ${PATH}` }).waitFor();
  isSound();
});

test("files are staged, unstaged, discarded and ignored by keys and menus", async () => {
  const { page } = opened;
  await webrunner.writeFile(PATH, lines({ 1: "one" }));
  await webrunner.writeFile("letters/new.cfg", "[new]\n");
  await row("changes:letters/new.cfg").click();
  const tree = page.getByRole("tree", { name: "Changed files" });
  await tree.focus();
  await page.keyboard.press("+");
  await row("staged:letters/new.cfg").click();
  await tree.focus();
  await page.keyboard.press("-");
  const menu = async (item: string): Promise<void> => {
    await row(`changes:${PATH}`).click({ button: "right" });
    await page.getByRole("menuitem", { name: item, exact: true }).click();
  };
  await opened.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await menu("Copy path");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(PATH);
  await menu("Open changes Enter");
  await page.getByRole("region", { name: "Hunk 1" }).waitFor();
  await menu("Open file");
  await opened.waitForText("one");
  await menu("File history");
  await page.getByRole("listbox", { name: `Commits of ${PATH}` }).waitFor();
  await menu("Show in Explorer");
  await opened.entry("letter.cfg").waitFor();
  await opened.button("Source Control").click();
  await row("changes:letters/new.cfg").click({ button: "right" });
  await opened.menuItem("Add to .gitignore").click();
  await row("changes:letters/new.cfg").waitFor({ state: "detached" });
  expect((await webrunner.readFile(".gitignore")).text).toContain("/letters/new.cfg\n");
  await opened.runCommand("Git: Stage all changes");
  await page.getByRole("heading", { name: "Changes (0)" }).waitFor();
  await opened.runCommand("Git: Unstage all changes");
  await page.getByRole("heading", { name: "Staged (0)" }).waitFor();
  await row(`changes:${PATH}`).click();
  await tree.focus();
  await page.keyboard.press("Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard", exact: true }).click();
  await row(`changes:${PATH}`).waitFor({ state: "detached" });
  expect((await webrunner.readFile(PATH)).text).toBe(lines({}));
  await page.getByRole("region", { name: "Notices" }).getByRole("button", { name: "Undo", exact: true }).click();
  await row(`changes:${PATH}`).waitFor();
  expect((await webrunner.readFile(PATH)).text).toBe(lines({ 1: "one" }));
  git("clean", "-fdxq", "letters", ".gitignore");
  isSound();
});

test("the message box: without anything staged all is, messages of before, amending, undoing the commit", async () => {
  const { page } = opened;
  await webrunner.writeFile(PATH, lines({ 1: "one" }));
  await row(`changes:${PATH}`).waitFor();
  await message().fill("Number the first line");
  // What is typed survives the way to another view and a reload.
  await page.reload();
  await expect.poll(() => message().inputValue()).toBe("Number the first line");
  await message().press("Control+Enter");
  await page.getByRole("alertdialog").getByRole("button", { name: "Stage all and commit" }).click();
  await expect.poll(() => git("log", "-1", "--format=%s").trim()).toBe("Number the first line");
  await expect.poll(() => message().inputValue()).toBe("");

  await message().fill("typed");
  await message().press("Control+Home");
  await message().press("ArrowUp");
  await expect.poll(() => message().inputValue()).toBe("Number the first line");
  await message().press("ArrowUp");
  await expect.poll(() => message().inputValue()).toBe("Write a letter\n\nIt has thirty lines.");
  await message().press("ArrowDown");
  await message().press("ArrowDown");
  await expect.poll(() => message().inputValue()).toBe("typed");
  await opened.button("Messages of before").click();
  await page
    .getByRole("dialog", { name: "Files and commands" })
    .getByRole("option", { name: /Write a letter/ })
    .click();
  await expect.poll(() => message().inputValue()).toMatch(/^Write a letter/);

  await message().fill("");
  await page.getByRole("checkbox", { name: "Amend" }).check();
  await expect.poll(() => message().inputValue()).toBe("Number the first line");
  await message().fill("Number line one");
  await opened.button("Amend commit").click();
  await page.getByRole("checkbox", { name: "Amend", checked: false }).waitFor();
  expect(git("log", "-2", "--format=%s").trim().split("\n")[0]).toBe("Number line one");

  const before = git("rev-parse", "HEAD~1").trim();
  await opened.button("More of committing").click();
  await opened.menuItem("Undo last commit…").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Undo commit" }).click();
  await row(`staged:${PATH}`).waitFor();
  expect(git("rev-parse", "HEAD").trim()).toBe(before);
  await expect.poll(() => message().inputValue()).toBe("Number line one");
  await page.getByRole("region", { name: "Notices" }).getByRole("button", { name: "Undo reset" }).click();
  await row(`staged:${PATH}`).waitFor({ state: "detached" });
  expect(git("log", "-1", "--format=%s").trim()).toBe("Number line one");
  await message().fill("");
  isSound();
});

test("marks beside the lines open the change: next, stage, revert; also of text that is not saved", async () => {
  const { page } = opened;
  const committed = git("show", `HEAD:${PATH}`);
  await webrunner.writeFile(PATH, committed.replace("line 5\n", "five\n").replace("line 20\n", ""));
  await opened.openByName(PATH);
  await page.locator(".git-mark-modified").click();
  const first = page.getByRole("region", { name: "Change 1 of 2" });
  await first.getByText("line 5", { exact: true }).waitFor();
  await first.getByText("five", { exact: true }).waitFor();
  await first.getByRole("button", { name: "Next change" }).click();
  const second = page.getByRole("region", { name: "Change 2 of 2" });
  await second.getByText("line 20", { exact: true }).waitFor();
  await second.getByRole("button", { name: "Stage", exact: true }).click();
  await expect.poll(() => git("show", `:${PATH}`)).toBe(committed.replace("line 20\n", ""));
  await page.locator(".git-mark-staged").first().waitFor();

  await page.locator(".git-mark-modified:not(.git-mark-staged)").click();
  await page.getByRole("region", { name: "Change 1 of 1" }).getByRole("button", { name: "Revert" }).click();
  await opened.waitForText("line 5");
  await page.locator(".git-mark-modified").waitFor({ state: "detached" });

  await opened.typeAtEnd("[added]\n");
  await page.locator(".git-mark-added").first().waitFor();
  await page.keyboard.press("Alt+F3");
  const third = page.getByRole("region", { name: "Change 1 of 1" });
  await third.getByText("[added]").waitFor();
  await page.keyboard.press("Escape");
  await third.waitFor({ state: "detached" });
  await page.keyboard.press("Alt+F3");
  await third.getByText("[added]").waitFor();
  // Who types on while the change is open and grows stays in the text.
  await opened.typeAtEnd("more\n");
  await third.getByText("more", { exact: true }).waitFor();
  await page.keyboard.type("again\n");
  await third.getByText("again", { exact: true }).waitFor();
  await third.getByRole("button", { name: "Revert" }).click();
  await page.locator(".git-mark-added").waitFor({ state: "detached" });
  isSound();
});

test("blame beside the lines: who, since when, the commit in the hover and by a click", async () => {
  const { page } = opened;
  git("reset", "-q", "--hard");
  await opened.openByName(PATH);
  await opened.waitForText("line 3");
  await opened.runCommand("Git: Toggle blame");
  const blamed = page.locator(".line-numbers", { hasText: "Ada" }).first();
  await blamed.waitFor();
  await blamed.hover();
  await page
    .locator(".monaco-hover", { hasText: "Click to open the commit" })
    .filter({ visible: true })
    .first()
    .waitFor();
  await opened.typeAtEnd("new line");
  await page.locator(".line-numbers", { hasText: "not committed" }).first().waitFor();
  await page.locator(".line-numbers", { hasText: "Ada" }).first().click();
  await page
    .getByRole("article", { name: /^Commit/ })
    .getByText("letters/letter.cfg")
    .waitFor({ state: "detached" });
  await page
    .getByRole("tree", { name: /^Files of/ })
    .getByText("letter.cfg")
    .waitFor();
  await opened
    .tab(/^letter.cfg/)
    .first()
    .click();
  await opened.runCommand("Git: Toggle blame");
  await page.locator(".line-numbers", { hasText: "Ada" }).first().waitFor({ state: "detached" });
  isSound();
});
