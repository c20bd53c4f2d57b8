import { expect, test, vi } from "vitest";
import { createPartitionLog } from "@/lib/client/partition-log";
import type { LogPiece } from "@/lib/protocol/processes";

/** A server that answers with these pieces, in this order. */
function open(pieces: readonly Partial<LogPiece>[], rowLimit?: number) {
  const asked: unknown[] = [];
  const left = [...pieces];
  const readPartitionLog = async ({ query }: { query: object }): Promise<LogPiece> => {
    asked.push(query);
    return { text: "", gap: false, more: false, ...left.shift() };
  };
  const log = createPartitionLog({
    api: { readPartitionLog } as never,
    project: "p",
    partition: "slappart0",
    path: "web.log",
    rowLimit,
  });
  const texts = () => log.state.getState().rows.map(({ text }) => text ?? "(gap)");
  return { log, asked, texts };
}

async function poll(log: ReturnType<typeof open>["log"], times: number): Promise<void> {
  vi.useFakeTimers();
  const watching = log.watch();
  for (let turn = 0; turn < times; turn++) await vi.advanceTimersByTimeAsync(800);
  watching.dispose();
  vi.useRealTimers();
}

test("a line that comes in pieces is one row", async () => {
  const { log, texts, asked } = open([
    { text: "one\ntw", start: "a-1-0", end: "a-1-6" },
    { text: "o\nthree\n", start: "a-1-6", end: "a-1-14" },
  ]);
  await poll(log, 1);
  expect(texts()).toEqual(["one", "two", "three"]);
  expect(asked[1]).toMatchObject({ after: "a-1-6" });
});

test("what is missing is said once, and rows of before stay", async () => {
  const { log, texts } = open([
    { text: "one\n", start: "a-1-0", end: "a-1-4" },
    { text: "", gap: true },
    { text: "", gap: true },
    { text: "new\n", gap: true, start: "a-2-0", end: "a-2-4" },
  ]);
  await poll(log, 4);
  expect(texts()).toEqual(["one", "(gap)", "new"]);
});

test("scrolling back goes on in front, with keys of their own", async () => {
  const { log, texts, asked } = open([
    { text: "three\n", start: "a-2-0", end: "a-2-6", more: true },
    {},
    { text: "one\ntwo\n", start: "a-1-0", end: "a-1-8", more: false },
  ]);
  await poll(log, 1);
  expect(log.state.getState().hasEarlier).toBe(true);
  await log.loadEarlier();
  expect(asked.at(-1)).toMatchObject({ before: "a-2-0" });
  expect(texts()).toEqual(["one", "two", "three"]);
  expect(new Set(log.state.getState().rows.map(({ key }) => key)).size).toBe(3);
  expect(log.state.getState().hasEarlier).toBe(false);
});

test("rows are bounded while it is followed, and what went is read again by scrolling back", async () => {
  const { log, texts, asked } = open(
    [
      { text: "1\n2\n", start: "a-1-0", end: "a-1-4" },
      { text: "3\n4\n", start: "a-1-4", end: "a-1-8" },
      { text: "5\n6\n", start: "a-1-8", end: "a-1-12" },
      { text: "1\n2\n", start: "a-1-0", end: "a-1-4" },
    ],
    4,
  );
  await poll(log, 2);
  expect(texts()).toEqual(["3", "4", "5", "6"]);
  expect(log.state.getState().hasEarlier).toBe(true);
  await log.loadEarlier();
  expect(asked.at(-1)).toMatchObject({ before: "a-1-4" });
  expect(texts()).toEqual(["1", "2", "3", "4", "5", "6"]);
});
