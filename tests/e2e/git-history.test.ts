/** Branches, log, commits, stashes and tags by their real buttons, and the way back from each. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Forge, startForge } from "../integration/git/forge";
import { emptyRepository, restoreRepository } from "./known-repository";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const PATH = "letters/letter.cfg";
let server: Forge;
let webrunner: Webrunner;
let opened: OpenedPage;
let start: string;
beforeAll(async () => {
  server = await startForge("fork.git");
  webrunner = await startWebrunner();
  await webrunner.api("PUT", "/projects/sample/git/identity", { name: "Ada", email: "ada@example.com" });
  git("checkout", "-q", "-B", "main");
  await commit("one\n", "Write a letter");
  await commit("one\ntwo\n", "Add the second line");
  await commit("one\ntwo\nthree\n", "Add the third line");
  start = git("rev-parse", "HEAD").trim();
});
afterAll(async () => {
  await webrunner?.close();
  await server?.close();
});
beforeEach(async () => {
  restoreRepository(webrunner.workspace, start);
  emptyRepository(server.path("fork.git"));
  await opened?.context.close();
  opened = await webrunner.openPage();
  await opened.button("Source Control").click();
});

const git = (...parameters: string[]): string =>
  execFileSync("git", ["-C", webrunner.workspace, "-c", "safe.directory=*", ...parameters], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
const atFork = (...parameters: string[]): string =>
  execFileSync("git", ["-c", "safe.directory=*", "-C", server.path("fork.git"), ...parameters], { encoding: "utf8" });
async function connectFork(): Promise<void> {
  const body = { url: server.url("fork.git"), ...server.login, name: "fork" };
  await webrunner.api("POST", "/projects/sample/git/fork", body);
}
async function commit(text: string, message: string): Promise<void> {
  await webrunner.writeFile(PATH, text);
  await webrunner.api("POST", "/projects/sample/git/stage", { paths: [PATH] });
  await webrunner.api("POST", "/projects/sample/git/commits", { message });
}
const head = (): string => git("rev-parse", "HEAD").trim();
const branch = (): string => git("rev-parse", "--abbrev-ref", "HEAD").trim();
const answer = (name: string) =>
  opened.page.getByRole("alertdialog").getByRole("button", { name, exact: true }).click();
const pane = (name: string) =>
  opened.page.getByRole("tablist", { name: "History views" }).getByRole("tab", { name, exact: true }).click();
const undo = (name: string) =>
  opened.page.getByRole("region", { name: "Notices" }).getByRole("button", { name, exact: true }).click();
const row = (key: string) => opened.page.locator(`[data-key="${key}"]`);
async function menu(key: string, item: string): Promise<void> {
  await row(key).click({ button: "right" });
  await opened.page.getByRole("menuitem", { name: item }).click();
}
const entry = (list: string, subject: string) =>
  opened.page
    .getByRole("listbox", { name: list })
    .getByRole("option")
    .filter({ has: opened.page.getByText(subject, { exact: true }) });
/** The menu of a commit in the log's list. */
async function onCommit(subject: string, item: string | RegExp): Promise<void> {
  const { page } = opened;
  await entry("Commits", subject).click({ button: "right" });
  await page.getByRole("menuitem", { name: item }).click();
}
const isSound = (): void => {
  git("fsck", "--full", "--strict");
  expect(opened.complaints).toEqual([]);
};

test("branches: create, switch by the status bar, rename, follow, merge, delete and undo", async () => {
  const { page } = opened;
  const status = page.getByRole("region", { name: "Status bar" }).getByRole("button", { name: /^Branch/ });
  await status.click();
  await page.getByRole("option", { name: /^Create branch…/ }).click();
  await opened.answerText("side");
  await expect.poll(branch).toBe("side");
  await commit("one\ntwo\nthree\nside\n", "Add a line at the side");

  await pane("Branches");
  await menu("local:side", "Rename…");
  await opened.answerText("aside");
  await row("local:aside").waitFor();
  expect(branch()).toBe("aside");

  // As from a terminal: the page hears of it.
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "--allow-empty", "-m", "From outside");
  await pane("Graph");
  await entry("Graph", "From outside").waitFor();
  git("reset", "-q", "--hard", "HEAD~1");
  await entry("Graph", "From outside").waitFor({ state: "detached" });
  await pane("Branches");
  git("remote", "add", "origin", "https://example.org/x.git");
  git("update-ref", "refs/remotes/origin/main", start);
  await menu("local:aside", "Set tracking…");
  await page.getByRole("option", { name: /^origin\/main/ }).click();
  await status.getByText("↑1 ↓0").waitFor();
  expect(git("rev-parse", "--abbrev-ref", "aside@{upstream}").trim()).toBe("origin/main");
  await menu("local:aside", "Set tracking…");
  await page.getByRole("option", { name: /^None/ }).click();
  await page.getByText("follows no remote branch").first().waitFor();

  await row("local:main").hover();
  await row("local:main").getByRole("button", { name: "Switch to main" }).click();
  await expect.poll(branch).toBe("main");
  await menu("local:aside", "Delete…");
  await answer("Delete");
  await answer("Delete all the same");
  await row("local:aside").waitFor({ state: "detached" });
  await undo("Undo");
  await row("local:aside").waitFor();
  await menu("local:aside", "Merge into main");
  await expect.poll(() => git("log", "-1", "--format=%s").trim()).toBe("Add a line at the side");
  await menu("local:aside", "Delete…");
  await answer("Delete");
  await row("local:aside").waitFor({ state: "detached" });
  git("remote", "remove", "origin");
  isSound();
});

