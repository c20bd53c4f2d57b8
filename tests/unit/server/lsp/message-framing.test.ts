import { expect, test } from "vitest";
import { createMessageFraming } from "@/server/lsp/message-framing";

function frame(message: unknown, more = ""): Buffer {
  const body = JSON.stringify(message);
  return Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`);
}

function read(pieces: readonly Buffer[]): { messages: unknown[]; problems: string[] } {
  const messages: unknown[] = [];
  const problems: string[] = [];
  const framing = createMessageFraming(
    (message) => messages.push(message),
    (problem) => problems.push(problem),
  );
  for (const piece of pieces) framing.push(piece);
  return { messages, problems };
}

const SENT = [{ a: 1 }, { text: "é 😀 \u2028" }, { b: ["x".repeat(5_000)] }];
const BYTES = Buffer.concat([
  frame(SENT[0]),
  frame(SENT[1], "Content-Type: application/vscode-jsonrpc\r\n"),
  frame(SENT[2]),
]);

test.each([1, 2, 3, 7, 64, 100_000])("messages in pieces of %i bytes are those that were sent", (size) => {
  const pieces: Buffer[] = [];
  for (let at = 0; at < BYTES.length; at += size) pieces.push(BYTES.subarray(at, at + size));
  expect(read(pieces)).toEqual({ messages: SENT, problems: [] });
});

test("a body that is no JSON is told, and the next message read", () => {
  const { messages, problems } = read([Buffer.from("Content-Length: 3\r\n\r\n{a}"), frame({ a: 1 })]);
  expect(messages).toEqual([{ a: 1 }]);
  expect(problems[0]).toContain("no JSON");
});

test("a header without a length is told", () => {
  expect(read([Buffer.from("Content-Type: x\r\n\r\n"), frame({ a: 1 })])).toEqual({
    messages: [{ a: 1 }],
    problems: ["a header without Content-Length"],
  });
});
