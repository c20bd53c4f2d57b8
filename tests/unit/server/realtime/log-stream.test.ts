import { describe, expect, it } from "vitest";
import { LOG_CHUNK_BYTES, LOG_CHUNKS_IN_FLIGHT, type LogChunk } from "@/lib/protocol";
import { createMemoryFiles } from "@/server/platform/memory-files";
import type { EventSocket } from "@/server/realtime/event";
import { createLogStream } from "@/server/realtime/log-stream";
import { until } from "../../../integration/until";

const RUN = "20261123-201155-y5n683";
const user = { name: "owner", credential: { kind: "session" as const, id: "1" } };

function open(initial: string) {
  const files = createMemoryFiles({ "/log": initial });
  let ended = false;
  const errors: unknown[] = [];
  const stream = createLogStream({
    files,
    runs: {
      findLog: async () => ({ path: "/log", ended, sizeBytes: (await files.findInfo("/log"))!.sizeBytes }),
    },
    onError: (error) => errors.push(error),
  });
  const chunks: LogChunk[] = [];
  const acknowledge: (() => void)[] = [];
  const endings: number[] = [];
  let connected = true;
  const closers: (() => void)[] = [];
  const socket: EventSocket = {
    id: "1",
    get connected() {
      return connected;
    },
    send(_name, payload) {
      endings.push((payload as { sizeBytes: number }).sizeBytes);
    },
    sendAcknowledged(_name, payload) {
      chunks.push(payload as LogChunk);
      return new Promise((resolve) => acknowledge.push(() => resolve()));
    },
    joinProject() {},
    onClose(listener) {
      closers.push(listener);
      return { dispose() {} };
    },
  };
  const subscribe = (offset: number) => stream.handlers.subscribeLog({ payload: { run: RUN, offset }, user, socket });
  return {
    files,
    chunks,
    endings,
    errors,
    subscribe,
    unsubscribe: () => stream.handlers.unsubscribeLog({ payload: { run: RUN }, user, socket }),
    end: () => {
      ended = true;
    },
    acknowledgeOne: () => acknowledge.shift()?.(),
    acknowledgeAll: () => {
      for (const one of acknowledge.splice(0)) one();
    },
    goAway: () => {
      connected = false;
      for (const close of closers) close();
    },
    text: () => Buffer.concat(chunks.map(({ bytes }) => bytes)).toString(),
    dispose: () => stream.dispose(),
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 120));

describe("the log stream", () => {
  it("sends what there is, what comes, and the end", async () => {
    const page = open("one\n");
    expect(await page.subscribe(0)).toEqual({ sizeBytes: 4 });
    await until(() => page.text() === "one\n");
    await page.files.append("/log", "two\n");
    await until(() => page.text() === "one\ntwo\n");
    expect(page.chunks.map(({ offset }) => offset)).toEqual([0, 4]);
    page.end();
    await until(() => page.endings.length > 0);
    expect(page.endings).toEqual([8]);
    page.dispose();
  });

  it("begins where the page is", async () => {
    const page = open("0123456789");
    page.end();
    await page.subscribe(6);
    await until(() => page.endings.length > 0);
    expect(page.chunks).toMatchObject([{ run: RUN, offset: 6 }]);
    expect(page.text()).toBe("6789");
    page.dispose();
  });

  it("puts no more on its way than the credit, and goes on by one for each acknowledgement", async () => {
    const page = open("x".repeat(LOG_CHUNK_BYTES * 7));
    page.end();
    await page.subscribe(0);
    await until(() => page.chunks.length === LOG_CHUNKS_IN_FLIGHT);
    await settle();
    expect(page.chunks).toHaveLength(LOG_CHUNKS_IN_FLIGHT);
    page.acknowledgeOne();
    await until(() => page.chunks.length === LOG_CHUNKS_IN_FLIGHT + 1);
    await settle();
    expect(page.chunks).toHaveLength(LOG_CHUNKS_IN_FLIGHT + 1);
    await until(() => {
      page.acknowledgeAll();
      return page.endings.length > 0;
    });
    expect(page.chunks.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => i * LOG_CHUNK_BYTES));
    page.dispose();
  });

  it("gathers what a slow writer prints", async () => {
    const page = open("");
    await page.subscribe(0);
    for (let i = 0; i < 50; i++) {
      await page.files.append("/log", `line ${i}\n`);
      page.acknowledgeAll();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until(() => {
      page.acknowledgeAll();
      return page.text().endsWith("line 49\n");
    });
    expect(page.chunks.length).toBeLessThan(30);
    page.dispose();
  });

  it("starts over from another offset when asked again, and stops when told", async () => {
    const page = open("abc");
    await page.subscribe(0);
    await until(() => page.text() === "abc");
    page.acknowledgeAll();
    await page.subscribe(1);
    await until(() => page.text() === "abcbc");
    page.acknowledgeAll();
    await page.unsubscribe();
    await page.files.append("/log", "d");
    await settle();
    expect(page.text()).toBe("abcbc");
    page.dispose();
  });

  it("reads nothing for a page that is gone", async () => {
    const page = open("abc");
    await page.subscribe(0);
    await until(() => page.text() === "abc");
    page.goAway();
    await page.files.append("/log", "d");
    await settle();
    expect(page.text()).toBe("abc");
    expect(page.errors).toEqual([]);
    page.dispose();
  });
});
