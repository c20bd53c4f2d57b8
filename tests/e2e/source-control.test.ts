/** The Source Control view by its real buttons, against a real git server over HTTP. */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Forge, startForge } from "../integration/git/forge";
import { startWebrunner, type Webrunner } from "./webrunner";

const TIMEOUT_MS = 120_000;
const PATH = "letters/letter.cfg";
const lines = (change: Readonly<Record<number, string>>): string =>
  `${Array.from({ length: 30 }, (_, index) => change[index] ?? `line ${index}`).join("\n")}\n`;

let root: string;
let server: Forge;
let webrunner: Webrunner;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "webrunner-source-control-"));
  server = await startForge("fork.git");
  webrunner = await startWebrunner();
  await webrunner.writeFile(PATH, lines({}));
  await webrunner.api("POST", "/projects/sample/git/stage", { paths: [PATH] });
  await webrunner.api("PUT", "/projects/sample/git/identity", { name: "Ada", email: "ada@example.com" });
  await webrunner.api("POST", "/projects/sample/git/commits", { message: "Write a letter" });
}, TIMEOUT_MS);
afterEach(async () => {
  await webrunner?.close();
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

const git = (folder: string, ...parameters: string[]): string =>
  execFileSync(
    "git",
    [
      "-C",
      folder,
      "-c",
      `safe.directory=${folder}`,
      "-c",
      "user.name=Bob",
      "-c",
      "user.email=bob@example.com",
      ...parameters,
    ],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    },
  );

const row = (page: Page, group: "staged" | "changes") => page.locator(`[data-key="${group}:${PATH}"]`);
/** A button of a row is seen while the pointer is over it. */
async function press(page: Page, group: "staged" | "changes", name: string): Promise<void> {
  await row(page, group).hover();
  await row(page, group).getByRole("button", { name, exact: true }).click();
}

test("edit, stage a hunk, commit, connect the fork, push; then fetch and rebase", { timeout: TIMEOUT_MS }, async () => {
  const { page, complaints } = await webrunner.openPage();
  await page.getByRole("button", { name: "Source Control", exact: true }).click();
  await webrunner.writeFile(PATH, lines({ 2: "first change", 25: "second change" }));

  await row(page, "changes").click();
  const first = page.getByRole("region", { name: "Hunk 1" });
  await page.locator(".monaco-diff-editor").getByText("first change").first().waitFor();
  await first.getByRole("button", { name: "Stage hunk" }).click();
  await row(page, "staged").waitFor();

  await page.getByRole("textbox", { name: "Commit message" }).fill("Change the first line");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { name: "Staged (0)" }).waitFor();

  const connect = async (password: string) => {
    await page.getByLabel("Token or password").fill(password);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
  };
  await page.getByRole("button", { name: "Connect my fork" }).click();
  await page.getByLabel("URL of the fork").fill(server.url("fork.git"));
  await page.getByLabel("User", { exact: true }).fill("ada");
  await connect("mistaken");
  const refused = await page.getByRole("dialog").getByRole("alert").textContent();
  expect(refused).not.toContain("mistaken");
  expect(refused).toMatch(/log ?in|password|token|authenti/i);
  await connect(server.login.password);
  await page.getByRole("dialog").waitFor({ state: "detached" });

  const push = async (state: string) => {
    await page.getByRole("button", { name: "Push", exact: true }).click();
    await page.locator(`[data-git-task="push"][data-git-task-state="${state}"]`).waitFor();
  };
  await push("succeeded");
  const branch = git(webrunner.workspace, "symbolic-ref", "--short", "HEAD").trim();
  const clone = join(root, "clone");
  git(root, "clone", "-q", "-b", branch, server.path("fork.git"), clone);
  expect(git(clone, "log", "--format=%s", "-2").trim()).toBe("Change the first line\nWrite a letter");
  expect(await readFile(join(clone, PATH), "utf8")).toBe(lines({ 2: "first change" }));
  expect(git(clone, "rev-parse", "HEAD")).toBe(git(webrunner.workspace, "rev-parse", "HEAD"));

  await writeFile(join(clone, "bob.txt"), "Bob was here\n");
  git(clone, "add", "bob.txt");
  git(clone, "commit", "-q", "-m", "Greet");
  git(clone, "push", "-q", "origin", branch);

  await press(page, "changes", `Stage ${PATH}`);
  await page.getByRole("heading", { name: "Staged (1)" }).waitFor();
  await page.getByRole("textbox", { name: "Commit message" }).fill("Change the second line");
  await page.getByRole("button", { name: "Commit", exact: true }).click();
  await page.getByRole("heading", { name: "Staged (0)" }).waitFor();
  await push("failed");
  await page.getByRole("button", { name: "Fetch and rebase" }).click();
  await page.locator('[data-git-task="pull"][data-git-task-state="succeeded"]').waitFor();
  await push("succeeded");
  git(clone, "pull", "-q", "--ff-only");
  expect(git(clone, "log", "--format=%s", "-3").trim()).toBe("Change the second line\nGreet\nChange the first line");

  await writeFile(join(clone, "bob.txt"), "Bob was here again\n");
  git(clone, "commit", "-q", "-a", "-m", "Greet again");
  git(clone, "push", "-q", "origin", branch);
  await page.getByRole("button", { name: "Fetch", exact: true }).click();
  await page.getByText("↓1").first().waitFor();
  await page.getByRole("button", { name: "Pull", exact: true }).click();
  await page.locator('[data-git-task="pull"][data-git-task-state="succeeded"]').waitFor();
  expect((await webrunner.readFile("bob.txt")).text).toBe("Bob was here again\n");

  await webrunner.writeFile(PATH, lines({ 2: "first change", 25: "second change", 28: "third change" }));
  await press(page, "changes", `Stage ${PATH}`);
  await page.getByRole("heading", { name: "Staged (1)" }).waitFor();
  await page.getByRole("textbox", { name: "Commit message" }).fill("Change the third line");
  await page.keyboard.press("Control+Shift+Enter");
  await expect
    .poll(() => git(server.path("fork.git"), "log", "-1", "--format=%s", branch).trim())
    .toBe("Change the third line");
  await page.locator('[data-git-task="push"][data-git-task-state="succeeded"]').waitFor();
  git(webrunner.workspace, "fsck", "--full", "--strict");
  expect(complaints).toEqual([]);
});

