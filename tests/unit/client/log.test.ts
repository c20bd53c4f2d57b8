import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLogStore, type LogStore } from "@/lib/client/log";
import { createFakeLogServer, type FakeLogServer, RUN, settle } from "./log-fixture";

const encoder = new TextEncoder();
const lines = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `line ${from + i}\n`).join("");

function open(server: FakeLogServer, options: Partial<Parameters<typeof createLogStore>[0]> = {}): LogStore {
  const { api, connection } = server;
  return createLogStore({ api, connection, run: RUN, schedule: queueMicrotask, ...options });
}

async function deliverAll(server: FakeLogServer): Promise<void> {
  await settle();
  while (server.deliver()) await settle();
  await settle();
}

describe("a log in the page", () => {
  test("is the file, whatever the connection does to it", async () => {
    const act = fc.oneof(
      { weight: 6, arbitrary: fc.constant("deliver" as const) },
      { weight: 2, arbitrary: fc.constant("write" as const) },
      { weight: 1, arbitrary: fc.constantFrom("repeat" as const, "disconnect" as const, "connect" as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 300 }), async (acts, chunkBytes) => {
        const server = createFakeLogServer();
        server.chunkBytes = chunkBytes;
        const log = open(server);
        await settle();
        let text = "";
        for (const step of acts) {
          if (step === "write") {
            text += `é🚀 \u001b[3${text.length % 8}mline ${text.length}\u001b[0m\r\n`;
            server.file = encoder.encode(text);
          } else server[step]();
          await settle();
        }
        server.connect();
        server.end();
        await deliverAll(server);
        expect(log.window.slice(0, Number.MAX_SAFE_INTEGER)).toEqual(server.file);
        expect(log.state.getState()).toMatchObject({ status: "ended", start: 0, end: server.file.length });
        log.dispose();
      }),
      { numRuns: 60 },
    );
  });

  test("asks again from the byte that it ends at after a gap", async () => {
    const server = createFakeLogServer(encoder.encode(lines(100)));
    const log = open(server);
    await settle();
    server.deliver();
    const end = log.window.end;
    server.disconnect();
    server.connect();
    await settle();
    expect(server.subscribedAt).toBe(end);
  });

  test("that is large is opened near its end, and the rest can be loaded", async () => {
    const server = createFakeLogServer(encoder.encode(lines(2_000_000)));
    server.chunkBytes = 256 * 1024;
    server.end();
    const log = open(server, { sizeBytes: server.file.length });
    await deliverAll(server);
    expect(log.window.start).toBeGreaterThan(server.file.length - 1024 * 1024 - 20);
    expect(log.window.getRow(log.window.endRow - 1).text).toBe("line 1999999");
    expect(server.reads).toEqual([]);
    await log.loadEarlier();
    expect(log.window.start).toBeGreaterThan(server.file.length - 2 * 1024 * 1024 - 40);
    const row = await log.showOffset(10_000_000);
    const shown = log.window.getRow(row);
    expect([shown.start <= 10_000_000, shown.end > 10_000_000]).toEqual([true, true]);
    expect(server.reads.every(({ limit }) => limit <= 1024 * 1024)).toBe(true);
    expect(log.state.getState().attached).toBe(false);
    log.showEnd();
    await deliverAll(server);
    expect(log.window.getRow(log.window.endRow - 1).text).toBe("line 1999999");
    expect(log.state.getState().attached).toBe(true);
  });

  test("drops its first rows while it is followed, and can read them again", async () => {
    const server = createFakeLogServer(encoder.encode(lines(50_000)));
    const log = open(server, { limits: { bytes: 100_000, rows: 1_000_000 } });
    await deliverAll(server);
    expect(log.window.start).toBeGreaterThan(0);
    expect(log.window.end).toBe(server.file.length);
    const first = log.window.getRow(log.window.firstRow);
    expect(first.text).toBe(`line ${first.line}`);
    await log.showStart();
    expect(log.window.getRow(log.window.firstRow).text).toBe("line 0");
  });

  test("lets go of its end rather than of the rows that are being read", async () => {
    const server = createFakeLogServer(encoder.encode(lines(50_000)));
    const log = open(server, { limits: { bytes: 100_000, rows: 1_000_000 } });
    log.setFollowing(false);
    await deliverAll(server);
    expect(log.window.start).toBe(0);
    expect(log.state.getState().attached).toBe(false);
    const end = log.window.end;
    await log.loadLater();
    expect(log.window.end).toBeGreaterThan(end);
  });

  test("says why it cannot be read", async () => {
    const server = createFakeLogServer(encoder.encode(lines(50_000)));
    const api = { readLog: async () => Promise.reject(new Error("no")) } as never;
    const log = open(server, { api, limits: { bytes: 1_000, rows: 10 } });
    await deliverAll(server);
    await expect(log.showStart()).rejects.toThrow("no");
    expect(log.state.getState().error).toBeInstanceOf(Error);
  });
});
