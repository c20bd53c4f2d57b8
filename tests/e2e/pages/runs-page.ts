/** The run buttons, the Runs panel and the Instances view, as a person uses them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import type { RunInfo } from "@/lib/protocol";
import { until } from "../../integration/until";
import { type PageSession, PROJECT } from "../page-session";

/** A build of the sample from an index that is not near. */
export const BUILD_LIMIT_MS = 240_000;

const ENDS: readonly string[] = ["succeeded", "failed", "cancelled", "lost"];

export interface RunsPage {
  readonly log: Locator;
  runSoftware(): Promise<void>;
  runInstance(): Promise<void>;
  /** Acts, and waits until the run that this began has ended. */
  finishNext(act: () => Promise<void>): Promise<RunInfo>;
  /** Until the run in the panel has this state. */
  waitForState(state: RunInfo["state"], timeoutMs?: number): Promise<void>;
  /** The bytes of the log that the page holds. */
  logEnd(): Promise<number>;
  /** What "Copy the log" gives. */
  copyLog(): Promise<string>;
  newestRun(): Promise<RunInfo>;
  readLogFile(run: string): Promise<Buffer>;
  showInstances(): Promise<void>;
}

export function createRunsPage(session: PageSession): RunsPage {
  const { page } = session;
  const panel = page.getByRole("region", { name: "Panel" }).or(page.locator('[data-region="panel"]'));
  const log = page.getByRole("region", { name: "Log text" });
  const press = async (name: string): Promise<void> => {
    const button = page.locator('[data-region="title"]').getByRole("button", { name, exact: true });
    await until(() => button.isEnabled(), { timeoutMs: 60_000, what: `${name} is enabled` });
    await button.click();
  };
  const listRuns = async (): Promise<RunInfo[]> =>
    (await session.api<{ runs: RunInfo[] }>("GET", `/projects/${PROJECT}/runs`)).runs;
  return {
    log,
    async finishNext(act) {
      const before = (await listRuns())[0]?.id;
      await act();
      return until(
        async () => (await listRuns()).slice(0, 1).find(({ id, state }) => id !== before && ENDS.includes(state)),
        { timeoutMs: BUILD_LIMIT_MS, everyMs: 100, what: "the end of the next run" },
      );
    },
    runSoftware: () => press("Run software"),
    runInstance: () => press("Run instance"),
    async waitForState(state, timeoutMs = BUILD_LIMIT_MS) {
      const shown = panel.locator("[data-run-state]");
      let seen: string | null = null;
      const isThere = async () => {
        seen = (await shown.count()) > 0 ? await shown.getAttribute("data-run-state") : null;
        if (seen === state) return true;
        // The run of before may still be shown, while the page hears of the one that is waited for.
        return seen !== null && ENDS.includes(seen) && (await listRuns())[0]?.state === seen;
      };
      await until(isThere, { timeoutMs, everyMs: 50, what: `the run being ${state}` });
      if (seen === state) return;
      const log = (await page.locator(".log-row").allTextContents()).join("\n");
      throw new Error(`The run is ${seen}, not ${state}; its log:\n${log}`);
    },
    logEnd: async () => Number((await log.getAttribute("data-log-end")) ?? 0),
    async copyLog() {
      await keepCopies(page);
      await panel.getByRole("button", { name: "Copy the log" }).click();
      return until(() => page.evaluate(() => (window as unknown as { copied?: string }).copied), { what: "a copy" });
    },
    newestRun: async () => (await listRuns())[0]!,
    readLogFile: (run) => readFile(join(session.dataDirectory, "projects", PROJECT, "runs", run, "log")),
    async showInstances() {
      await page
        .getByRole("button", { name: "Instances", exact: true })
        .or(page.getByRole("tab", { name: "Instances" }))
        .first()
        .click();
    },
  };
}

/** A page without the clipboard's permission still says what it would have copied. */
async function keepCopies(page: Page): Promise<void> {
  await page.evaluate(() => {
    const keep = { writeText: async (text: string) => Object.assign(window, { copied: text }) };
    Object.assign(window, { copied: undefined });
    Object.defineProperty(navigator, "clipboard", { value: keep, configurable: true });
  });
}

/** A line of Python that waits until the test writes this file of the workspace. It needs `os` and `time`. */
export function toWaiting(session: PageSession, path: string): string {
  const file = join(session.dataDirectory, "projects", PROJECT, "workspace", path);
  return `[time.sleep(0.05) for _ in iter(lambda: os.path.exists('${file}'), True)]`;
}

/** A plain buildout with one part that runs Python, written by the recipe that comes with the engine. */
export function toPythonProfile(...lines: readonly string[]): string {
  return [
    "[buildout]",
    "parts = work",
    "",
    "[work]",
    "recipe = slapos.recipe.build",
    "install =",
    "  import os",
    "  os.makedirs(location)",
    ...lines.map((line) => `  ${line}`),
    "",
  ].join("\n");
}
