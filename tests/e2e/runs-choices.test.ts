/** What a person chooses for runs in the page: settings, downloads, keep going, one part, pause, a shell, the debugger. */
import { afterEach, expect, test } from "vitest";
import type { RunSettings, TerminalInfo } from "@/lib/protocol";
import { createFileServer, type FileServer, md5Of } from "../integration/runs/file-server";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";
import { createRunsPage, toWaiting } from "./pages/runs-page";

const TIMEOUT_MS = 240_000;
const PROFILE = "choices/buildout.cfg";

let session: PageSession | undefined;
let web: FileServer | undefined;
afterEach(async () => {
  await session?.close();
  await web?.close();
  session = undefined;
  web = undefined;
});

/** `last` does not use `bad`; of `last`, an option is not used. `parts` are further ones. */
function toProfile(url: string, md5sum: string, bad: string, parts = ""): string {
  return [
    "[buildout]",
    `parts = data bad last ${parts}`,
    "[data]",
    "recipe = slapos.recipe.build:download",
    `url = ${url}`,
    `md5sum = ${md5sum}`,
    "[bad]",
    "recipe = slapos.recipe.build",
    "install =",
    "  import os",
    "  os.mkdir(location)",
    `  ${bad}`,
    "[last]",
    "recipe = slapos.recipe.build",
    "updat = pass",
    "install = import os; os.mkdir(location)",
    "[too]",
    "recipe = slapos.recipe.build",
    "install = raise ValueError('neither')",
    "",
  ].join("\n");
}

