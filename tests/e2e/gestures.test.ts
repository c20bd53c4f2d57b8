/** Gestures by their keys and buttons, from an override in the sandbox to a verified build of what was pushed. */
import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { endEngineProcesses } from "../integration/engine-processes";
import { type Forge, startForge } from "../integration/git/forge";
import { TEST_ENGINE } from "../integration/server-harness";
import { until } from "../integration/until";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

const TIMEOUT_MS = 120_000;
const RELEASE = "software/hello-web/software.cfg";
const SANDBOX = "software/hello-web/software.sandbox.cfg";
const COMPONENT = "component/greeter/buildout.cfg";

let server: Forge;
let tarballs: { readonly url: string; close(): Promise<void> };
let webrunner: Webrunner;
let opened: OpenedPage;
/** Where the test began; one that failed leaves nothing of itself to those after it, nor to its second try. */
let begin: { readonly head: string; readonly remotes: readonly string[] };
beforeAll(async () => {
  server = await startForge("fork.git");
  tarballs = await serveTarballs();
  webrunner = await startWebrunner({ WEBRUNNER_ENGINE: TEST_ENGINE });
  await webrunner.api("PUT", "/projects/sample/git/identity", { name: "Ada", email: "ada@example.com" });
  opened = await webrunner.openPage();
}, TIMEOUT_MS);
afterAll(async () => {
  await webrunner?.close();
  if (webrunner) await endEngineProcesses(join(webrunner.workspace, "../../.."));
  await server?.close();
  await tarballs?.close();
});

beforeEach(() => {
  begin = { head: git("rev-parse", "HEAD").trim(), remotes: listRemotes() };
});
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  // A page of its own: what the failed one has open and not saved would be in the way.
  await opened.context.close();
  for (const remote of listRemotes()) if (!begin.remotes.includes(remote)) git("remote", "remove", remote);
  git("reset", "-q", "--hard", begin.head);
  git("clean", "-qfd");
  opened = await webrunner.openPage();
});

/** One that comes at once, and one that stands still after its first bytes. */
async function serveTarballs(): Promise<typeof tarballs> {
  const web: Server = createServer((request, response) => {
    if (!request.url?.startsWith("/slow")) return void response.end("sources of quick");
    response.writeHead(200, { "content-length": "1000000" });
    response.write("...");
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        web.closeAllConnections();
        web.close(() => resolve());
      }),
  };
}

const shots = process.env.SCREENSHOTS;
const shoot = async (name: string): Promise<void> => {
  if (shots) await opened.page.screenshot({ path: join(shots, `${name}.png`) });
};
const git = (...parameters: string[]): string =>
  execFileSync("git", ["-C", webrunner.workspace, "-c", `safe.directory=${webrunner.workspace}`, ...parameters], {
    encoding: "utf8",
  });
const listRemotes = (): string[] => git("remote").split("\n").filter(Boolean);
const isGone = async (): Promise<boolean> =>
  webrunner.readFile(SANDBOX).then(
    () => false,
    (error: unknown) => String(error).includes("file/not-found"),
  );
/** Puts the cursor into the first line that has the text. */
const goTo = async (path: string, text: string): Promise<void> => {
  const { page } = opened;
  await opened.openByName(path);
  await opened.waitForText(text);
  const lines = (await webrunner.readFile(path)).text.split("\n");
  await page.keyboard.press("Control+g");
  await page.keyboard.type(`${lines.findIndex((line) => line.includes(text)) + 1}`);
  await page.keyboard.press("Enter");
};

