/** Git by the palette alone: each command that has no other test, by its name, on one page. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Forge, startForge } from "../integration/git/forge";
import { emptyRepository, restoreRepository } from "./known-repository";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const PATH = "letters/letter.cfg";
const PICKED = "letters/picked.cfg";
let root: string;
let server: Forge;
let webrunner: Webrunner;
let opened: OpenedPage;
let isOpen = false;
let start: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "webrunner-git-palette-"));
  server = await startForge("fork.git");
  webrunner = await startWebrunner();
  await webrunner.api("PUT", "/projects/sample/git/identity", { name: "Ada", email: "ada@example.com" });
  git("checkout", "-q", "-B", "main");
  await commit("one\n", "Write a letter");
  await commit("one\ntwo\n", "Add the second line");
  start = head();
});
beforeEach(async () => {
  restoreRepository(webrunner.workspace, start);
  emptyRepository(server.path("fork.git"));
  if (!isOpen) opened = await webrunner.openPage();
  isOpen = true;
  await opened.runCommand("View: Show Source Control");
  await isOn("main");
});
// One page does for all; but what a test stopped in the middle of is not the next one's.
afterEach(async ({ task }) => {
  if (task.result?.state === "pass") return;
  await opened.context.close();
  isOpen = false;
});
afterAll(async () => {
  await webrunner?.close();
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

const git = (...parameters: string[]): string =>
  execFileSync(
    "git",
    [
      "-C",
      webrunner.workspace,
      "-c",
      "safe.directory=*",
      "-c",
      "user.name=Ada",
      "-c",
      "user.email=a@b.c",
      ...parameters,
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );
async function commit(text: string, message: string, path = PATH): Promise<void> {
  await webrunner.writeFile(path, text);
  await webrunner.api("POST", "/projects/sample/git/stage", { paths: [path] });
  await webrunner.api("POST", "/projects/sample/git/commits", { message });
}
async function connectFork(): Promise<void> {
  const body = { url: server.url("fork.git"), ...server.login, name: "fork" };
  await webrunner.api("POST", "/projects/sample/git/fork", body);
  // The palette offers what can be done, as soon as the page knows of the remote.
  await opened.page.getByRole("button", { name: "Push", exact: true, disabled: false }).waitFor();
}
const head = (): string => git("rev-parse", "HEAD").trim();
const subject = (): string => git("log", "-1", "--format=%s").trim();
const row = (key: string) => opened.page.locator(`[data-key="${key}"]`);
const answer = (name: string) =>
  opened.page.getByRole("alertdialog").getByRole("button", { name, exact: true }).click();
/** The page has read what was done outside of it. */
const isOn = (name: string) =>
  opened.page
    .getByRole("region", { name: "Status bar" })
    .getByRole("button", { name: `Branch ${name}` })
    .waitFor();
const isSound = (): void => {
  git("fsck", "--full", "--strict");
  expect(opened.complaints).toEqual([]);
};

test("the file that is open: its changes, staged, unstaged, discarded, line by line", async () => {
  const { page, runCommand } = opened;
  await webrunner.writeFile(PATH, "1\ntwo\nthree\n");
  await row(`changes:${PATH}`).waitFor();
  await runCommand("Git: Commit: write the message");
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("commit-message");
  await opened.openByName(PATH);
  await page.locator(".git-mark-added").waitFor();
  await runCommand("Git: Go to next change in the file");
  await page.getByRole("region", { name: "Change 1 of 2" }).waitFor();
  await runCommand("Git: Go to previous change in the file");
  await page.getByRole("region", { name: "Change 2 of 2" }).getByRole("button", { name: "Close the change" }).click();
  await page.locator("[data-editor-group] .view-line").getByText("1", { exact: true }).click();
  await runCommand("Git: Stage selected lines");
  await expect.poll(() => git("show", `:${PATH}`)).toBe("1\ntwo\n");
  await page.locator(".git-mark-staged").first().waitFor();
  await runCommand("Git: Unstage selected lines");
  await expect.poll(() => git("show", `:${PATH}`)).toBe("one\ntwo\n");
  await page.locator(".git-mark-modified:not(.git-mark-staged)").waitFor();
  await runCommand("Git: Revert selected lines");
  await opened.waitForText("one");
  await page.keyboard.press("Control+s");
  await expect.poll(async () => (await webrunner.readFile(PATH)).text).toBe("one\ntwo\nthree\n");

  await runCommand("Git: Open the changes of this file");
  await opened.tab("letter.cfg (changes)").waitFor();
  await runCommand("Git: Stage this file");
  await row(`staged:${PATH}`).waitFor();
  await runCommand("Git: Unstage this file");
  await row(`staged:${PATH}`).waitFor({ state: "detached" });
  await runCommand("Git: Discard the changes of this file");
  await answer("Discard");
  await row(`changes:${PATH}`).waitFor({ state: "detached" });
  expect((await webrunner.readFile(PATH)).text).toBe("one\ntwo\n");
  await webrunner.writeFile("letters/new.cfg", "[new]\n");
  await row("changes:letters/new.cfg").waitFor();
  await runCommand("Git: Discard all changes");
  await answer("Discard");
  await row("changes:letters/new.cfg").waitFor({ state: "detached" });
  isSound();
});

