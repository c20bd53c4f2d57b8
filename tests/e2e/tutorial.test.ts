/**
 * A new user in Chromium: from the first page through every step of the tutorial by its own button, to a pushed commit in
 * a fork on a git server, a verified run, and an instance that was broken and mended. One story, one server.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toBusyLimit } from "../integration/busy-limit";
import { type Forge, startForge } from "../integration/git/forge";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";

const STEP_MS = 180_000;
const SHOTS = process.env.WEBRUNNER_SHOTS;

let session: PageSession;
let forge: Forge;

beforeAll(async () => {
  forge = await startForge("fork");
  session = await openSession();
}, STEP_MS);
afterAll(async () => {
  await session?.close();
  await forge?.close();
});

const workspace = (): string => join(session.dataDirectory, "projects", PROJECT, "workspace");
const git = (directory: string, ...args: string[]): string =>
  execFileSync("git", ["-C", directory, "-c", "safe.directory=*", ...args], { encoding: "utf8" }).trim();

async function shoot(name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await session.page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

const openHelp = async (item: string): Promise<void> => {
  await session.page.getByRole("button", { name: "Help", exact: true }).click();
  await session.page.getByRole("menuitem", { name: item }).click();
};

const link = (step: number) => session.page.locator(`[data-step-link="step-${step}"]`);

/** The text editor, once it has the file. */
const editorOf = (path: string): Locator =>
  session.page.locator("[data-editor-group]").filter({ has: session.page.getByLabel(`${path}, editor`) });

/** Of the egg in development mode; the lines above its recipes say the same. */
const chip = (): Locator =>
  session.page.locator('[data-region="status"]').getByRole("button", { name: /hello\.recipe ⟵ workspace/ });

async function showStep(step: number): Promise<void> {
  const { page } = session;
  if ((await page.locator("[data-tutorial]").count()) === 0) await openHelp("Customize SlapOS");
  await link(step).click();
  await page.locator(`article[data-step="step-${step}"]`).waitFor();
}

async function doStep(step: number, values: Readonly<Record<string, string>> = {}): Promise<void> {
  const { page } = session;
  await showStep(step);
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Do it", exact: true }).click();
  const failed = page.locator('article[data-step] [role="alert"]');
  await until(
    async () => {
      if (await failed.isVisible()) throw new Error(`step ${step}: ${await failed.textContent()}`);
      return (await link(step).getAttribute("data-step-done")) === "true";
    },
    { timeoutMs: STEP_MS, everyMs: 200, what: `step ${step} is green` },
  );
  await shoot(`step-${step}`);
}

