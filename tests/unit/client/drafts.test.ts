import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DraftShelf, ShelvedDraft } from "@/lib/client/draft-shelf";
import { createDrafts } from "@/lib/client/drafts";
import type { Draft } from "@/lib/protocol";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createMemoryShelf(): DraftShelf & { drafts: ShelvedDraft[]; fails: boolean } {
  const shelf = {
    drafts: [] as ShelvedDraft[],
    fails: false,
    async keep(draft: ShelvedDraft) {
      if (shelf.fails) throw new Error("QuotaExceededError");
      await shelf.remove(draft.project, draft.path, draft.writer);
      shelf.drafts.push(draft);
    },
    async remove(project: string, path: string, writer: string) {
      shelf.drafts = shelf.drafts.filter((d) => !(d.project === project && d.path === path && d.writer === writer));
    },
    async list(project: string) {
      return shelf.drafts.filter((draft) => draft.project === project);
    },
  };
  return shelf;
}

function createDraftServer() {
  const server = {
    drafts: new Map<string, Draft>(),
    fails: false,
    writes: 0,
    api: {
      async keepDraft({ query, body }: { query: { path: string }; body: { text: string; baseTag: string | null } }) {
        if (server.fails) throw new Error("away");
        server.writes += 1;
        const draft = { path: query.path, ...body, keptAt: new Date().toISOString() };
        server.drafts.set(query.path, draft);
        return draft;
      },
      async removeDraft({ query }: { query: { path: string } }) {
        server.drafts.delete(query.path);
        return undefined;
      },
      async listDrafts() {
        return { drafts: [...server.drafts.values()] };
      },
    },
  };
  return server;
}

function setUp({ writer = "me", living = ["me"] as string[] | undefined } = {}) {
  const shelf = createMemoryShelf();
  const server = createDraftServer();
  const make = (as: string) =>
    createDrafts({
      project: "p",
      writer: as,
      shelf,
      api: server.api,
      listLivingWriters: async () => living && new Set(living),
      now: () => new Date(),
    });
  return { shelf, server, make, drafts: make(writer) };
}
const text = (value: string) => () => ({ text: value, baseTag: "t" });

test("what is typed is in the browser within 1 s and on the server within 5 s (D1)", async () => {
  const { shelf, server, drafts } = setUp();
  drafts.changed("a", text("typed"));
  expect(drafts.isKept("a")).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shelf.drafts.map((draft) => draft.text)).toEqual(["typed"]);
  expect(drafts.isKept("a")).toBe(true);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(server.drafts.get("a")?.text).toBe("typed");
});

test("typing without a pause is kept all the same, and not at every key (D1)", async () => {
  const { shelf, server, drafts } = setUp();
  let typed = "";
  for (let key = 0; key < 100; key++) {
    typed += "x";
    const now = typed;
    drafts.changed("a", text(now));
    await vi.advanceTimersByTimeAsync(100);
    if (key >= 10) expect(shelf.drafts[0]!.text.length).toBeGreaterThanOrEqual(typed.length - 10);
    if (key >= 50) expect(server.drafts.get("a")!.text.length).toBeGreaterThanOrEqual(typed.length - 50);
  }
  expect(server.writes).toBeLessThan(10);
});

test("a place that fails is tried again, and the text is not called kept (D1)", async () => {
  const { shelf, server, drafts } = setUp();
  shelf.fails = true;
  server.fails = true;
  drafts.changed("a", text("typed"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(drafts.isKept("a")).toBe(false);
  server.fails = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.drafts.get("a")?.text).toBe("typed");
  expect(drafts.isKept("a")).toBe(true);
});

test("a draft that has ended is not written again by a write that was waiting (D2)", async () => {
  const { shelf, server, drafts } = setUp();
  drafts.changed("a", text("typed"));
  await drafts.forget("a");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(shelf.drafts).toEqual([]);
  expect(server.drafts.size).toBe(0);
});

test("a draft begun right after another has ended is kept (D1)", async () => {
  const { shelf, server, drafts } = setUp();
  drafts.changed("a", text("first"));
  await vi.advanceTimersByTimeAsync(5_000);
  const ending = drafts.forget("a");
  drafts.changed("a", text("second"));
  await ending;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(shelf.drafts.map((draft) => draft.text)).toEqual(["second"]);
  expect(server.drafts.get("a")?.text).toBe("second");
});

test("leaving the page writes at once", async () => {
  const { shelf, server, drafts } = setUp();
  drafts.changed("a", text("typed"));
  await drafts.flush(true);
  expect(shelf.drafts.map((draft) => draft.text)).toEqual(["typed"]);
  expect(server.drafts.get("a")?.text).toBe("typed");
});

test("two pages of one browser do not overwrite each other's texts, nor take them (D3)", async () => {
  const { shelf, make } = setUp({ living: ["one", "two"] });
  const one = make("one");
  const two = make("two");
  one.changed("a", text("of one"));
  two.changed("a", text("of two"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shelf.drafts.map((draft) => draft.text).sort()).toEqual(["of one", "of two"]);
  const found = await one.find("a");
  expect(found.filter(({ source }) => source !== "server").map((draft) => draft.text)).toEqual(["of one"]);
});

test("the text of a page that is gone is found by another one, the newest first", async () => {
  const { make } = setUp({ living: ["new"] });
  const gone = make("gone");
  gone.changed("a", text("older"));
  await gone.flush();
  await vi.advanceTimersByTimeAsync(1_000);
  const late = make("late");
  late.changed("a", text("newer"));
  await vi.advanceTimersByTimeAsync(1_000);
  const found = await make("new").find("a");
  expect(found.filter(({ source }) => source === "browser").map((draft) => draft.text)).toEqual(["newer", "older"]);
});

test("a kept text that was looked at and not wanted is removed", async () => {
  const { shelf, make } = setUp({ living: ["new"] });
  const gone = make("gone");
  gone.changed("a", text("older"));
  await gone.flush();
  const reader = make("new");
  for (const candidate of await reader.find("a")) await reader.discard(candidate);
  expect(await reader.find("a")).toEqual([]);
  expect(shelf.drafts).toEqual([]);
});