test("unstage, discard and amend; a pull that conflicts is aborted, then resolved", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { page, complaints } = await webrunner.openPage();
  await page.getByRole("button", { name: "Source Control", exact: true }).click();
  await webrunner.writeFile(PATH, lines({ 2: "first change", 25: "second change" }));
  await row(page, "changes").click();
  await page.locator(".monaco-diff-editor.side-by-side").getByText("first change").first().waitFor();
  await page.getByRole("button", { name: "Inline", exact: true }).click();
  await page.locator(".monaco-diff-editor:not(.side-by-side)").getByText("first change").first().waitFor();
  await page.getByRole("button", { name: "Side by side", exact: true }).click();
  await page.getByRole("region", { name: "Hunk 2" }).getByRole("button", { name: "Discard hunk" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard", exact: true }).click();
  await page.getByRole("region", { name: "Hunk 2" }).waitFor({ state: "detached" });
  expect((await webrunner.readFile(PATH)).text).toBe(lines({ 2: "first change" }));

  await press(page, "changes", `Stage ${PATH}`);
  await press(page, "staged", `Unstage ${PATH}`);
  await press(page, "changes", `Discard ${PATH}`);
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard", exact: true }).click();
  await page.getByRole("heading", { name: "Changes (0)" }).waitFor();
  expect((await webrunner.readFile(PATH)).text).toBe(lines({}));

  await page.getByRole("textbox", { name: "Commit message" }).fill("Write the letter again");
  await page.getByRole("checkbox", { name: "Amend" }).check();
  await page.getByRole("checkbox", { name: "Sign off" }).check();
  await page.getByRole("button", { name: "Amend commit", exact: true }).click();
  await page.getByRole("checkbox", { name: "Amend", checked: false }).waitFor();
  expect(git(webrunner.workspace, "log", "-1", "--format=%B").trim()).toBe(
    "Write the letter again\n\nSigned-off-by: Ada <ada@example.com>",
  );

  const body = { url: server.url("fork.git"), ...server.login, name: "fork" };
  await webrunner.api("POST", "/projects/sample/git/fork", body);
  await page.getByRole("button", { name: "Push", exact: true }).click();
  await page.locator('[data-git-task="push"][data-git-task-state="succeeded"]').waitFor();
  const branch = git(webrunner.workspace, "symbolic-ref", "--short", "HEAD").trim();
  const clone = join(root, "clone");
  git(root, "clone", "-q", "-b", branch, server.path("fork.git"), clone);
  await writeFile(join(clone, PATH), lines({ 5: "as Bob has it" }));
  git(clone, "commit", "-q", "-a", "-m", "Change as Bob");
  git(clone, "push", "-q", "origin", branch);

  await webrunner.writeFile(PATH, lines({ 5: "as Ada has it" }));
  await press(page, "changes", `Stage ${PATH}`);
  await page.getByRole("heading", { name: "Staged (1)" }).waitFor();
  await page.getByRole("textbox", { name: "Commit message" }).fill("Change as Ada");
  await page.getByRole("button", { name: "Commit and push" }).click();
  const rebase = async () => {
    await page.locator('[data-git-task="push"][data-git-task-state="failed"]').waitFor();
    await page.getByRole("button", { name: "Fetch and rebase" }).click();
    await page.getByRole("heading", { name: "Conflicts (1)" }).waitFor();
  };
  await rebase();
  await page.getByRole("button", { name: "Abort", exact: true }).click();
  await page.getByRole("heading", { name: "Conflicts (1)" }).waitFor({ state: "detached" });
  expect((await webrunner.readFile(PATH)).text).toBe(lines({ 5: "as Ada has it" }));

  await page.getByRole("button", { name: "Push", exact: true }).click();
  await rebase();
  await page.getByRole("button", { name: "Theirs", exact: true }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByText("A rebase is going on").waitFor({ state: "detached" });
  expect(git(webrunner.workspace, "log", "-2", "--format=%s").trim()).toBe("Change as Ada\nChange as Bob");
  expect((await webrunner.readFile(PATH)).text).toBe(lines({ 5: "as Ada has it" }));
  git(webrunner.workspace, "fsck", "--full", "--strict");
  expect(complaints).toEqual([]);
});
