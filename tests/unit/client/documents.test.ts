import { expect, test } from "vitest";
import { WebrunnerError } from "@/lib/base/errors";
import { ConnectionLost } from "@/lib/client/api";
import type { ConflictAnswer } from "@/lib/client/dialogs";
import { createDocuments, type TextBuffer } from "@/lib/client/documents";
import type { DraftCandidate, Drafts } from "@/lib/client/drafts";

/** Files by path on a disk whose tags are their texts. */
function createDisk(initial: Record<string, string>) {
  const disk = {
    files: new Map(Object.entries(initial)),
    away: false,
    puts: 0,
    beforePut: undefined as (() => void) | undefined,
    api: {
      async readFile({ query: { path } }: { query: { path: string } }) {
        if (disk.away) throw new ConnectionLost(undefined);
        const text = disk.files.get(path);
        if (text === undefined) throw new WebrunnerError("file/not-found");
        return { path, text, tag: `tag:${text}`, sizeBytes: text.length, readOnly: false, hasByteOrderMark: false };
      },
      async replaceFile({
        query: { path },
        body,
      }: {
        query: { path: string };
        body: { text: string; tag: string | null };
      }) {
        if (disk.away) throw new ConnectionLost(undefined);
        disk.beforePut?.();
        disk.puts += 1;
        const text = disk.files.get(path);
        const tag = text === undefined ? null : `tag:${text}`;
        await Promise.resolve();
        if (body.tag !== tag) throw new WebrunnerError("file/conflict");
        disk.files.set(path, body.text);
        return { path, tag: `tag:${body.text}` };
      },
    },
  };
  return disk;
}

interface MemoryBuffer extends TextBuffer {
  type(text: string): void;
  undo(): void;
}

