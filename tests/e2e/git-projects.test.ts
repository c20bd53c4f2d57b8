/** Several repositories in one project, and projects that are removed; native git is the witness. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Forge, startForge } from "../integration/git/forge";
import { startWebrunner, type Webrunner } from "./webrunner";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const IDENTITY = { name: "Ada", email: "ada@example.com" };
const at = (path: string): string => `/projects/sample/git/${path}`;
let server: Forge;
let webrunner: Webrunner;
beforeAll(async () => {
  server = await startForge("inner.git");
  webrunner = await startWebrunner();
  await webrunner.api("PUT", at("identity"), IDENTITY);
  await webrunner.api("POST", at("repositories"), { path: "parts/inner", branch: "main" });
  await webrunner.api("PUT", at("identity?repository=parts/inner"), IDENTITY);
  await webrunner.writeFile("parts/inner/a.cfg", "one\ntwo\n");
  await webrunner.api("POST", at("stage?repository=parts/inner"), { paths: ["a.cfg"] });
  await webrunner.api("POST", at("commits?repository=parts/inner"), { message: "Begin inside" });
});
afterAll(async () => {
  await webrunner?.close();
  await server?.close();
});

const git = (directory: string, ...parameters: string[]): string =>
  execFileSync("git", ["-C", directory, "-c", "safe.directory=*", ...parameters], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

test("the repository of a folder is chosen: its changes, lines, commit, push and log; the choice stays", async () => {
  const opened = await webrunner.openPage();
  const { page, button } = opened;
  const inner = join(webrunner.workspace, "parts/inner");
  const row = (key: string) => page.locator(`[data-key="${key}"]`);
  const rootHead = git(webrunner.workspace, "rev-parse", "HEAD");
  await webrunner.writeFile("parts/inner/a.cfg", "one\n2\n");
  await webrunner.writeFile("root.cfg", "[root]\n");
  await button("Source Control").click();
  await row("changes:root.cfg").waitFor();
  await page.getByRole("textbox", { name: "Commit message" }).fill("Of the root");
  await button("Repository The project's root").click();
  await page.getByRole("menuitemcheckbox", { name: "parts/inner" }).click();
  await row("changes:a.cfg").waitFor();
  await row("changes:root.cfg").waitFor({ state: "detached" });
  await page
    .getByRole("region", { name: "Status bar" })
    .getByRole("button", { name: /^Branch inner: main/ })
    .waitFor();

  await row("changes:a.cfg").hover();
  await button("Open a.cfg").click();
  await opened.waitForText("2");
  await page.locator(".git-mark-modified").click();
  await page.getByRole("region", { name: "Change 1 of 1" }).getByRole("button", { name: "Stage", exact: true }).click();
  await row("staged:a.cfg").waitFor();
  const message = page.getByRole("textbox", { name: "Commit message" });
  expect(await message.inputValue()).toBe("");
  await message.fill("Change inside");
  await message.press("Control+Enter");
  await page.getByRole("listbox", { name: "Graph" }).getByText("Change inside", { exact: true }).waitFor();
  expect(git(inner, "log", "-1", "--format=%s").trim()).toBe("Change inside");
  expect(git(webrunner.workspace, "rev-parse", "HEAD")).toBe(rootHead);

  await button("Connect my fork").click();
  await page.getByLabel("URL of the fork").fill(server.url("inner.git"));
  await page.getByLabel("User", { exact: true }).fill(server.login.user);
  await page.getByLabel("Token or password").fill(server.login.password);
  await button("Connect").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await button("Push").click();
  await page.locator('[data-git-task="push"][data-git-task-state="succeeded"]').waitFor();
  expect(git(server.path("inner.git"), "log", "-1", "--format=%s", "main").trim()).toBe("Change inside");
  expect(git(webrunner.workspace, "remote")).toBe("");

  await button("Git log").click();
  const log = page.getByRole("listbox", { name: "Commits" });
  await log.getByText("Change inside", { exact: true }).click();
  await page
    .getByRole("tree", { name: /^Files of/ })
    .getByRole("treeitem", { name: /a.cfg/ })
    .click();
  await page.locator(".monaco-diff-editor").getByText("2", { exact: true }).first().waitFor();

  await page.reload();
  await button("Repository parts/inner").waitFor();
  await opened.runToList("Git: Choose repository", /^The project's root/);
  await row("changes:root.cfg").waitFor();
  await expect.poll(() => message.inputValue()).toBe("Of the root");
  await opened.tab(/^Git log/).waitFor({ state: "detached" });
  git(inner, "fsck", "--full", "--strict");
  expect(opened.complaints).toEqual([]);
});

test("a project is removed when its name was typed, after all that is lost with it was said", async () => {
  const opened = await webrunner.openPage();
  const { page, button, menuItem } = opened;
  await button("Project Sample").click();
  await expect(menuItem("Remove Sample…").getAttribute("aria-disabled")).resolves.toBe("true");
  await page.keyboard.press("Escape");
  await opened.runCommand("Project: New project");
  await opened.answerText("Short lived");
  await button("Project Short lived").waitFor();
  const directory = join(webrunner.workspace, "../../short-lived");
  const query = "/projects/short-lived/file?path=new.cfg";
  await webrunner.api("PUT", query, { text: "[new]\n", tag: null });
  const other = await webrunner.openTab(opened);
  await other.button("Project Short lived").waitFor();
  // Another browser begins with what was opened last, not with the first.
  const fresh = await webrunner.openPage();
  await fresh.button("Project Short lived").waitFor();
  const listKept = (): Promise<string[]> => page.evaluate(() => Object.keys(localStorage));
  await page.getByRole("treeitem", { name: "new.cfg" }).click();
  await expect.poll(listKept).toContain("webrunner.editors@short-lived");

  const dialog = page.getByRole("dialog", { name: "Remove Short lived?" });
  await opened.runCommand("Project: Remove this project");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await button("Project Short lived").click();
  await menuItem("Remove Short lived…").click();
  await dialog.getByText("1 file that is not committed").waitFor();
  await page.keyboard.type("Short");
  await dialog.getByText("Type Short lived, exactly.").waitFor();
  expect(await dialog.getByRole("button", { name: "Remove" }).isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("Short lived");
  await dialog.getByRole("button", { name: "Remove" }).click();
  // The first project takes its place, in the other tab too.
  await button("Project Sample").waitFor();
  await other.button("Project Sample").waitFor();
  await expect.poll(async () => (await listKept()).filter((key) => key.endsWith("@short-lived"))).toEqual([]);
  expect(existsSync(directory)).toBe(false);
  expect(await webrunner.api("GET", "/projects")).toMatchObject({ projects: [{ id: "sample" }] });
  expect(opened.complaints).toEqual([]);
});
