/** The language service in the page: what it says, where it leads, what it changes, and the views of a profile. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "../integration/until";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

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

const BASE = `[buildout]
parts =
  tool

[location]
directory = /srv/tool
version = 1.2

[tool]
recipe = plone.recipe.command
command = echo \${location:directory}
`;

/** A page with `base.cfg` and a profile of this text that extends it, in a folder of their own. */
async function openProfile(
  text: string,
  extended = "base.cfg",
): Promise<OpenedPage & { folder: string; onDisk(name: string): Promise<string> }> {
  number += 1;
  const folder = `profile-${number}`;
  await webrunner.api("POST", "/projects/sample/entries", { path: folder, kind: "directory" });
  await webrunner.writeFile(`${folder}/base.cfg`, BASE);
  await webrunner.writeFile(`${folder}/top.cfg`, `[buildout]\nextends = ${extended}\n\n${text}`);
  opened = await webrunner.openPage({ path: `/?open=${folder}/top.cfg` });
  await opened.tab("top.cfg").waitFor();
  await opened.waitForText("extends = base.cfg");
  await problems(opened.page).waitFor();
  const onDisk = (name: string) => readFile(join(webrunner.workspace, folder, name), "utf8");
  return { ...opened, folder, onDisk };
}

const problems = (page: OpenedPage["page"]) =>
  page.getByRole("button", { name: /errors?, \d+ warnings? in the open files/ });

async function waitForErrors(page: OpenedPage["page"], count: number): Promise<void> {
  await page.getByRole("button", { name: `${count} errors` }).waitFor();
}

/** Where a word is shown; what comes later, a line above a section or a value beside an option, moves it. */
async function findWord({ editor }: OpenedPage, word: string): Promise<{ x: number; y: number }> {
  const place = await editor.locator(".view-lines").evaluate((lines, wanted) => {
    const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.textContent?.indexOf(wanted) ?? -1;
      if (at < 0 || node.parentElement?.closest(".codelens-decoration")) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
    return undefined;
  }, word);
  if (!place) throw new Error(`the editor does not show ${word}`);
  return place;
}

/** The cursor onto a word, as a click does. */
async function clickWord(opened: OpenedPage, word: string): Promise<void> {
  await until(
    async () => {
      const { x, y } = await findWord(opened, word);
      await opened.page.mouse.click(x, y);
      const after = await findWord(opened, word);
      return after.x === x && after.y === y;
    },
    { what: `${word} standing still under the click` },
  );
}

test("an error as one types, in the status bar, the explorer and the Problems panel, and gone when mended", async () => {
  const page = await openProfile("[mine]\nvalue = ");
  await page.typeAtEnd("$");
  await page.page.keyboard.type("{locatoin:directory}");
  await page.page.keyboard.press("Escape");
  await waitForErrors(page.page, 1);
  await problems(page.page).click();
  const panel = page.page.getByRole("tree", { name: "Problems" });
  const row = panel.getByRole("treeitem").filter({ hasText: "locatoin" });
  await row.waitFor();
  await page.page.getByRole("treeitem", { name: /top\.cfg.*1 errors/ }).waitFor();
  await row.click();

  await page.page.keyboard.press("Control+.");
  await clickWord(page, "locatoin");
  await page.page.keyboard.press("Control+.");
  await page.page.locator(".action-widget").getByText("location", { exact: false }).first().click();
  await page.waitForText("value = ${location:directory}");
  await waitForErrors(page.page, 0);
  await panel.waitFor({ state: "hidden" });
});

test("completion after ${ knows the sections and options of what is extended", async () => {
  const page = await openProfile("[mine]\nvalue = ");
  await page.typeAtEnd("${");
  const suggestions = page.page.locator(".suggest-widget");
  await suggestions.getByText("location", { exact: true }).first().waitFor();
  await page.page.keyboard.type("loca");
  await page.page.keyboard.press("Enter");
  await suggestions.getByText("directory", { exact: true }).first().waitFor();
  await page.page.keyboard.type("dir");
  await page.page.keyboard.press("Enter");
  await page.waitForText("value = ${location:directory}");
});

