/** Plan, run, fail, click the card, the cursor is on the guilty text, one click mends it, green. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { until } from "../integration/until";
import { openSession, type PageSession, PROJECT } from "./page-session";
import { createRunsPage } from "./pages/runs-page";

const TIMEOUT_MS = 240_000;
const PROFILE = "letters/buildout.cfg";
const TEXT = `[buildout]
parts =
  letter
  note

[letter]
recipe = slapos.recipe.template
inline = Dear \${names:who}
output = \${buildout:directory}/letter.txt

[note]
recipe = slapos.recipe.template
inline = Nothing to add
output = \${buildout:directory}/note.txt

[names]
who = Ada
`;

let session: PageSession | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

test("a wrong reference is planned, found, shown and mended", { timeout: TIMEOUT_MS }, async () => {
  session = await openSession();
  const { page, dataDirectory } = session;
  const runs = createRunsPage(session);
  await session.writeFile(PROFILE, TEXT);
  await page.reload();
  await page.getByRole("button", { name: /^Software release/ }).click();
  await page
    .getByRole("menuitem", { name: "letters" })
    .or(page.getByRole("menuitemcheckbox", { name: "letters" }))
    .or(page.getByRole("menuitemradio", { name: "letters" }))
    .first()
    .click();

  const showPanel = (name: string) => page.getByRole("tab", { name: new RegExp(`^${name}`) }).click();
  if (!(await page.getByRole("tab", { name: "Plan" }).isVisible())) await page.keyboard.press("Control+j");
  await showPanel("Plan");
  const planned = (part: string) => page.locator(`[data-planned-part="${part}"]`);
  await until(async () => (await planned("letter").getAttribute("data-planned-action")) === "install");
  await planned("note").waitFor();

  expect(await runs.finishNext(() => page.keyboard.press("F7"))).toMatchObject({ state: "succeeded" });

  await session.openByName(PROFILE);
  const line = page.locator(".monaco-editor .view-line", { hasText: "inline = Dear" }).first();
  await line.click();
  await page.keyboard.press("End");
  // `names` becomes `nmes`: back over `:who}` and `mes`, then the `a` goes.
  for (let i = 0; i < ":who}".length + "mes".length; i++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Backspace");

  await showPanel("Plan");
  await until(async () => (await planned("letter").getAttribute("data-planned-action")) === "reinstall", {
    timeoutMs: 30_000,
    what: "the plan of the unsaved text",
  });
  expect(await planned("note").count()).toBe(0);

  expect(await runs.finishNext(() => page.keyboard.press("F7"))).toMatchObject({ state: "failed" });
  const file = join(dataDirectory, "projects", PROJECT, "workspace", PROFILE);
  expect(await readFile(file, "utf8")).toBe(TEXT.replace("names:who", "nmes:who"));
  const card = page.getByRole("alert", { name: "Why the run failed" });
  const place = card.locator("[data-failure-place]");
  await place.waitFor();
  expect(await place.textContent()).toBe(`${PROFILE}:8:15`);

  await page.keyboard.press("Control+Home");
  await place.click();
  await page.locator('[data-region="status"]').getByText("Ln 8, Col 15").waitFor();

  const mended = await runs.finishNext(() => card.getByRole("button", { name: "Did you mean names?" }).click());
  expect(mended).toMatchObject({ state: "succeeded" });
  await runs.waitForState("succeeded", 60_000);
  expect(await card.count()).toBe(0);
  expect(await readFile(file, "utf8")).toBe(TEXT);
  expect(session.errors).toEqual([]);
});