describe("a new user", { timeout: STEP_MS }, () => {
  it("sees on the first page what is missing, each with a button", async () => {
    const { page } = session;
    const checklist = page.getByRole("region", { name: "First-run checklist" });
    await until(async () => (await checklist.getAttribute("data-doctor-ok")) === "false", { what: "the checklist" });
    const red = checklist.locator('[data-check-ok="false"]');
    expect(await red.evaluateAll((lines) => lines.map((line) => line.getAttribute("data-check")))).toContain(
      "identity",
    );
    await shoot("welcome");
  });

  it("A0.1, A0.2: finds the tutorial in the Help menu, eleven steps, none of them green", async () => {
    const { page } = session;
    await openHelp("Customize SlapOS");
    await link(11).waitFor();
    expect(await page.locator("[data-step-link]").count()).toBe(11);
    await link(6).click();
    await page.getByRole("heading", { name: "Try it in the sandbox" }).waitFor();
    expect(await page.locator('[data-step-link][data-step-done="true"]').count()).toBe(0);
  });

  it("is shown what each step is about", async () => {
    const { page } = session;
    const shown: Readonly<Record<number, Locator>> = {
      1: page.getByRole("region", { name: "First-run checklist" }),
      2: editorOf("software/hello-web/software.cfg"),
      5: page.getByRole("region", { name: "Sources of extends" }),
      7: page.getByRole("textbox", { name: "Commit message" }),
      8: editorOf("software/hello-web/app.py.in"),
      9: page.getByRole("combobox", { name: "Which egg of recipes?" }),
      10: page.locator("[data-run-all]"),
      11: page.getByText("No instance yet"),
    };
    for (const [step, place] of Object.entries(shown)) {
      await showStep(Number(step));
      await page.getByRole("button", { name: "Show me", exact: true }).click();
      await place.waitFor();
      if (step === "9") await page.keyboard.press("Escape");
    }
    await showStep(6);
  });

  it("goes through it in the presentation by the arrow keys", async () => {
    const { page } = session;
    await page.getByRole("button", { name: "Present full screen" }).click();
    await page.locator('[data-tutorial-slide="6"]').waitFor();
    await page.keyboard.press("ArrowRight");
    await page.locator('[data-tutorial-slide="7"]').waitFor();
    await shoot("slide");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.locator('[data-tutorial-slide="5"]').waitFor();
    await page.keyboard.press("Escape");
    await until(async () => (await page.locator("[data-tutorial-slide]").count()) === 0);
  });

  it("does the first six steps: a release of one's own with an override, built", async () => {
    await doStep(1, { "Your name": "Ada", "Your email": "ada@example.com" });
    for (const step of [2, 3, 4, 5, 6]) await doStep(step);
    const [greeter] = execFileSync(
      "find",
      [join(session.dataDirectory, "projects", PROJECT, "slapos/soft"), "-path", "*my-greeter/bin/greeter"],
      { encoding: "utf8" },
    ).split("\n");
    expect(execFileSync(greeter!, ["Hello", "you"], { encoding: "utf8" })).toBe("Hello, you?\n");
  });

  it("promotes it, pushes the commit to the fork, and verifies it by a run", async () => {
    const { user, password } = forge.login;
    await doStep(7, { "URL of your fork": forge.url("fork"), User: user, "Token or password": password });
    const head = git(workspace(), "rev-parse", "HEAD");
    expect(git(forge.path("fork"), "rev-parse", "--all")).toContain(head);
    expect(git(workspace(), "log", "-1", "--format=%an %s")).toMatch(/^Ada component\/my-greeter: /);
    expect(readFileSync(join(workspace(), "component/my-greeter/buildout.cfg"), "utf8")).toContain("--with-mark=?");
  });

  it("A0.3, A0.4: is where it was after a reload, and a link leads to a step", async () => {
    const { page, server } = session;
    await page.goto(`${server.url}/tutorial/customize-slapos#step-8`);
    await page.getByRole("heading", { name: "Configuration files are templates" }).waitFor();
    await until(async () => (await page.locator('[data-step-link][data-step-done="true"]').count()) === 7);
    await link(3).click();
    await until(() => new URL(page.url()).hash === "#step-3");
    // A link that is followed on the page itself.
    await page.goto(`${server.url}/tutorial/customize-slapos#step-5`);
    await page.getByRole("heading", { name: "Check what you extend" }).waitFor();
    // One that is followed while the page still writes the address of the step before.
    await link(3).evaluate((element) => {
      (element as HTMLButtonElement).click();
      window.location.hash = "#step-8";
    });
    await page.getByRole("heading", { name: "Configuration files are templates" }).waitFor();
  });

  it("A1.2: sees within five seconds, without a reload, that the proxy does not answer", async () => {
    const { page } = session;
    await openHelp("Welcome");
    const engine = page.locator('[data-check="engine"]');
    await until(async () => (await engine.getAttribute("data-check-ok")) === "true");
    const pids = execFileSync("pgrep", ["-f", `webrunner_engine proxy --spec ${session.dataDirectory}`], {
      encoding: "utf8",
    });
    const limitMs = toBusyLimit(5_000);
    const groups = pids.trim().split("\n").map(Number);
    try {
      for (const pid of groups) process.kill(pid, "SIGSTOP");
      await until(async () => (await engine.getAttribute("data-check-ok")) === "false", {
        timeoutMs: limitMs,
        what: "red",
      });
    } finally {
      for (const pid of groups) process.kill(pid, "SIGCONT");
    }
    await until(async () => (await engine.getAttribute("data-check-ok")) === "true", { what: "green again" });
  });

  it("does the rest: a template, a recipe in development mode, Run all, a broken instance", {
    timeout: 3 * STEP_MS,
  }, async () => {
    const { page } = session;
    await doStep(8);
    await doStep(9);
    await chip().waitFor();
    await doStep(10);
    await doStep(11);
    expect(await page.locator('[data-step-link][data-step-done="true"]').count()).toBe(11);
  });

  it("A3.1: opens a component by its letters", async () => {
    await session.openByName("c:gre");
    await editorOf("component/greeter/buildout.cfg").waitFor();
  });

  it("A10.3: tests the recipe of the section at the cursor by Ctrl+Alt+T", async () => {
    const { page } = session;
    await session.openByName("software/hello-web/software.cfg:26");
    await page.locator(".monaco-editor .view-line", { hasText: "frame = *" }).first().waitFor();
    await until(async () => /Ln 26/.test((await page.locator('[data-region="status"]').textContent()) ?? ""));
    await page.keyboard.press("Control+Alt+t");
    await page.getByText("The recipe made parts/greeting-card/card.txt").first().waitFor({ timeout: 60_000 });
    await page.locator('[data-run-state="succeeded"]').first().waitFor({ timeout: 30_000 });
    await shoot("recipe-test");
  });

  it("A9.2: goes back to the released egg by one click on the chip", async () => {
    const { page } = session;
    await chip().click();
    await page.getByRole("option", { name: /Back to the released hello\.recipe/ }).click();
    await until(async () => (await chip().count()) === 0);
  });

  it("A10.4: runs all by F8, and opens the service", async () => {
    const { page } = session;
    await page.keyboard.press("F8");
    const panel = page.locator("[data-run-all]");
    await until(async () => (await panel.getAttribute("data-run-all")) === "running", { what: "Run all begins" });
    await until(async () => (await panel.getAttribute("data-run-all")) !== "running", { timeoutMs: STEP_MS });
    await shoot("run-all");
    expect(await panel.getAttribute("data-run-all")).toBe("succeeded");
    await panel.getByRole("button", { name: "Open" }).click();
    await page
      .getByRole("tab", { name: /service/ })
      .first()
      .waitFor();
  });

  it("A9.3: is told of the tutorial's old hack when it is pasted, and converts it", async () => {
    const { page } = session;
    await session.writeFile(
      "software/pasted/software.cfg",
      "[buildout]\nextends =\n  ../hello-web/software.cfg\n\nslaposcookbook_recipe_location = ${:parts-directory}/slaposcookbook\ndevelop =\nrecipe = plone.recipe.command\nrepository = http://localhost:1/slapos.git\ncommand = ${:git} clone ${:repository} ${:location}\n",
    );
    await session.openByName("software/pasted/software.cfg");
    const marked = page.locator(".monaco-editor .squiggly-warning").first();
    await marked.waitFor({ state: "attached", timeout: 30_000 });
    await page.locator(".monaco-editor .view-line", { hasText: "plone.recipe.command" }).first().click();
    await page.keyboard.press("Control+.");
    await page.getByText("Convert to recipe development mode").first().click();
    // The workspace has no checkout of slapos.cookbook: the address is that of the hack.
    const address = page.getByRole("dialog").getByRole("textbox");
    await address.waitFor();
    expect(await address.inputValue()).toBe("http://localhost:1/slapos.git");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await until(
      async () => (await page.locator(".monaco-editor .view-line", { hasText: "plone.recipe.command" }).count()) === 0,
    );
    await session.runToList("Recipe: Develop from source", /^hello\.recipe/);
    await chip().waitFor();
    expect(session.errors).toEqual([]);
  });
});
