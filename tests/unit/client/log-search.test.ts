import { describe, expect, test } from "vitest";
import { createLogStore } from "@/lib/client/log";
import { createLogSearch, type LogQuery } from "@/lib/client/log-search";
import { createFakeLogServer, RUN, settle } from "./log-fixture";

const encoder = new TextEncoder();
const query = (text: string, options: Partial<LogQuery> = {}): LogQuery => ({
  text,
  isRegex: false,
  isCaseSensitive: false,
  ...options,
});

async function open(text: string, limits?: { bytes: number; rows: number }) {
  const server = createFakeLogServer(encoder.encode(text));
  const log = createLogStore({ ...server, run: RUN, schedule: queueMicrotask, limits });
  const search = createLogSearch({ log, api: server.api });
  const deliver = async () => {
    await settle();
    while (server.deliver()) await settle();
    await settle();
  };
  await deliver();
  const found = async () => {
    await expect.poll(() => search.state.getState().isSearching).toBe(false);
    await settle();
    const decoder = new TextDecoder();
    return search.state.getState().matches.map((offset) => {
      const end = server.file.indexOf(10, offset);
      return decoder.decode(server.file.subarray(offset, end < 0 ? undefined : end));
    });
  };
  return { server, log, search, deliver, found };
}

describe("search in a log", () => {
  test("finds lines, upper or lower case", async () => {
    const { search, found } = await open("Error: a\nfine\nerror b\n");
    search.find(query("ERROR"));
    expect(await found()).toEqual(["Error: a", "error b"]);
    search.find(query("error", { isCaseSensitive: true }));
    expect(await found()).toEqual(["error b"]);
  });
  test("takes regular expressions, and says when it is none", async () => {
    const { search, found } = await open("a1\nb2\nc\n");
    search.find(query("[ab]\\d", { isRegex: true }));
    expect(await found()).toEqual(["a1", "b2"]);
    search.find(query("[", { isRegex: true }));
    expect(search.state.getState().problem).toContain("[");
  });
  test("takes text as text", async () => {
    const { search, found } = await open("a+b(c)\naab\n");
    search.find(query("a+b("));
    expect(await found()).toEqual(["a+b(c)"]);
  });
  test("sees through colours", async () => {
    const { search, found } = await open("\u001b[31mer\u001b[1mror\u001b[0m\n");
    search.find(query("error"));
    expect(await found()).toHaveLength(1);
  });
  test("goes on with lines that arrive", async () => {
    const { server, search, deliver, found } = await open("x 1\ny\n");
    search.find(query("x"));
    expect(await found()).toEqual(["x 1"]);
    server.file = encoder.encode("x 1\ny\nx 2\nx 3");
    await deliver();
    expect(await found()).toEqual(["x 1", "x 2", "x 3"]);
  });
  test("asks the server for what the page does not hold", async () => {
    const text = Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join("");
    const { log, search, found } = await open(text, { bytes: 100_000, rows: 1_000_000 });
    expect(log.window.start).toBeGreaterThan(0);
    search.find(query("line [14]9999$", { isRegex: true }));
    expect(await found()).toEqual(["line 19999", "line 49999"]);
  });
  test("goes to the next and the one before, around the ends", async () => {
    const { search, found } = await open("x\ny\nx\nx\n");
    search.find(query("x"));
    await found();
    expect([1, 1, 1, 1].map(() => search.step(1, 1))).toEqual([4, 6, 0, 4]);
    expect(search.step(-1, 0)).toBe(0);
  });
  test("finds each line once among many slices", async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join("");
    const server = createFakeLogServer(encoder.encode(text));
    server.chunkBytes = 1_000_000;
    const log = createLogStore({ ...server, run: RUN, schedule: queueMicrotask });
    await settle();
    while (server.deliver()) await settle();
    let clock = 0;
    const search = createLogSearch({ log, api: server.api, now: () => (clock += 5) });
    search.find(query("line"));
    await expect.poll(() => search.state.getState().isSearching).toBe(false);
    expect(search.state.getState().matches).toHaveLength(20_000);
  });
});