test("inlay hints show the value, hover too, and F12 leads into the extended file", async () => {
  const page = await openProfile("[mine]\nvalue = ${location:directory}\n");
  await page.waitForText("= /srv/tool");
  await clickWord(page, "directory");
  await page.page.keyboard.press("F12");
  await page.tab("base.cfg").waitFor();
  await page.waitForText("directory = /srv/tool");
  await page.page.getByText("Ln 6, Col 1", { exact: false }).waitFor();
});

test("rename changes every file, and is taken back in all of them", async () => {
  const page = await openProfile("[mine]\nvalue = ${location:directory}\n");
  await page.waitForText("= /srv/tool");
  await clickWord(page, "location");
  await page.page.keyboard.press("F2");
  const input = page.page.locator(".rename-input");
  await input.waitFor();
  await input.fill("place");
  await page.page.keyboard.press("Enter");
  await page.waitForText("value = ${place:directory}");
  await page.page.getByText("2 files changed, not saved yet").waitFor();
  await page.button("Undo in all").click();
  await page.waitForText("value = ${location:directory}");
  await page.tab("base.cfg").waitFor();
  expect(await page.page.getByRole("tab", { name: /unsaved changes/ }).count()).toBe(0);

  await clickWord(page, "location");
  await page.page.keyboard.press("F2");
  await input.fill("place");
  await page.page.keyboard.press("Enter");
  await page.button("Save all").click();
  await until(async () => (await page.onDisk("base.cfg")).includes("[place]"), { what: "the renamed section on disk" });
  expect(await page.onDisk("base.cfg")).toBe(BASE.replace("[location]", "[place]").replace("${location:", "${place:"));
  expect(await page.onDisk("top.cfg")).toContain("${place:directory}");
});

test("the effective view follows the unsaved text and leads to each place", async () => {
  const page = await openProfile("[tool]\ncommand = echo ${location:version}\n\n[location]\nversion = 2.0\n");
  await page.waitForText("= 2.0");
  await clickWord(page, "command");
  await page.page.keyboard.press("Alt+e");
  await page.tab("[tool]").waitFor();
  const table = page.page.getByRole("table", { name: "Effective values of tool" });
  await table.getByText("echo 2.0").waitFor();
  await page.tab("top.cfg").click();
  await page.typeAtEnd("more = new\n");
  await page.page.keyboard.press("Control+Home");
  await page.tab("[tool]").click();
  await page.page.getByRole("combobox", { name: "Section" }).selectOption("location");
  const other = page.page.getByRole("table", { name: "Effective values of location" });
  await other.getByText("new", { exact: true }).waitFor();
  await other.getByRole("button", { name: /base\.cfg:6$/ }).click();
  await page.tab("base.cfg").waitFor();
});

test("what a profile extends, as a tree and as a graph, and its parts in build order", async () => {
  const page = await openProfile("", "base.cfg\n  gone.cfg");
  await page.runCommand("Profile: Show what this profile extends");
  const tree = page.page.getByRole("tree", { name: "Extended files" });
  await tree.getByRole("treeitem").filter({ hasText: "base.cfg" }).waitFor();
  await tree.getByRole("treeitem").filter({ hasText: "cannot be read" }).waitFor();
  await page.button("As a graph").click();
  await page.page.locator(".react-flow__node").filter({ hasText: "base.cfg" }).waitFor();
  await page.runCommand("Profile: Show parts in build order");
  const parts = page.page.getByRole("table", { name: "Parts in build order" });
  await parts.getByText("plone.recipe.command").waitFor();
});

test("sections of the file after @ and of the workspace after #", async () => {
  const page = await openProfile("[mine]\na = 1\n");
  await page.waitForText("[mine]");
  await page.typeInPalette("@mine");
  await page.page.getByRole("option", { name: "mine" }).first().waitFor();
  await page.typeInPalette("#location");
  await page.page
    .getByRole("option", { name: `location ${page.folder}/base.cfg` })
    .first()
    .click();
  await page.tab("base.cfg").waitFor();
  await page.page.getByText("Ln 5, Col 2", { exact: false }).waitFor();
});

