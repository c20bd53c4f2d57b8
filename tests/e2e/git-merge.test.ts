/** Conflicts resolved in the page: both sides and the result, computed hashes, continuing. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWebrunner, type Webrunner } from "./webrunner";

const TIMEOUT_MS = 120_000;
const LETTER = "letters/letter.cfg";
const TEMPLATE = "letters/paper.in";
const HASHES = "letters/buildout.hash.cfg";

const lines = (change: Readonly<Record<number, string>>): string =>
  `${Array.from({ length: 40 }, (_, index) => change[index] ?? `line ${index}`).join("\n")}\n`;
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const hashes = (template: string): string => `[paper]\nfilename = paper.in\nmd5sum = ${md5(template)}\n`;

let webrunner: Webrunner;
beforeAll(async () => {
  webrunner = await startWebrunner();
}, TIMEOUT_MS);
afterAll(() => webrunner?.close());

const git = (...parameters: string[]): string =>
  execFileSync("git", ["-C", webrunner.workspace, "-c", `safe.directory=${webrunner.workspace}`, ...parameters], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
const call = (method: string, path: string, body: unknown): Promise<unknown> =>
  webrunner.api(method, `/projects/sample/git/${path}`, body);
async function commit(message: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await webrunner.writeFile(path, text);
  await call("POST", "stage", { paths: Object.keys(files) });
  await call("POST", "commits", { message });
}

test("a merge: take ours, theirs and both, edit by hand, compute the hashes, continue", {
  timeout: TIMEOUT_MS,
}, async () => {
  const sides = { ours: lines({ 3: "paper of ours" }), theirs: lines({ 30: "paper of theirs" }) };
  await call("PUT", "identity", { name: "Ada", email: "ada@example.com" });
  await commit("Start", { [LETTER]: lines({}), [TEMPLATE]: lines({}), [HASHES]: hashes(lines({})) });
  await call("POST", "branches", { name: "side" });
  await commit("Ours", {
    [LETTER]: lines({ 2: "ours 2", 12: "ours 12", 22: "ours 22", 32: "ours 32" }),
    [TEMPLATE]: sides.ours,
    [HASHES]: hashes(sides.ours),
  });
  await call("POST", "switch", { target: "side" });
  await commit("Theirs", {
    [LETTER]: lines({ 2: "theirs 2", 12: "theirs 12", 22: "theirs 22", 32: "theirs 32" }),
    [TEMPLATE]: sides.theirs,
    [HASHES]: hashes(sides.theirs),
  });
  await call("POST", "switch", { target: "main" });

  const { page, complaints, runCommand } = await webrunner.openPage();
  await page.getByRole("button", { name: "Source Control", exact: true }).click();
  await call("POST", "merge", { target: "side" });
  const section = page.getByRole("region", { name: "Conflicts" });
  await section.getByRole("heading", { name: "Conflicts (2)" }).waitFor();
  await section.getByRole("button", { name: LETTER, exact: true }).click();

  const merge = page.getByRole("toolbar", { name: "Merge" });
  const isAt = (text: string) => merge.getByRole("status").getByText(text, { exact: true }).waitFor();
  const press = (name: string) => merge.getByRole("button", { name, exact: true }).click();
  await isAt("Conflict 1 of 4");
  await page.getByRole("region", { name: "Ours", exact: true }).getByText("ours 2", { exact: true }).waitFor();
  await page.getByRole("region", { name: "Theirs", exact: true }).getByText("theirs 2", { exact: true }).waitFor();
  await press("Base");
  await page.getByRole("region", { name: /^Base/ }).getByText("line 2", { exact: true }).waitFor();
  await press("Base");
  await press("Next conflict (F7)");
  await isAt("Conflict 2 of 4");
  await press("Previous conflict (Shift+F7)");
  await press("Accept ours");
  await isAt("Conflict 1 of 3");
  await press("Accept theirs");
  await isAt("Conflict 1 of 2");
  await press("Accept both");
  await isAt("Conflict 1 of 1");
  await press("Mark resolved");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await press("Neither");
  await isAt("No conflicts are left in the text");
  await page.getByRole("region", { name: "Result" }).locator(".monaco-editor").first().click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("by hand ");
  await press("Mark resolved");

  await page.getByRole("button", { name: "Resolve buildout.hash.cfg" }).click();
  await page.locator(`[data-merge="${HASHES}"]`).getByRole("button", { name: "Compute the hashes" }).click();
  await page.getByRole("button", { name: "Continue the merge" }).click();
  await page.getByText("A merge is going on").waitFor({ state: "detached" });

  const wanted = lines({ 0: "by hand line 0", 2: "ours 2", 12: "theirs 12", 22: "ours 22\ntheirs 22", 32: "GONE" });
  expect(git("show", `HEAD:${LETTER}`)).toBe(wanted.replace("GONE\n", ""));
  expect(git("show", `HEAD:${HASHES}`)).toBe(hashes(lines({ 3: "paper of ours", 30: "paper of theirs" })));
  expect(git("log", "-1", "--format=%P").trim().split(" ")).toHaveLength(2);
  expect(git("status", "--porcelain")).toBe("");

  // A rebase over the same: the hashes are offered, a file deleted on one side is kept, then all is taken back.
  git("branch", "before", "HEAD^1");
  await call("POST", "switch", { target: "before" });
  await call("POST", "rebase", { target: "side" });
  await page.getByRole("button", { name: "Compute the hashes", exact: true }).click();
  await section.getByRole("heading", { name: "Conflicts (1)" }).waitFor();
  await section.getByRole("button", { name: LETTER, exact: true }).click();
  await isAt("Conflict 1 of 4");
  await press("Accept theirs");
  await isAt("Conflict 1 of 3");
  await press("Begin anew");
  await page.getByRole("alertdialog").getByRole("button", { name: "Begin anew" }).click();
  await isAt("Conflict 1 of 4");
  await page.getByRole("button", { name: "Abort", exact: true }).click();
  await page.getByText("letter.cfg has no conflict any more").waitFor();
  expect(git("rev-parse", "HEAD")).toBe(git("rev-parse", "before"));
  expect(git("status", "--porcelain")).toBe("");
  await call("POST", "rebase", { target: "side" });
  await section.getByRole("heading", { name: "Conflicts (2)" }).waitFor();
  await runCommand("Git: Compute the hashes of files in conflict");
  await section.getByRole("heading", { name: "Conflicts (1)" }).waitFor();
  await page.getByRole("button", { name: "Abort", exact: true }).click();
  await section.waitFor({ state: "detached" });
  git("fsck", "--full", "--strict");
  expect(complaints).toEqual([]);
});
