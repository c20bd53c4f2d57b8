/** The page as a whole: regions, keys, themes, sizes, and that nothing overlaps or leaves this server. */
import { execFileSync } from "node:child_process";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
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

const PROFILE = "/?open=software/hello-web/software.cfg";

/** Controls that cover each other, or stick out of the page. */
function findOverlaps(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const name = (element: Element): string =>
      element.getAttribute("aria-label") ?? element.textContent?.slice(0, 30) ?? element.tagName;
    const controls = [...document.querySelectorAll("[data-region] button, [data-region] a, [data-region] input")]
      .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      .filter((element) => !element.closest(".monaco-editor") && !element.closest("[role=tablist], [data-tab-strip]"));
    const boxes = controls.map((element) => ({ element, box: element.getBoundingClientRect() }));
    for (const { element, box } of boxes)
      if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1)
        found.push(`out: ${name(element)}`);
    for (const [index, a] of boxes.entries())
      for (const b of boxes.slice(index + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (width > 1 && height > 1) found.push(`${name(a.element)} × ${name(b.element)}`);
      }
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
    return found;
  });
}

const SIZES = { wide: [1440, 900], middle: [1024, 768], narrow: [820, 900], phone: [420, 800] } as const;

test.each([
  ["dark", ["wide", "middle", "narrow", "phone"]],
  ["light", ["wide", "middle"]],
] as const)("nothing overlaps at any size, %s", async (colorScheme, sizes) => {
  opened = await webrunner.openPage({ colorScheme, path: PROFILE });
  await opened.waitForText("[buildout]");
  for (const size of sizes) {
    const [width, height] = SIZES[size];
    await opened.page.setViewportSize({ width, height });
    // Laid out for this size, not for the one before.
    await opened.page.waitForFunction((wanted) => innerWidth === wanted, width);
    await expect.poll(() => findOverlaps(opened!.page), { message: size }).toEqual([]);
  }
});

test("text has contrast in every theme", async () => {
  opened = await webrunner.openPage();
  const { page } = opened;
  for (const theme of ["dark", "light", "high-contrast"]) {
    const weak = await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
      const probe = document.createElement("i");
      document.body.append(probe);
      const read = (token: string): number[] => {
        probe.style.color = `var(--${token})`;
        return (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
      };
      const luminance = ([red = 0, green = 0, blue = 0]: number[]): number => {
        const linear = [red, green, blue].map((value) => {
          const part = value / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
      };
      const contrast = (a: string, b: string): number => {
        const [low = 0, high = 0] = [luminance(read(a)), luminance(read(b))].sort((x, y) => x - y);
        return (high + 0.05) / (low + 0.05);
      };
      const texts = ["text", "muted", "faint", "accent", "good", "bad", "warn"];
      const surfaces = ["bg", "raised", "sunken", "overlay"];
      const syntax = ["section", "option", "reference", "string", "keyword", "number", "comment", "template"];
      const pairs = [
        ...texts.flatMap((text) => surfaces.map((surface) => [text, surface])),
        ...syntax.map((token) => [`syntax-${token}`, "bg"]),
        ["text", "selected"],
        ["on-accent", "accent-fill"],
        ["on-accent", "bad-fill"],
      ];
      return pairs
        .filter(([a, b]) => contrast(a!, b!) < 4.5)
        .map(([a, b]) => `${a} on ${b}: ${contrast(a!, b!).toFixed(2)}`);
    }, theme);
    expect(weak, theme).toEqual([]);
  }
});

test("F6 goes through all regions and back, and every control has a name", async () => {
  opened = await webrunner.openPage({ path: PROFILE });
  const { page, waitForText } = opened;
  await waitForText("[buildout]");
  await page.getByRole("tree").focus();
  const regions: string[] = [];
  const current = () =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>("[data-region]")?.dataset.region ?? "");
  for (let step = 0; step < 5; step++) {
    await page.keyboard.press("F6");
    regions.push(await current());
  }
  expect(new Set(regions)).toEqual(new Set(["editor", "status", "title", "activity", "side"]));
  await page.keyboard.press("Shift+F6");
  expect(await current()).toBe(regions[3]);
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("button, a[href], input")]
      .filter((element) => !element.closest(".monaco-editor"))
      .filter(
        (element) => !element.getAttribute("aria-label") && !element.textContent?.trim() && !element.closest("label"),
      )
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  expect(nameless).toEqual([]);
});

