/**
 * Log lines a second, from a run's process through the server into the page's memory, and what that does to frames.
 *
 * The page's own sockets are listened to: the bytes of every chunk, put together by offset, must hash as the file does.
 * A line is about 118 bytes. Prints one JSON object a case.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunInfo } from "@/lib/protocol";
import { openSession, type PageSession } from "../../e2e/page-session";
import { createRunsPage, toPythonProfile } from "../../e2e/pages/runs-page";
import { until } from "../../integration/until";

let session: PageSession;
beforeAll(async () => {
  session = await openSession({ recordsLog: true });
});
afterAll(() => session.close());

interface Seen {
  readonly sha256: string;
  readonly bytes: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly frames: number[];
}

async function measure(name: string, lines: number, program: readonly string[]): Promise<void> {
  const { page } = session;
  const runs = createRunsPage(session);
  const path = `bench-${name}/buildout.cfg`;
  await session.writeFile(path, toPythonProfile("import sys, time", ...program));
  await page.evaluate(() => (window as unknown as { recorder: { clear(): void } }).recorder.clear());
  await session.api("POST", "/projects/sample/runs", { kind: "buildout", profile: path });
  await page.locator('[data-region="status"]').getByText("Running").first().waitFor();
  await until(async () => ["succeeded", "failed"].includes((await runs.newestRun()).state), { timeoutMs: 600_000 });
  const run: RunInfo = await runs.newestRun();
  expect(run.state).toBe("succeeded");
  const file = await runs.readLogFile(run.id);
  await until(async () => (await runs.logEnd()) === file.length, { timeoutMs: 120_000 });
  const seen: Seen = await page.evaluate(() =>
    (window as unknown as { recorder: { read(): Promise<Seen> } }).recorder.read(),
  );
  expect(seen.bytes).toBe(file.length);
  expect(seen.sha256).toBe(createHash("sha256").update(file).digest("hex"));
  const frames = seen.frames.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(frames[Math.floor((frames.length - 1) * share)] ?? 0);
  const seconds = (seen.lastAt - seen.firstAt) / 1000;
  const result = {
    bench: `log ${name}`,
    lines,
    megabytes: Number((file.length / 1e6).toFixed(1)),
    seconds: Number(seconds.toFixed(2)),
    linesPerSecond: Math.round(lines / seconds),
    lost: 0,
    sha256Equal: true,
    frameMs: {
      p50: at(0.5),
      p95: at(0.95),
      max: at(1),
      over50: frames.filter((ms) => ms > 50).length,
      of: frames.length,
    },
    rows: await page.locator(".log-row").count(),
  };
  console.log(JSON.stringify(result));
}

test("a million lines as fast as they are written", async () => {
  await session.page.keyboard.press("Control+Shift+U");
  await measure("flood", 1_000_000, [
    "for n in range(1000):",
    "  sys.stdout.write(''.join('%08d gcc -O2 -fPIC -I/usr/include/libxml2 -c -o build/objects/module.o sources/module.c ## and what follows it\\n' % (n * 1000 + i) for i in range(1000)))",
  ]);
});

test("10,000 lines a second for 20 seconds", async () => {
  await measure("paced", 200_000, [
    "begin = time.time()",
    "for n in range(2000):",
    "  sys.stdout.write(''.join('%08d gcc -O2 -fPIC -I/usr/include/libxml2 -c -o build/objects/module.o sources/module.c ## and what follows it\\n' % (n * 100 + i) for i in range(100)))",
    "  sys.stdout.flush()",
    "  time.sleep(max(0, begin + (n + 1) * 0.01 - time.time()))",
  ]);
});

test("a log of 1 GiB: opened at its end, jumped in, searched", async () => {
  const { page } = session;
  const runs = createRunsPage(session);
  await session.writeFile(
    "bench-large/buildout.cfg",
    toPythonProfile(
      "import sys",
      "block = ''.join('%07d %s\\n' % (i, 'y' * 119) for i in range(8192))",
      "for n in range(1024): sys.stdout.write(block)",
      "sys.stdout.write('END OF IT\\n')",
    ),
  );
  await page.goto("about:blank");
  await session.api("POST", "/projects/sample/runs", { kind: "buildout", profile: "bench-large/buildout.cfg" });
  await until(async () => ["succeeded", "failed"].includes((await runs.newestRun()).state), { timeoutMs: 600_000 });
  await page.goto(session.server.url);
  await page.getByRole("listbox", { name: "Runs" }).waitFor();
  const timed = async (act: () => Promise<void>, shown: string): Promise<number> => {
    const begin = performance.now();
    await act();
    await page.locator(".log-row", { hasText: shown }).first().waitFor();
    return Math.round(performance.now() - begin);
  };
  const options = page.getByRole("listbox", { name: "Runs" }).getByRole("option");
  await options.nth(1).click();
  const openMs = await timed(() => options.nth(0).click(), "END OF IT");
  const share = async (percent: string): Promise<void> => {
    await page.getByRole("button", { name: "More on the log" }).click();
    await page.getByRole("menuitem", { name: "Go to line…" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill(percent);
    await page.keyboard.press("Enter");
  };
  const jumps: number[] = [];
  const start = page.getByRole("region", { name: "Log text" });
  for (const percent of ["50%", "10%", "90%"]) {
    const before = await start.getAttribute("data-log-start");
    const begin = performance.now();
    await share(percent);
    await until(async () => (await start.getAttribute("data-log-start")) !== before, { everyMs: 5 });
    jumps.push(Math.round(performance.now() - begin));
  }
  const megabytes = Number(((await runs.newestRun()).logSizeBytes / 1e6).toFixed(0));
  console.log(JSON.stringify({ bench: "log 1 GiB", megabytes, openMs, jumpMs: jumps.sort((a, b) => a - b) }));
  expect(megabytes).toBeGreaterThan(1000);
});