test("a branch is rebased by its menu; one of the remote is looked at, and deleted there", async () => {
  const { page } = opened;
  git("checkout", "-q", "-b", "mine", `${start}~1`);
  await webrunner.writeFile("letters/mine.cfg", "[mine]\n");
  git("add", "letters/mine.cfg");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "Add a file of mine");
  await connectFork();
  await pane("Branches");
  await menu("local:main", "Rebase mine onto it…");
  await answer("Rebase");
  await expect.poll(() => git("rev-parse", "HEAD~1").trim()).toBe(start);
  expect(git("log", "-1", "--format=%s").trim()).toBe("Add a file of mine");

  await opened.button("Push").click();
  await page.locator('[data-git-task="push"][data-git-task-state="succeeded"]').waitFor();
  await row("remote").click();
  await menu("remote:fork/mine", "Show its log");
  await entry("Commits", "Add a file of mine").waitFor();
  await menu("remote:fork/mine", "Create branch from here…");
  await opened.answerText("copy");
  await expect.poll(branch).toBe("copy");
  await menu("local:main", "Compare with copy");
  await page
    .getByRole("tree", { name: "Files that differ" })
    .getByRole("treeitem", { name: /mine.cfg/ })
    .waitFor();
  await menu("remote:fork/mine", "Delete at the remote…");
  await answer("Delete there");
  await row("remote:fork/mine").waitFor({ state: "detached" });
  expect(atFork("branch", "--list")).toBe("");
  git("checkout", "-q", "main");
  git("branch", "-D", "mine", "copy");
  isSound();
});

test("changes in the way of another branch are stashed first, when the person says so", async () => {
  const { page } = opened;
  git("branch", "other", "HEAD~1");
  await webrunner.writeFile(PATH, "changed\n");
  await opened.runToList("Git: Switch to branch, tag or commit", /^other/);
  await page.getByRole("alertdialog").getByText(PATH).waitFor();
  await answer("Stash and switch");
  await expect.poll(branch).toBe("other");
  expect(git("stash", "list")).toContain("before switching to other");
  git("checkout", "-q", "main");
  await pane("Stashes");
  await page.getByRole("treeitem", { name: /before switching to other/ }).hover();
  await opened.button("Pop stash 0").click();
  await page.getByText("Nothing is stashed").waitFor();
  expect((await webrunner.readFile(PATH)).text).toBe("changed\n");
  git("branch", "-D", "other");
  isSound();
});

test("a commit is looked at, checked out detached, and left again", async () => {
  const { page } = opened;
  await opened.button("Git log").click();
  await page.getByRole("searchbox", { name: "Search the log" }).fill("second");
  const list = page.getByRole("listbox", { name: "Commits" });
  await expect.poll(() => list.getByRole("option").count()).toBe(1);
  await list.getByRole("option").click();
  const details = page.getByRole("article", { name: /^Commit/ });
  await details.getByText("Ada", { exact: true }).waitFor();
  await page
    .getByRole("tree", { name: /^Files of/ })
    .getByRole("treeitem", { name: /letter.cfg/ })
    .click();
  await page.locator(".monaco-diff-editor").getByText("two", { exact: true }).first().waitFor();
  await opened.tab("Git log").click();

  await details.getByRole("button", { name: "Actions" }).click();
  await opened.menuItem("Check out (detached)…").click();
  await answer("Go there, detached");
  await page
    .getByRole("status")
    .getByText(/^Detached at/)
    .waitFor();
  await page
    .getByRole("region", { name: "Status bar" })
    .getByText(/^detached at/)
    .waitFor();
  expect(head()).toBe(git("rev-parse", `${start}~1`).trim());
  expect(branch()).toBe("HEAD");
  await opened.button("Back to main").click();
  await expect.poll(branch).toBe("main");
  expect(head()).toBe(start);
  isSound();
});

