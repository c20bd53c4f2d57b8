/** Everything that can be done to files from the explorer, by mouse and by keys, and that the disk agrees. */
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { until } from "../integration/until";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

// A step is seconds on a machine that also builds; what hangs is told by the step that it hangs in.
vi.setConfig({ testTimeout: 90_000 });

let webrunner: Webrunner;
let opened: OpenedPage | undefined;
beforeAll(async () => {
  webrunner = await startWebrunner();
});
afterAll(() => webrunner?.close());
afterEach(async () => {
  expect(opened?.complaints ?? []).toEqual([]);
  await opened?.context.close();
  opened = undefined;
});
const open = async (): Promise<OpenedPage> => {
  opened = await webrunner.openPage();
  return opened;
};
const exists = (path: string): Promise<boolean> =>
  access(join(webrunner.workspace, path)).then(
    () => true,
    () => false,
  );

test("make a folder and a file, rename, copy, move and delete", async () => {
  const { page, entry, answerText, chooseFromMenu, tab, button } = await open();
  await button("New folder").click();
  await answerText("first/inner");
  await entry("inner").waitFor();

  await chooseFromMenu("inner", "New file…");
  await answerText("notes.cfg");
  await tab("notes.cfg").waitFor();
  expect(await exists("first/inner/notes.cfg")).toBe(true);

  await entry("notes.cfg").click();
  await page.keyboard.press("F2");
  await answerText("renamed.cfg");
  await entry("renamed.cfg").waitFor();
  await tab("renamed.cfg").waitFor();
  expect(await exists("first/inner/notes.cfg")).toBe(false);
  // What git says of a file stands beside its name.
  await expect.poll(() => entry("renamed.cfg").getAttribute("aria-description")).toBe("untracked");

  await entry("renamed.cfg").click();
  await page.getByRole("tree").focus();
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await entry("renamed copy.cfg").waitFor();

  await chooseFromMenu("renamed copy.cfg", "Move…");
  await answerText("first/moved.cfg");
  await entry("moved.cfg").waitFor();
  expect(await exists("first/moved.cfg")).toBe(true);

  await entry("moved.cfg").dragTo(entry("inner"));
  await until(() => exists("first/inner/moved.cfg"), { what: "the dragged file in its new folder" });

  await entry("first").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("everything in it").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await exists("first")).toBe(true);
  await chooseFromMenu("first", "Delete…");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await entry("first").waitFor({ state: "detached" });
  expect(await exists("first")).toBe(false);
});

test("a name that is taken or cannot be one is refused with a sentence", async () => {
  const { page, button } = await open();
  await button("New file").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("../outside");
  await dialog.getByText("This is not a path in the workspace.").waitFor();
  expect(await dialog.getByRole("button", { name: "Create" }).isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("setup.py");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("alert").getByText("already something with this name").waitFor();
});

test("upload, ask before replacing, and download", async () => {
  const { page, entry, button, chooseFromMenu } = await open();
  const upload = async (name: string, text: string): Promise<void> => {
    const chooser = page.waitForEvent("filechooser");
    await chooseFromMenu("stack", "Upload files…");
    await (await chooser).setFiles([{ name, mimeType: "text/plain", buffer: Buffer.from(text) }]);
  };
  await upload("Ünïcode upload.bin", "one");
  await entry("Ünïcode upload.bin").waitFor();
  await upload("Ünïcode upload.bin", "two");
  await button("Keep what is there").click();
  expect(await readFile(join(webrunner.workspace, "stack/Ünïcode upload.bin"), "utf8")).toBe("one");
  await upload("Ünïcode upload.bin", "three");
  await button("Replace").click();
  const path = join(webrunner.workspace, "stack/Ünïcode upload.bin");
  await until(async () => (await readFile(path, "utf8")) === "three", { what: "the replaced file" });

  const download = page.waitForEvent("download");
  await chooseFromMenu("Ünïcode upload.bin", "Download");
  const got = await (await download).path();
  expect(await readFile(got, "utf8")).toBe("three");
});

test("files dropped from outside are uploaded to the folder under the pointer", async () => {
  const { page, entry } = await open();
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
    return data;
  });
  await entry("component").dispatchEvent("dragover", { dataTransfer: transfer });
  await entry("component").dispatchEvent("drop", { dataTransfer: transfer });
  await until(() => exists("component/dropped.txt"), { what: "the dropped file" });
  expect(await readFile(join(webrunner.workspace, "component/dropped.txt"), "utf8")).toBe("dropped");
});

test("the tree is walked by keys alone", async () => {
  const { page, entry, tab } = await open();
  await page.getByRole("tree").focus();
  await page.keyboard.press("Home");
  await page.keyboard.type("sof");
  expect(await entry("software").getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("ArrowRight");
  await entry("hello-web").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await entry("software.cfg").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("software.cfg");
  await page.keyboard.press("Enter");
  await tab("software.cfg").waitFor();
  // Enter leads into the text, as soon as the editor is there.
  await page.locator("[data-editor-group] .monaco-editor.focused").waitFor();
  await page.getByRole("tree").focus();
  await page.keyboard.press("ArrowLeft");
  expect(await entry("hello-web").getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("ArrowLeft");
  expect(await entry("hello-web").getAttribute("aria-expanded")).toBe("false");
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menu", { name: "hello-web" }).waitFor();
  await page.keyboard.press("Escape");
});

test("what another program does to the disk is shown", async () => {
  const { entry } = await open();
  await writeFile(join(webrunner.workspace, "from-outside.cfg"), "[a]\n");
  await entry("from-outside.cfg").waitFor({ timeout: 5_000 });
});

test("a folder of 10,000 files scrolls and holds few rows", async () => {
  await webrunner.api("POST", "/projects/sample/entries", { path: "many", kind: "directory" });
  const folder = join(webrunner.workspace, "many");
  const names = Array.from({ length: 10_000 }, (_, index) => `file-${String(index).padStart(5, "0")}.cfg`);
  for (let at = 0; at < names.length; at += 500)
    await Promise.all(names.slice(at, at + 500).map((name) => writeFile(join(folder, name), "")));
  const { page, entry, openInExplorer } = await open();
  await openInExplorer("many");
  await entry("file-00000.cfg").waitFor();
  await page.getByRole("tree").focus();
  await page.keyboard.type("file-09999");
  await entry("file-09999.cfg").waitFor();
  expect(await page.getByRole("treeitem").count()).toBeLessThan(120);
});
