/** Operating an instance from the page: its form, its service, its processes, its log. */
import { afterEach, expect, test } from "vitest";
import type { InstanceInfo, ProcessList } from "@/lib/protocol";
import { toBusyLimit } from "../integration/busy-limit";
import { listReleaseFiles } from "../integration/instances/real-instances";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";
import { BUILD_LIMIT_MS, createRunsPage } from "./pages/runs-page";

let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

const GREETING = "Greetings from the form";

test("a parameter of the form reaches the service, and a killed process is seen and started again", {
  timeout: 3 * BUILD_LIMIT_MS,
}, async () => {
  session = await openSession();
  const { page } = session;
  const runs = createRunsPage(session);
  // Pressed in a tab that has no socket yet.
  const early = await session.context.newPage();
  await early.routeWebSocket(/socket\.io/, () => undefined);
  await early.goto(new URL("/", page.url()).href);
  const built = await runs.finishNext(() => early.getByRole("button", { name: "Run software", exact: true }).click());
  expect(built).toMatchObject({ state: "succeeded" });
  await early.close();
  expect(await runs.finishNext(() => runs.runInstance())).toMatchObject({ kind: "instance", state: "succeeded" });

  await runs.showInstances();
  await page.getByRole("button", { name: "Debug" }).click();
  const instance = page.getByRole("tabpanel").getByRole("article", { name: "Instance hello-web" });
  await instance.getByRole("tab", { name: "Parameters" }).click();
  const greeting = instance.getByLabel("Greeting", { exact: true });
  await greeting.fill(GREETING);
  await instance.getByRole("table", { name: "Not applied yet" }).getByText(GREETING).waitFor();

  // A wrong value is pointed at, and cannot be asked for.
  const port = instance.getByLabel("Port", { exact: true });
  await port.fill("70000");
  await instance.getByRole("list", { name: "Wrong parameters" }).getByText("/port").waitFor();
  expect(await instance.getByRole("button", { name: "Request and run" }).isDisabled()).toBe(true);
  await port.fill("");
  await instance.getByRole("list", { name: "Wrong parameters" }).waitFor({ state: "hidden" });

  const run = await runs.finishNext(() => instance.getByRole("button", { name: "Request and run" }).click());
  expect(run).toMatchObject({ kind: "instance", state: "succeeded" });

  const [service] = await Promise.all([
    session.context.waitForEvent("page"),
    instance.locator("[data-service-link]").click(),
  ]);
  await service.getByText(GREETING).first().waitFor();
  expect(new URL(service.url()).origin).toBe(new URL(page.url()).origin);
  // Its page is a stranger to ours: no origin, no storage, and no way to the API.
  expect(await service.evaluate(() => self.origin)).toBe("null");
  const answer = await service.evaluate(() =>
    fetch("/api/v1/projects", { credentials: "include" }).then(
      ({ status }) => String(status),
      () => "refused",
    ),
  );
  expect(answer).toBe("refused");
  await service.close();
  await page.bringToFront();

  // Beside the editor, in a frame.
  await instance.getByRole("button", { name: "Preview" }).click();
  await page.frameLocator('iframe[title="Service of hello-web"]').getByText(GREETING).first().waitFor();
  await page.getByRole("tab", { name: "hello-web", exact: true }).first().click();

  await instance.getByRole("tab", { name: "Processes and promises" }).click();
  const program = instance.locator("[data-program=webservice]");
  await until(async () => (await program.getAttribute("data-state")) === "RUNNING", { what: "the running service" });
  const { processes } = await session.api<ProcessList>("GET", `/projects/${PROJECT}/processes`);
  const { pid } = processes.find(({ name }) => name.startsWith("webservice"))!;
  const limitMs = toBusyLimit(3_000);
  process.kill(pid!, "SIGKILL");
  await until(async () => (await instance.getAttribute("data-health")) === "red", { timeoutMs: limitMs, what: "red" });
  // Why: its log, what made it, and where that stands; a click opens the editor there.
  const reason = instance.getByRole("region", { name: "Why hello-web is red" }).locator("[data-reason=process]");
  await reason.getByText("webservice of slappart0 was killed.").waitFor();
  await reason.getByRole("list", { name: "What made it" }).getByText("slapos.cookbook:wrapper").waitFor();
  await reason.locator("pre").waitFor();
  await reason.locator("[data-change=commit]").first().waitFor();
  await reason
    .getByRole("button", { name: /instance\.cfg\.in:\d+$/ })
    .first()
    .click();
  await page.locator(".monaco-editor .view-line", { hasText: "[webservice]" }).first().waitFor();
  await page.getByRole("tab", { name: "hello-web", exact: true }).first().click();
  await instance.getByRole("tab", { name: "Processes and promises" }).click();
  await program.getByRole("button", { name: "Start webservice" }).click();
  await until(async () => (await instance.getAttribute("data-health")) === "green", { what: "green" });

  // By hand: in a terminal instead of under supervisord, and back.
  await program.getByRole("button", { name: "Run webservice by hand in a terminal" }).click();
  const shells = page.getByRole("complementary", { name: "Terminals" });
  await shells
    .getByRole("button", { name: /by hand$/ })
    .first()
    .waitFor();
  await program.getByText("Run by hand in a terminal.").waitFor();
  await instance.getByText(/is run by hand, not by supervisord/).waitFor();
  await page.keyboard.press("Control+c");
  await program.getByText("The run by hand has ended.").waitFor();
  await program.getByRole("button", { name: "Start it again" }).click();
  await until(async () => (await instance.getAttribute("data-health")) === "green", { what: "green again" });
  await page.keyboard.press("Control+j");

  // Its promise, checked now; and its log, one click away.
  await instance.getByRole("button", { name: "Check page-answers now" }).click();
  await until(async () => (await instance.locator("[data-promise=page-answers]").getAttribute("data-ok")) === "true");
  await program.getByRole("button", { name: "Log of webservice" }).click();
  await instance.getByRole("log").getByText("GET /").first().waitFor();

  // From a file to its source, and what it would become with other parameters.
  await instance.getByRole("tab", { name: "Processes and promises" }).click();
  await program.getByRole("button", { name: "What webservice runs" }).click();
  const trail = instance.getByRole("list", { name: /to its source$/ });
  await trail.getByText("[webservice]").waitFor();
  await instance.getByRole("button", { name: "slappart0", exact: true }).click();
  await instance.getByRole("button", { name: /^etc/ }).click();
  await instance.getByRole("button", { name: /^app\.py/ }).click();
  await instance.getByRole("button", { name: "Render preview" }).click();
  const preview = page.getByRole("article", { name: /^Preview of / });
  await preview.getByText("No difference").waitFor({ timeout: 60_000 });
  await preview.getByRole("textbox", { name: "Parameters" }).fill('{"greeting": "Only a preview"}');
  await preview.getByRole("button", { name: "Render", exact: true }).click();
  await preview.getByText("It would change").waitFor({ timeout: 60_000 });
  await preview.locator(".modified .view-line", { hasText: "Only a preview" }).first().waitFor();
  await page.getByRole("tab", { name: "hello-web", exact: true }).first().click();
  await instance.getByRole("tab", { name: "Files" }).click();
  await instance.getByRole("button", { name: /^etc/ }).click();
  await instance.getByRole("button", { name: /^app\.py/ }).click();
  await instance.getByRole("button", { name: "Go to source" }).click();
  await page.getByRole("tab", { name: "app.py.in" }).first().waitFor();
  await page.locator(".monaco-editor.focused").first().waitFor();
  // The same preview from the template in the editor.
  await session.runCommand("Render preview of the template");
  await preview.getByText("No difference").waitFor({ timeout: 60_000 });

  await page.getByRole("tab", { name: "hello-web", exact: true }).first().click();
  await instance.getByRole("tab", { name: "Last run" }).click();
  await instance.getByRole("table", { name: "Parts of the last run" }).locator("[data-part=webservice]").waitFor();
  await instance.getByRole("button", { name: "Shell in the release" }).click();
  await page
    .getByRole("complementary", { name: "Terminals" })
    .getByRole("button", { name: "hello-web", exact: true })
    .waitFor();
  await page.getByRole("button", { name: "Number of partitions…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("1 of 10 partitions are in use").waitFor();
  await dialog.getByRole("textbox").fill("12");
  await page.keyboard.press("Enter");
  await page.getByText("The node has 12 partitions").waitFor();

  await instance.getByRole("tab", { name: "History" }).click();
  const restored = await runs.finishNext(() =>
    instance.getByRole("button", { name: "Restore and run" }).first().click(),
  );
  expect(restored).toMatchObject({ kind: "instance", state: "succeeded" });
  const { parameters } = await session.api<{ parameters: object }>("GET", `/projects/${PROJECT}/instances/hello-web`);
  expect(parameters).toEqual({});
  expect(session.errors).toEqual([]);
});

test("A11.5: a type is chosen, a shared instance is one; secrets are shown, and instances destroyed, only when one says so", {
  timeout: BUILD_LIMIT_MS,
}, async () => {
  session = await openSession();
  const { page } = session;
  for (const { path, text } of listReleaseFiles("debuggable")) await session.writeFile(path, text);
  await page.reload();
  await page.getByRole("button", { name: /^Software release: / }).click();
  await page.getByRole("menuitemcheckbox", { name: /^debuggable/ }).click();
  await createRunsPage(session).showInstances();
  const add = async (name: string, type: string) => {
    await page.getByRole("button", { name: "New instance" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill(name);
    await page.keyboard.press("Enter");
    await page
      .getByRole("alertdialog", { name: "Which software type?" })
      .getByRole("button", { name: type, exact: true })
      .click();
    const added = page.getByRole("tabpanel").getByRole("article", { name: `Instance ${name}` });
    await added.getByRole("tab", { name: "Parameters" }).click();
    return added;
  };
  const read = (name: string) => session!.api<InstanceInfo>("GET", `/projects/${PROJECT}/instances/${name}`);

  const chat = await add("chat", "Chatty");
  await chat.getByText("debuggable · chatty", { exact: true }).waitFor();
  await chat.getByLabel("pause").waitFor();
  expect(await read("chat")).toMatchObject({ softwareType: "chatty" });
  // Another type has other parameters.
  await chat.getByLabel("Software type").selectOption({ label: "Default" });
  await chat.getByLabel("Text", { exact: true }).fill("Hello");
  await chat.getByRole("button", { name: "Request", exact: true }).click();
  await chat.getByText("debuggable · default", { exact: true }).waitFor();
  expect(await read("chat")).toMatchObject({ softwareType: "default", parameters: { text: "Hello" } });

  const guest = await add("guest", "Shared (shared)");
  await guest.getByText("debuggable · default · shared", { exact: true }).waitFor();
  await guest.getByLabel(/^Name\*?$/).fill("Ada");
  await guest.getByRole("button", { name: "Request", exact: true }).click();
  await expect.poll(() => read("guest")).toMatchObject({ shared: true, parameters: { name: "Ada" } });
  for (const name of ["chat", "guest"]) {
    const body = { profile: "software/debuggable/software.cfg", state: "destroyed" };
    await session.api("PUT", `/projects/${PROJECT}/instances/${name}`, body);
  }

  const connection = { url: "http://[::1]:1/", "admin-password": "s3cret-of-blue" };
  await page.route(/\/instances(?:\?|$)/, async (route) => {
    const response = await route.fetch();
    const { instances } = (await response.json()) as { instances: object[] };
    await route.fulfill({ response, json: { instances: instances.map((one) => ({ ...one, connection })) } });
  });
  const path = `/projects/${PROJECT}/instances/blue`;
  await session.api("PUT", path, { profile: "software/hello-web/software.cfg", parameters: {} });
  const instance = page.getByRole("article", { name: "Instance blue" });
  await instance.getByText("http://[::1]:1/").waitFor();
  expect(await page.content()).not.toContain("s3cret-of-blue");
  await instance.getByRole("button", { name: "Show admin-password" }).click();
  await instance.getByText("s3cret-of-blue").waitFor();
  await instance.getByRole("button", { name: "Hide admin-password" }).click();
  expect(await page.content()).not.toContain("s3cret-of-blue");
  await instance.getByRole("button", { name: "Destroy…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("blu");
  await page.keyboard.press("Enter");
  await dialog.getByText("Type blue, exactly.").waitFor();
  await dialog.getByRole("textbox").fill("blue");
  await page.keyboard.press("Enter");
  await instance.waitFor({ state: "detached" });
  await page.getByText("No instance yet").waitFor();
});
