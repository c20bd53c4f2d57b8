/** Remotes in the page: clone, fork, rejected and forbidden pushes, remotes, logins, ssh hosts; real servers. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../integration/git/certificate";
import { type GitServer, startGitServer } from "../integration/git/http-backend";
import { type NativeGit, nativeGit } from "../integration/git/native-git";
import { type SshServer, startSshServer } from "../integration/git/ssh-server";
import { startWebrunner, type Webrunner } from "./webrunner";

const TIMEOUT_MS = 180_000;
const PROFILE = "software.cfg";
const LINK = "https://lab.example.org/ada/slapos/-/merge_requests/new?source=main";

let root: string;
let remote: GitServer;
/** Of an authority that nobody knows; lets in by bearer tokens. */
let guarded: GitServer;
let certificate: string;
let ssh: SshServer;
let bob: NativeGit;
let webrunner: Webrunner;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-remotes-"));
  remote = await startGitServer(join(root, "served"), {
    ada: { password: "right", mayPush: true },
    eve: { password: "reader", mayPush: false },
  });
  const tls = makeCertificate(root);
  certificate = tls.cert;
  const keepers = { ada: { password: "bearer-token", mayPush: true } };
  guarded = await startGitServer(join(root, "guarded"), keepers, { bearer: true, tls });
  guarded.create("far.git");
  ssh = await startSshServer(join(root, "host"));
  for (const name of ["slapos.git", "fork.git"]) remote.create(name);
  const seed = join(root, "bob");
  execFileSync("git", ["init", "-q", "-b", "main", seed]);
  bob = nativeGit(seed, root);
  writeFileSync(join(seed, PROFILE), "[buildout]\nparts =\n");
  bob("add", ".");
  bob("commit", "-q", "-m", "Start");
  bob("push", "-q", remote.path("slapos.git"), "main");
  bob("push", "-q", guarded.path("far.git"), "main");
  execFileSync("git", ["clone", "-q", "--bare", seed, ssh.path("private.git")]);
  if (process.getuid?.() === 0) execFileSync("chown", ["-R", `${ssh.user}:`, ssh.path("private.git")]);
  const hook = join(remote.path("fork.git"), "hooks/post-receive");
  writeFileSync(hook, `#!/bin/sh\necho "To create a merge request for main, visit:"\necho "  ${LINK}"\n`);
  chmodSync(hook, 0o755);
  webrunner = await startWebrunner();
}, TIMEOUT_MS);
afterAll(async () => {
  await webrunner?.close();
  await ssh?.close();
  await guarded?.close();
  await remote?.close();
  rmSync(root, { recursive: true, force: true });
});