test("branches: created, renamed, followed, rebased, merged, deleted", async () => {
  const { runCommand, runToList, answerText } = opened;
  git("branch", "old", "HEAD~1");
  await runCommand("Git: Create branch");
  await answerText("made");
  await isOn("made");
  await runCommand("Git: Rename this branch");
  await answerText("named");
  await isOn("named");
  git("update-ref", "refs/remotes/far/main", head());
  git("remote", "add", "far", "https://example.org/x.git");
  await runToList("Git: Set the remote branch", /^far\/main/);
  await expect.poll(() => git("config", "branch.named.merge").trim()).toBe("refs/heads/main");
  git("checkout", "-q", "old");
  await commit("[old]\n", "On the old one", "letters/old.cfg");
  await isOn("old");
  await runToList("Git: Rebase this branch", /^main/);
  await answer("Rebase");
  await expect.poll(() => git("rev-parse", "HEAD~1")).toBe(git("rev-parse", "main"));
  git("checkout", "-q", "main");
  await isOn("main");
  await runToList("Git: Merge a branch into this one", /^old/);
  await expect.poll(head).toBe(git("rev-parse", "old").trim());
  await runToList("Git: Delete branch", /^old/);
  await answer("Delete");
  await expect.poll(() => git("branch", "--list", "old")).toBe("");
  git("branch", "-D", "named");
  git("remote", "remove", "far");
  isSound();
});

test("commits: the log, one taken over, one taken back, the last undone, a reset", async () => {
  const { page, runCommand, answerText } = opened;
  const before = git("rev-parse", "main~1").trim();
  git("checkout", "-q", "-b", "pick", before);
  await commit("[picked]\n", "Add a file to pick", PICKED);
  git("checkout", "-q", "main");
  await isOn("main");
  await runCommand("Git: Show the log");
  await page.getByRole("listbox", { name: "Commits" }).getByText("Add a file to pick", { exact: true }).waitFor();
  await runCommand("Git: Cherry-pick a commit");
  await answerText("pick");
  await expect.poll(subject).toBe("Add a file to pick");
  await runCommand("Git: Revert a commit");
  await answerText("HEAD");
  await answer("Revert");
  await expect.poll(subject).toBe('Revert "Add a file to pick"');
  await runCommand("Git: Undo last commit");
  await answer("Undo commit");
  await row(`staged:${PICKED}`).waitFor();
  await runCommand("Git: Reset to a commit");
  await answerText(before);
  await answer("Hard");
  await expect.poll(head).toBe(before);
  await row(`staged:${PICKED}`).waitFor({ state: "detached" });
  git("branch", "-D", "pick");
  isSound();
});