test("runs are chosen, fetched before, kept going, paused and taken up by hand", { timeout: TIMEOUT_MS }, async () => {
  web = await createFileServer();
  const body = Buffer.from("data of the test");
  web.files.set("/data", { body });
  session = await openSession();
  const { page, api } = session;
  const runs = createRunsPage(session);
  const picture = (name: string) =>
    process.env.WEBRUNNER_PICTURES
      ? page.screenshot({ path: `${process.env.WEBRUNNER_PICTURES}/${name}.png` })
      : undefined;
  await session.writeFile(PROFILE, toProfile(`${web.url}/gone`, md5Of(body), "raise ValueError('not today')"));
  await page.reload();
  await page.getByRole("button", { name: /^Software release/ }).click();
  await page.getByRole("menuitemcheckbox", { name: /choices/ }).click();

  const choose = async (item: string): Promise<void> => {
    await page.getByRole("button", { name: "More ways to run" }).click();
    await picture("menu");
    await page.getByRole("menuitem", { name: item }).click();
  };
  const showPanel = async (name: string): Promise<void> => {
    const tab = page.getByRole("tab", { name: new RegExp(`^${name}`) });
    if (!(await tab.isVisible())) await page.keyboard.press("Control+j");
    await tab.click();
  };

  // Settings: a wrong number is refused where it stands.
  await choose("Run settings…");
  const dialog = page.getByRole("dialog", { name: "Run settings" });
  await dialog.getByLabel("Jobs of make").fill("2");
  await dialog.getByLabel("Niceness").fill("40");
  await dialog.getByText("A whole number from 0 to 19, or empty").waitFor();
  expect(await dialog.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  await picture("settings");
  await dialog.getByLabel("Niceness").fill("5");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await api<RunSettings>("GET", `/projects/${PROJECT}/run-settings`)).toEqual({
    jobs: 2,
    nice: 5,
    preflight: true,
    keepGoing: false,
  });

  // The plan knows what is to be fetched, and after asking what cannot be had.
  await showPanel("Plan");
  await page.getByText("1 file to download, size unknown").waitFor();
  await page.getByRole("button", { name: "Check downloads" }).click();
  const dead = page.getByRole("list", { name: "Downloads that cannot be had" });
  await dead.getByText("404 Not Found").waitFor();
  await picture("plan");

  // The run says so within seconds, and nothing was built.
  const first = await runs.finishNext(() => page.keyboard.press("F7"));
  expect(first).toMatchObject({ state: "failed", number: 1 });
  const card = page.getByRole("alert", { name: "Why the run failed" });
  await card.locator("[data-failure-place]").waitFor();
  expect(await card.locator("[data-failure-place]").textContent()).toBe(`${PROFILE}:5:7`);
  expect(await card.locator("[data-error-line]").textContent()).toContain("404 Not Found");
  await picture("card-download");

  // Mended in the file; the run keeps going past the parts that fail, and the card has each with its cause and place.
  await session.writeFile(PROFILE, toProfile(`${web.url}/data`, md5Of(body), "raise ValueError('not today')", "too"));
  const second = await runs.finishNext(() => choose("Run software, keep going after failures"));
  expect(second).toMatchObject({ state: "failed", keepGoing: true, partsDone: 4, number: 2 });
  const causes = card.locator("[data-cause]");
  await until(async () => (await causes.count()) === 2, { what: "both causes" });
  expect(await causes.locator("[data-failure-place]").allTextContents()).toEqual([
    `${PROFILE}:12:3`,
    `${PROFILE}:19:1`,
  ]);
  expect(await causes.locator("[data-error-line]").allTextContents()).toEqual([
    "ValueError: not today",
    "ValueError: neither",
  ]);
  await picture("card");
  // What the engine warned of beside stands below it.
  const warned = page.getByText("1 warning", { exact: true });
  await warned.click();
  const warnings = page.getByRole("list", { name: "What the engine warned of" });
  await warnings.getByRole("button", { name: `${PROFILE}:15:1` }).waitFor();
  await warnings.getByRole("button", { name: "Did you mean update?" }).waitFor();
  await warned.click();

  // It stands among the problems with its number, leads to the line, and greys when that is edited.
  await showPanel("Problems");
  const problems = page.getByRole("treeitem").filter({ hasText: "run #2" });
  const problem = problems.filter({ hasText: "not today" });
  await problem.waitFor();
  expect(await problems.count()).toBe(3);
  const warning = problems.filter({ hasText: "unused option(s): 'updat'" });
  await warning.getByLabel("Warning", { exact: true }).waitFor();
  await picture("problems");
  await problem.dblclick();
  await page.locator('[data-region="status"]').getByText("Ln 12, Col 3").waitFor();
  await page.keyboard.type("pass # ");
  await problem.getByLabel("Error before the file was edited").waitFor();
  await warning.getByLabel("Warning before the file was edited").waitFor();
  await picture("problems-stale");

  // One part alone, from the card.
  await showPanel("Runs");
  const third = await runs.finishNext(() => card.getByRole("button", { name: "Retry part" }).first().click());
  expect(third).toMatchObject({ state: "succeeded", parts: ["bad"] });
  expect((await runs.readLogFile(third.id)).toString()).not.toContain("last");
  // The warning of a part that was not taken up stands, also after a run that succeeded.
  await page.getByText("said by run #2").waitFor({ state: "attached" });
  await showPanel("Problems");
  await warning.waitFor();
  await until(async () => (await problem.count()) === 0, { what: "the problem to go" });
  await showPanel("Runs");

  // Paused and resumed by the button of the run.
  const gate = "choices/gate";
  const waiting = `import time; ${toWaiting(session, gate)}; raise ValueError`;
  await session.writeFile(PROFILE, toProfile(`${web.url}/data`, md5Of(body), waiting));
  const fourth = await runs.finishNext(async () => {
    await page.keyboard.press("F7");
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.locator("[data-run-state]").getByText("Paused").waitFor();
    expect((await runs.newestRun()).paused).toBe(true);
    await picture("paused");
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await page.locator("[data-run-state]").getByText("Running").waitFor();
    await session!.writeFile(gate, "");
  });
  expect(fourth.state).toBe("failed");

  // By hand: a shell where the part was built, and the debugger.
  await card.getByRole("button", { name: "Shell" }).click();
  await page
    .getByRole("tab", { name: /Part bad/ })
    .or(page.getByText("Part bad", { exact: true }))
    .first()
    .waitFor();
  await picture("shell");
  await choose("Run software in the debugger");
  await page.locator(".xterm-rows").getByText("(Pdb)").first().waitFor({ timeout: 60_000 });
  await picture("debugger");
  const { terminals } = await api<{ terminals: TerminalInfo[] }>("GET", `/projects/${PROJECT}/terminals`);
  expect(terminals.map(({ name }) => name)).toEqual(["Part bad", "Debugger"]);
  expect(session.errors).toEqual([]);
});