test("what the menus of a commit, its files and a tag do", async () => {
  const { page } = opened;
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const differ = page.getByRole("tree", { name: "Files that differ" });
  await opened.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await opened.button("Git log").click();
  await onCommit("Add the second line", "Copy commit id");
  await expect.poll(clipboard).toBe(git("rev-parse", `${start}~1`).trim());
  await onCommit("Add the second line", "Copy message");
  await expect.poll(clipboard).toBe("Add the second line");
  await onCommit("Add the second line", "Open commit");
  const files = page.getByRole("tree", { name: /^Files of/ }).getByRole("treeitem", { name: /letter.cfg/ });
  await files.click({ button: "right" });
  await opened.menuItem("Copy path").click();
  await expect.poll(clipboard).toBe(PATH);
  await files.click({ button: "right" });
  await opened.menuItem("Open the file as it is now").click();
  await opened.waitForText("three");
  await opened.tab("Git log").click();
  await files.click({ button: "right" });
  await opened.menuItem("Open the difference").click();
  await page.locator(".monaco-diff-editor").getByText("two", { exact: true }).first().waitFor();
  await opened.tab("Git log").click();
  await onCommit("Write a letter", "Compare with HEAD");
  await differ.getByRole("treeitem", { name: /letter.cfg/ }).waitFor();
  await opened.tab("Git log").click();
  await onCommit("Write a letter", "Create tag here…");
  await page.getByRole("dialog", { name: "Create tag" }).getByRole("textbox").fill("first");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Create tag first" }).waitFor();
  await opened.answerText("");
  await expect.poll(() => git("tag", "--points-at", `${start}~2`).trim()).toBe("first");
  await onCommit("Add the second line", "Create branch here…");
  await opened.answerText("here");
  await expect.poll(branch).toBe("here");
  expect(head()).toBe(git("rev-parse", `${start}~1`).trim());

  await pane("Tags");
  await menu("first", "Compare with HEAD");
  await page.getByText(/1 file differs/).waitFor();
  await menu("first", "Create tag at HEAD…");
  await page.getByRole("dialog", { name: "Create tag" }).getByRole("textbox").fill("second");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Create tag second" }).waitFor();
  await opened.answerText("");
  await row("second").waitFor();
  await opened.runToList("Git: Switch to branch, tag or commit", /^Go to a commit \(detached\)/);
  await opened.answerText("first");
  await answer("Go there, detached");
  await expect.poll(head).toBe(git("rev-parse", `${start}~2`).trim());
  await pane("Branches");
  await menu("local:here", "Copy name");
  await expect.poll(clipboard).toBe("here");
  await opened.runToList("Git: Compare two revisions", /^here/);
  await page
    .getByRole("dialog", { name: "Files and commands" })
    .getByRole("option", { name: /^Another revision/ })
    .click();
  await opened.answerText(start);
  await page.getByText(/has 1 commit more/).waitFor();
  git("checkout", "-q", "main");
  git("branch", "-D", "here");
  git("tag", "-d", "first", "second");
  isSound();
});

test("the history of a file goes through renames; two revisions are compared", async () => {
  const { page } = opened;
  git("mv", PATH, "letters/renamed.cfg");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "Rename the letter");
  await opened.button("Read the repository again").click();
  await opened.openByName("letters/renamed.cfg");
  await opened.waitForText("three");
  await opened.runCommand("Git: History of this file");
  const list = page.getByRole("listbox", { name: "Commits of letters/renamed.cfg" });
  await expect.poll(() => list.getByRole("option").count()).toBe(4);
  await entry("Commits of letters/renamed.cfg", "Write a letter").click();
  await page
    .getByRole("tree", { name: /^Files of/ })
    .getByText("letter.cfg")
    .waitFor();

  git("tag", "old", `${start}~2`);
  await opened.runToList("Git: Compare two revisions", /^old/);
  await page.getByRole("dialog", { name: "Files and commands" }).getByRole("option", { name: /^main/ }).click();
  await page.getByText(/2 files differ · main has 3 commits more/).waitFor();
  await page
    .getByRole("tree", { name: "Files that differ" })
    .getByRole("treeitem", { name: /renamed.cfg/ })
    .click();
  await page.locator(".monaco-diff-editor").getByText("three", { exact: true }).first().waitFor();
  git("tag", "-d", "old");
  isSound();
});