/** A page with these files in a folder of their own, the first one open. */
async function openFolder(files: Readonly<Record<string, string>>): Promise<OpenedPage & { folder: string }> {
  number += 1;
  const folder = `folder-${number}`;
  await webrunner.api("POST", "/projects/sample/entries", { path: folder, kind: "directory" });
  for (const [name, text] of Object.entries(files)) await webrunner.writeFile(`${folder}/${name}`, text);
  const [first] = Object.keys(files);
  opened = await webrunner.openPage({ path: `/?open=${folder}/${first}` });
  await opened.tab(first!).waitFor();
  await problems(opened.page).waitFor();
  return { ...opened, folder };
}

test("a description of a release and its schema have problems, and lead to each other", async () => {
  const page = await openFolder({
    "software.cfg.json": `{
  "serialisation": "xml",
  "software-type": {
    "default": { "request": "input-schema.json", "response": "gone.json" }
  }
}
`,
    "input-schema.json": '{ "properties": { "port": { "type": "integer", "default": "80" } } }\n',
  });
  await waitForErrors(page.page, 1);
  await problems(page.page).click();
  const panel = page.page.getByRole("tree", { name: "Problems" });
  await panel.getByRole("treeitem").filter({ hasText: "gone.json" }).waitFor();
  await clickWord(page, "input-schema");
  await page.page.keyboard.press("F12");
  await page.tab("input-schema.json").waitFor();
  await panel.getByRole("treeitem").filter({ hasText: "The default does not fit" }).waitFor();
});

test("A8.3: saving a template brings its md5sum in step, as one edit that can be taken back, unless that is switched off", async () => {
  const page = await openFolder({
    "hello.in": "hello\n",
    "buildout.hash.cfg": `[hello]\nfilename = hello.in\nmd5sum = ${"0".repeat(32)}\n`,
  });
  await page.waitForText("hello");
  await page.typeAtEnd("more\n");
  await page.page.keyboard.press("Control+s");
  await page.page.getByRole("tab", { name: /buildout\.hash\.cfg.*unsaved changes/ }).click();
  const digest = createHash("md5").update("hello\nmore\n").digest("hex");
  await page.waitForText(`md5sum = ${digest}`);
  await clickWord(page, "filename");
  await page.page.keyboard.press("Control+z");
  await page.waitForText(`md5sum = ${"0".repeat(32)}`);
  await page.page.keyboard.press("Control+s");
  await page.tab("buildout.hash.cfg").waitFor();

  await page.runCommand("Editor: Toggle updating md5sums on save");
  await page.tab("hello.in").click();
  await page.waitForText("more");
  await page.typeAtEnd("and more\n");
  await page.page.keyboard.press("Control+s");
  await page.tab("hello.in").waitFor();
  // What is written down is wrong then, and said to be.
  await page.tab("buildout.hash.cfg").click();
  await page.waitForText(`md5sum = ${"0".repeat(32)}`);
  await page.page.locator(".squiggly-warning").first().waitFor({ state: "attached" });
});

test("a part is run alone from the line above its section", async () => {
  const page = await openFolder({
    "software.cfg":
      "[buildout]\nparts =\n  one\n  two\n\n[one]\nrecipe = plone.recipe.command\ncommand = true\n\n[two]\nrecipe = plone.recipe.command\ncommand = true\n",
  });
  await page.waitForText("[two]");
  // Whether there is an engine to run it is another matter: what the page asks for is looked at.
  const asked = page.page.waitForRequest((request) => request.method() === "POST" && /\/runs$/.test(request.url()));
  await page.editor.locator(".codelens-decoration a").getByText("Run this part").last().click();
  const body = (await asked).postDataJSON() as { profile: string; parts: readonly string[] };
  expect(body).toMatchObject({ profile: `${page.folder}/software.cfg`, parts: ["two"] });
});
