/**
 * What the page costs: bytes over the wire, first paint, time until the editor shows the file, and the server's memory.
 *
 * Signed in, with one file open, as a person comes back to it. Cold is a browser without a cache, warm the second visit.
 * Medians of `ROUNDS`. Prints one JSON object.
 */
import { readFile } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { openSession, type PageSession } from "../../e2e/page-session";

const ROUNDS = 5;
const PROFILE = "software/hello-web/software.cfg";

interface Visit {
  readonly firstPaintMs: number;
  readonly editorMs: number;
  readonly transferredBytes: number;
  readonly requests: number;
}

async function visit(context: BrowserContext, page: Page, url: string): Promise<Visit> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  let transferredBytes = 0;
  let requests = 0;
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
    transferredBytes += encodedDataLength;
    requests++;
  });
  await page.goto(url, { waitUntil: "commit" });
  const editorMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          const line = document.querySelector(".monaco-editor .view-line");
          if (line?.textContent) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  const firstPaintMs = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  );
  await devtools.detach();
  return { firstPaintMs, editorMs, transferredBytes, requests };
}

async function readResidentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

function median(visits: readonly Visit[], of: keyof Visit): number {
  const values = visits.map((one) => one[of]).sort((a, b) => a - b);
  return Math.round(values[Math.floor(values.length / 2)]!);
}

function summarize(visits: readonly Visit[]) {
  return {
    firstPaintMs: median(visits, "firstPaintMs"),
    editorMs: median(visits, "editorMs"),
    transferredKB: Math.round(median(visits, "transferredBytes") / 1024),
    requests: median(visits, "requests"),
  };
}

test("the page, cold and warm, and the server's memory", async () => {
  const session: PageSession = await openSession();
  try {
    const { page, context, server } = session;
    const pid = server.child.pid!;
    const url = `${server.url}/`;
    await session.openByName(PROFILE);
    await page.locator(".monaco-editor .view-line", { hasText: "greeting = Hello" }).first().waitFor();
    const storageState = await context.storageState();
    const browser = context.browser()!;
    await page.close();

    const cold: Visit[] = [];
    const warm: Visit[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const fresh = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
      const first = await fresh.newPage();
      cold.push(await visit(fresh, first, url));
      await first.close();
      const second = await fresh.newPage();
      warm.push(await visit(fresh, second, url));
      await fresh.close();
    }

    const tabs = await browser.newContext({ storageState });
    for (let count = 0; count < 3; count++) await visit(tabs, await tabs.newPage(), url);
    const threeTabs = await readResidentMegabytes(pid);
    await tabs.close();

    await session.killServer();
    await session.restartServer();
    const idle = await readResidentMegabytes(session.server.child.pid!);
    const result = {
      bench: "page",
      rounds: ROUNDS,
      cold: summarize(cold),
      warm: summarize(warm),
      serverRssMB: { idle, threeTabs },
    };
    console.log(JSON.stringify(result));
    expect(result.cold.editorMs).toBeGreaterThan(0);
  } finally {
    await session.close();
  }
});
