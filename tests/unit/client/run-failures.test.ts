import { expect, test } from "vitest";
import { createStore } from "zustand/vanilla";
import { ConnectionLost } from "@/lib/client/api";
import { createRunFailures } from "@/lib/client/run-failures";
import type { RunFailure } from "@/lib/protocol/explanations";
import { settle } from "./log-fixture";

const PATH = "a/buildout.cfg";
const fix = {
  title: "Did you mean `names`?",
  path: PATH,
  edits: [{ line: 2, column: 3, endLine: 2, endColumn: 7, text: "names" }],
};
const failure: RunFailure = {
  phase: "reading",
  kind: "unknown-section",
  message: "The referenced section, 'nmes', was not defined.",
  lines: [],
  logOffset: 0,
  place: { path: PATH, line: 2, column: 1, endLine: 2, endColumn: 12 },
  isEdited: false,
  fixes: [fix],
  others: [],
};

function open(options: { text?: string; dirty?: boolean; answers?: (RunFailure | ConnectionLost | undefined)[] } = {}) {
  let text = options.text ?? "x =\n${nmes:who}\n";
  const answers = [...(options.answers ?? [failure])];
  const listeners: ((event: { path: string }) => void)[] = [];
  const saved: string[] = [];
  let asked = 0;
  const documents = {
    state: createStore<ReadonlyMap<string, object>>(() => new Map()),
    async open(path: string) {
      documents.state.setState(new Map([[path, { path, phase: "ready", dirty: options.dirty ?? false }]]), true);
    },
    buffer: () => ({
      getText: () => text,
      replaceText: (changed: string) => {
        text = changed;
      },
    }),
    async save() {
      saved.push(text);
      return true;
    },
  };
  const failures = createRunFailures({
    api: {
      readFailure: async () => {
        asked++;
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof ConnectionLost) throw answer;
        if (!answer) throw new Error("there is none");
        return answer;
      },
    } as never,
    connection: {
      on: (_name: string, listener: never) => {
        listeners.push(listener);
        return { dispose() {} };
      },
    } as never,
    workspace: createStore(() => ({ documents }) as never),
  });
  return {
    failures,
    saved,
    asked: () => asked,
    hear(path: string) {
      for (const listener of listeners) listener({ path });
    },
  };
}

test("an explanation is read once, and again when the file of its place changes", async () => {
  const { failures, asked, hear } = open();
  await failures.read("r");
  await failures.read("r");
  expect(asked()).toBe(1);
  hear("another.cfg");
  await settle();
  expect(asked()).toBe(1);
  hear(PATH);
  await settle();
  expect(asked()).toBe(2);
  expect(failures.state.getState().get("r")).toEqual(failure);
});

test("a fix changes the place and saves", async () => {
  const { failures, saved } = open();
  await failures.read("r");
  expect(await failures.apply("r", fix)).toBe(true);
  expect(saved).toEqual(["x =\n${names:who}\n"]);
});

test("a fix of a text that was edited since is not made", async () => {
  const { failures, saved } = open({ answers: [failure, { ...failure, isEdited: true, fixes: [] }] });
  await failures.read("r");
  expect(await failures.apply("r", fix)).toBe(false);
  expect(saved).toEqual([]);
});

test("a fix of a text that is not saved is not made", async () => {
  const { failures, saved } = open({ dirty: true });
  await failures.read("r");
  expect(await failures.apply("r", fix)).toBe(false);
  expect(saved).toEqual([]);
});

test("a run without an explanation has none, and is not asked about again", async () => {
  const { failures, asked } = open({ answers: [undefined] });
  await failures.read("r");
  await failures.read("r");
  expect(failures.state.getState().has("r")).toBe(true);
  expect(failures.state.getState().get("r")).toBeUndefined();
  expect(asked()).toBe(1);
});

test("an explanation stands while the server is away, and one that was not had is asked for again", async () => {
  const { failures, asked, hear } = open({
    answers: [new ConnectionLost("away"), failure, new ConnectionLost("away")],
  });
  await failures.read("r");
  expect(failures.state.getState().has("r")).toBe(false);
  await failures.read("r");
  hear(PATH);
  await settle();
  expect(asked()).toBe(3);
  expect(failures.state.getState().get("r")).toEqual(failure);
});
