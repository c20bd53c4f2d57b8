import { afterEach, expect, test } from "vitest";
import {
  createStdioSupervisor,
  type FromThread,
  type StdioSupervisor,
  type ThreadEvents,
  type ToThread,
  type WireMessage,
} from "@/server/lsp/stdio-supervisor";
import { until } from "../../../integration/until";

let supervisor: StdioSupervisor | undefined;
afterEach(() => supervisor?.dispose());

interface FakeThread {
  readonly told: WireMessage[];
  say(message: FromThread): void;
  answer(id: number | string, result: unknown): void;
  die(why: string): void;
  ended: boolean;
  silent: boolean;
}

function open(clock = { now: 0 }) {
  const threads: FakeThread[] = [];
  const written: WireMessage[] = [];
  const exits: number[] = [];
  const begin = ({ onMessage, onEnded }: ThreadEvents) => {
    const thread: FakeThread = {
      told: [],
      say: onMessage,
      answer: (id, result) => onMessage({ kind: "response", id, body: JSON.stringify({ jsonrpc: "2.0", id, result }) }),
      die: onEnded,
      ended: false,
      silent: false,
    };
    threads.push(thread);
    return {
      send(message: ToThread) {
        if (message.kind === "message") thread.told.push(message.message);
        else if (!thread.silent) onMessage({ kind: "pong" });
      },
      end() {
        thread.ended = true;
      },
    };
  };
  const made = createStdioSupervisor({
    begin,
    write: (body) => written.push(JSON.parse(body) as WireMessage),
    exit: (code) => exits.push(code),
    now: () => clock.now,
    pingMs: 5,
    silenceMs: 1_000,
  });
  supervisor = made;
  const tell = (method: string, params: unknown, id?: number): void =>
    made.receive({ jsonrpc: "2.0", method, params, ...(id === undefined ? {} : { id }) });
  const edit = (version: number, line: number, from: number, to: number, text: string): void =>
    tell("textDocument/didChange", {
      textDocument: { uri: "file:///a.cfg", version },
      contentChanges: [{ range: { start: { line, character: from }, end: { line, character: to } }, text }],
    });
  /** As an editor that has one document open. */
  const begun = (): void => {
    tell("initialize", { capabilities: {} }, 1);
    threads[0]!.answer(1, { capabilities: { positionEncoding: "utf-16" } });
    tell("initialized", {});
    tell("textDocument/didOpen", {
      textDocument: { uri: "file:///a.cfg", languageId: "buildout", version: 1, text: "[a]\nx = 1\n" },
    });
  };
  return { threads, written, exits, tell, edit, begun, clock };
}

const methods = (messages: readonly WireMessage[]): unknown[] => messages.map(({ method, id }) => method ?? id);

test("messages pass both ways as they are", () => {
  const { threads, written, tell, begun } = open();
  begun();
  tell("textDocument/hover", { position: 1 }, 2);
  threads[0]!.answer(2, "hovered");
  threads[0]!.say({ kind: "notification", body: '{"jsonrpc":"2.0","method":"x/y"}' });
  expect(methods(threads[0]!.told)).toEqual([
    "initialize",
    "initialized",
    "textDocument/didOpen",
    "textDocument/hover",
  ]);
  expect(written.map(({ id, method, result }) => method ?? [id, result])).toEqual([
    [1, { capabilities: { positionEncoding: "utf-16" } }],
    [2, "hovered"],
    "x/y",
  ]);
});

test("a thread that dies is followed by one that knows the documents as they are (FT16)", () => {
  const { threads, written, tell, edit, begun } = open();
  begun();
  edit(2, 1, 4, 5, "22");
  tell("textDocument/completion", {}, 7);
  threads[0]!.die("it crashed");
  expect(threads[0]!.ended).toBe(true);
  expect(written.at(-2)).toMatchObject({ id: 7, error: { code: -32_803 } });
  expect(written.at(-1)).toMatchObject({ method: "window/showMessage" });

  // Typing goes on while the next one begins.
  edit(3, 1, 6, 6, "3");
  tell("textDocument/hover", {}, 8);
  expect(methods(threads[1]!.told)).toEqual(["initialize"]);
  threads[1]!.answer(threads[1]!.told[0]!.id as string, { capabilities: {} });
  expect(methods(threads[1]!.told)).toEqual([
    "initialize",
    "initialized",
    "textDocument/didOpen",
    "textDocument/hover",
  ]);
  expect(threads[1]!.told[2]!.params).toEqual({
    textDocument: { uri: "file:///a.cfg", languageId: "buildout", version: 3, text: "[a]\nx = 223\n" },
  });
  threads[1]!.answer(8, "hovered");
  expect(written.at(-1)).toMatchObject({ id: 8, result: "hovered" });
  expect(written.filter(({ id }) => id === 1)).toHaveLength(1);
});