test("cherry-pick, revert and reset, with the ways back", async () => {
  git("checkout", "-q", "-b", "pick", `${start}~1`);
  await webrunner.writeFile("letters/picked.cfg", "[picked]\n");
  git("add", "letters/picked.cfg");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "Add a file to pick");
  git("checkout", "-q", "main");
  await opened.button("Read the repository again").click();
  await opened.button("Git log").click();
  await onCommit("Add a file to pick", "Cherry-pick");
  await expect.poll(() => git("log", "-1", "--format=%s").trim()).toBe("Add a file to pick");
  expect(git("rev-parse", "HEAD~1").trim()).toBe(start);

  await onCommit("Add the third line", "Revert…");
  await answer("Revert");
  await expect.poll(() => git("log", "-1", "--format=%s").trim()).toBe('Revert "Add the third line"');
  expect((await webrunner.readFile(PATH)).text).toBe("one\ntwo\n");
  const before = head();

  await onCommit("Add the second line", /^Reset main to here/);
  await answer("Hard");
  await expect.poll(head).toBe(git("rev-parse", `${start}~1`).trim());
  await undo("Undo reset");
  await expect.poll(head).toBe(before);

  await webrunner.writeFile("letters/picked.cfg", "[changed]\n");
  await row("changes:letters/picked.cfg").waitFor();
  await onCommit("Add the second line", /^Reset main to here/);
  await answer("Stash, then hard");
  await expect.poll(head).toBe(git("rev-parse", `${start}~1`).trim());
  expect(git("stash", "list", "--format=%gs")).toMatch(/before the reset to [0-9a-f]{8} Add the second line/);
  await undo("Undo reset");
  await expect.poll(head).toBe(before);
  git("stash", "drop", "-q");

  await onCommit("Add the third line", /^Reset main to here/);
  await answer("Soft");
  await expect.poll(head).toBe(start);
  await row("staged:letters/picked.cfg").waitFor();
  // Through the reflog, as it were a day later.
  await opened.runToList("Git: Go back in time", /revert: Revert "Add the third line"/);
  await answer("Hard");
  await expect.poll(head).toBe(before);
  git("branch", "-D", "pick");
  isSound();
});

test("stash: save with new files, show, apply, drop", async () => {
  const { page } = opened;
  await webrunner.writeFile(PATH, "put aside\n");
  await webrunner.writeFile("letters/new.cfg", "[new]\n");
  await row("changes:letters/new.cfg").waitFor();
  await opened.runCommand("Git: Stash changes and new files");
  await opened.answerText("for later");
  await page.getByRole("heading", { name: "Changes (0)" }).waitFor();
  expect((await webrunner.readFile(PATH)).text).toBe("one\ntwo\nthree\n");

  await pane("Stashes");
  const stash = page.getByRole("treeitem", { name: /for later/ });
  await stash.click();
  const files = page.getByRole("tree", { name: "Files that differ" });
  await files.getByRole("treeitem", { name: /letter.cfg/ }).waitFor();
  await files.getByRole("treeitem", { name: /new.cfg/ }).click();
  await page.locator(".monaco-diff-editor").getByText("[new]", { exact: true }).first().waitFor();
  await stash.click({ button: "right" });
  await opened.menuItem("Apply").click();
  await row("changes:letters/new.cfg").waitFor();
  expect((await webrunner.readFile(PATH)).text).toBe("put aside\n");
  await stash.hover();
  await opened.button("Drop stash 0").click();
  await answer("Drop");
  await page.getByText("Nothing is stashed").waitFor();
  expect(git("stash", "list")).toBe("");
  git("clean", "-fdq", "letters");
  isSound();
});

test("tags: create, show, push, delete there and here", async () => {
  const { page } = opened;
  await connectFork();
  await pane("Tags");
  await opened.button("Create tag").click();
  await page.getByRole("dialog", { name: "Create tag" }).getByRole("textbox").fill("v1");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Create tag v1" }).waitFor();
  await opened.answerText("The first");
  await row("v1").waitFor();
  expect(git("cat-file", "-t", "v1").trim()).toBe("tag");
  await menu("v1", "Show commit");
  await page
    .getByRole("article", { name: /^Commit/ })
    .getByText("Add the third line")
    .waitFor();

  await row("v1").hover();
  await opened.button("Push tag v1").click();
  await page.locator('[data-git-task="push"][data-git-task-state="succeeded"]').waitFor();
  expect(atFork("tag", "--list")).toBe("v1\n");
  await menu("v1", "Delete at the remote…");
  await answer("Delete there");
  await expect.poll(() => atFork("tag", "--list")).toBe("");
  await menu("v1", "Delete…");
  await answer("Delete");
  await row("v1").waitFor({ state: "detached" });
  expect(git("tag", "--list")).toBe("");
  isSound();
});
