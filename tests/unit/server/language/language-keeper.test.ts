import { afterEach, expect, test } from "vitest";
import { createLanguageKeeper, type LanguageKeeper } from "@/server/language/language-keeper";
import { until } from "../../../integration/until";

let keeper: LanguageKeeper | undefined;
afterEach(() => keeper?.dispose());

/** Silence is only to be noticed where it is the test: a busy machine takes a second to start a thread. */
function openKeeper(silenceMs = 10_000): { keeper: LanguageKeeper; heard: string[]; open(project?: string): string } {
  let id = 0;
  const heard: string[] = [];
  const made = createLanguageKeeper({
    program: new URL("../../../fixtures/hanging-worker.mjs", import.meta.url).pathname,
    environmentOf: () => ({}),
    newId: () => `session-${++id}`,
    log: { warn: () => undefined },
    pingMs: 20,
    silenceMs,
  });
  keeper = made;
  return {
    keeper: made,
    heard,
    open(project = "one") {
      const session: string = made.open(project, "/nowhere", {
        onMessage: (message) => heard.push(`${session}: ${message}`),
        onEnded: () => heard.push(`${session} ended`),
      });
      return session;
    },
  };
}

const has = (heard: string[], text: string) => until(() => heard.includes(text), { what: text });

test("messages go to the session that they are of, and nowhere after it is closed", async () => {
  const { keeper, heard, open } = openKeeper();
  const [first, second] = [open(), open()];
  expect(keeper.send(first, "a")).toBe(true);
  keeper.send(second, "b");
  await has(heard, "session-1: echo a");
  await has(heard, "session-2: echo b");
  keeper.close(first);
  expect(keeper.send(first, "c")).toBe(false);
  keeper.send(second, "d");
  await has(heard, "session-2: echo d");
  expect(heard).not.toContain("session-1: echo c");
});

test.each(["die", "throw", "hang"])(
  "a thread that is told to %s takes its sessions along, and the next one begins anew (FT16)",
  async (fate) => {
    const { keeper, heard, open } = openKeeper(fate === "hang" ? 1_500 : undefined);
    const session = open();
    const elsewhere = open("other");
    keeper.send(session, fate);
    await has(heard, "session-1 ended");
    expect(keeper.send(session, "a")).toBe(false);
    const next = open();
    keeper.send(next, "b");
    await has(heard, "session-3: echo b");
    keeper.send(elsewhere, "c");
    await has(heard, "session-2: echo c");
    expect(heard.filter((line) => line.endsWith("ended"))).toEqual(["session-1 ended"]);
  },
);