test("a thread that hangs is ended and begun anew (FT16)", async () => {
  const { threads, tell, begun, clock } = open();
  begun();
  threads[0]!.silent = true;
  tell("textDocument/hover", {}, 2);
  clock.now = 2_000;
  await until(() => threads.length === 2, { what: "another thread" });
  expect(threads[0]!.ended).toBe(true);
});

test("a thread with nothing to do is not asked for signs of life", async () => {
  const { threads, begun, clock } = open();
  begun();
  threads[0]!.say({ kind: "notification", body: "{}" });
  threads[0]!.silent = true;
  clock.now = 60_000;
  await new Promise((resolve) => setImmediate(resolve));
  expect(threads).toHaveLength(1);
});

test("a text that kills the analysis at once does not do so again until it is changed", () => {
  const { threads, written, tell, edit, begun, clock } = open();
  begun();
  clock.now = 100_000;
  threads[0]!.die("it crashed");
  expect(threads).toHaveLength(2);
  clock.now += 1_000;
  threads[1]!.die("it crashed");
  expect(threads).toHaveLength(2);
  tell("textDocument/hover", {}, 3);
  expect(written.at(-1)).toMatchObject({ id: 3, error: { code: -32_803 } });
  edit(2, 0, 0, 3, "[b]");
  expect(threads).toHaveLength(3);
  threads[2]!.answer(threads[2]!.told[0]!.id as string, { capabilities: {} });
  expect(threads[2]!.told.at(-1)!.params).toMatchObject({ textDocument: { text: "[b]\nx = 1\n" } });
});

test("answers to questions reach the thread that asked, and no other", () => {
  const { threads, written, begun, tell } = open();
  begun();
  threads[0]!.say({ kind: "request", message: { jsonrpc: "2.0", id: 0, method: "workspace/applyEdit", params: {} } });
  const first = written.at(-1)!.id;
  threads[0]!.die("it crashed");
  threads[1]!.answer(threads[1]!.told[0]!.id as string, { capabilities: {} });
  threads[1]!.say({ kind: "request", message: { jsonrpc: "2.0", id: 0, method: "workspace/applyEdit", params: {} } });
  const second = written.at(-1)!.id;
  expect(second).not.toBe(first);
  supervisor!.receive({ jsonrpc: "2.0", id: first, result: "late" });
  supervisor!.receive({ jsonrpc: "2.0", id: second, result: "now" });
  expect(threads[1]!.told.filter(({ method }) => method === undefined)).toEqual([
    { jsonrpc: "2.0", id: 0, result: "now" },
  ]);
  tell("textDocument/didClose", { textDocument: { uri: "file:///a.cfg" } });
});

test("the editor is not asked twice to watch files", () => {
  const { threads, written, begun } = open();
  begun();
  const params = { registrations: [{ id: "1", method: "workspace/didChangeWatchedFiles" }] };
  const register = { jsonrpc: "2.0", id: 5, method: "client/registerCapability", params } as const;
  threads[0]!.say({ kind: "request", message: register });
  threads[0]!.die("it crashed");
  threads[1]!.answer(threads[1]!.told[0]!.id as string, { capabilities: {} });
  threads[1]!.say({ kind: "request", message: register });
  expect(written.filter(({ method }) => method === register.method)).toHaveLength(1);
  expect(threads[1]!.told.at(-1)).toEqual({ jsonrpc: "2.0", id: 5, result: null });
});

test("exit ends it, with 1 when the editor did not say shutdown before", () => {
  const { exits, tell, begun } = open();
  begun();
  tell("exit", undefined);
  tell("shutdown", undefined, 9);
  tell("exit", undefined);
  expect(exits).toEqual([1, 0]);
});