test("stashes and tags: saved, shown, applied, popped, dropped; made, pushed, deleted", async () => {
  const { page, runCommand, runToList, answerText } = opened;
  const stashes = (): string => git("stash", "list", "--format=%gs");
  const isClean = () => row(`changes:${PATH}`).waitFor({ state: "detached" });
  const save = async (text: string): Promise<void> => {
    await webrunner.writeFile(PATH, `${text}\n`);
    await row(`changes:${PATH}`).waitFor();
    await runCommand("Git: Stash changes…");
    await answerText(text);
    await isClean();
  };
  await save("first");
  await save("second");
  await runToList("Git: Show a stash", /first/);
  await opened.tab(/^Stash: .*first/).waitFor();
  await runToList("Git: Apply a stash", /first/);
  await row(`changes:${PATH}`).waitFor();
  expect(stashes()).toMatch(/second\n.*first\n$/);
  git("reset", "-q", "--hard");
  await isClean();
  await runToList("Git: Drop a stash", /first/);
  await answer("Drop");
  await expect.poll(stashes).toMatch(/^.*second\n$/);
  await runToList("Git: Pop a stash", /second/);
  await row(`changes:${PATH}`).waitFor();
  expect(stashes()).toBe("");
  git("reset", "-q", "--hard");

  await connectFork();
  await runCommand("Git: Create tag");
  await page.getByRole("dialog", { name: "Create tag" }).getByRole("textbox").fill("v1");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Create tag v1" }).waitFor();
  await answerText("");
  await expect.poll(() => git("tag", "--list")).toBe("v1\n");
  await runToList("Git: Push tag", /^v1/);
  await expect.poll(() => git("ls-remote", "--tags", server.path("fork.git"))).toContain("refs/tags/v1");
  await runToList("Git: Delete tag", /^v1/);
  await answer("Delete");
  await expect.poll(() => git("tag", "--list")).toBe("");
  isSound();
});

test("remotes: fetched from, pulled in each way, pushed to, overwritten with a lease", async () => {
  const { page, runCommand } = opened;
  const fork = (...parameters: string[]): string => git("-C", server.path("fork.git"), ...parameters).trim();
  const ended = async (kind: string, run: () => Promise<void>): Promise<void> => {
    const box = page.locator("[data-git-task]");
    if (await box.isVisible()) await opened.button("Put away").click();
    await box.waitFor({ state: "detached" });
    await run();
    await page.locator(`[data-git-task="${kind}"][data-git-task-state="succeeded"]`).waitFor();
  };
  await connectFork();
  for (const [command, title] of [
    ["Git: Connect my fork", "Connect my fork"],
    ["Git: Remotes", "Remotes"],
  ] as const) {
    await runCommand(command);
    await page.getByRole("dialog", { name: title }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: title }).waitFor({ state: "detached" });
  }
  await ended("push", () => runCommand("Git: Push"));
  expect(fork("rev-parse", "main")).toBe(head());
  const far = join(root, "far");
  git("clone", "-q", "-b", "main", server.path("fork.git"), far);
  const pushAsBob = (message: string): void => {
    git("-C", far, "commit", "-q", "--allow-empty", "-m", message);
    git("-C", far, "push", "-q", "origin", "main");
  };
  pushAsBob("By Bob");
  await ended("fetch", () => runCommand("Git: Fetch"));
  await page.getByText("↓1").first().waitFor();
  await ended("pull", () => runCommand("Git: Pull"));
  expect(subject()).toBe("By Bob");
  pushAsBob("To merge");
  await commit("one\nmine\n", "Mine");
  await ended("pull", () => runCommand("Git: Pull and merge"));
  expect(git("log", "-1", "--format=%P").trim().split(" ")).toHaveLength(2);
  await ended("push", () => runCommand("Git: Push"));
  git("-C", far, "pull", "-q", "--ff-only", "origin", "main");
  pushAsBob("To rebase onto");
  await commit("one\nmine\nagain\n", "Mine again");
  await ended("pull", () => runCommand("Git: Pull and rebase"));
  expect(git("log", "-2", "--format=%s").trim()).toBe("Mine again\nTo rebase onto");
  await ended("push", () => runCommand("Git: Push"));
  git("reset", "-q", "--hard", "HEAD~2");
  await page.getByText("↓2").first().waitFor();
  await ended("push", async () => {
    await runCommand("Git: Overwrite the remote branch with a lease");
    await answer("Overwrite with a lease");
  });
  expect(fork("rev-parse", "main")).toBe(head());
  await runCommand("Git: Read the repository again");
  isSound();
});