function createMemoryBuffer(_path: string, initial: string): MemoryBuffer {
  const versions = [initial];
  let at = 0;
  const listeners = new Set<() => void>();
  const push = (text: string): void => {
    if (text === versions[at]) return;
    versions.splice(at + 1, versions.length, text);
    at += 1;
    for (const listener of listeners) listener();
  };
  return {
    getText: () => versions[at]!,
    version: () => at,
    replaceText: push,
    type: (text) => push(versions[at]! + text),
    undo() {
      at -= 1;
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispose: () => listeners.clear(),
  };
}

function setUp(
  files: Record<string, string>,
  { kept = [] as DraftCandidate[], answers = [] as (ConflictAnswer | undefined)[] } = {},
) {
  const disk = createDisk(files);
  const live = new Map<string, { text: string; baseTag: string | null }>();
  const discarded: string[] = [];
  const others: string[] = [];
  const questions: { mine: string; theirs: string }[] = [];
  const drafts: Drafts = {
    changed: (path, read) => void live.set(path, read()),
    forget: async (path) => void live.delete(path),
    flush: async () => {},
    isKept: (path) => !live.has(path),
    find: async (path) => kept.filter((draft) => draft.path === path),
    list: async () => kept,
    discard: async (draft) => void discarded.push(draft.text),
  };
  const documents = createDocuments({
    project: "p",
    api: disk.api,
    drafts,
    loadBuffers: async () => createMemoryBuffer,
    resolveConflict: async (question) => {
      questions.push({ mine: question.mine, theirs: question.theirs });
      return answers.shift();
    },
    onOtherDrafts: (_path, candidates) => others.push(...candidates.map(({ text }) => text)),
  });
  const state = (path = "a") => documents.state.getState().get(path);
  const buffer = (path = "a") => documents.buffer(path) as MemoryBuffer;
  return { disk, documents, live, discarded, others, questions, state, buffer };
}

const draftOf = (text: string, base: string | null, keptAt = "2026-01-01T00:00:00Z"): DraftCandidate => ({
  path: "a",
  text,
  baseTag: base === null ? null : `tag:${base}`,
  keptAt,
  source: "server",
});

test("typing makes a file dirty, undoing makes it clean and ends the draft", async () => {
  const { documents, live, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  expect(state()).toMatchObject({ phase: "ready", dirty: false, disk: "same" });
  buffer().type("!");
  expect(state()?.dirty).toBe(true);
  expect(live.get("a")).toEqual({ text: "one!", baseTag: "tag:one" });
  buffer().undo();
  expect(state()?.dirty).toBe(false);
  expect(live.has("a")).toBe(false);
});

test("a save writes with the tag that was read and ends the draft (F2, D2)", async () => {
  const { disk, documents, live, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  buffer().type("!");
  expect(await documents.save("a")).toBe(true);
  expect(disk.files.get("a")).toBe("one!");
  expect(state()).toMatchObject({ dirty: false, saving: false });
  expect(live.has("a")).toBe(false);
});

test("what is typed while a save runs stays dirty, and saving twice makes two writes, one after the other", async () => {
  const { disk, documents, live, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  buffer().type("!");
  const written: (string | undefined)[] = [];
  documents.state.subscribe(() => written.push(disk.files.get("a")));
  const first = documents.save("a");
  buffer().type("?");
  void documents.save("a");
  await first;
  await expect.poll(() => state()?.dirty).toBe(false);
  expect([...new Set(written)]).toEqual(["one", "one!", "one!?"]);
  expect(disk.puts).toBe(2);
  expect(live.has("a")).toBe(false);
});

test("a clean file follows the disk (FT14)", async () => {
  const { disk, documents, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  disk.files.set("a", "two");
  await documents.check("a");
  expect(buffer().getText()).toBe("two");
  expect(state()).toMatchObject({ dirty: false, disk: "same" });
  buffer().type("!");
  expect(await documents.save("a")).toBe(true);
});

test("a dirty file is only marked when the disk changes (FT14)", async () => {
  const { disk, documents, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  buffer().type("!");
  disk.files.set("a", "two");
  await documents.check("a");
  expect(buffer().getText()).toBe("one!");
  expect(state()).toMatchObject({ dirty: true, disk: "changed" });
});

test("a removed file keeps its text and is made again by saving", async () => {
  const { disk, documents, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  disk.files.delete("a");
  await documents.check("a");
  expect(state()?.disk).toBe("removed");
  buffer().type("!");
  expect(await documents.save("a")).toBe(true);
  expect(disk.files.get("a")).toBe("one!");
  expect(state()).toMatchObject({ dirty: false, disk: "same" });
});

test("a removed file that was not edited is made again by saving", async () => {
  const { disk, documents, state } = setUp({ a: "one" });
  await documents.open("a");
  disk.files.delete("a");
  await documents.check("a");
  expect(await documents.save("a")).toBe(true);
  expect(disk.files.get("a")).toBe("one");
  expect(state()?.disk).toBe("same");
});

test.each([
  ["mine" as const, "one!", true],
  ["theirs" as const, "two", true],
  [{ merged: "both" }, "both", true],
  [undefined, "two", false],
])("a conflict answered with %j", async (answer, onDisk, saved) => {
  const { disk, documents, questions, state, buffer } = setUp({ a: "one" }, { answers: [answer] });
  await documents.open("a");
  buffer().type("!");
  disk.files.set("a", "two");
  expect(await documents.save("a")).toBe(saved);
  expect(questions).toEqual([{ mine: "one!", theirs: "two" }]);
  expect(disk.files.get("a")).toBe(onDisk);
  expect(state()?.dirty).toBe(!saved);
  if (answer === undefined) expect(buffer().getText()).toBe("one!");
});

test("a file that changes again while the question is answered is asked about again", async () => {
  const { disk, documents, questions, buffer } = setUp({ a: "one" }, { answers: ["mine", "mine"] });
  await documents.open("a");
  buffer().type("!");
  disk.files.set("a", "two");
  let changes = 0;
  disk.beforePut = () => {
    changes += 1;
    if (changes === 2) disk.files.set("a", "three");
  };
  expect(await documents.save("a")).toBe(true);
  expect(questions.map(({ theirs }) => theirs)).toEqual(["two", "three"]);
  expect(disk.files.get("a")).toBe("one!");
});

test("a conflict with the same text is none", async () => {
  const { disk, documents, questions, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  buffer().type("!");
  disk.files.set("a", "one!");
  expect(await documents.save("a")).toBe(true);
  expect(questions).toEqual([]);
  expect(state()?.dirty).toBe(false);
});

test("a save while the server is away is done when it is back", async () => {
  const { disk, documents, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  buffer().type("!");
  disk.away = true;
  expect(await documents.save("a")).toBe(false);
  expect(state()).toMatchObject({ dirty: true, saving: false });
  disk.away = false;
  await documents.checkAll();
  expect(disk.files.get("a")).toBe("one!");
  expect(state()?.dirty).toBe(false);
});

test("a draft comes back as unsaved text, and saves over the file that it began from", async () => {
  const { disk, documents, state, buffer } = setUp({ a: "one" }, { kept: [draftOf("mine", "one")] });
  await documents.open("a");
  expect(buffer().getText()).toBe("mine");
  expect(state()).toMatchObject({ dirty: true, disk: "same", restoredFrom: "2026-01-01T00:00:00Z" });
  expect(await documents.save("a")).toBe(true);
  expect(disk.files.get("a")).toBe("mine");
});

test("a draft of an older file is a conflict when it is saved, never a silent overwrite (D3)", async () => {
  const { disk, documents, questions, state } = setUp({ a: "newer" }, { kept: [draftOf("mine", "one")] });
  await documents.open("a");
  expect(state()).toMatchObject({ dirty: true, disk: "changed" });
  expect(await documents.save("a")).toBe(false);
  expect(questions).toEqual([{ mine: "mine", theirs: "newer" }]);
  expect(disk.files.get("a")).toBe("newer");
});

test("a draft of a file that is gone opens without it", async () => {
  const { disk, documents, state, buffer } = setUp({}, { kept: [draftOf("mine", "one")] });
  await documents.open("a");
  expect(buffer().getText()).toBe("mine");
  expect(state()).toMatchObject({ dirty: true, disk: "removed" });
  expect(await documents.save("a")).toBe(true);
  expect(disk.files.get("a")).toBe("mine");
});

test("a draft that equals the file is dropped", async () => {
  const { documents, discarded, state } = setUp({ a: "one" }, { kept: [draftOf("one", "zero")] });
  await documents.open("a");
  expect(state()).toMatchObject({ dirty: false });
  expect(state()?.restoredFrom).toBeUndefined();
  expect(discarded).toEqual(["one"]);
});

test("of several drafts the newest is taken and the others are offered", async () => {
  const kept = [draftOf("newest", "one", "2026-01-02T00:00:00Z"), draftOf("older", "one"), draftOf("newest", "one")];
  const { documents, others, buffer } = setUp({ a: "one" }, { kept });
  await documents.open("a");
  expect(buffer().getText()).toBe("newest");
  expect(others).toEqual(["older"]);
});

test("taking the disk's text can be undone", async () => {
  const { documents, live, state, buffer } = setUp({ a: "one" });
  await documents.open("a");
  buffer().type("!");
  await documents.revert("a");
  expect(buffer().getText()).toBe("one");
  expect(state()?.dirty).toBe(false);
  expect(live.has("a")).toBe(false);
  buffer().undo();
  expect(buffer().getText()).toBe("one!");
  expect(state()?.dirty).toBe(true);
});

test("a file that cannot be read says why and can be tried again", async () => {
  const { disk, documents, state } = setUp({});
  await documents.open("a");
  expect(state()).toMatchObject({ phase: "failed", error: { code: "file/not-found" } });
  disk.files.set("a", "one");
  await documents.open("a");
  expect(state()?.phase).toBe("ready");
});

test("an open file follows the folder that it is moved with", async () => {
  const { disk, documents, live, state, buffer } = setUp({ "dir/a": "one" });
  await documents.open("dir/a");
  buffer("dir/a").type("!");
  disk.files.set("new/a", "one");
  disk.files.delete("dir/a");
  documents.renamed("dir", "new");
  expect(state("dir/a")).toBeUndefined();
  expect(live.get("new/a")?.text).toBe("one!");
  expect(live.has("dir/a")).toBe(false);
  expect(await documents.save("new/a")).toBe(true);
  expect(disk.files.get("new/a")).toBe("one!");
});

test("two pages that save one file in any order never overwrite each other silently (FT13)", async () => {
  const disk = createDisk({ a: "0" });
  let seed = 11;
  const next = (limit: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * limit);
  };
  const seenTheirs = new Set<string>();
  const makePage = async () => {
    const page = createDocuments({
      project: "p",
      api: disk.api,
      drafts: {
        changed: () => {},
        forget: async () => {},
        flush: async () => {},
        isKept: () => true,
        find: async () => [],
        list: async () => [],
        discard: async () => {},
      },
      loadBuffers: async () => createMemoryBuffer,
      resolveConflict: async ({ mine, theirs }) => {
        seenTheirs.add(theirs);
        const answer = next(3);
        return answer === 0 ? "mine" : answer === 1 ? "theirs" : { merged: `${mine}+${theirs}`.slice(-40) };
      },
    });
    await page.open("a");
    return page;
  };
  const pages = [await makePage(), await makePage()];
  const lastSeen = ["0", "0"];
  for (let step = 0; step < 1_000; step++) {
    const who = next(2);
    const page = pages[who]!;
    const text = page.buffer("a") as MemoryBuffer;
    const action = next(3);
    if (action === 0) text.type(`${who}${step % 10}`);
    else if (action === 1) {
      await page.check("a");
      if (!page.state.getState().get("a")?.dirty) lastSeen[who] = disk.files.get("a")!;
    } else {
      const before = disk.files.get("a")!;
      const changedByOther = before !== lastSeen[who] && before !== text.getText();
      const dirty = page.state.getState().get("a")!.dirty;
      seenTheirs.clear();
      await page.save("a");
      if (dirty && changedByOther) expect(seenTheirs.has(before), `step ${step}`).toBe(true);
      if (dirty) lastSeen[who] = disk.files.get("a")!;
    }
  }
});
