/** What is typed is not lost: over a reload, a closed page, a killed server, another browser. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Draft } from "@/lib/protocol";
import { until } from "../integration/until";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

// A step is seconds on a machine that also builds; what hangs is told by the step that it hangs in.
vi.setConfig({ testTimeout: 90_000 });

let webrunner: Webrunner;
const opened: OpenedPage[] = [];
let number = 0;
beforeAll(async () => {
  webrunner = await startWebrunner();
});
afterAll(() => webrunner?.close());
afterEach(async () => {
  await webrunner.ensureServer();
  for (const { context, complaints } of opened.splice(0)) {
    expect(complaints).toEqual([]);
    await context.close();
  }
});

async function openFile(text: string): Promise<OpenedPage & { path: string }> {
  number += 1;
  const path = `draft-${number}.cfg`;
  await webrunner.writeFile(path, text);
  const page = await webrunner.openPage({ path: `/?open=${path}` });
  opened.push(page);
  await page.tab(path).waitFor();
  await page.waitForText(text.trim());
  return { ...page, path };
}
const listDrafts = async (): Promise<Draft[]> =>
  (await webrunner.api<{ drafts: Draft[] }>("GET", "/projects/sample/drafts")).drafts;
const waitForServerDraft = (path: string, text: string): Promise<unknown> =>
  until(async () => (await listDrafts()).some((draft) => draft.path === path && draft.text.includes(text)), {
    timeoutMs: 6_000,
    what: "the draft on the server",
  });

test("the server has what was typed within five seconds, and drops it when it is saved (D1, D2)", async () => {
  const { page, typeAtEnd, path, tab } = await openFile("[a]\n");
  await typeAtEnd("typed = 1");
  await waitForServerDraft(path, "typed = 1");
  await page.keyboard.press("Control+s");
  await tab(path).waitFor();
  await until(async () => (await listDrafts()).every((draft) => draft.path !== path), { what: "the draft to be gone" });
});

test("a reload brings the text back as unsaved, and Discard takes the file (D3)", async () => {
  const { page, typeAtEnd, path, tab, waitForText, button } = await openFile("[a]\n");
  await typeAtEnd("typed = 1");
  await tab(`${path}, unsaved changes`).waitFor();
  await page.reload();
  await tab(`${path}, unsaved changes`).waitFor();
  await waitForText("typed = 1");
  await page.getByText("was restored").waitFor();
  expect((await webrunner.readFile(path)).text).toBe("[a]\n");
  await button("Discard it").click();
  await tab(path).waitFor();
  await page.reload();
  await waitForText("[a]");
  expect(await tab(`${path}, unsaved changes`).count()).toBe(0);
});

test("a closed page, and another browser, find the text; a newer file is not overwritten silently (D3)", async () => {
  const first = await openFile("[a]\n");
  await first.typeAtEnd("typed = 1");
  await waitForServerDraft(first.path, "typed = 1");
  await first.page.close();
  await webrunner.writeFile(first.path, "[a]\nnewer = 2\n");

  const other = await webrunner.openPage();
  opened.push(other);
  await other.page.getByText(`Unsaved text of ${first.path} was kept`).waitFor();
  await other.button("Open").click();
  await other.waitForText("typed = 1");
  await other.page.getByText("The file changed on disk").waitFor();
  await other.page.keyboard.press("Control+s");
  const dialog = other.page.getByRole("alertdialog");
  await dialog.waitFor();
  expect((await webrunner.readFile(first.path)).text).toBe("[a]\nnewer = 2\n");
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  await other.tab(first.path).waitFor();
});

test("the server is killed: the page says so, keeps the text, comes back without a reload, and saves (FT2, FT8)", async () => {
  const { page, typeAtEnd, path, tab } = await openFile("[a]\n");
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  await typeAtEnd("before = 1\n");
  await webrunner.killServer();
  await page.getByText("The server is away.").waitFor();
  await page.keyboard.type("while = away");
  await page.keyboard.press("Control+s");
  await page.getByText("is not saved yet").waitFor();
  await webrunner.restartServer();
  const backAt = Date.now();
  await page.getByText("Connected").waitFor({ timeout: 10_000 });
  expect(Date.now() - backAt).toBeLessThan(10_000);
  await tab(path).waitFor();
  expect((await webrunner.readFile(path)).text).toBe("[a]\nbefore = 1\nwhile = away");
  expect(await page.evaluate(() => "neverReloaded" in window)).toBe(true);
});

test("the server is killed and the page closed: the browser alone has the text", async () => {
  const first = await openFile("[a]\n");
  // What the page still fetches when the server goes is an error of the browser's, and not what is asked here.
  await expect.poll(() => first.page.workers().length).toBeGreaterThan(0);
  await Promise.all(first.page.workers().map((worker) => worker.evaluate(() => true)));
  await webrunner.killServer();
  await first.typeAtEnd("only = here");
  await first.tab(`${first.path}, unsaved changes`).waitFor();
  await until(
    () => first.page.evaluate(readShelvedTexts).then((texts) => texts.some((text) => text.includes("only = here"))),
    {
      timeoutMs: 2_000,
      what: "the draft in the browser",
    },
  );
  await first.page.close();
  await webrunner.restartServer();
  const second = await webrunner.openTab(first);
  await second.tab(`${first.path}, unsaved changes`).waitFor();
  await second.waitForText("only = here");
});

test("two pages of one browser keep their texts apart, and the second save is a conflict (FT13)", async () => {
  const one = await openFile("[a]\n");
  const two = await webrunner.openTab(one, `/?open=${one.path}`);
  await two.waitForText("[a]");
  await one.typeAtEnd("one = 1");
  await two.typeAtEnd("two = 2");
  await one.page.keyboard.press("Control+s");
  await one.tab(one.path).waitFor();
  await two.page.getByText("The file changed on disk").waitFor();
  await two.page.keyboard.press("Control+s");
  await two.page.getByRole("alertdialog").waitFor();
  expect((await webrunner.readFile(one.path)).text).toBe("[a]\none = 1");
  await two.button("Keep mine").click();
  await two.tab(one.path).waitFor();
  await one.waitForText("two = 2");
});

/** Runs in the page. */
function readShelvedTexts(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("webrunner");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const all = request.result.transaction("drafts").objectStore("drafts").getAll();
      all.onsuccess = () => resolve(all.result.map(({ text }: { text: string }) => text));
      all.onerror = () => reject(all.error);
    };
  });
}