test("clone into a project; upstream says no, the fork takes it; a rejected push, a lease; ssh", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { page, complaints, runCommand } = await webrunner.openPage();
  const dialog = page.getByRole("dialog");
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  let last = "";
  /** Of two pushes that fail, the second is another one. */
  const ended = async (kind: string, state: string): Promise<void> => {
    const box = page.locator(
      `[data-git-task="${kind}"][data-git-task-state="${state}"]:not([data-git-task-id="${last}"])`,
    );
    await box.waitFor();
    if (state !== "running") last = (await box.getAttribute("data-git-task-id")) ?? "";
  };
  const menu = async (opener: string, item: string) => {
    await button(opener).click();
    await page.getByRole("menuitem", { name: item, exact: true }).click();
  };

  // A clone: a wrong token, a cancelled one, then into a project of its own, which opens.
  await menu("Project Sample", "Clone a repository…");
  await dialog.getByLabel("URL of the repository").fill(remote.url("slapos.git"));
  await dialog.getByLabel("User", { exact: true }).fill("eve");
  await dialog.getByLabel("Token or password").fill("mistaken");
  await dialog.getByRole("button", { name: "Clone", exact: true }).click();
  await dialog.getByRole("alert").getByText("did not accept the login").waitFor();
  await dialog.getByLabel("Token or password").fill("reader");
  remote.holdFetches = true;
  await dialog.getByRole("button", { name: "Clone", exact: true }).click();
  await dialog.getByText(/^(Connecting|Counting|Receiving)/).waitFor();
  await dialog.getByRole("button", { name: "Cancel the clone" }).click();
  await dialog.getByText("nothing of it is left").waitFor();
  remote.holdFetches = false;
  await dialog.getByLabel("Only the last … commits").fill("5");
  await dialog.getByRole("button", { name: "Clone", exact: true }).click();
  await button("Project slapos").waitFor();
  await page.getByRole("treeitem", { name: PROFILE }).waitFor();

  // The remote gets its place: upstream, beside the fork.
  await button("Source Control").click();
  await menu("Remotes, logins, clone", "Remotes…");
  await dialog.getByRole("button", { name: "Rename origin" }).click();
  await page.getByRole("dialog", { name: "Rename origin" }).getByLabel("Name").fill("upstream");
  await page.getByRole("dialog", { name: "Rename origin" }).getByRole("button", { name: "Rename" }).click();
  await dialog.getByText("upstream", { exact: true }).waitFor();
  await dialog.getByLabel("Name", { exact: true }).fill("other");
  await dialog.getByLabel("URL", { exact: true }).fill(remote.url("none.git"));
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.getByRole("button", { name: "Change the URL of other" }).click();
  const change = page.getByRole("dialog", { name: "URL of other" });
  await change.getByLabel("URL").fill("ext::sh");
  await change.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").getByText("Remote helpers (scheme::address) are not allowed.").waitFor();
  await dialog.getByRole("button", { name: "Forget other" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Forget" }).click();
  await dialog.getByText("other", { exact: true }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");

  const api = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    webrunner.api(method, `/projects/slapos/git/${path}`, body);
  const commit = async (message: string): Promise<void> => {
    await api("POST", "commits", { message, allowEmpty: true });
    await page
      .getByText(/^↑[1-9]/)
      .first()
      .waitFor();
  };
  await api("PUT", "identity", { name: "Ada", email: "ada@example.org" });
  await commit("From the page");
  await button("Push").click();
  await ended("push", "failed");
  await button("Connect my fork…").click();
  await dialog.getByLabel("URL of the fork").fill(remote.url("fork.git"));
  await dialog.getByLabel("User", { exact: true }).fill("ada");
  await dialog.getByLabel("Token or password").fill("right");
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await button("Push to my fork").click();
  await ended("push", "succeeded");
  expect(await page.getByRole("link", { name: "Open a merge request" }).getAttribute("href")).toBe(LINK);
  const fork = nativeGit(remote.path("fork.git"), root);
  expect(fork("log", "-1", "--format=%an %s", "main")).toBe("Ada From the page\n");

  // Bob pushes there too: rejected, never forced by itself; by name, with a lease, and only over what was seen.
  bob("pull", "-q", remote.path("fork.git"), "main");
  bob("commit", "-q", "--allow-empty", "-m", "By Bob");
  bob("push", "-q", remote.path("fork.git"), "main");
  await commit("Again");
  await button("Push").click();
  await ended("push", "failed");
  await button("Overwrite the remote branch…").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Overwrite with a lease" }).click();
  await ended("push", "failed");
  expect(fork("log", "-1", "--format=%s", "main")).toBe("By Bob\n");
  await button("Fetch and merge").click();
  await ended("pull", "succeeded");
  await button("Push").click();
  await ended("push", "succeeded");
  expect(fork("log", "-1", "--format=%s", "main")).toContain("Merge");
  await api("POST", "reset", { target: "HEAD^1", mode: "hard" });
  await commit("Another way");
  await button("Put away").click();
  await menu("Push to …", "Overwrite with a lease…");
  await page.getByRole("alertdialog").getByRole("button", { name: "Overwrite with a lease" }).click();
  await ended("push", "succeeded");
  expect(fork("log", "-1", "--format=%s", "main")).toBe("Another way\n");
  // The server dies in mid-push: nothing is lost, and the push goes through when it is tried again.
  const text = randomBytes(100_000).toString("hex");
  await webrunner.api("PUT", "/projects/slapos/file?path=noise.txt", { text, tag: null });
  await api("POST", "stage", { paths: ["noise.txt"] });
  await commit("Noise");
  remote.dieAfterBytes = 20_000;
  await button("Push").click();
  await ended("push", "failed");
  fork("fsck", "--full");
  remote.dieAfterBytes = undefined;
  await button("Try again").click();
  await ended("push", "succeeded");
  expect(fork("log", "-1", "--format=%s", "main")).toBe("Noise\n");
  fork("fsck", "--full");
  for (const way of ["Only fast-forward", "And merge", "And rebase", "Merge from upstream", "Rebase onto upstream"]) {
    await button("Put away").click();
    await menu("Pull another way", way);
    await page.getByText("Already up to date").waitFor();
  }
  await menu("Fetch from …", "From upstream");
  await ended("fetch", "succeeded");
  // A fetch that stands still is still there after a reload, and can be cancelled.
  remote.holdFetches = true;
  bob("commit", "-q", "--allow-empty", "-m", "Later");
  bob("push", "-q", remote.path("slapos.git"), "HEAD:later");
  await menu("Fetch from …", "From upstream");
  await ended("fetch", "running");
  await page.reload();
  await ended("fetch", "running");
  await button("Cancel").click();
  await ended("fetch", "cancelled");
  remote.holdFetches = false;

  // A login can be looked at and given up; no secret is shown.
  await runCommand("Logins and keys");
  await dialog.getByText("eve", { exact: true }).waitFor();
  expect(await dialog.textContent()).not.toContain("reader");
  await dialog.getByRole("button", { name: `Remove ${remote.url("slapos.git")}` }).click();
  await dialog.getByText("eve", { exact: true }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");

  // Over ssh: the host is asked about, the key made here is given to it.
  await runCommand("Clone a repository");
  await dialog.getByLabel("URL of the repository").fill(ssh.url("private.git"));
  await dialog.getByRole("button", { name: "Make an ssh key" }).click();
  ssh.authorize((await dialog.locator("[data-ssh-key]").textContent()) ?? "");
  await dialog.getByRole("button", { name: "Clone", exact: true }).click();
  await dialog.locator("[data-host-fingerprint]").getByText(ssh.fingerprint()).waitFor();
  await dialog.getByRole("button", { name: "Trust this host" }).click();
  await button("Project private").waitFor();
  expect(await webrunner.api("GET", "/projects/private")).toMatchObject({ releases: [{ profile: PROFILE }] });
  await menu("Project private", "New project…");
  await page.getByRole("dialog", { name: "New project" }).getByLabel("Name").fill("Empty one");
  await page.getByRole("dialog", { name: "New project" }).getByRole("button", { name: "Create" }).click();
  await button("Project Empty one").waitFor();
  await button("Project Empty one").click();
  await page.getByRole("menuitemcheckbox", { name: "Sample" }).click();
  await button("Project Sample").waitFor();
  expect(complaints).toEqual([]);
});

test("an authority is trusted, a bearer token kept; a changed host key is replaced by name, the own one given up", {
  timeout: TIMEOUT_MS,
}, async () => {
  for (const [id, name] of [
    ["empty-one", "Empty one"],
    ["private", "private"],
  ] as const)
    await webrunner.api("DELETE", `/projects/${id}?force=true&name=${encodeURIComponent(name)}`);
  const { page, complaints, runCommand } = await webrunner.openPage();
  const dialog = page.getByRole("dialog", { name: "Logins and keys" });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const fetched = async (state: string) => {
    await button("Fetch").click();
    await page.locator(`[data-git-task="fetch"][data-git-task-state="${state}"]`).waitFor();
  };
  await webrunner.api("PUT", "/projects/sample/git/remotes?name=far", { url: guarded.url("far.git") });
  await button("Source Control").click();
  await fetched("failed");
  await button("Trust a certificate…").click();
  await dialog.getByLabel("Certificate (PEM)").fill("no certificate");
  await dialog.getByRole("button", { name: "Trust this certificate" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Certificate (PEM)").fill(certificate);
  await dialog.getByRole("button", { name: "Trust this certificate" }).click();
  await dialog.getByText(/^https:.*test authority/).waitFor();
  await dialog.getByLabel("Token or password").fill("bearer-token");
  await dialog.getByLabel(/^A bearer token/).check();
  await dialog.getByRole("button", { name: "Keep this login" }).click();
  await dialog.getByText("bearer token", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await fetched("succeeded");
  await runCommand("Git: Logins and keys");
  await dialog.getByRole("button", { name: /^Remove https:.*test authority/ }).click();
  await dialog.getByText("Only the authorities of the server's system are trusted.").waitFor();
  await page.keyboard.press("Escape");
  await fetched("failed");
  await page.getByRole("alert").getByText("The remote's certificate is not trusted.").waitFor();

  const shown = ssh.fingerprint();
  await ssh.changeHostKey();
  const clone = page.getByRole("dialog", { name: "Clone a repository" });
  await runCommand("Git: Clone a repository");
  await clone.getByLabel("URL of the repository").fill(ssh.url("private.git"));
  await clone.getByRole("radio", { name: "a folder of this project" }).check();
  await clone.getByRole("button", { name: "Clone", exact: true }).click();
  await clone.getByText("shows another key than before").waitFor();
  expect(await clone.locator("[data-host-fingerprint]").textContent()).not.toContain(shown);
  await clone.getByRole("button", { name: "Replace the known key" }).click();
  await page.getByText("Cloned into private").waitFor();
  await button("Show in Source Control").click();
  await button("Repository private").waitFor();

  await runCommand("Git: Logins and keys");
  const key = dialog.locator("[data-ssh-key]");
  const before = await key.textContent();
  await dialog.getByRole("button", { name: "Replace", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Replace", exact: true }).click();
  await expect.poll(() => key.textContent()).not.toBe(before);
  await dialog.getByRole("region", { name: "Ssh key" }).getByRole("button", { name: "Remove" }).click();
  await dialog.getByText("There is no ssh key yet.").waitFor();
  await dialog
    .getByRole("region", { name: "Trusted ssh hosts" })
    .getByRole("button", { name: /^Remove/ })
    .click();
  await dialog.getByText("No host is trusted yet.").waitFor();
  await page.keyboard.press("Escape");
  expect(await webrunner.api("GET", "/projects/sample/git/ssh-key")).toEqual({});
  expect(complaints).toEqual([]);
});