test("override in the sandbox from the component, and take it back", { timeout: TIMEOUT_MS }, async () => {
  const { page } = opened;
  await goTo(COMPONENT, "configure-options =");
  await page.keyboard.press("Alt+o");
  const dialog = page.getByRole("dialog", { name: "Override in sandbox" });
  await dialog.getByRole("region", { name: "Value now" }).getByText("--prefix").waitFor();
  expect(await dialog.getByRole("combobox", { name: "Section" }).inputValue()).toBe("greeter");
  expect(await dialog.getByRole("combobox", { name: "Option" }).inputValue()).toBe("configure-options");
  await dialog.getByLabel("Lines to add").fill("--with-gmp=${gmp:location}");
  await dialog.getByRole("alert").getByText("Section [gmp] does not exist").waitFor();
  await shoot("override-refused");
  await dialog.getByLabel("Lines to add").fill("--with-greeting=Ahoy");
  await dialog.getByRole("region", { name: "Effective value after" }).getByText("--with-greeting=Ahoy").waitFor();
  await dialog.getByRole("region", { name: `Lines of ${SANDBOX} that change` }).waitFor();
  await shoot("override");
  await dialog.getByRole("button", { name: "Override", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await opened.tab("software.sandbox.cfg").waitFor();
  expect((await webrunner.readFile(SANDBOX)).text).toBe(
    "[buildout]\nextends = software.cfg\n\n[greeter]\nconfigure-options += --with-greeting=Ahoy\n",
  );
  await page.getByRole("button", { name: "Software release: hello-web (sandbox)" }).waitFor();
  await page.getByText("overrides component/greeter/buildout.cfg:11").waitFor();
  await shoot("overridden");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await opened.tab("software.sandbox.cfg").waitFor({ state: "detached" });
  await until(isGone, { what: "the sandbox to go away" });
});

test("override, promote, commit and push to the fork", { timeout: TIMEOUT_MS }, async () => {
  const { page, complaints } = opened;
  const before = await webrunner.readFile(COMPONENT);
  await webrunner.writeFile(SANDBOX, "[buildout]\nextends = software.cfg\n\n[greeter]\nmake-options = -k\n");
  await goTo(RELEASE, "greeting = Hello");
  await page.getByLabel("Override greeting in the sandbox").click();
  const override = page.getByRole("dialog", { name: "Override in sandbox" });
  await override.getByText("software.sandbox.cfg", { exact: true }).waitFor();
  await override.getByRole("combobox", { name: "Section" }).selectOption("greeter");
  await override.getByRole("combobox", { name: "Option" }).fill("environment");
  await override.getByLabel("New value").fill("A=1");
  await override.getByRole("region", { name: "Effective value after" }).getByText("A=1").waitFor();
  await override.getByRole("button", { name: "Override", exact: true }).click();
  await opened.tab(/^software.sandbox.cfg/).waitFor();
  await opened.waitForText("environment = A=1");

  await goTo(SANDBOX, "make-options");
  await page.keyboard.press("Alt+Shift+O");
  const promote = page.getByRole("dialog", { name: "Promote [greeter] to its component" });
  await promote.getByLabel("Which option").selectOption("");
  await promote.getByRole("alert").getByText("Several files define").waitFor();
  await shoot("promote-choice");
  await promote.getByRole("button", { name: COMPONENT }).click();
  await promote.getByText("goes away", { exact: true }).waitFor();
  await shoot("promote");
  await promote.getByRole("button", { name: "Promote", exact: true }).click();
  const commit = page.getByRole("dialog", { name: "Commit what was promoted" });
  await commit.getByText("Staged on").waitFor();
  expect(await commit.getByLabel("Commit message").inputValue()).toBe(
    "component/greeter: change make-options, environment",
  );
  await shoot("commit");
  await commit.getByRole("button", { name: "Connect my fork" }).click();
  await page.getByLabel("URL of the fork").fill(server.url("fork.git"));
  await page.getByLabel("User", { exact: true }).fill("ada");
  await page.getByLabel("Token or password").fill(server.login.password);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  // The server tries a push first, which takes its time on a busy machine.
  await commit.getByRole("button", { name: "Commit & push to my fork" }).click({ timeout: 60_000 });
  await page.locator('[data-git-task="push"][data-git-task-state="succeeded"]').waitFor();
  await shoot("pushed");

  expect(await isGone()).toBe(true);
  const after = await webrunner.readFile(COMPONENT);
  expect(after.text.startsWith(before.text)).toBe(true);
  expect(after.text.slice(before.text.length)).toBe("make-options = -k\nenvironment = A=1\n");
  expect(git("show", "--format=%s", "--name-only", "HEAD").trim().split(/\n+/)).toEqual([
    "component/greeter: change make-options, environment",
    COMPONENT,
  ]);
  expect(git("status", "--porcelain")).toBe("");
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  const verify = page.getByRole("dialog", { name: "Verify what was pushed" });
  await verify.getByText("the commit that is here").waitFor();
  await verify.getByText("all values are equal").waitFor();
  await shoot("verify");
  await verify.getByRole("button", { name: "Build the pushed commit" }).click();
  await page
    .locator("[data-run-state]")
    .getByText(`fork/main at ${git("rev-parse", "HEAD").slice(0, 10)}`)
    .waitFor();
  await page.getByRole("option", { name: /^Verify/ }).waitFor();
  await page.locator("[data-run-state]").getByRole("button", { name: "Stop" }).click();
  await page.locator('[data-run-state="cancelled"]').waitFor();
  const remote = execFileSync("git", ["-C", server.path("fork.git"), "rev-parse", "main"], { encoding: "utf8" });
  expect(remote).toBe(git("rev-parse", "HEAD"));
  expect(git("config", "--list", "--local")).not.toContain(server.login.password);
  expect(complaints).toEqual([]);
});

test("customise a component, and make a new one", { timeout: TIMEOUT_MS }, async () => {
  const { page, complaints } = opened;
  await goTo(COMPONENT, "make-options");
  await page.keyboard.press("Control+Alt+c");
  const dialog = page.getByRole("dialog", { name: "Customise component" });
  await dialog.getByRole("region", { name: "Value now" }).getByText("-k").waitFor();
  await dialog.getByRole("radio", { name: "Replace" }).check();
  await dialog.getByLabel("New value").fill("-j 2");
  await dialog.getByRole("region", { name: "Effective value after" }).getByText("-j 2").waitFor();
  await shoot("customise");
  await dialog.getByRole("button", { name: "Customise", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await opened.waitForText("make-options = -j 2");
  await page.getByRole("button", { name: "Undo", exact: true }).last().click();
  await opened.waitForText("make-options = -k");

  await opened.runCommand("New component…");
  const made = page.getByRole("dialog", { name: "New component" });
  await made.getByLabel("Sources", { exact: true }).fill("component/greeter/greeter-1.0.tar.gz");
  await made.getByLabel("Name").fill("second-greeter");
  await made.getByLabel("Part of the release").selectOption(RELEASE);
  await made.getByText("+md5sum = 1cf9e858deb0d91116cd4399ed417de5").waitFor();
  await shoot("new-component");
  await made.getByRole("button", { name: "Create", exact: true }).click();
  const commit = page.getByRole("dialog", { name: "Commit the new component" });
  await commit.getByText("Staged on").waitFor();
  await commit.getByRole("button", { name: "Commit", exact: true }).click();
  await commit.waitFor({ state: "detached" });
  expect(git("show", "--format=%s", "--name-only", "HEAD").trim().split(/\n+/)).toEqual([
    "component/second-greeter: new component",
    "component/second-greeter/buildout.cfg",
    RELEASE,
  ]);
  expect((await webrunner.readFile(RELEASE)).text).toContain("  ../../component/second-greeter/buildout.cfg\n");
  expect(complaints).toEqual([]);
});

test("see where extends come from, switch them, and check the release", { timeout: TIMEOUT_MS }, async () => {
  const { page, complaints } = opened;
  const before = (await webrunner.readFile(RELEASE)).text;
  await opened.openByName(RELEASE);
  await page.getByText("3 from checkout").click();
  const sources = page.getByRole("region", { name: "Sources of extends" });
  await sources
    .getByRole("row", { name: /stack\/hello\/buildout.cfg/ })
    .first()
    .waitFor();
  await shoot("sources");
  await sources.getByRole("button", { name: "Switch source…" }).click();
  const dialog = page.getByRole("dialog", { name: "Switch source of extends" });
  await dialog.getByText("Every extends is so already.").waitFor();
  await dialog.getByRole("radio", { name: /^fork/ }).check();
  await dialog.getByText("Half of the profile would be switched and half not").waitFor();
  git("push", "-q", server.path("fork.git"), "HEAD:main");
  git("update-ref", "refs/remotes/fork/main", "HEAD");
  git("commit", "-q", "--allow-empty", "-m", "Not pushed", "--author=Ada <ada@example.com>");
  await dialog.getByRole("radio", { name: "the checkout" }).check();
  await dialog.getByRole("radio", { name: /^fork/ }).check();
  await dialog.getByText("1 commit not pushed: the build will not see them.").waitFor();
  await shoot("switch");
  await dialog.getByRole("button", { name: "Switch, push & run" }).waitFor();
  await dialog.getByRole("button", { name: "Switch", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await opened.openByName(RELEASE);
  await opened.waitForText("/fork/raw/main/stack/hello/buildout.cfg");
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await until(async () => (await webrunner.readFile(RELEASE)).text.includes("raw/main"), {
    what: "saving",
  });

  await opened.runCommand("Check before merging");
  const check = page.getByRole("region", { name: "Pre-merge check" });
  await check
    .getByText(/is of a fork/)
    .first()
    .waitFor();
  await shoot("check");
  await check.getByRole("button", { name: "Switch to the checkout" }).first().click();
  await until(async () => (await webrunner.readFile(RELEASE)).text === before, {
    timeoutMs: 15_000,
    what: "switching back",
  });
  await check.getByText("Nothing is in the way").waitFor();
  await shoot("checked");
  expect(complaints).toEqual([]);
});

test("A2.4: a release that is named by its address opens read-only, with a badge that says where it is from", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { page } = opened;
  const web = createServer((_, response) => response.end("[buildout]\nparts = from-the-web\n"));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  try {
    const host = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    git("remote", "add", "mirror", `${host}/group/mirror.git`);
    const url = `${host}/group/mirror/raw/main/${RELEASE}`;
    await opened.typeInPalette(">Profile: Open a profile by its address");
    await page.getByRole("option", { name: "Open a profile by its address", selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await opened.answerText(url);
    const view = page.getByRole("region", { name: `Profile ${url}` });
    await view.locator("[data-origin]").getByText("mirror @main").waitFor();
    await view.getByText("Read-only").waitFor();
    await view.getByText("another text than in the checkout").waitFor();
    const line = view.locator(".view-line", { hasText: "from-the-web" });
    await line.click();
    await page.keyboard.type("typed");
    expect(await line.textContent()).not.toContain("typed");
    await shoot("web-profile");
    await view.getByRole("button", { name: `${RELEASE}:1` }).click();
    await opened.waitForText("greeting = Hello");
  } finally {
    web.closeAllConnections();
    web.close();
  }
  expect(opened.complaints).toEqual([]);
});

test("see that a pasted section is a copy and that its base changed, and mend both", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { page, complaints } = opened;
  const before = (await webrunner.readFile(RELEASE)).text;
  const component = (await webrunner.readFile(COMPONENT)).text;
  const pasted = component.slice(component.indexOf("[greeter]")).replace("make-options = -k", "make-options = -j 2");
  await webrunner.writeFile(
    "software/pasted/software.cfg",
    `[buildout]\nextends = ../hello-web/software.cfg\n\n${pasted}`,
  );
  await opened.openByName("software/pasted/software.cfg");
  await page.getByText(/^\d+ of \d+ are copies: reduce$/).click();
  await page
    .getByText(/options of \[greeter\] are copies: take them out/)
    .first()
    .waitFor();
  await until(async () => !(await opened.shownText()).includes("recipe ="), { what: "the reduced section" });
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await until(async () => !(await webrunner.readFile("software/pasted/software.cfg")).text.includes("recipe ="), {
    what: "saving",
  });

  await webrunner.writeFile(COMPONENT, component.replace("make-options = -k", "make-options = -n"));
  await page.getByText("Stale override: look at it").click();
  const check = page.getByRole("region", { name: "Pre-merge check" });
  const finding = check.getByRole("listitem").filter({ hasText: "make-options of [greeter] changed since" });
  await shoot("stale");
  await finding.getByRole("button", { name: "I looked at it" }).click();
  await finding.waitFor({ state: "detached" });
  await webrunner.writeFile(COMPONENT, component);
  await webrunner.api("DELETE", "/projects/sample/entries?path=software/pasted");
  expect((await webrunner.readFile(RELEASE)).text).toBe(before);
  expect(complaints).toEqual([]);
});

test("mend what is in the way of a merge, and be led to what only a person can", { timeout: TIMEOUT_MS }, async () => {
  const { page, complaints } = opened;
  const folder = "software/unready";
  const instance =
    "[buildout]\nparts =\n  web\n\n[directory]\nrecipe = slapos.cookbook:mkdirectory\nservice = ${buildout:directory}/etc/service\n\n[web]\nrecipe = slapos.cookbook:wrapper\nip = 127.0.0.1\nport = 8080\ncommand-line = httpd\nwrapper-path = ${directory:service}/web\n";
  await page.getByRole("button", { name: /^Software release:/ }).click();
  await webrunner.writeFile(`${folder}/software.cfg`, "[buildout]\nparts =\n");
  await webrunner.writeFile(`${folder}/instance.cfg.in`, instance);
  await webrunner.writeFile(`${folder}/tool.py`, "def f():\n    return nowhere\n");
  // The open menu follows.
  await page.getByRole("menuitemcheckbox", { name: /^unready/ }).click();
  await opened.runCommand("Check before merging");
  const check = page.getByRole("region", { name: "Pre-merge check" });
  const fix = (finding: string, title: string) =>
    check.getByRole("listitem").filter({ hasText: finding }).first().getByRole("button", { name: title });
  await fix("no promise checks it", "Check that web listens").click();
  await opened.tab("instance.cfg.in (promise)").waitFor();
  await until(async () => (await webrunner.readFile(`${folder}/instance.cfg.in`)).text.includes("  promise-web\n"), {
    what: "the promise",
  });
  await shoot("promise");

  await opened.runCommand("Check before merging");
  await check.getByText("Correct the line: it fails when it is run.").waitFor();
  await shoot("check-findings");
  await fix("undefined name 'nowhere'", "Open").click();
  await page.getByText("Ln 2, Col 12").waitFor();

  await opened.runCommand("Check before merging");
  await fix("It is changed and not committed", "Stage & commit…").click();
  await page.getByText("Staged (1)").waitFor();
  git("rm", "-rq", "--cached", folder);
  await webrunner.api("DELETE", `/projects/sample/entries?path=${folder}`);
  expect(complaints).toEqual([]);
});

test("make a component from a tarball on the web", { timeout: TIMEOUT_MS }, async () => {
  const { page, complaints } = opened;
  git("remote", "add", "friend", `${tarballs.url}/friend.git`);
  await opened.runCommand("New component…");
  const made = page.getByRole("dialog", { name: "New component" });
  await made.getByLabel("Sources", { exact: true }).fill(`${tarballs.url}/slow-2.1.tar.gz`);
  await made.getByRole("button", { name: "Fetch" }).click();
  await made.getByRole("button", { name: "Stop" }).click();
  await made.getByText("stopped").waitFor();
  await made.getByLabel("Sources", { exact: true }).fill(`${tarballs.url}/quick-1.0.tar.gz`);
  await made.getByRole("button", { name: "Fetch" }).click();
  await made.getByText("+md5sum = b02964af5617fc91571e28b2524e5c13").waitFor();
  expect(await made.getByLabel("Name").inputValue()).toBe("quick");
  await shoot("new-component-url");
  await made.getByRole("button", { name: "Create", exact: true }).click();
  const commit = page.getByRole("dialog", { name: "Commit the new component" });
  await commit.getByText("Staged on").waitFor();
  await commit.getByRole("button", { name: "Commit", exact: true }).click();
  await commit.waitFor({ state: "detached" });
  expect((await webrunner.readFile("component/quick/buildout.cfg")).text).toContain(
    `url = ${tarballs.url}/quick-1.0.tar.gz\n`,
  );
  git("remote", "remove", "friend");
  expect(complaints).toEqual([]);
});

test("switch to the fork, push, and run what was pushed", { timeout: TIMEOUT_MS }, async () => {
  const { page, complaints } = opened;
  const release = "software/gadget/software.cfg";
  const gadget =
    "recipe = slapos.recipe.template\ninline = made of the fork\noutput = ${buildout:parts-directory}/gadget\n";
  await webrunner.writeFile("component/gadget/buildout.cfg", `[gadget]\n${gadget}`);
  await webrunner.writeFile(release, "[buildout]\nextends = ../../component/gadget/buildout.cfg\nparts = gadget\n");
  git("add", "component/gadget", "software/gadget");
  git("commit", "-qm", "software/gadget: new release", "--author=Ada <ada@example.com>");
  git("push", "-q", server.path("fork.git"), "HEAD:main");
  git("update-ref", "refs/remotes/fork/main", "HEAD");
  await webrunner.writeFile("component/gadget/buildout.cfg", `[gadget]\n${gadget}mode = 600\n`);
  git("commit", "-qam", "component/gadget: keep it to oneself", "--author=Ada <ada@example.com>");
  await opened.openByName(release);
  await opened.waitForText("component/gadget/buildout.cfg");
  await opened.runCommand("Switch source of extends…");
  const dialog = page.getByRole("dialog", { name: "Switch source of extends" });
  await dialog.getByRole("radio", { name: /^fork/ }).check();
  await dialog.getByText("1 commit not pushed: the build will not see them.").waitFor();
  await dialog.getByRole("button", { name: "Switch, push & run" }).click();
  await page.locator('[data-run-state="succeeded"]').getByText("Run software · gadget").waitFor({ timeout: 60_000 });
  await shoot("switched-and-run");
  const pushed = execFileSync("git", ["-C", server.path("fork.git"), "rev-parse", "main"], { encoding: "utf8" });
  expect(pushed).toBe(git("rev-parse", "HEAD"));
  expect((await webrunner.readFile(release)).text).toContain("/fork/raw/main/component/gadget/buildout.cfg");
  expect(complaints).toEqual([]);
});
