/** Signing in and out in the page. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type OpenedPage, startWebrunner, type Webrunner } from "./webrunner";

const PASSWORD = "a password of some length";
// A step is seconds on a machine that also builds; what hangs is told by the step that it hangs in.
vi.setConfig({ testTimeout: 90_000 });

let webrunner: Webrunner;
let opened: OpenedPage | undefined;
beforeAll(async () => {
  webrunner = await startWebrunner({ WEBRUNNER_PASSWORD: PASSWORD });
});
afterAll(() => webrunner?.close());
afterEach(async () => {
  expect(opened?.complaints ?? []).toEqual([]);
  await opened?.context.close();
  opened = undefined;
});

test("the link signs in once, and its token leaves the address", async () => {
  const token = await webrunner.createLoginToken();
  opened = await webrunner.openPage({ signedIn: false, path: `/login#${token}` });
  await opened.waitUntilReady();
  expect(opened.page.url()).toBe(`${webrunner.url}/`);
  await opened.context.clearCookies();
  // The first page goes to the login by itself as soon as it is refused.
  const other = await opened.context.newPage();
  await other.goto(`${webrunner.url}/login#${token}`);
  await other.getByRole("alert").getByText("This login link was used already or is too old.").waitFor();
  expect(other.url()).toBe(`${webrunner.url}/login`);
});

test("without a session the workbench leads to the login page, and the password opens it", async () => {
  opened = await webrunner.openPage({ signedIn: false });
  const { page } = opened;
  await page.waitForURL(`${webrunner.url}/login`);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("This is not the password.").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await opened.waitUntilReady();
});

test("signing out ends the session everywhere in this browser", async () => {
  opened = await webrunner.openPage();
  const second = await webrunner.openTab(opened);
  await second.waitUntilReady();
  await opened.runCommand("Account: Sign out");
  await opened.page.waitForURL(`${webrunner.url}/login`);
  await second.page.waitForURL(`${webrunner.url}/login`);
});