test("the theme follows the system, and a choice stays over a reload without a flash", async () => {
  opened = await webrunner.openPage({ path: PROFILE, colorScheme: "light" });
  const { page, runCommand, waitForText } = opened;
  await waitForText("[buildout]");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const inEditor = () =>
    page.evaluate(() => getComputedStyle(document.querySelector(".monaco-editor-background")!).backgroundColor);
  expect(await background()).toBe("rgb(255, 255, 255)");
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await background();
  expect(dark).not.toBe("rgb(255, 255, 255)");
  await expect.poll(inEditor).toBe(dark);
  await runCommand("Theme: Light");
  expect(await background()).toBe("rgb(255, 255, 255)");
  await expect.poll(inEditor).toBe("rgb(255, 255, 255)");
  await page.reload({ waitUntil: "commit" });
  await page.waitForSelector("body");
  expect(await background()).toBe("rgb(255, 255, 255)");
});

test("side bar and panel: toggled and sized by keys, kept over a reload", async () => {
  opened = await webrunner.openPage();
  const { page, waitUntilReady } = opened;
  const side = page.getByRole("complementary", { name: "Explorer" });
  await page.keyboard.press("Control+b");
  await side.waitFor({ state: "detached" });
  await page.keyboard.press("Control+b");
  const divider = page.getByRole("separator", { name: "Width of the side bar" });
  await divider.focus();
  await page.keyboard.press("Shift+ArrowRight");
  const width = (await side.boundingBox())!.width;
  await page.reload();
  await waitUntilReady();
  expect((await side.boundingBox())!.width).toBe(width);
});

test("a narrow page shows one region at a time, all of them reachable", async () => {
  opened = await webrunner.openPage();
  const { page, entry, openInExplorer, openByName, waitForText } = opened;
  await page.setViewportSize({ width: 390, height: 844 });
  const show = async (view: string) => {
    await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: view, exact: true }).click();
  };
  const editors = page.getByRole("main", { name: "Editors" });
  await show("Explorer");
  await entry("software").waitFor();
  await editors.waitFor({ state: "hidden" });
  // What is opened is shown, from wherever.
  await openInExplorer("software", "hello-web", "software.cfg");
  await editors.waitFor();
  await waitForText("[buildout]");
  await show("Panel");
  await editors.waitFor({ state: "hidden" });
  await openByName("stack/hello");
  await editors.waitFor();
  await show("Search");
  await page.getByRole("textbox", { name: "Find" }).fill("hello.recipe:greeting-card");
  await page.getByRole("treeitem").filter({ hasText: "hello.recipe:greeting-card" }).first().click();
  await editors.waitFor();
  await waitForText("greeting-card");
  await show("Explorer");
  await show("Editor");
  await editors.waitFor();
});

test("a long branch name gives way on a narrow page, how far it is apart does not", async () => {
  opened = await webrunner.openPage();
  const { page } = opened;
  await page.setViewportSize({ width: 390, height: 844 });
  const branch = "a-branch-with-a-name-that-no-status-bar-of-a-phone-has-room-for";
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", webrunner.workspace, "-c", "safe.directory=*", ...words]);
  git("checkout", "-q", "-b", branch);
  git("update-ref", `refs/remotes/origin/${branch}`, "HEAD");
  git("config", "remote.origin.url", "https://forge.example.com/a/b.git");
  git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
  git("config", `branch.${branch}.remote`, "origin");
  git("config", `branch.${branch}.merge`, `refs/heads/${branch}`);
  try {
    const item = page.getByRole("region", { name: "Status bar" }).getByRole("button", { name: branch });
    await item.waitFor();
    await item.getByText("↑0 ↓0").waitFor();
    const width = await item
      .getByText(branch, { exact: true })
      .evaluate((name) => [name.clientWidth, name.scrollWidth]);
    expect(width[0]).toBeLessThan(width[1]!);
    const apart = (await item.getByText("↑0 ↓0").boundingBox())!;
    expect(apart.x + apart.width).toBeLessThan(390);
    expect(await item.getAttribute("data-tip")).toContain(branch);
  } finally {
    git("checkout", "-q", "main");
    git("branch", "-q", "-D", branch);
    git("config", "--remove-section", "remote.origin");
  }
});

test("the keys of every command are listed, and found by command or key", async () => {
  opened = await webrunner.openPage();
  const { page } = opened;
  await opened.button("Account and settings").click();
  await opened.menuItem("Keyboard shortcuts").click();
  const table = page.getByRole("table", { name: "Commands and their keys" });
  await page.getByRole("textbox", { name: "Filter commands" }).fill("software ctrl+shift+b");
  await expect.poll(() => table.getByRole("row").count()).toBe(2);
  expect(await table.getByRole("row").last().textContent()).toContain("F7");
});
