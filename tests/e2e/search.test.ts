/** Finding and replacing in all files, with the keys and buttons that a person uses. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

// A step is seconds on a machine that also builds; what hangs is told by the step that it hangs in.
vi.setConfig({ testTimeout: 90_000 });

let webrunner: Webrunner;
let opened: OpenedPage;
beforeAll(async () => {
  webrunner = await startWebrunner();
});
afterAll(() => webrunner?.close());
beforeEach(async () => {
  opened = await webrunner.openPage();
});
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await opened.context.close();
});

const view = () => {
  const side = opened.page.getByRole("complementary", { name: "Search" });
  return {
    side,
    find: side.getByRole("textbox", { name: "Find in files" }),
    replacement: side.getByRole("textbox", { name: "Replacement" }),
    outcome: side.getByRole("status").last(),
    row: (name: string | RegExp) => side.getByRole("treeitem", { name }),
    button: (name: string) => side.getByRole("button", { name, exact: true }),
  };
};

test("a word that is selected is found in all files, and a result opens at its place", async () => {
  await webrunner.writeFile("notes/one.txt", "first\n  a quince here\n");
  await webrunner.writeFile("notes/two.cfg", "Quince and quince\n");
  await opened.openByName("notes/one.txt");
  await opened.waitForText("a quince here");
  await opened.page.getByText("quince", { exact: false }).first().dblclick();
  await opened.page.keyboard.press("Control+Shift+f");
  const { find, outcome, row, button, side } = view();
  expect(await find.inputValue()).toBe("quince");
  await expect.poll(() => outcome.textContent()).toBe("3 results in 2 files.");
  await button("Match case").click();
  await expect.poll(() => outcome.textContent()).toBe("2 results in 2 files.");
  await button("Only some files…").click();
  await side.getByLabel("Only in").fill("*.cfg");
  await expect.poll(() => outcome.textContent()).toBe("1 result in 1 file.");
  await row(/and quince/).click();
  await opened.tab("two.cfg").waitFor();
  await expect.poll(() => opened.page.getByText("Ln 1, Col 12").count()).toBe(1);
  await button("Regular expression").click();
  await find.fill("(");
  await side.getByText(/cannot be searched for/).waitFor();
});

test("replacing shows what will be, changes open and closed files, and is taken back", async () => {
  await webrunner.writeFile("fruit/open.txt", "pear pear\n");
  await webrunner.writeFile("fruit/closed.txt", "a pear\n");
  await webrunner.writeFile("fruit/kept.txt", "pear\n");
  await opened.openByName("fruit/open.txt");
  await opened.waitForText("pear pear");
  await opened.page.keyboard.press("Control+Shift+h");
  const { find, replacement, outcome, row, button } = view();
  await find.fill("p(ear)");
  await button("Regular expression").click();
  await replacement.fill("b$1");
  await row(/a pearbear/).waitFor();
  await row(/kept\.txt/).hover();
  await row(/kept\.txt/)
    .getByRole("button", { name: "Take out of the results" })
    .click();
  await expect.poll(() => outcome.textContent()).toBe("3 results in 2 files.");
  await button("Replace all").click();
  await opened.page.getByRole("alertdialog").getByRole("button", { name: "Replace", exact: true }).click();
  await opened.page.getByText("3 replaced in 2 files").waitFor();
  await opened.waitForText("bear bear");
  expect((await webrunner.readFile("fruit/open.txt")).text).toBe("bear bear\n");
  expect((await webrunner.readFile("fruit/closed.txt")).text).toBe("a bear\n");
  expect((await webrunner.readFile("fruit/kept.txt")).text).toBe("pear\n");
  await opened.button("Undo").click();
  await opened.waitForText("pear pear");
  await expect.poll(async () => (await webrunner.readFile("fruit/closed.txt")).text).toBe("a pear\n");
});
